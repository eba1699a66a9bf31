"""Permits and answers: on disk in order, in groups, and read back after a crash."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.deliver.journal.file import FileRecord
from digest.deliver.journal.group import Journal, Mark
from digest.deliver.journal.left_behind import Left, left_behind, on_record, read_journal
from digest.deliver.loop import Loop
from digest.errors import StoreError
from digest.model import DeliveryState, Outcome, Settlement

AT = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


def sent(number: int, attempt: int = 1, text: str = "2.0.0 queued") -> Settlement:
    """Make a good answer."""
    outcome = Outcome(state=DeliveryState.SENT, at=AT, code=250, status="2.0.0", text=text)
    return Settlement(delivery_id=number, attempt=attempt, outcome=outcome)


@pytest.fixture
def record(tmp_path: Path) -> Iterator[FileRecord]:
    """Open a journal."""
    opened = FileRecord(tmp_path, "j-1", segment_bytes=4_096)
    yield opened
    opened.close(keep=False)


def left(tmp_path: Path) -> Left:
    """Read what is on disk now."""
    return read_journal(tmp_path / "j-1")


def test_permit_without_an_answer_is_open(record: FileRecord, tmp_path: Path) -> None:
    """Nobody can tell whether the mail was taken."""
    assert record.write([(1, 1), (2, 1)], []) == {(1, 1), (2, 1)}
    record.write([], [sent(1)])

    assert left(tmp_path) == Left(worker="j-1", ended=(sent(1),), dotted=frozenset({(2, 1)}))


def test_outcome_comes_back_whole(record: FileRecord, tmp_path: Path) -> None:
    """What the relay said is kept to the letter, whatever letters they are."""
    outcome = Outcome(
        state=DeliveryState.DEFERRED,
        at=AT,
        code=451,
        status="4.3.0",
        text='später\n"x" \\ \u2028 日',
        next_at=AT + timedelta(minutes=5),
    )
    record.write([(7, 3)], [])
    record.write([], [Settlement(delivery_id=7, attempt=3, outcome=outcome)])

    assert left(tmp_path).ended == (Settlement(delivery_id=7, attempt=3, outcome=outcome),)


def test_second_permit_of_a_delivery_opens_it_again(record: FileRecord, tmp_path: Path) -> None:
    """It was given back before its first dot, and is tried again."""
    back = Settlement(delivery_id=1, attempt=1, outcome=Outcome(state=DeliveryState.PENDING, at=AT))
    record.write([(1, 1)], [])
    record.write([], [back])
    record.write([(1, 1)], [])

    assert left(tmp_path) == Left(worker="j-1", ended=(), dotted=frozenset({(1, 1)}))


@pytest.mark.parametrize("cut", [1, 5, 13])
def test_line_that_a_crash_has_torn_is_as_if_it_had_not_been_written(
    record: FileRecord, tmp_path: Path, cut: int
) -> None:
    """A permit that is not whole on disk was not granted: `3f2a9c01 P 2 1` and a line feed are 15 bytes."""
    record.write([(1, 1)], [])
    whole = record._at
    record.write([(2, 1)], [])
    file = tmp_path / "j-1" / "000001"
    data = file.read_bytes()
    file.write_bytes(data[: whole + cut] + bytes(len(data) - whole - cut))

    assert left(tmp_path) == Left(worker="j-1", dotted=frozenset({(1, 1)}))


def test_segments_that_nobody_needs_are_removed(record: FileRecord, tmp_path: Path) -> None:
    """A million mails must not leave a hundred megabytes behind."""
    for number in range(400):
        record.write([(number, 1)], [])
        record.write([], [sent(number)])
        record.settled([(number, 1)])

    assert len(list((tmp_path / "j-1").glob("0*"))) <= 2
    assert left(tmp_path).dotted == frozenset()


def test_segment_with_an_open_permit_stays(record: FileRecord, tmp_path: Path) -> None:
    """However many come after it; those whose answers went with another segment are ended in the ledger."""
    record.write([(9_999, 1)], [])
    for number in range(400):
        record.write([(number, 1)], [])
        record.write([], [sent(number)])
        record.settled([(number, 1)])

    assert (tmp_path / "j-1" / "000001").exists()
    assert (9_999, 1) in left(tmp_path).dotted


def test_segment_with_an_answer_stays_until_the_ledger_holds_it(record: FileRecord, tmp_path: Path) -> None:
    """Its permit stands in an older one: without the answer, a mail that was taken would be in doubt."""
    record.write([(9_999, 1)], [])
    for number in range(100):
        if number == 60:
            record.write([], [sent(9_999)])
        record.write([(number, 1)], [])
        record.write([], [sent(number)])
        record.settled([(number, 1)])

    assert sent(9_999) in left(tmp_path).ended
    assert (9_999, 1) not in left(tmp_path).dotted


def test_answers_that_the_ledger_held_before_the_disk_did_leave_nothing_behind(tmp_path: Path) -> None:
    """Else a good run on a slow disk leaves a journal that says what everybody knows."""
    record = FileRecord(tmp_path, "j-1")
    with Loop() as loop:
        granted: list[Mark] = []
        journal = Journal(loop, record, lambda permits, _, __: granted.extend(permits))
        journal.ask((1, 1))
        journal.tick(1)
        loop.run(lambda: bool(granted))
        journal.note(sent(1))
        journal.settled([(1, 1)])
        journal.close(keep=False)

    assert list(tmp_path.iterdir()) == []


def test_delivery_that_went_back_and_asks_again_keeps_its_permit(tmp_path: Path) -> None:
    """Its end, the ledger's word for it and the new permit may all wait for the same write."""
    record = FileRecord(tmp_path, "j-1")
    with Loop() as loop:
        granted: list[Mark] = []
        journal = Journal(loop, record, lambda permits, _, __: granted.extend(permits))
        journal.ask((1, 1))
        journal.tick(1)
        loop.run(lambda: bool(granted))
        back = Settlement(delivery_id=1, attempt=1, outcome=Outcome(state=DeliveryState.PENDING, at=AT))
        journal.note(back)
        journal.settled([(1, 1)])
        journal.ask((1, 1))
        granted.clear()
        journal.tick(1)
        loop.run(lambda: bool(granted))
        journal.close(keep=False)

    assert left(tmp_path).dotted == {(1, 1)}


def test_living_sender_is_left_alone(record: FileRecord, tmp_path: Path) -> None:
    """Its journal is locked for as long as it lives."""
    record.write([(1, 1)], [])

    assert on_record(tmp_path) == {"j-1"}
    assert list(left_behind(tmp_path)) == []


def test_dead_sender_is_read_once(tmp_path: Path) -> None:
    """A process that is killed holds no lock; what it left is removed once it was taken over."""
    script = (
        "import os; from pathlib import Path; from digest.deliver.journal.file import FileRecord\n"
        f"r = FileRecord(Path({str(tmp_path)!r}), 'j-2'); r.write([(5, 2)], []); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", script], check=False)

    assert on_record(tmp_path) == {"j-2"}
    assert list(left_behind(tmp_path)) == [Left(worker="j-2", ended=(), dotted=frozenset({(5, 2)}))]
    assert list(left_behind(tmp_path)) == []
    assert on_record(tmp_path) == frozenset()


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that users who are not root find, too, while this test is not root."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder


@contextmanager
def as_another_user() -> Iterator[None]:
    """Be nobody for a while, where the tests are root, for whom no file is closed."""
    before = os.getresuid()
    if before[1] == 0:
        os.setresuid(65_534, 65_534, 0)
    try:
        yield
    finally:
        os.setresuid(*before)


@pytest.mark.parametrize("closed", ["000001", "lock"])
def test_journal_that_cannot_be_read_is_told_and_hides_no_other(shared: Path, closed: str) -> None:
    """Somebody sent as root and was killed: others that died are taken over all the same."""
    FileRecord(shared, "j-6").close(keep=True)
    (shared / "j-6" / closed).chmod(0)

    with as_another_user():
        FileRecord(shared, "j-7").close(keep=True)
        told, other = left_behind(shared)
    assert str(told.error).startswith(f"{shared}/j-6: the journal cannot be read: Permission denied")
    assert "chown" in str(told.error)
    assert (told.worker, other) == ("j-6", Left(worker="j-7"))
    assert on_record(shared) == {"j-6"}


@pytest.mark.skipif(os.getuid() != 0, reason="only root has another user to be")
def test_lock_of_a_dead_sender_cannot_be_held_by_another_user(shared: Path) -> None:
    """Who may open a file may lock it: the dead one would seem to live for ever."""
    before = os.umask(0)
    FileRecord(shared, "j-6").close(keep=True)
    os.umask(before)

    with as_another_user(), pytest.raises(PermissionError):
        os.open(shared / "j-6" / "lock", os.O_RDONLY)
    assert [one.worker for one in left_behind(shared)] == ["j-6"]


def test_dead_sender_is_found_where_only_what_may_be_written_can_be_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So it is over NFS: EBADF for a file that was opened to be read."""
    real = fcntl.flock

    def over_nfs(file: int, operation: int) -> None:
        if fcntl.fcntl(file, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
            raise OSError(errno.EBADF, "Bad file descriptor")
        real(file, operation)

    FileRecord(tmp_path, "j-6").close(keep=True)
    monkeypatch.setattr(fcntl, "flock", over_nfs)

    assert [one.worker for one in left_behind(tmp_path)] == ["j-6"]


def test_journal_that_is_half_removed_is_removed_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process may be killed there too, and the room of a segment must not stay taken for ever."""
    record = FileRecord(tmp_path, "j-7")
    monkeypatch.setattr("digest.deliver.journal.file.shutil.rmtree", lambda *_, **__: None)
    record.close(keep=False)
    monkeypatch.undo()

    assert [path.name for path in (tmp_path / "j-7").iterdir()] == ["lock"]
    assert [one.worker for one in left_behind(tmp_path)] == ["j-7"]
    assert on_record(tmp_path) == frozenset()


def test_journal_that_was_not_taken_over_stays(tmp_path: Path) -> None:
    """The database failed in the middle: the next one tries again."""
    FileRecord(tmp_path, "j-3").close(keep=True)
    taking = left_behind(tmp_path)
    next(taking)
    taking.close()

    assert (tmp_path / "j-3").exists()


def test_nothing_is_left_of_a_run_that_ended_well(tmp_path: Path) -> None:
    """And of one that did not, everything."""
    well, ill = FileRecord(tmp_path, "j-4"), FileRecord(tmp_path, "j-5")
    well.write([(1, 1)], [])
    well.settled([(1, 1)])
    ill.write([(2, 1)], [])
    well.close(keep=False)
    ill.close(keep=False)

    assert [path.name for path in tmp_path.iterdir()] == ["j-5"]


@pytest.mark.parametrize(
    ("number", "way_out"), [(errno.EIO, "free some space"), (errno.ESTALE, "leave journals to their senders")]
)
def test_disk_that_refuses_grants_nothing_more(
    record: FileRecord, monkeypatch: pytest.MonkeyPatch, number: int, way_out: str
) -> None:
    """After a sync that failed nobody knows what is on the disk; 'stale' is NFS's word for what is gone."""

    def fails(_file: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fdatasync", fails)
    with pytest.raises(StoreError, match=os.strerror(number)) as caught:
        record.write([(1, 1)], [])
    assert way_out in (caught.value.hint or "")


def test_sender_whose_journal_is_gone_gets_no_permit(record: FileRecord, tmp_path: Path) -> None:
    """Where locks do not hold, another took it for dead, and mails its readers by now."""
    record.write([(1, 1)], [])
    shutil.rmtree(tmp_path / "j-1")

    with pytest.raises(StoreError, match="taken it over"):
        record.write([(2, 1)], [sent(1)])


def test_journal_that_nfs_keeps_under_another_name_is_gone(record: FileRecord, tmp_path: Path) -> None:
    """A client renames what is removed while it is open, so that the file still has a link."""
    (tmp_path / ".nfs0001").hardlink_to(tmp_path / "j-1" / "000001")
    record.write([(1, 1)], [])
    shutil.rmtree(tmp_path / "j-1")

    with pytest.raises(StoreError, match="taken it over"):
        record.write([(2, 1)], [sent(1)])


def test_journal_that_a_copy_was_put_in_place_of_is_gone(record: FileRecord, tmp_path: Path) -> None:
    """`var` was restored beneath a sender at work: who comes next reads the copy, and nothing after it."""
    record.write([(1, 1)], [])
    shutil.copytree(tmp_path / "j-1", tmp_path / "copy")
    shutil.rmtree(tmp_path / "j-1")
    (tmp_path / "copy").rename(tmp_path / "j-1")

    with pytest.raises(StoreError, match="taken it over"):
        record.write([(2, 1)], [sent(1)])


def test_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """With the way out."""
    (tmp_path / "file").write_text("x")

    with pytest.raises(StoreError, match="journal") as raised:
        FileRecord(tmp_path / "file", "j-1")
    assert raised.value.hint


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9), st.booleans()), max_size=40), st.integers(0, 2_000))
def test_whatever_is_cut_off_the_rest_is_read(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, bool]], cut: int
) -> None:
    """A journal that ends anywhere behind its first line is the journal of some earlier moment."""
    folder = tmp_path_factory.mktemp("journal")
    record = FileRecord(folder, "j-1", segment_bytes=65_536)
    begun = record._at
    moments = [Left(worker="j-1", ended=(), dotted=frozenset())]
    for number, is_permit in steps:
        record.write([(number, 1)] if is_permit else [], [] if is_permit else [sent(number)])
        moments.append(read_journal(folder / "j-1"))
    with (folder / "j-1" / "000001").open("r+b") as file:
        file.truncate(min(begun + cut, record._at))

    assert read_journal(folder / "j-1") in moments
    record.close(keep=False)


class Slow:
    """A record whose disk takes its time."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.groups: list[int] = []

    def write(self, permits: Sequence[Mark], _answers: Sequence[Settlement]) -> frozenset[Mark]:
        self.groups.append(len(permits))
        self.gate.wait(5)
        return frozenset(permits)

    def settled(self, marks: object) -> None:
        pass

    def close(self, *, keep: bool) -> None:
        pass


def test_one_sync_serves_all_who_wait() -> None:
    """That is what makes a permit for each mail affordable."""
    slow, granted = Slow(), []
    with Loop() as loop:
        journal = Journal(loop, slow, lambda asked, _given, _error: granted.extend(asked))
        journal.ask((0, 1))
        journal.tick(1)
        for number in range(1, 50):
            journal.ask((number, 1))
            journal.tick(1)
        slow.gate.set()
        loop.run(lambda: journal.tick(1) or len(granted) == 50)
        journal.close(keep=False)

    assert slow.groups == [1, 49]
    assert granted == [(number, 1) for number in range(50)]


def test_permit_does_not_wait_for_others_that_do_not_come() -> None:
    """Eight connections are busy, one has written its body: half a millisecond later it may go on."""
    slow, granted = Slow(), []
    slow.gate.set()
    with Loop() as loop:
        journal = Journal(loop, slow, lambda asked, _given, _error: granted.extend(asked))
        journal.ask((0, 1))
        journal.tick(8)
        assert slow.groups == []
        loop.run(lambda: journal.tick(8) or granted == [(0, 1)])
        journal.close(keep=False)

    assert slow.groups == [1]
