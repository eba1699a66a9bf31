"""Show an edition as it would be mailed, to anybody or to one person."""

from __future__ import annotations

from pathlib import Path

from digest.actions.app import App
from digest.actions.editions import find
from digest.actions.printing.mail import ANYBODY, Reader, Specimen
from digest.actions.printing.presses import press_of
from digest.errors import DigestError, NotFound
from digest.store import StoredEdition


def preview(app: App, edition_id: int, out: Path, *, email: str | None = None) -> tuple[Path, ...]:
    """Write edition.eml, .html, .txt and .mjml into a folder.

    The .eml is the message itself; .html and .txt are its two parts, decoded.

    Args:
        app: The installation.
        edition_id: The edition.
        out: The folder; made when it is not there.
        email: A subscriber, to see the mail with their sections and name; nobody when None.

    Raises:
        NotFound: There is no such edition or subscriber.
        Refused: The edition was skipped.
    """
    stored = find(app, edition_id)
    press = press_of(app, stored)
    mail = Specimen.of(press.message(reader_for(app, stored, email)))
    files = {"eml": mail.message, "html": mail.html, "txt": mail.text, "mjml": press.rendered.mjml.encode()}
    try:
        out.mkdir(parents=True, exist_ok=True)
        for kind, data in files.items():
            (out / f"edition.{kind}").write_bytes(data)
    except OSError as error:
        raise DigestError(
            f"cannot write: {error.strerror}", where=str(out), hint="name another folder with --out"
        ) from error
    return tuple(out / f"edition.{kind}" for kind in files)


def reader_for(app: App, stored: StoredEdition, address: str | None) -> Reader:
    """Find the person a preview or test is for; a nameless reader of everything when None.

    Raises:
        NotFound: Nobody has this address.
    """
    if address is None:
        return ANYBODY
    with app.store.reading() as tx:
        person = tx.people.find(address)
        choice = tx.people.subscription(person.id, stored.edition.digest) if person else None
    if person is None:
        raise NotFound(f"no subscriber {address}", hint="`digest subscribers add` adds one")
    return Reader.of(person, choice)
