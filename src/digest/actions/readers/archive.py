"""What has come out: the archive that readers see, and the editions that the desk has sent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from digest.actions.app import App
from digest.actions.editing.printed import correction
from digest.actions.mailing.books import shown_books
from digest.actions.printing.presses import press_of
from digest.errors import NotFound
from digest.model import RELEASED, Books, Edition
from digest.settings import DigestSettings
from digest.store import StoredEdition

PAGE = 40  #: editions on a page
_NONE = "there is no such archive"


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """Editions of a digest, the newest slot first."""

    digest: DigestSettings
    editions: tuple[StoredEdition, ...]
    older: datetime | None  #: where the next page begins; None when this is the last


@dataclass(frozen=True, kw_only=True)
class Volume:
    """One edition of the archive, with its neighbours."""

    digest: DigestSettings
    stored: StoredEdition
    earlier: StoredEdition | None
    later: StoredEdition | None
    corrected_at: datetime | None = (
        None  #: when it was last changed after it had begun to go out; None: never
    )

    @property
    def minutes(self) -> int:
        """How long its summaries take to read, at 230 words a minute and at least one."""
        words = sum(
            len(item.summary.text.split()) + len(item.title.split()) for item in self.stored.edition.items
        )
        return max(1, round(words / 230))


@dataclass(frozen=True, kw_only=True)
class Sent:
    """An edition that was sent, with its books."""

    stored: StoredEdition
    title: str  #: of the digest
    books: Books


def public_digests(app: App) -> tuple[DigestSettings, ...]:
    """Return the digests whose archive anybody may read, by title."""
    found = (digest for digest in app.digests.values() if digest.archive == "public")
    return tuple(sorted(found, key=lambda digest: digest.title))


def newest_public(app: App, digest_key: str) -> Edition | None:
    """Return the newest edition of a digest that anybody may read; None when there is none."""
    if app.digest(digest_key).archive != "public":
        return None
    with app.store.reading() as tx:
        newest = tx.editions.newest_sent(digest_key)
        stored = None if newest is None else tx.editions.get(newest)
    return None if stored is None else stored.edition


def shelf(app: App, digest_key: str, *, before: datetime | None = None) -> Shelf:
    """Return a page of a public archive.

    Raises:
        NotFound: There is no such digest, or its archive is private; the words are the same.
    """
    digest = _public(app, digest_key)
    with app.store.reading() as tx:
        found = tx.editions.sent(digest_key, before=before, limit=PAGE + 1)
    older = found[PAGE - 1].edition.slot.local if len(found) > PAGE else None
    return Shelf(digest=digest, editions=found[:PAGE], older=older)


def volume(app: App, digest_key: str, number: int) -> Volume:
    """Return an edition of a public archive.

    Raises:
        NotFound: The archive is not there or private, or the edition is not out.
    """
    digest = _public(app, digest_key)
    with app.store.reading() as tx:
        stored = tx.editions.by_number(digest_key, number)
        if stored is None or stored.state not in RELEASED:
            raise NotFound(
                f"{digest.title} has no edition {number}", hint=f"/archive/{digest_key} lists them"
            )
        changed = correction(tx, stored)
        near = [tx.editions.by_number(digest_key, other) for other in (number - 1, number + 1)]
    earlier, later = (one if one is not None and one.state in RELEASED else None for one in near)
    return Volume(
        digest=digest,
        stored=stored,
        earlier=earlier,
        later=later,
        corrected_at=None if changed is None else changed.at,
    )


def as_mailed(app: App, digest_key: str, number: int) -> bytes:
    """Return the HTML of an edition as it was mailed, with links that are nobody's.

    Raises:
        NotFound: As `volume` has it.
    """
    stored = volume(app, digest_key, number).stored
    return press_of(app, stored).specimen.html


def sent_editions(
    app: App,
    *,
    digests: Collection[str] | None,
    digest_key: str | None = None,
    past: int | None = None,
) -> tuple[tuple[Sent, ...], int | None]:
    """Return a page of what was sent with its books, the newest slot first, and the `past` of the next page.

    Args:
        app: The installation.
        digests: Only these digests; None takes all.
        digest_key: Only this digest.
        past: Only what comes after this edition: the last one of the page before.
    """
    with app.store.reading() as tx:
        found = tx.editions.sent(digest_key, among=digests, past=past, limit=PAGE + 1)
    shown = found[:PAGE]
    books = shown_books(app, shown)
    sent = tuple(
        Sent(stored=one, title=_title(app, one.edition.digest), books=books[one.id]) for one in shown
    )
    return sent, shown[-1].id if len(found) > PAGE else None


def _title(app: App, key: str) -> str:
    digest = app.digests.get(key)
    return digest.title if digest else key


def _public(app: App, key: str) -> DigestSettings:
    digest = app.digests.get(key)
    if digest is None or digest.archive != "public":
        raise NotFound(
            _NONE, hint="it may be for its readers alone: their mails hold a link to read them here"
        )
    return digest
