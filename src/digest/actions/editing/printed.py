"""Which state of an edition readers were mailed: some editions are corrected while they go out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from digest.actions.app import App
from digest.actions.editing.deeds_since import deeds_since
from digest.actions.editions import find
from digest.model import Books, EditionState
from digest.store import StoredEdition, Transaction, Version


@dataclass(frozen=True, kw_only=True)
class Printed:
    """The books of one state of an edition."""

    version: int  #: 0 is as it was built
    made: Version | None  #: who made it and how; None as it was built, when no hand has touched it
    books: Books


def correction(tx: Transaction, stored: StoredEdition) -> Version | None:
    """Return the last change of an edition that had begun to go out; None when all get the same."""
    log = tx.editions.log(stored.id)
    begun = next((one for one in log if one.after is EditionState.SENDING), None)
    states = tx.shapes.list(stored.id)
    deeds = deeds_since(states, log, begun)
    if begun is None or not deeds:
        return None
    first = next(one for one in states if one.version == deeds[0].version - 1)
    return None if first.content_hash == states[-1].content_hash else states[-1]


def printed(app: App, edition_id: int) -> tuple[Printed, ...]:
    """Return the books by state of an edition that was corrected on its way, the oldest first; else ().

    Who is still open without a try is in none.

    Raises:
        NotFound: There is no such edition.
    """
    stored = find(app, edition_id)
    with app.store.reading() as tx:
        if correction(tx, stored) is None:
            return ()
        made: Mapping[int, Version] = {one.version: one for one in tx.shapes.list(edition_id)}
        books = tx.deliveries.books_by_version(edition_id)
    return tuple(
        Printed(version=version, made=made.get(version), books=books[version])
        for version in sorted(one for one in books if one is not None)
    )
