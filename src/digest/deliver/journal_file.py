"""A journal in a file: permits and answers, one line each, in segments of a few megabytes.

A folder belongs to one sender and is locked by it for as long as it lives, so that whoever can lock
it knows that the sender is dead and may read what it left. A line begins with a checksum of its
rest; the first line whose checksum is wrong is where the machine went down.

    3f2a9c01 P 4711 1
    9b00d2e4 R 4711 1 ["sent", "2026-11-25T06:00:01+00:00", 250, "2.0.0", "2.0.0 queued as 5A", null]
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from json.encoder import encode_basestring_ascii
from pathlib import Path

from digest.deliver.journal import Mark
from digest.errors import StoreError
from digest.model.people import DeliveryState, Outcome, Settlement

SEGMENT_BYTES = 4_194_304
_LOCK = "lock"


class FileRecord:
    """One sender's journal file. Used by one thread.

    Room for a segment is taken in advance, so that an answer that has come can be written down
    also when the disk has run full meanwhile.

    Args:
        folder: Where journals of all senders lie; made when it is not there.
        worker: The sender's name, which no other has ever had.

    Raises:
        StoreError: The file cannot be made.
    """

    def __init__(self, folder: Path, worker: str, *, segment_bytes: int = SEGMENT_BYTES) -> None:
        self._folder = folder / worker
        self._segment_bytes = segment_bytes
        self._number = 0
        self._file = -1
        self._at = 0
        #: By segment whose permits and answers stand there that the ledger has no end of yet.
        self._waiting: dict[int, set[Mark]] = {}
        try:
            # Made under a name that nobody reads, so that it is locked before anybody can see it.
            new = folder / f".{worker}"
            new.mkdir(parents=True)
            # Nobody else may open it: who did could hold it, and a dead sender would seem to live.
            self._lock = os.open(new / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            new.rename(self._folder)
            self._next_segment()
            _sync_folder(folder)
        except OSError as error:
            raise _unwritable(error, self._folder) from error

    @property
    def can_recover(self) -> bool:
        """False: after a failed sync nobody knows what is on the disk."""
        return False

    def write(self, permits: Sequence[Mark], answers: Sequence[Settlement]) -> frozenset[Mark]:
        """Append answers, then permits; sync when there are permits. All are granted.

        Raises:
            StoreError: The disk refuses; this journal takes no more.
        """
        data = b"".join((*map(_answer_line, answers), *(_line(f"P {one[0]} {one[1]}") for one in permits)))
        try:
            if self._at + len(data) > self._segment_bytes:
                self._next_segment()
            self._at += _write_whole(self._file, data)
            if permits:
                os.fdatasync(self._file)
        except OSError as error:
            # After a failed sync nobody knows what is on the disk: nothing may follow it.
            self._at = self._segment_bytes
            raise _unwritable(error, self._folder) from error
        here = self._waiting[self._number]
        here.update([answer.mark for answer in answers])
        self.settled(permits)  # a delivery that is tried again counts for its newest permit only
        here.update(permits)
        return frozenset(permits)

    def settled(self, marks: Iterable[Mark]) -> None:
        """Forget permits; a segment of which none is left is removed."""
        done = tuple(marks)
        for number, waiting in tuple(self._waiting.items()):
            waiting.difference_update(done)
            if not waiting and number != self._number:
                self._drop(number)

    def close(self, *, keep: bool) -> None:
        """Close the file, and remove it unless the ledger still needs what it says."""
        os.close(self._file)
        if not keep and not any(self._waiting.values()):
            _remove(self._folder)
        os.close(self._lock)

    def _drop(self, number: int) -> None:
        """Remove a segment that nobody needs."""
        del self._waiting[number]
        self._path(number).unlink(missing_ok=True)

    def _next_segment(self) -> None:
        number = self._number + 1
        file = os.open(self._path(number), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            _take_room(file, self._segment_bytes)
            os.fsync(file)
            _sync_folder(self._folder)
        except OSError:
            os.close(file)
            self._path(number).unlink(missing_ok=True)
            raise
        if self._file >= 0:
            os.close(self._file)
            if not self._waiting[self._number]:
                self._drop(self._number)
        self._waiting[number] = set()
        self._file, self._number, self._at = file, number, 0

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:06}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """What a dead sender's journal says."""

    worker: str
    ended: tuple[Settlement, ...] = ()  #: in the order of writing
    dotted: frozenset[Mark] = frozenset()  #: permits without an end: nobody can tell what became of the mail
    error: StoreError | None = None  #: why it cannot be read; its sender may live


def left_behind(folder: Path) -> Iterator[Left]:
    """Read the journals of senders that are dead; each is removed once the caller has gone on.

    Take what is given into the ledger before asking for the next one. Journals of senders that are
    alive are passed over; one that cannot be read is given with its error, and stays.
    """
    for one in _journals(folder):
        lock = None
        try:
            lock = _try_lock(one / _LOCK)
            if lock is not None:
                yield read_journal(one)
                _remove(one)
        except StoreError as error:
            yield Left(worker=one.name, error=error)
        finally:
            if lock is not None:
                os.close(lock)


def on_record(folder: Path) -> frozenset[str]:
    """Name the senders of this home that are alive, or have died and were not taken over yet."""
    return frozenset(one.name for one in _journals(folder))


def read_journal(folder: Path) -> Left:
    """Read one sender's journal.

    Raises:
        StoreError: It cannot be read.
    """
    permits: dict[Mark, bool] = {}
    answers: dict[Mark, Settlement] = {}
    try:
        for path in sorted(folder.glob("[0-9]*")):
            for kind, mark, outcome in _lines(path.read_bytes()):
                if kind == "P":
                    permits[mark] = True
                    answers.pop(mark, None)
                elif outcome is not None:
                    answers[mark] = Settlement(delivery_id=mark[0], attempt=mark[1], outcome=outcome)
    except OSError as error:
        raise _unreadable(error, folder) from error
    return Left(
        worker=folder.name,
        ended=tuple(answers.values()),
        dotted=frozenset(mark for mark in permits if mark not in answers),
    )


def _journals(folder: Path) -> list[Path]:
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(one for one in found if not one.name.startswith("."))


def _remove(folder: Path) -> None:
    """Remove a journal, the lock last: one that is half removed can be locked, and is removed again."""
    for segment in folder.glob("[0-9]*"):
        segment.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _lines(data: bytes) -> Iterator[tuple[str, Mark, Outcome | None]]:
    """Read lines up to the first that is torn, or the room that nothing was written to."""
    for raw in data.split(b"\n"):
        checksum, _, rest = raw.partition(b" ")
        if checksum != b"%08x" % zlib.crc32(rest):
            return
        kind, number, attempt, *outcome = rest.decode("utf-8").split(" ", 3)
        yield kind, (int(number), int(attempt)), _read_outcome(outcome[0]) if outcome else None


def _line(text: str) -> bytes:
    data = text.encode("utf-8")
    return b"%08x %s\n" % (zlib.crc32(data), data)


def _answer_line(end: Settlement) -> bytes:
    one = end.outcome
    next_at = None if one.next_at is None else one.next_at.isoformat()
    code = "null" if one.code is None else str(one.code)
    # Written out, since a JSON encoder takes twice as long for it, on every message.
    fields = f'["{one.state}", "{one.at.isoformat()}", {code}, {_quoted(one.status)}'
    return _line(f"R {end.delivery_id} {end.attempt} {fields}, {_quoted(one.text)}, {_quoted(next_at)}]")


def _quoted(text: str | None) -> str:
    return "null" if text is None else encode_basestring_ascii(text)


def _read_outcome(text: str) -> Outcome:
    state, at, code, status, words, next_at = json.loads(text)
    return Outcome(
        state=DeliveryState(state),
        at=datetime.fromisoformat(at),
        code=code,
        status=status,
        text=words,
        next_at=datetime.fromisoformat(next_at) if next_at else None,
    )


def _try_lock(path: Path) -> int | None:
    """Lock a file if nobody holds it; None when somebody does, or it is not there."""
    try:
        lock = os.open(path, os.O_RDWR)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _unreadable(error, path.parent) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return None
    return lock


def _take_room(file: int, size: int) -> None:
    with suppress(AttributeError):  # not every system has it; there the segment grows as it is written
        os.posix_fallocate(file, 0, size)


def _write_whole(file: int, data: bytes) -> int:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]
    return len(data)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unwritable(error: OSError, folder: Path) -> StoreError:
    return StoreError(
        f"the journal cannot be written: {error.strerror or error}",
        where=str(folder),
        hint="free some space or give this user the right to write there; nobody is lost",
    )


def _unreadable(error: OSError, folder: Path) -> StoreError:
    hint = (
        "another user has sent from this home: once that has ended, give the folder to the sender by chown -R"
    )
    return StoreError(f"the journal cannot be read: {error.strerror or error}", where=str(folder), hint=hint)
