"""The past of a source: what people want of it, and what came of the last wish."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from digest.actions.app import App
from digest.actions.content.rounds import READ, Wish, has_further, open_wish
from digest.model import HistoryEntry, Source

_LINES = 500  #: of the history, that are looked through for a source's last wish


@dataclass(frozen=True, kw_only=True, slots=True)
class PastRead:
    """What came of a wish for further pages."""

    at: datetime
    by: str  #: who looked
    wanted: int  #: further pages
    pages: int  #: that were read; fewer than wanted when there are no more, or something was in the way
    new: int  #: articles
    revised: int
    left: int  #: pages of articles that wait for another look
    error: str | None  #: why the whole look failed
    notice: str | None  #: what was odd


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """What people want of the past of a source, and what came of it."""

    is_there: bool  #: its listing could have further pages
    wish: Wish | None  #: what is wanted and not read yet
    last: PastRead | None  #: None: nobody wanted any, or long ago


def past(app: App, source: Source) -> Past:
    """Return what is wanted of one source's past, and what came of the last wish.

    Raises:
        StoreError: The database cannot be read.
    """
    with app.store.reading() as tx:
        wish = open_wish(tx, source)
        lines = tx.history.find(event=READ, limit=_LINES)
    mine = (_read(line) for line in lines if _told(line)[0] == source.key)
    return Past(is_there=has_further(source), wish=wish, last=next(mine, None))


def _read(line: HistoryEntry) -> PastRead:
    said, has_failed = _told(line)[1], line.outcome != "ok"
    return PastRead(
        at=line.at,
        by=line.by,
        wanted=line.counts.get("wanted", 0),
        pages=line.counts.get("pages", 0),
        new=line.counts.get("new", 0),
        revised=line.counts.get("revised", 0),
        left=line.counts.get("left", 0),
        error=said if has_failed else None,
        notice=None if has_failed else said,
    )


def _told(line: HistoryEntry) -> tuple[str, str | None]:
    """Take a line apart into the source and what was said of it."""
    name, _, said = (line.note or "").partition(": ")
    return name, said or None
