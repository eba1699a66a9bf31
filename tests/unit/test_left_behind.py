"""Journals of dead senders on disks that garble what was written: a permit that was granted stays one."""

from __future__ import annotations

import errno
import fcntl
import os
import subprocess
import sys
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.deliver.journal.file import FileRecord
from digest.deliver.journal.group import Mark
from digest.deliver.journal.left_behind import Left, left_behind, on_record, read_journal
from digest.errors import StoreError
from digest.model import DeliveryState, Outcome, Settlement

AT = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
SENT, DEFERRED, PENDING = DeliveryState.SENT, DeliveryState.DEFERRED, DeliveryState.PENDING
ENDS = (SENT, DEFERRED, PENDING, DeliveryState.FAILED, DeliveryState.UNKNOWN)
FIRST = 11  #: bytes of a segment's first line: `5d1c70be S` and a line feed
Step = tuple[int, DeliveryState | None]


def ended(number: int, state: DeliveryState = SENT) -> Settlement:
    """Make an answer to the first attempt."""
    next_at = AT if state is DEFERRED else None
    outcome = Outcome(state=state, at=AT, text="said", next_at=next_at)
    return Settlement(delivery_id=number, attempt=1, outcome=outcome)


def written(folder: Path, steps: Sequence[Step], segment_bytes: int = 4_096) -> Path:
    """Write a journal as its sender would: a number's permit when no state is given, else its answer."""
    record = FileRecord(folder, "j-1", segment_bytes=segment_bytes)
    for number, state in steps:
        if state is None:
            record.write([(number, 1)], [])
        else:
            record.write([], [ended(number, state)])
    record.close(keep=True)
    return folder / "j-1"


def flip(segment: Path, at: int, by: int) -> None:
    """Flip bits of one byte."""
    data = bytearray(segment.read_bytes())
    data[at] ^= by
    segment.write_bytes(data)


def may_have_mail(left: Left, mark: Mark) -> bool:
    """Tell whether whoever takes over takes a delivery for one that may have been mailed, with 'hold'."""
    answer = {one.mark: one.outcome.state for one in left.ended}.get(mark)
    if answer is not None:
        return answer in {SENT, DeliveryState.UNKNOWN}
    return mark in left.dotted or bool(left.garbled)


def test_lines_behind_a_garbled_one_are_read(tmp_path: Path) -> None:
    """One bad byte must not hide what was sent after it: that would all be mailed once more."""
    folder = written(tmp_path, [(1, None), (2, None), (1, SENT), (2, SENT), (3, None)])
    flip(folder / "000001", FIRST + 9, 1)

    assert read_journal(folder) == Left(
        worker="j-1",
        ended=(ended(1), ended(2)),
        dotted=frozenset({(3, 1)}),
        garbled=("000001 at byte 11",),
    )


@pytest.mark.parametrize("is_empty", [False, True])
def test_every_byte_of_a_journal_may_be_garbled(tmp_path: Path, *, is_empty: bool) -> None:
    """In every way that matters: one bit, a byte that ends lines, one that was never written."""
    steps: list[Step] = [(1, None), (2, None), (2, SENT), (3, None), (3, PENDING), (3, None), (4, None)]
    numbers = () if is_empty else (1, 2, 3, 4)
    folder = written(tmp_path, [] if is_empty else steps)
    segment = folder / "000001"
    sound, end = segment.read_bytes(), len(segment.read_bytes().rstrip(b"\0"))

    for at in range(end + 1):
        for byte in {sound[at] ^ 1, sound[at] ^ 0x80, ord("\n"), 0} - {sound[at]}:
            flip(segment, at, sound[at] ^ byte)
            left = read_journal(folder)
            assert all(may_have_mail(left, (number, 1)) for number in numbers), (at, byte)
            segment.write_bytes(sound)
    assert read_journal(folder).garbled == ()


_STEPS = st.lists(st.tuples(st.integers(1, 6), st.sampled_from(ENDS)), max_size=40)


@settings(max_examples=150, deadline=None)
@given(_STEPS, st.sampled_from([200, 700, 8_192]), st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_no_byte_that_is_garbled_turns_a_mail_that_may_have_gone_into_one_to_be_sent(
    tmp_path_factory: pytest.TempPathFactory,
    tries: list[tuple[int, DeliveryState]],
    segment_bytes: int,
    where: float,
    by: int,
) -> None:
    """Permits come back for the same attempt once an answer let it be tried again, in whatever segment."""
    steps: list[Step] = []
    for number, state in tries:
        is_open = [step for step in steps if step[0] == number][-1:] == [(number, None)]
        over = {step for step in steps if step[0] == number} & {(number, SENT)}
        if not over:
            steps.append((number, state) if is_open else (number, None))
    folder = written(tmp_path_factory.mktemp("journal"), steps, segment_bytes)
    whole = read_journal(folder)
    lie = {one.mark for one in whole.ended if one.outcome.state is SENT} | whole.dotted
    places = [(path, at) for path in sorted(folder.glob("0*")) for at in range(path.stat().st_size)]

    flip(*places[int(where * len(places))], by)
    harmed = read_journal(folder)
    assert all(may_have_mail(harmed, mark) for mark in lie)


def test_what_a_garbled_line_may_have_followed_is_not_tried_again(tmp_path: Path) -> None:
    """It was given back, asked once more, and got the permit that cannot be read."""
    folder = written(tmp_path, [(1, None), (1, DEFERRED), (1, None), (2, None), (2, DEFERRED)])
    at = (folder / "000001").read_bytes().index(b"P 1 1", 20)
    flip(folder / "000001", at, 1)
    left = read_journal(folder)

    assert left.ended == (ended(2, DEFERRED),)
    assert (1, 1) in left.dotted
    assert len(left.garbled) == 1


def test_page_that_never_came_to_the_disk_hides_nothing_behind_it(tmp_path: Path) -> None:
    """Pages are not written in order: zeros where one should be are not the end of what was written."""
    folder = written(tmp_path, [(number, None) for number in range(900)], 65_536)
    segment = folder / "000001"
    data = segment.read_bytes()
    segment.write_bytes(data[:4_096] + bytes(4_096) + data[8_192:])
    left = read_journal(folder)

    assert {(0, 1), (899, 1)} <= left.dotted
    assert len(left.garbled) == 1


def test_older_segment_that_is_torn_is_damaged(tmp_path: Path) -> None:
    """It was on disk to its end before another was begun: no crash has torn it."""
    folder = written(tmp_path, [(number, None) for number in range(9)], 64)
    first = folder / "000001"
    first.write_bytes(first.read_bytes()[: FIRST + 40] + bytes(13))

    assert read_journal(folder).garbled == (f"000001 at byte {FIRST + 30}",)


@pytest.mark.parametrize("left_bytes", [0, 64])
def test_segment_of_which_nothing_is_left_is_damaged(tmp_path: Path, left_bytes: int) -> None:
    """A file system that was mended may give it back empty, or as zeros: that says nobody was mailed."""
    folder = written(tmp_path, [(1, None)])
    (folder / "000001").write_bytes(bytes(left_bytes))

    assert read_journal(folder).garbled == ("000001 at byte 0",)


def test_segment_that_was_being_made_when_its_sender_was_killed_is_none(tmp_path: Path) -> None:
    """It has no first line yet; nobody was given a permit there."""
    script = (
        "import os; from pathlib import Path; from digest.deliver.journal.file import FileRecord\n"
        f"r = FileRecord(Path({str(tmp_path)!r}), 'j-1', segment_bytes=64); r.write([(1, 1)], [])\n"
        "os.fsync = lambda _: os._exit(9); r.write([(2, 1), (3, 1), (4, 1)], [])"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 9

    assert len(list((tmp_path / "j-1").iterdir())) == 3
    assert read_journal(tmp_path / "j-1") == Left(worker="j-1", dotted=frozenset({(1, 1)}))


@pytest.mark.parametrize("other", ["j-1/000002", "j-2/000001"])
def test_lines_of_another_segment_are_none_of_a_journal(tmp_path: Path, other: str) -> None:
    """A disk may give room again with what lay there before: an answer from then must end nobody now."""
    folder = written(tmp_path, [(1, None), (1, SENT)])
    place = tmp_path / other
    place.parent.mkdir(exist_ok=True)
    (folder / "000001").rename(place)
    left = read_journal(place.parent)

    assert (left.ended, left.dotted) == ((), frozenset())
    assert f"{place.name} at byte {FIRST}" in left.garbled


def test_journal_of_the_version_before_is_read_whole(tmp_path: Path) -> None:
    """A sender was killed, then the program upgraded: who was sent is sent, a permit alone is in doubt."""
    folder = tmp_path / "j-1"
    folder.mkdir()
    (folder / "lock").touch()
    said = '["sent", "2026-11-22T06:00:00+00:00", null, null, "said", null]'
    lines = [text.encode() for text in ("P 1 1", f"R 1 1 {said}", "P 2 1")]
    segment = b"".join(b"%08x %s\n" % (zlib.crc32(line), line) for line in lines)
    (folder / "000001").write_bytes(segment.ljust(4_096, b"\0"))

    assert read_journal(folder) == Left(worker="j-1", ended=(ended(1),), dotted=frozenset({(2, 1)}))


def test_answers_are_on_disk_before_permits_of_the_next_segment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The power fails later: who was answered long before the last permit must not be in doubt."""
    on_disk: dict[int, int] = {}

    def sync(file: int) -> None:
        on_disk[os.fstat(file).st_ino] = os.lseek(file, 0, os.SEEK_CUR)

    monkeypatch.setattr(os, "fdatasync", sync)
    folder = written(tmp_path, [(1, None), (1, SENT), (2, None)], 115)
    for segment in folder.glob("0*"):
        synced = on_disk[segment.stat().st_ino]
        segment.write_bytes(segment.read_bytes()[:synced] + bytes(115 - synced))

    assert sorted(path.name for path in folder.glob("0*")) == ["000001", "000002"]
    assert read_journal(folder) == Left(worker="j-1", ended=(ended(1),), dotted=frozenset({(2, 1)}))


@pytest.mark.parametrize("refusal", [errno.ENOLCK, errno.EOPNOTSUPP, errno.EIO])
def test_locks_that_nobody_gives_out_are_no_sign_of_life(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusal: int
) -> None:
    """Over NFS without a lock daemon a dead sender would seem to live, and its readers wait for ever."""
    FileRecord(tmp_path, "j-6").close(keep=True)

    def refuse(_file: int, _operation: int) -> None:
        raise OSError(refusal, os.strerror(refusal))

    monkeypatch.setattr(fcntl, "flock", refuse)
    (left,) = left_behind(tmp_path)

    assert left.error is not None
    assert os.strerror(refusal) in str(left.error)
    assert "counts as unknown" in str(left.error.hint)


def test_lock_that_somebody_has_removed_is_told(tmp_path: Path) -> None:
    """Its sender may live or not: without a word its readers would wait for ever."""
    FileRecord(tmp_path, "j-6").close(keep=True)
    (tmp_path / "j-6" / "lock").unlink()
    (left,) = left_behind(tmp_path)

    assert "No such file" in str(left.error)


def test_journal_that_cannot_be_removed_is_taken_over_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder may be read-only by now; another that died must not be hidden by that."""
    for worker in ("j-6", "j-7"):
        FileRecord(tmp_path, worker).close(keep=True)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    monkeypatch.setattr("digest.deliver.journal.file.shutil.rmtree", lambda *_, **__: None)

    assert [one.worker for one in left_behind(tmp_path)] == ["j-6", "j-7"]


def test_journal_that_cannot_be_begun_leaves_neither_folder_nor_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service on a full disk tries again each minute: each try would seem to be a sender that lives."""
    handles = Path("/proc/self/fd")
    before = len(list(handles.iterdir())) if handles.is_dir() else None

    def full(*_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(StoreError, match="No space left"):
        FileRecord(tmp_path, "j-1")

    assert on_record(tmp_path) == frozenset()
    assert list(tmp_path.iterdir()) == []
    assert before is None or len(list(handles.iterdir())) == before
