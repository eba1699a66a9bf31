"""Look at an address for what could be a source, and at what that holds; nothing is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from digest.actions.app import App
from digest.actions.fetching import document_of
from digest.actions.ingest import cleaning_context
from digest.collect import (
    Document,
    FoundSource,
    Listing,
    discover,
    first_url,
    read_listing,
)
from digest.errors import DigestError, DocumentError, FetchError, NotFound
from digest.fetch import read_robots
from digest.model import ArticleContent, Source, SourceKind
from digest.workers import WorkerLost

_TRIED = 6  #: of what a page names
_USUAL = ("feed/", "rss.xml", "feed.xml", "atom.xml")  #: places that are tried when nothing is named
_HEADLINES = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Prospect:
    """What could be a source, and what is there now."""

    found: FoundSource
    title: str  #: as it calls itself, else its host; not empty
    whole: int  #: articles that are there with their text
    thin: int  #: articles whose text stands on pages of their own
    others: int  #: entries that are no articles
    listings: int  #: further lists that it names
    newest: datetime | None
    headlines: tuple[str, ...]  #: the first ones, at most 5
    every: timedelta | None  #: how often it wants to be asked at most
    is_allowed: bool | None  #: by robots.txt to fetch its pages; None: it has none
    beside: tuple[FoundSource, ...] = ()  #: what else was named there


@dataclass(frozen=True, slots=True)
class _Finder:
    """Fetches and reads for one search."""

    app: App

    def fetch(self, url: str) -> Document:
        return document_of(self.app.fetcher.get(url))

    def named_by(self, document: Document) -> tuple[FoundSource, ...]:
        try:
            return self.app.workers.run(discover, document, document.url or "")
        except WorkerLost:
            return ()

    def look(self, found: FoundSource, document: Document) -> Prospect:
        listing = self.app.workers.run(read_listing, found.kind, document, cleaning_context(self.app))
        return _described(found, listing, self._allows(listing))

    def robots(self, url: str) -> Document | None:
        try:
            return self.fetch(urljoin(url, "/robots.txt"))
        except (FetchError, DocumentError):
            return None

    def _allows(self, listing: Listing) -> bool | None:
        if not listing.pages:
            return None
        url = listing.pages[0].url
        robots = self.robots(url)
        return robots is None or read_robots(robots.data, self.app.fetcher.agent).allows(url)


def find_source(app: App, url: str) -> Prospect:
    """Find what could be a source at an address: a listing, one that its page names, or the page itself.

    Args:
        app: The installation, whose settings of fetching hold.
        url: Of a feed, an API, a sitemap or a page; without a scheme https is meant.

    Raises:
        NotFound: There is nothing that could be one.
        FetchError: The address may not be gone to, or gave nothing.
        DocumentError: Its server has no document there, or what it has cannot be read.
    """
    finder = _Finder(app)
    asked = url if "://" in url else f"https://{url}"
    got = app.fetcher.get(asked)
    document = document_of(got)
    named = finder.named_by(document)
    own = [one for one in named if one.url == document.url]
    if own and own[0].kind is not SourceKind.PAGE:
        return finder.look(replace(own[0], url=got.moved_to or asked), document)
    found = _first(finder, _candidates(finder, document, named))
    if found is not None:
        rest = tuple(one for one in named if one.url != found.found.url and one.kind is not SourceKind.PAGE)
        return replace(found, beside=rest)
    page = FoundSource(kind=SourceKind.PAGE, url=got.moved_to or asked, title="")
    prospect = finder.look(page, document)
    if not prospect.whole:
        raise NotFound(
            "no feed, sitemap or article there",
            where=asked,
            hint="give the address of the site's feed itself, or write the source into config/sources.yaml",
        )
    return prospect


def _candidates(
    finder: _Finder, document: Document, named: Iterable[FoundSource]
) -> Iterator[tuple[FoundSource, Document]]:
    """Go to what may be a source, the best first: what is named, usual places, the sitemaps of robots.txt."""
    url = document.url or ""
    open_ones = [one for one in named if one.kind is not SourceKind.GHOST][:_TRIED]
    usual = (FoundSource(kind=SourceKind.FEED, url=urljoin(url, f"/{path}"), title="") for path in _USUAL)
    for one in (*open_ones, *(() if open_ones else usual)):
        yield from _fetched(finder, one)
    robots = finder.robots(url)
    for one in finder.named_by(robots)[:_TRIED] if robots else ():
        if one.kind is SourceKind.SITEMAP:
            yield from _fetched(finder, one)


def _fetched(finder: _Finder, one: FoundSource) -> Iterator[tuple[FoundSource, Document]]:
    address = first_url(Source(key="new", title="new", url=one.url, kind=one.kind))
    try:
        document = finder.fetch(address)
    except (FetchError, DocumentError):
        return
    itself = next((own for own in finder.named_by(document) if own.kind is one.kind), one)
    yield replace(one, title=itself.title or one.title, homepage=itself.homepage), document


def _first(finder: _Finder, candidates: Iterable[tuple[FoundSource, Document]]) -> Prospect | None:
    """Return the first that holds something."""
    for found, document in candidates:
        try:
            prospect = finder.look(found, document)
        except DigestError:
            continue
        if prospect.whole or prospect.thin or prospect.listings:
            return prospect
    return None


def _described(found: FoundSource, listing: Listing, is_allowed: bool | None) -> Prospect:
    articles = [one for one in listing.found if isinstance(one, ArticleContent)]
    dates = [one.published for one in articles if one.published]
    dates += [page.modified for page in listing.pages if page.modified]
    titles = [one.title for one in articles] + [page.title for page in listing.pages if page.title]
    called = Counter(one.source_title for one in articles if one.source_title).most_common(1)
    host = (urlsplit(found.url).hostname or found.url).removeprefix("www.")
    return Prospect(
        found=found,
        title=found.title or (called[0][0] if called else host),
        whole=len(articles),
        thin=len(listing.pages),
        others=len(listing.found) - len(articles),
        listings=len(listing.listings),
        newest=max(dates, default=None),
        headlines=tuple(titles[:_HEADLINES]),
        every=listing.every,
        is_allowed=is_allowed,
    )
