"""Look at an address for what could be a source, and at what that holds; nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit, urlunsplit

from digest.actions.app import App
from digest.actions.content.fetching import as_document, document_of
from digest.actions.content.ingest import cleaning_context
from digest.actions.content.prospects import Prospect, describe
from digest.collect import (
    Document,
    Format,
    FoundSource,
    Listing,
    discover,
    explain,
    first_url,
    list_apart,
    without_feed_scheme,
)
from digest.errors import DigestError, DocumentError, FetchError, NotFound, Refused
from digest.fetch import Fetched, read_robots
from digest.model import ArticleContent, Source, SourceKind
from digest.settings import read_key
from digest.workers import WorkerLost

_TRIED = 6  #: of what a page names
_MOST_TRIED = 20  #: in all
_USUAL = (
    "feed/",
    "rss.xml",
    "feed.xml",
    "atom.xml",
)  #: places that are tried when nothing named will do
_LEAST_WORDS = 30  #: of a page that is an article: a front page made by scripts says that it needs them


@dataclass(frozen=True, slots=True)
class _Finder:
    """Fetches and reads for one search."""

    app: App
    tried: set[str] = field(default_factory=set)  #: addresses that may be a source
    listed: list[FoundSource] = field(default_factory=list)  #: by pages that list feeds, as large papers have

    def fetch(self, url: str) -> Document | None:
        try:
            return document_of(self.app.fetcher.get(url))
        except (FetchError, DocumentError):
            return None

    def named_by(self, document: Document) -> tuple[FoundSource, ...]:
        try:
            return self.app.workers.run(discover, document, document.url or "")
        except WorkerLost:
            return ()

    def read(self, found: FoundSource, document: Document) -> Listing:
        return list_apart(self.app.workers, found.kind, document, cleaning_context(self.app))

    def look(self, found: FoundSource, document: Document) -> Prospect:
        listing = self.read(found, document)
        return describe(found, listing, self._allows(listing))

    def robots(self, url: str) -> Document | None:
        return self.fetch(urljoin(url, "/robots.txt"))

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
        Refused: The address holds a key of Ghost.
        FetchError: The address may not be gone to, or gave nothing.
        DocumentError: Its server has no document there, or what it has cannot be read.
    """
    finder = _Finder(app)
    asked = _asked(url)
    got = _first_answer(app, asked, is_guessed="://" not in url)
    document = document_of(got)
    named = finder.named_by(document)
    own = next((one for one in named if one.is_here), None)
    if own is not None:
        return finder.look(replace(own, url=got.moved_to or asked), document)
    found = _first(finder, _candidates(finder, document, named))
    if found is not None:
        rest = {one.url: one for one in (*finder.listed, *named) if one.kind is not SourceKind.PAGE}
        rest.pop(found.found.url, None)
        return replace(found, beside=tuple(rest.values())[:_MOST_TRIED])
    if named and document.format is Format.JSON:
        raise NotFound(
            "an API of WordPress that gives no posts",
            where=asked,
            hint="its site may have a feed: give the address of the front page",
        )
    page = FoundSource(kind=SourceKind.PAGE, url=got.moved_to or asked, title="")
    listing = finder.read(page, document)
    words = max((one.word_count for one in listing.found if isinstance(one, ArticleContent)), default=0)
    if words < _LEAST_WORDS:
        raise NotFound(
            "no feed, sitemap or article there",
            where=asked,
            hint="give the address of the site's feed itself, or write the source into config/sources.yaml",
        )
    return describe(page, listing, None)


def _first_answer(app: App, asked: str, *, is_guessed: bool) -> Fetched:
    """Go to the address that was asked for; where https is our guess, say how to ask without."""
    try:
        return app.fetcher.get(asked)
    except FetchError as error:
        if is_guessed and not error.permanent and error.hint is None:
            error.hint = "https was tried; an address that begins with http:// is asked without"
        raise


def find_ghost(app: App, url: str, key_file: Path) -> Prospect:
    """Ask the Content API of a Ghost site, at an address or at the top of its host.

    Args:
        app: The installation.
        url: Of any page of the site; without a scheme https is meant.
        key_file: Holds the key, which no message and no result ever does. Goes nowhere but to that host.

    Raises:
        NotFound: The file cannot be read.
        Refused: It holds no key, or the address does.
        FetchError: The address may not be gone to, or gave nothing.
        DocumentError: It has no such API, does not know the key, or gave what is no posts.
    """
    asked = urlsplit(_asked(url))._replace(query="", fragment="")
    key = _key(key_file)
    said: dict[str, str] = {}  # by site
    for site in dict.fromkeys(urlunsplit(asked._replace(path=path)) for path in (asked.path or "/", "/")):
        try:
            prospect = _ghost_at(app, site, key)
        except DocumentError as error:
            said[site] = error.message
            continue
        root = app.home.root.resolve()
        file = key_file.resolve()
        written = file.relative_to(root) if file.is_relative_to(root) else file
        return replace(prospect, key_file=str(written))
    (place, words), *top = said.items()
    raise DocumentError(
        words + "".join(f"; tried {other} as well: {more}" for other, more in top),
        where=place,
        hint="the site's Ghost shows address and key under Integrations",
    )


def _ghost_at(app: App, site: str, key: str) -> Prospect:
    """Ask the Content API of Ghost at one address.

    Raises:
        FetchError: The address may not be gone to, or gave nothing.
        DocumentError: It gave no posts of Ghost.
    """
    try:
        got = app.fetcher.get(
            first_url(Source(key="new", title="new", url=site, kind=SourceKind.GHOST), key), stays=True
        )
    except FetchError as error:
        error.where = site
        raise
    if not got.is_content:
        raise DocumentError(explain(SourceKind.GHOST, got.status) or f"its server answers {got.said}")
    document = replace(as_document(got), name=site, url=site)
    if document.format is Format.HTML:
        raise DocumentError("a page answers, no Content API of Ghost")
    return _Finder(app).look(FoundSource(kind=SourceKind.GHOST, url=site, title=""), document)


def _key(file: Path) -> str:
    try:
        return read_key(file)
    except OSError as error:
        raise NotFound("the key file cannot be read", where=str(file)) from error
    except ValueError as error:
        raise Refused(f"the key file holds no key, but {error}", where=str(file)) from error


def _asked(url: str) -> str:
    """Return the address that is meant.

    Raises:
        Refused: It holds a key, which would stand in the settings and in what they print.
    """
    asked = without_feed_scheme(url)
    asked = asked if "://" in asked else f"https://{asked}"
    parts = urlsplit(asked)
    if "/ghost/api/" in parts.path and "key" in parse_qs(parts.query):
        raise Refused(
            "the address holds a key",
            where=parts.hostname or "",
            hint="put the key into a file: `digest sources add SITE --key-file FILE`",
        )
    return asked


def _candidates(
    finder: _Finder, document: Document, named: Sequence[FoundSource]
) -> Iterator[tuple[FoundSource, Document]]:
    """Go to what may be a source, the best first: what is named, usual places, the sitemaps of robots.txt."""
    url = document.url or ""
    open_ones = [one for one in named if one.kind is not SourceKind.GHOST][:_TRIED]
    # A WordPress whose API is shut, and whose theme names no feed, has one all the same.
    own = [urljoin(one.url, "feed/") for one in named if one.kind is SourceKind.WORDPRESS]
    places = dict.fromkeys([*own, *(urljoin(url, f"/{path}") for path in _USUAL)])
    usual = (FoundSource(kind=SourceKind.FEED, url=place, title="") for place in places)
    for one in (*open_ones, *usual):
        yield from _fetched(finder, one)
    robots = finder.robots(url)
    for one in finder.named_by(robots)[:_TRIED] if robots else ():
        if one.kind is SourceKind.SITEMAP:
            yield from _fetched(finder, one)


def _fetched(
    finder: _Finder, one: FoundSource, *, is_last: bool = False
) -> Iterator[tuple[FoundSource, Document]]:
    address = first_url(Source(key="new", title="new", url=one.url, kind=one.kind))
    if address in finder.tried or len(finder.tried) >= _MOST_TRIED:
        return
    finder.tried.add(address)
    document = finder.fetch(address)
    if document is None:
        return
    named = finder.named_by(document)
    if one.kind is SourceKind.FEED and not is_last and not any(own.is_here for own in named):
        feeds = [feed for feed in named if feed.kind is SourceKind.FEED]
        finder.listed.extend(feeds)
        for feed in feeds[:_TRIED]:
            yield from _fetched(finder, feed, is_last=True)
        return
    itself = next((own for own in named if own.kind is one.kind), one)
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
