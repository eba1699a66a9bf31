"""What operators do with readers; each look at an address and each change is on record, by number."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from digest.actions import people
from digest.actions.app import App
from digest.actions.importing import MAX_CSV_BYTES, Imported, import_csv
from digest.errors import DigestError, NotFound
from digest.model import HistoryEntry, Subscriber, Subscription
from digest.store import NewSubscriber

PAGE = 50  #: readers on a page
_PIECE = 1_000_000  #: bytes of a file that are copied at once


@dataclass(frozen=True, kw_only=True)
class ReaderView:
    """One reader, as operators see them."""

    person: Subscriber
    choices: tuple[Subscription, ...]  #: by digest, ended ones too
    is_barred: bool  #: they must not be mailed


def reader(app: App, reader_id: int) -> ReaderView:
    """Return a reader by number.

    Raises:
        NotFound: There is none, or they were erased.
    """
    with app.store.reading() as tx:
        person = tx.people.get(reader_id)
        if person is None or not person.email:
            raise NotFound(f"there is no reader {reader_id}", hint="they may have been erased")
        return ReaderView(
            person=person,
            choices=tx.people.subscriptions(reader_id),
            is_barred=tx.people.is_suppressed(person.email),
        )


def find_reader(app: App, email: str) -> int:
    """Return the number of the reader with an address.

    Raises:
        NotFound: Nobody has it.
    """
    with app.store.reading() as tx:
        person = tx.people.find(email)
    if person is None:
        raise NotFound("nobody has that address", hint="write the whole of it; the list below goes by number")
    return person.id


def reveal(app: App, reader_id: int, *, by: str) -> ReaderView:
    """Return a reader whose address somebody wants to see, which goes on record.

    Raises:
        NotFound: There is none.
    """
    found = reader(app, reader_id)
    _record(app, "reveal", f"looked at the address of reader {reader_id}", by)
    return found


def add_reader(app: App, digest_key: str, new: NewSubscriber, *, consent: str, by: str) -> Subscription:
    """Add somebody who has agreed elsewhere.

    Raises:
        DigestError: Consent is empty, or as `people.add` has it.
    """
    if not consent.strip():
        raise DigestError("nobody is added without a consent", hint="write where they agreed, and when")
    added = people.add(app, digest_key, new, consent=consent.strip())
    _record(app, "reader", f"added reader {added.subscriber.id}", by, digest_key)
    return added


def bar_reader(app: App, reader_id: int, reason: str, *, by: str) -> None:
    """Never mail a reader again, whatever list they are on.

    Raises:
        NotFound: There is none.
    """
    people.suppress(app, reader(app, reader_id).person.email, reason.strip() or f"asked {by}")
    _record(app, "suppress", f"reader {reader_id} is not mailed any more", by)


def unbar_reader(app: App, reader_id: int, *, by: str) -> None:
    """Let a reader be mailed again.

    Raises:
        NotFound: There is none, or they may be mailed.
    """
    people.unsuppress(app, reader(app, reader_id).person.email)
    _record(app, "suppress", f"reader {reader_id} may be mailed again", by)


def erase_reader(app: App, reader_id: int, *, by: str) -> None:
    """Erase a reader for good.

    Raises:
        NotFound: There is none.
    """
    people.erase(app, reader(app, reader_id).person.email)
    _record(app, "erase", f"erased reader {reader_id}", by)


def import_readers(app: App, file: BinaryIO, digest_key: str, *, consent: str, by: str) -> Imported:
    """Import readers from an uploaded CSV file; a bad line costs itself.

    Raises:
        NotFound: There is no such digest.
        DigestError: Consent is empty, or the file is too large or no CSV with an email column.
    """
    if not consent.strip():
        raise DigestError("nobody is imported without a consent", hint="write where they agreed, and when")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "readers.csv"
        _copy(file, path)
        done = import_csv(app, path, digest_key, consent=consent.strip())
    note = f"imported {done.new} new and {done.updated} known readers, refused {len(done.refused)} lines"
    _record(app, "import", note, by, digest_key)
    return done


def _copy(file: BinaryIO, path: Path) -> None:
    left = MAX_CSV_BYTES
    with path.open("wb") as kept:
        for piece in iter(partial(file.read, _PIECE), b""):
            left -= len(piece)
            if left < 0:
                raise DigestError(f"the file has more than {MAX_CSV_BYTES:,} bytes", hint="split it")
            kept.write(piece)


def _record(app: App, event: str, note: str, by: str, digest: str | None = None) -> None:
    line = HistoryEntry(at=app.clock(), by=by, event=event, outcome="ok", note=note, digest=digest)
    with app.store.writing() as tx:
        tx.history.add(line)
