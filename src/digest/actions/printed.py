"""Which state of an edition readers were mailed: some editions are corrected while they go out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from digest.actions.app import App
from digest.actions.editions import find
from digest.actions.mail import Press
from digest.actions.presses import press_of
from digest.actions.states import settle
from digest.model import Books, EditionState
from digest.store import StoredEdition, Transaction, Version


@dataclass(frozen=True, kw_only=True)
class Printed:
    """The books of one state of an edition."""

    version: int  #: 0 is as it was built
    made: Version | None  #: who made it and how; None as it was built, when no hand has touched it
    books: Books


def state_to_print(app: App, stored: StoredEdition) -> int:
    """Return the number of the state that an edition is in as it goes out; 0 is as it was built.

    What the machine made of it after a hand is put on record as a state before it is mailed.
    """
    with app.store.reading() as tx:
        if not tx.shapes.newest(stored.id):
            return 0
    with app.store.writing() as tx:
        return settle(tx, stored.id, app.clock())


def press_of_state(app: App, stored: StoredEdition, version: int | None) -> Press:
    """Lay an edition out as it was in a state; as it is when the state is None, or its own.

    The content is that of then; templates are those of now.

    Raises:
        Refused: The edition was skipped.
        TemplateError: The theme is broken.
    """
    if version is None:
        return press_of(app, stored)
    with app.store.reading() as tx:
        content = tx.shapes.content(stored.id, version)
        name = tx.shapes.content_hash(stored.id, version)
    if content is None or name is None or content == stored.edition:
        return press_of(app, stored)
    return press_of(app, replace(stored, edition=content, content_hash=name), version=version)


def correction(tx: Transaction, stored: StoredEdition) -> Version | None:
    """Return the last change of an edition that had begun to go out; None when all get the same."""
    begun = next((one.at for one in tx.editions.log(stored.id) if one.after is EditionState.SENDING), None)
    states = tx.shapes.list(stored.id)
    if begun is None or not states:
        return None
    first = next((one for one in reversed(states) if one.at <= begun), states[0])
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
