"""Approve from the mail that reminds: a link that is for one person, one edition and one content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from digest.actions.app import App
from digest.actions.editing.approving import approve, preflight
from digest.actions.printing.inspecting import Preflight
from digest.actions.timing.courses import outlook
from digest.actions.timing.deadlines import BEFORE_APPROVAL, Course
from digest.errors import DeadLink, EndedLink, Refused
from digest.model import EditionState
from digest.settings import parse_mailbox
from digest.store import StoredEdition

_PURPOSE = "approve"
_EDITOR = "editor"  #: purpose of the name that a link gives to a person: addresses do not stand in links
_NAME_CHARS = 16
_HASH_CHARS = 16


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What an approval link leads to."""

    stored: StoredEdition
    course: Course | None  #: None once it is sent or has ended
    by: str  #: who was mailed the link: their name, else their address
    until: datetime  #: when the link ends
    changed: bool  #: the edition is no longer what it was when the mail was written
    found: Preflight | None  #: None when it is past approval

    @property
    def is_open(self) -> bool:
        """True while the edition can be approved by this link."""
        return self.found is not None and not self.changed


def approval_link(app: App, edition_id: int, address: str) -> str | None:
    """Make the link by which one editor approves an edition as it is now; None when none would work.

    It ends when the edition is due, or, when that has passed, when it is too late for it.

    Args:
        app: The installation.
        edition_id: The edition.
        address: The editor's, one of those of the digest's file.
    """
    with app.store.reading() as tx:
        stored = tx.editions.get(edition_id)
    course = outlook(app, edition_id)
    if stored is None or course is None or stored.state not in BEFORE_APPROVAL:
        return None
    if _editor(app, stored.edition.digest, _named(app, address)) is None:
        return None
    until = course.edition.due if app.clock() < course.edition.due else course.last
    parts = (
        str(edition_id),
        stored.content_hash[:_HASH_CHARS],
        str(int(until.timestamp())),
        _named(app, address),
    )
    return f"{app.system.site.base_url.rstrip('/')}/approve/{app.keyring.sign(_PURPOSE, '.'.join(parts))}"


def asked(app: App, token: str) -> Asked:
    """Read an approval link, changing nothing.

    Raises:
        DeadLink: It is none of ours, or its person is no longer an editor of the digest.
        EndedLink: It has ended.
    """
    number, content, until, name = _read(app, token)
    with app.store.reading() as tx:
        stored = tx.editions.get(number)
    by = _editor(app, stored.edition.digest, name) if stored else None
    if stored is None or by is None:
        raise DeadLink("this link approves nothing any more", hint="sign in to the desk instead")
    if app.clock() > until:
        raise EndedLink(
            "this link has ended: it was for the time before the edition was due",
            hint="sign in to the desk, or take the link of a later mail",
        )
    is_open = stored.state in BEFORE_APPROVAL
    return Asked(
        stored=stored,
        course=outlook(app, number),
        by=by,
        until=until,
        changed=not stored.content_hash.startswith(content),
        found=preflight(app, number) if is_open else None,
    )


def approve_by_link(app: App, token: str) -> StoredEdition:
    """Approve the edition of a link in the name of whom it was mailed to.

    Raises:
        DeadLink: As `asked`.
        Refused: As `asked` and `approve`; or the edition has changed since the mail was written.
    """
    question = asked(app, token)
    stored = question.stored
    if question.changed:
        raise Refused(
            f"edition {stored.id} has changed since that mail was written",
            hint="look at it at the desk, then approve it there",
        )
    if stored.state is EditionState.APPROVED:
        return stored  # pressed twice
    return approve(app, stored.id, by=question.by, seen=stored.content_hash)


def _read(app: App, token: str) -> tuple[int, str, datetime, str]:
    payload = app.keyring.verify(_PURPOSE, token)
    if payload is None:
        raise DeadLink("this link is not whole", hint="copy all of it out of the mail")
    number, content, until, name = payload.split(".")
    return int(number), content, datetime.fromtimestamp(int(until), UTC), name


def _named(app: App, address: str) -> str:
    return app.keyring.digest(_EDITOR, address.casefold(), _NAME_CHARS)


def _editor(app: App, digest: str, name: str) -> str | None:
    """Return the editor of a digest that a link names; None when nobody has that name now."""
    settings = app.digests.get(digest)
    for written in settings.editors if settings else ():
        found = parse_mailbox(written)
        if app.keyring.attests(_EDITOR, found.address.casefold(), name):
            return found.name or found.address
    return None
