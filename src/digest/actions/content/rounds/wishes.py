"""What people want of the past of sources: noted among the pages of each until a look has read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from digest.model import HistoryEntry, Source, SourceKind, SourceState
from digest.store import PageNote, Transaction

READ = "further pages read"  #: the event of a look that somebody wanted
WANTED = "further pages wanted"
_WITHOUT = frozenset({SourceKind.PAGE, SourceKind.SITEMAP})


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """Further pages of a listing that somebody wants."""

    pages: int
    at: datetime | None  #: since when


@dataclass(frozen=True, kw_only=True, slots=True)
class WishRead:
    """A wish that a look has read, as far as it goes."""

    wish: Wish
    pages: int  #: further pages that were read
    new: int = 0
    revised: int = 0
    left: int = 0  #: pages of articles that wait for another look


def has_further(source: Source) -> bool:
    """Tell whether the listing of a source could have further pages at all."""
    return source.url is not None and source.kind not in _WITHOUT


def open_wish(tx: Transaction, source: Source) -> Wish | None:
    """Return what is wanted and not read yet."""
    note = tx.source_states.known_pages(source.key, [_mark(source)]).get(_mark(source))
    return None if note is None or not note.tries else Wish(pages=note.tries, at=note.modified_at)


def note_wish(tx: Transaction, source: Source, pages: int, *, at: datetime, by: str) -> None:
    """Let so many further pages of a source be read with its next look; another wish takes its place."""
    _note(tx, source, pages, at)
    counts = {"pages": pages}
    tx.history.add(HistoryEntry(at=at, by=by, event=WANTED, outcome="ok", note=source.key, counts=counts))


def end_wish(
    tx: Transaction, source: Source, read: WishRead | None, state: SourceState, *, at: datetime, by: str
) -> bool:
    """End the wish that was read, and put on record what that brought.

    Args:
        tx: The transaction that lets go of the source.
        source: The source.
        read: What was read; None: nobody wanted anything when the look began.
        state: How the source is doing after it.
        at: Now.
        by: Who looked.

    Returns:
        Whether another wish is open, which came in meanwhile.
    """
    wish = open_wish(tx, source)
    if read is None or (wish is not None and wish != read.wish):
        return wish is not None
    _note(tx, source, 0, at)
    said = state.error or state.notice
    counts = {name: getattr(read, name) for name in ("pages", "new", "revised", "left")}
    entry = HistoryEntry(
        at=at,
        by=by,
        event=READ,
        outcome="failed" if state.error else "ok",
        counts={"wanted": read.wish.pages, **counts},
        note=f"{source.key}: {said}" if said else source.key,
    )
    tx.history.add(entry)
    return False


def _note(tx: Transaction, source: Source, pages: int, at: datetime) -> None:
    note = PageNote(url=_mark(source), modified_at=at, tries=pages)
    tx.source_states.note_pages(source.key, [note], at=at)


def _mark(source: Source) -> str:
    """Name the note of a source that holds how many further pages are wanted; no page has such an address."""
    return f"wanted of {source.url}"
