"""Links that are the permission of a reader: made here, read here, for one purpose each.

A token names a person and a digest, or a letter. It is no secret of ours to keep from its reader, and
whoever has it may do what it is for; so nothing can be done by it that cannot be undone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from digest.actions.app import App
from digest.errors import NotFound
from digest.model import Subscriber
from digest.store import Transaction

Purpose = Literal["preferences", "unsubscribe", "confirm", "move", "own-data", "read"]
GONE = "this link leads nowhere any more"


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Whom a link of a mail names."""

    person: Subscriber
    digest: str  #: key of the digest whose mail carried it


def link(app: App, purpose: Purpose, payload: str) -> str:
    """Return the address of a page that a reader may open without signing in."""
    return f"{app.system.site.base_url.rstrip('/')}{path(app, purpose, payload)}"


def path(app: App, purpose: Purpose, payload: str) -> str:
    """Return the path of such a page."""
    return f"/{purpose}/{app.keyring.sign(purpose, payload)}"


def holder(app: App, tx: Transaction, purpose: Purpose, token: str) -> Holder:
    """Read a link that names a person and a digest.

    Raises:
        NotFound: It is not ours, or the person was erased.
    """
    uid, _, digest = payload_of(app, purpose, token).partition(".")
    person = tx.people.get_by_uid(uid)
    if person is None or not digest or not person.email:
        raise NotFound(GONE, hint="use the link of a newer mail")
    return Holder(person=person, digest=digest)


def payload_of(app: App, purpose: Purpose, token: str) -> str:
    """Return what a token names.

    Raises:
        NotFound: It is not ours.
    """
    payload = app.keyring.verify(purpose, token)
    if payload is None:
        raise NotFound(GONE, hint="use the link of a newer mail, and all of it")
    return payload
