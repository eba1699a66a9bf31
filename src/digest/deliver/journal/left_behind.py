"""What dead senders have left in their journals, read back past whatever a disk has garbled.

A permit that cannot be read was granted all the same, and nobody can tell to whom: then all that its
sender had in hand may have been mailed, unless it is on record as sent.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from digest.deliver.journal.file import LOCK, remove_journal, segments
from digest.deliver.journal.group import Mark
from digest.deliver.journal.lines import Line, read_lines, seal_of
from digest.errors import StoreError
from digest.model.people import DeliveryState, Outcome, Settlement


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """What a dead sender's journal says."""

    worker: str
    ended: tuple[Settlement, ...] = ()  #: in the order of writing
    dotted: frozenset[Mark] = frozenset()  #: permits without an end: nobody can tell what became of the mail
    #: Where lines are garbled, such as '000001 at byte 4096': whatever the worker has in hand and has no end
    #: here may have had a permit there. Empty of a journal that is whole.
    garbled: tuple[str, ...] = ()
    error: StoreError | None = None  #: why it cannot be read; its sender may live


def left_behind(folder: Path) -> Iterator[Left]:
    """Read the journals of senders that are dead; each is removed once the caller has gone on.

    Take what is given into the ledger before asking for the next one. Journals of senders that are
    alive are passed over; one that cannot be read is given with its error, and stays.
    """
    for one in _journals(folder):
        lock = None
        try:
            lock = _try_lock(one / LOCK)
            if lock is not None:
                yield read_journal(one)
                remove_journal(one)
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
    permits: set[Mark] = set()
    answers: dict[Mark, Settlement] = {}
    again: set[Mark] = set()  #: whose answer leads to another try, maybe with a permit for the same attempt
    garbled: list[str] = []
    for place, line in _lines(folder):
        if line is None:
            garbled.append(place)
            for mark in again:
                del answers[mark]
            again.clear()
        elif line.outcome is None:
            permits.add(line.mark)
            answers.pop(line.mark, None)
            again.discard(line.mark)
        else:
            answers[line.mark] = _settled(line.mark, line.outcome)
            if line.outcome.state is not DeliveryState.SENT:
                again.add(line.mark)
    return Left(
        worker=folder.name,
        ended=tuple(answers.values()),
        dotted=frozenset(permits.difference(answers)),
        garbled=tuple(garbled),
    )


def _lines(folder: Path) -> Iterator[tuple[str, Line | None]]:
    """Read all lines in the order of writing, each with its place."""
    try:
        paths = segments(folder)
        for path in paths:
            # All of a segment is on the disk before the next one is begun: only the newest can be torn.
            is_newest = path == paths[-1]
            data = path.read_bytes()
            for at, line in read_lines(data, seal_of(folder.name, path.name), may_be_torn=is_newest):
                yield f"{path.name} at byte {at}", line
    except OSError as error:
        raise _unreadable(error, folder) from error


def _settled(mark: Mark, outcome: Outcome) -> Settlement:
    return Settlement(delivery_id=mark[0], attempt=mark[1], outcome=outcome)


def _journals(folder: Path) -> list[Path]:
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(one for one in found if not one.name.startswith("."))


def _try_lock(path: Path) -> int | None:
    """Lock a file if nobody holds it; None when somebody does, or the journal is being removed."""
    try:
        lock = os.open(path, os.O_RDWR)
    except (FileNotFoundError, NotADirectoryError) as error:
        if segments(path.parent):  # they are removed first: somebody has removed the lock by hand
            raise _unreadable(error, path.parent) from error
        return None
    except OSError as error:
        raise _unreadable(error, path.parent) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    except OSError as error:  # over NFS: there is nobody who gives locks out
        os.close(lock)
        raise _unreadable(error, path.parent) from error
    return lock


def _unreadable(error: OSError, folder: Path) -> StoreError:
    hint = (
        "another user has sent from this home: once that has ended, give the folder to the sender by chown -R"
        if isinstance(error, PermissionError)
        else "mend the disk or its mount; or move the folder away, once its sender has ended for certain:"
        " then all that it had in hand counts as unknown"
    )
    return StoreError(f"the journal cannot be read: {error.strerror or error}", where=str(folder), hint=hint)
