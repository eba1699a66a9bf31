"""A journal in a file: permits and answers, one line each, in segments of a few megabytes.

A folder belongs to one sender and is locked by it for as long as it lives, so that whoever can lock
it knows that the sender is dead and may read what it left: see `left_behind`.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from digest.deliver.journal.group import Mark
from digest.deliver.journal.lines import answer_line, first_line, permit_line, seal_of
from digest.errors import StoreError
from digest.model.people import Settlement

SEGMENT_BYTES = 4_194_304
LOCK = "lock"  #: the file of a journal that its sender keeps locked


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
        self._file = self._lock = -1
        self._at = 0
        #: By segment whose permits and answers stand there that the ledger has no end of yet.
        self._waiting: dict[int, set[Mark]] = {}
        # Made under a name that nobody reads, so that it is locked before anybody can see it.
        new = folder / f".{worker}"
        try:
            new.mkdir(parents=True)
            # Nobody else may open it: who did could hold it, and a dead sender would seem to live.
            self._lock = os.open(new / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            new.rename(self._folder)
            self._next_segment()
            _sync_folder(folder)
        except OSError as error:
            # A service tries again and again, and lives on: what is locked here would stay so.
            for place in (new, self._folder):
                remove_journal(place)
            for handle in (self._file, self._lock):
                if handle >= 0:
                    os.close(handle)
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
        try:
            data = self._lines(permits, answers)
            if self._at + len(data) > self._segment_bytes:
                self._next_segment()
                data = self._lines(permits, answers)  # with the seal of this one
            self._at += _write_whole(self._file, data)
            if permits:
                os.fdatasync(self._file)
                self._need_place()
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
            remove_journal(self._folder)
        os.close(self._lock)

    def _lines(self, permits: Sequence[Mark], answers: Sequence[Settlement]) -> bytes:
        seal = self._seal
        ends = [answer_line(one, seal) for one in answers]
        return b"".join((*ends, *(permit_line(one, seal) for one in permits)))

    def _need_place(self) -> None:
        """See to it that whoever comes next finds what is written here.

        Raises:
            FileNotFoundError: The name is gone, or is another file's. Links are not counted: NFS keeps what
                was removed under another name for as long as it is open, and some file systems count none.
        """
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(self._file), self._path(self._number).stat()):
                return
        raise FileNotFoundError(errno.ENOENT, "somebody has removed it, or taken it over")

    def _drop(self, number: int) -> None:
        """Remove a segment that nobody needs."""
        del self._waiting[number]
        self._path(number).unlink(missing_ok=True)

    def _next_segment(self) -> None:
        if self._file >= 0:
            os.fdatasync(self._file)  # answers may have come since: they are on disk before later permits
        number = self._number + 1
        path = self._path(number)
        seal = seal_of(self._folder.name, path.name)
        # Made under a name that nobody reads, too: a segment without its first line is taken for damaged.
        new = self._folder / f".{path.name}"
        file = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            _take_room(file, self._segment_bytes)
            at = _write_whole(file, first_line(seal))
            os.fsync(file)
            new.rename(path)
            _sync_folder(self._folder)
        except OSError:
            os.close(file)
            for name in (new, path):
                name.unlink(missing_ok=True)
            raise
        if self._file >= 0:
            os.close(self._file)
            if not self._waiting[self._number]:
                self._drop(self._number)
        self._waiting[number] = set()
        self._file, self._number, self._at, self._seal = file, number, at, seal

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:06}"


def segments(folder: Path) -> list[Path]:
    """List a journal's segments in the order of writing."""
    return sorted(folder.glob("[0-9]*"))


def remove_journal(folder: Path) -> None:
    """Remove a journal, the lock last: one that is half removed can be locked, and is removed again."""
    for segment in segments(folder):
        with suppress(OSError):  # what cannot be removed is taken over once more, which changes nothing
            segment.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


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
    way_out = "free some space or give this user the right to write there"
    if error.errno in {errno.ENOENT, errno.ESTALE}:  # the latter is NFS's word for it
        way_out = "the same command goes on; leave journals to their senders, and on disks that can be locked"
    return StoreError(
        f"the journal cannot be written: {error.strerror or error}",
        where=str(folder),
        hint=f"{way_out}; nobody is lost",
    )
