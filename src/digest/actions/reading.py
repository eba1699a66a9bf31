"""A reader's own mail in the browser."""

from __future__ import annotations

from dataclasses import replace

from digest.actions.app import App
from digest.actions.editions import find
from digest.actions.mail import Reader, parts
from digest.actions.presses import Presses
from digest.actions.reader_links import GONE, payload_of
from digest.errors import NotFound
from digest.model import FULL_FORM, EditionState

RELEASED = (EditionState.SENDING, EditionState.SENT)  #: what readers may see


def in_browser(app: App, token: str, presses: Presses) -> bytes:
    """Return the HTML of a reader's own mail, for the link that it carries; never the plain or short form.

    Args:
        app: The installation.
        token: Of the link.
        presses: Keeps what was printed a moment ago.

    Raises:
        NotFound: The link is not ours, the person was erased, or the edition is not out.
    """
    number, _, uid = payload_of(app, "read", token).partition(".")
    stored = find(app, int(number))
    with app.store.reading() as tx:
        person = tx.people.get_by_uid(uid)
        choice = None if person is None else tx.people.subscription(person.id, stored.edition.digest)
    if person is None or not person.email or stored.state not in RELEASED:
        raise NotFound(GONE, hint="use the link of a newer mail")
    reader = replace(Reader.of(person, choice), form=FULL_FORM)
    return parts(presses.of(app, stored).message(reader))[1]
