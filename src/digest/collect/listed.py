"""What a source lists at its address: articles, pages that hold articles, and further listings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from digest.collect.document import Unreadable
from digest.model import ArticleContent

__all__ = ["MAX_LISTINGS", "MAX_TAKEN", "NEVER", "WHOLE", "Listing", "PageRef", "Part", "newest_first"]

MAX_LISTINGS = 50  #: that one listing may name
MAX_TAKEN = 500  #: entries that are read of one listing, the newest: half a second of computing
NEVER = datetime.min.replace(tzinfo=UTC)  #: for sorting by dates that may be unknown


@dataclass(frozen=True, kw_only=True, slots=True)
class PageRef:
    """A page that should be fetched, since the listing does not hold its article, or not all of it."""

    url: str  #: http or https
    modified: datetime | None = None  #: as the listing says; None: it does not
    title: str = ""  #: as the listing says; '' unknown
    thin: ArticleContent | None = None
    #: what the listing knows of the article, for `complete`. When the page cannot be had and this has
    #: paragraphs, it is the article; without paragraphs it is none. None: the listing knows nothing


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """What one document of a source says."""

    found: tuple[ArticleContent | Unreadable, ...] = ()  #: whole articles, and what is none
    pages: tuple[PageRef, ...] = ()  #: unique by url, the newest first; none of their articles is in `found`
    listings: tuple[str, ...] = ()  #: further listings of the same host to read, unique, the newest first
    is_page: bool = False  #: it is a page, whose article is all that is found
    tells_all: bool = True  #: what its listings say anew changes its own words, too; False: it need not
    every: timedelta | None = None  #: how often it wants to be asked at most; None: it does not say
    onward: str | int | None = None  #: its further page: where it says, or the number at its API; None: none
    last: ArticleContent | None = None  #: of its entries, in its own order, the last that can be read
    rest: int | None = None  #: number of the entry to read on from; None: all that was wanted is here


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Which entries of a listing to read."""

    start: int = 0  #: number of the first one; 0 is first
    many: int = MAX_TAKEN  #: entries at most; none with 0, which shows that the listing opens
    cpu_s: float | None = None  #: computing time after which no further entry is begun; None: no bound


WHOLE = Part()


def newest_first(pages: Iterable[PageRef]) -> tuple[PageRef, ...]:
    """Order pages by date, those without one last and in the order given; one address comes once."""
    unique: dict[str, PageRef] = {}
    for page in pages:
        unique.setdefault(page.url, page)
    return tuple(sorted(unique.values(), key=lambda page: page.modified or NEVER, reverse=True))
