"""A reader's own mail in the browser."""

from __future__ import annotations

from dataclasses import replace

from digest.actions.app import App
from digest.actions.editions import find
from digest.actions.printing.mail import Reader, Specimen
from digest.actions.printing.presses import press_of_state
from digest.actions.readers.missed import catch_up_press
from digest.actions.readers.reader_links import GONE, payload_of
from digest.errors import NotFound
from digest.model import FULL_FORM, RELEASED, LetterKind


def in_browser(app: App, token: str) -> bytes:
    """Return the HTML of a reader's own mail, for the link that it carries; never the plain or short form.

    It is the state of the edition that they were mailed, also while a later one is being made.

    Raises:
        NotFound: The link is not ours, the person was erased, or the edition is not out.
    """
    number, _, uid = payload_of(app, "read", token).partition(".")
    if not uid:
        return _catch_up(app, number)
    stored = find(app, int(number))
    with app.store.reading() as tx:
        person = tx.people.get_by_uid(uid)
        choice = None if person is None else tx.people.subscription(person.id, stored.edition.digest)
        version = None if person is None else tx.deliveries.version_for(stored.id, person.id)
    is_out = stored.state in RELEASED or version is not None
    if person is None or not person.email or not is_out:
        raise NotFound(GONE, hint="use the link of a newer mail")
    reader = replace(Reader.of(person, choice), form=FULL_FORM)
    return Specimen.of(press_of_state(app, stored, version).message(reader)).html


def _catch_up(app: App, uid: str) -> bytes:
    """Return the HTML of what a reader missed, as long as its letter is on record."""
    with app.store.reading() as tx:
        letter = tx.letters.get(uid)
        person = None if letter is None else tx.people.get(letter.subscriber_id or 0)
        choice = (
            None if person is None or letter is None else tx.people.subscription(person.id, letter.digest)
        )
    if letter is None or letter.kind is not LetterKind.CATCH_UP or person is None or not person.email:
        raise NotFound(GONE, hint="use the link of a newer mail")
    reader = replace(Reader.of(person, choice), form=FULL_FORM)
    return Specimen.of(catch_up_press(app, letter).message(reader)).html
