"""Write subscribers out as CSV, a page of them at a time."""

from __future__ import annotations

from collections.abc import Iterator

from digest.actions.app import App
from digest.actions.readers.csv_files import line_of
from digest.actions.readers.noting_people import note
from digest.model import Subscription
from digest.store import CHUNK

#: Those of an import come first, so that a file that went out can come in again.
EXPORTED = (
    "email",
    "name",
    "sections",
    "zone",
    "language",
    "state",
    "consent",
    "confirmed_at",
    "ended_at",
    "hour",
    "paused_until",
)


def export_csv(app: App, digest_key: str, *, by: str) -> Iterator[str]:
    """Return the lines of a CSV file of all who have chosen a digest, the ended ones too; on record.

    Each page is read by itself, so that a long file holds nothing up; who comes or goes meanwhile may be
    missing or there.

    Raises:
        NotFound: There is no such digest.
    """
    digest = app.digest(digest_key)
    with app.store.writing() as tx:
        note(tx, "export", "wrote all readers out", by=by, at=app.clock(), digest=digest.key)
    return _lines(app, digest.key)


def _lines(app: App, digest: str) -> Iterator[str]:
    yield line_of(EXPORTED)
    after = 0
    while True:
        with app.store.reading() as tx:
            page = tx.people.of_digest(digest, after_id=after, limit=CHUNK)
        if not page:
            return
        after = page[-1].subscriber.id
        yield "".join(line_of(_cells(one)) for one in page)


def _cells(one: Subscription) -> list[str]:
    person = one.subscriber
    moments = ["" if moment is None else moment.isoformat() for moment in (one.confirmed_at, one.ended_at)]
    return [
        person.email,
        person.name or "",
        ";".join(one.sections),
        person.zone or "",
        person.language or "",
        one.state.value,
        one.consent or "",
        *moments,
        one.hour or "",
        "" if one.paused_until is None else one.paused_until.isoformat(),
    ]
