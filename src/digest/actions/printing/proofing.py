"""The mail of an edition as one reader would get it, to be looked at."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlsplit

from digest.actions.app import App
from digest.actions.editions import find
from digest.actions.printing.mail import ANYBODY, Reader, Specimen
from digest.actions.printing.presses import press_of
from digest.actions.printing.preview import reader_for
from digest.model.article import primary_language
from digest.render import language_name
from digest.store import StoredEdition

Scheme = Literal["light", "dark"]

_WISH = re.compile(rb"\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)")
_YES, _NO = b"(min-width:0)", b"(max-width:0)"


@dataclass(frozen=True, kw_only=True)
class ProofMail:
    """A message and its two parts."""

    reader: Reader  #: whose it would be; their links are nobody's
    message: bytes
    text: bytes
    html: bytes
    language: str  #: of the edition, and of every word of its mail, by its English name
    #: The other language that letters and pages come to the reader in; None: it is the same.
    letters: str | None


def proof_mail(app: App, edition_id: int, *, address: str | None = None) -> ProofMail:
    """Print the mail of a reader, byte for byte but for the signed links, which are nobody's.

    Who may look at an edition may not, by that, change somebody's subscription.

    Args:
        app: The installation.
        edition_id: The edition.
        address: A subscriber's, for their sections, name and date; None is a reader of everything.

    Raises:
        NotFound: There is no such edition or subscriber.
        Refused: The edition was skipped.
    """
    return proof_of(app, find(app, edition_id), address=address)


def proof_of(app: App, stored: StoredEdition, *, address: str | None = None) -> ProofMail:
    """Do what `proof_mail` does for an edition that was just read."""
    reader = replace(reader_for(app, stored, address), uid=ANYBODY.uid)
    with app.store.reading() as tx:
        person = None if address is None else tx.people.find(address)
    wish, language = person and person.language, stored.edition.language
    is_other = wish and primary_language(wish) != primary_language(language)
    press = press_of(app, stored)
    mail = press.specimen if reader == ANYBODY else Specimen.of(press.message(reader))
    return ProofMail(
        reader=reader,
        message=mail.message,
        text=mail.text,
        html=mail.html,
        language=language_name(language),
        letters=language_name(wish) if wish and is_other else None,
    )


def in_scheme(html: bytes, scheme: Scheme) -> bytes:
    """Show a mail as on a light or dark screen, whatever this one is: its own style for that is chosen."""
    return _WISH.sub(lambda found: _YES if found[1].decode() == scheme else _NO, html)


def with_pictures(app: App, html: bytes) -> bytes:
    """Take pictures from this site where mails name a folder of this machine: no page may open that."""
    folder = app.system.site.media_url or ""
    return html.replace(f"{folder.rstrip('/')}/".encode(), b"/media/") if folder.startswith("file:") else html


def picture_sources(app: App) -> str:
    """Say where a proof's pictures may come from, as a policy of pages writes it."""
    site = app.system.site
    parted = urlsplit(site.media_url or site.base_url)
    own = {"http": f" {parted.scheme}://{parted.netloc}", "file": " 'self'"}
    return f"https: data:{own.get(parted.scheme, '')}"
