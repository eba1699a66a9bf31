"""How far a walk through the pages of a listing has come, and where it may go."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from digest.collect import Listing, further_url
from digest.fetch import Fetched
from digest.model import ArticleContent

MOST_ARTICLES = 1_000  #: new ones of one look


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """What of a page is new."""

    many: int  #: entries
    last: bool | None  #: whether its last entry is; None: none can be read
    unknown: Listing  #: without the whole articles that are stored


@dataclass(kw_only=True, slots=True)
class Walked:
    """How far a walk has come."""

    asked: str  #: the address of the first page, as it was asked for
    got: Fetched  #: the last page
    listing: Listing  #: the last page, read
    new: int  #: entries of all of them that are
    is_cut: bool = False
    listings: list[Listing] = field(default_factory=list)
    urls: set[str] = field(default_factory=set)
    entries: set[str] = field(default_factory=set)
    homes: set[tuple[str | None, int | None]] = field(init=False)
    full: int = field(init=False)  #: entries of the first page

    def __post_init__(self) -> None:
        self.homes = {_place(self.asked), _place(self.got.url)}
        self.full = _size(self.listing)
        self.urls |= {self.asked, self.got.url}
        self.entries |= _names(self.listing)

    def next_url(self) -> str | None:
        """Return where to go next; None when nowhere, back, or to another host.

        An API whose page holds fewer than the first one has come to its end.
        """
        onward = self.listing.onward
        if isinstance(onward, int) and _size(self.listing) < self.full:
            return None
        url = None if onward is None else further_url(onward, asked=self.asked, found=self.got.url)
        if url is None or url in self.urls:
            return None
        self.urls.add(url)
        return url

    def is_home(self, url: str) -> bool:
        """Tell whether an address is of the host that was asked first, or of that which answered."""
        return _place(url) in self.homes

    def count(self, news: News) -> None:
        """Count what is new of the last page; of very many, those that are stored are not held."""
        self.new += news.many
        if sum(map(_size, self.listings)) > MOST_ARTICLES:
            self.listings[-1] = news.unknown

    def takes(self, got: Fetched, page: Listing) -> bool:
        """Take a page in; False when it is empty, or only repeats what the pages before it said.

        One of which nothing can be read is no end: what is below it may be missing.
        """
        names = _names(page)
        if not _size(page) or (names and names <= self.entries):
            return False
        self.entries |= names
        self.got, self.listing = got, page
        self.listings.append(page)
        return True


def _place(url: str) -> tuple[str | None, int | None]:
    """Name the host that an address is at, and its port, if it is an unusual one."""
    parts = urlsplit(url)
    return parts.hostname, None if parts.port in {80, 443} else parts.port


def _names(listing: Listing) -> set[str]:
    articles = (one for one in listing.found if isinstance(one, ArticleContent))
    return {one.url or one.guid or one.title for one in articles} | {page.url for page in listing.pages}


def _size(listing: Listing) -> int:
    return len(listing.found) + len(listing.pages)
