"""Finding the sources that a page, or a site's robots.txt, names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin, urlsplit

from lxml import html

from digest.collect.addresses import absolute, is_within
from digest.collect.blocks import parse_html
from digest.collect.document import Document, Format
from digest.collect.feed import read_feed
from digest.collect.feed_entry import told
from digest.collect.formats import decode
from digest.collect.listing import kind_of
from digest.collect.records import load_json
from digest.collect.steps import said
from digest.collect.values import strings_in, text_in
from digest.errors import DocumentError
from digest.markup import clean_line
from digest.model import SourceKind

__all__ = ["FoundSource", "discover"]

_MAX_FOUND = 20
_MAX_TITLE = 120
_FEED_TYPES = {
    *("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"),
    *("text/xml", "application/xml", "text/rss+xml"),
}
_FEED_LIKE = re.compile(
    r"(?:^|[/.?=&_-])(?:rss2?|atom|feeds?|rdf)(?:[/.?=&_-]|$)|/(?:index\.xml|feed\.json)$", re.IGNORECASE
)
_COMMENTS = re.compile(
    r"\b(?:comments?|kommentare?|commentaires|comentarios|commenti|reacties)\b", re.IGNORECASE
)
_SITEMAP_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_WP_JSON = re.compile(r"/wp-json(?:/wp(?:/v2)?)?/?$")
_WP_ROUTE = re.compile(r"rest_route=(?:/|%2F)?(?:wp(?:/|%2F)v2(?:/|%2F)?)?$", re.IGNORECASE)
_DECLARED, _LINKED, _API, _MAP, _LOCKED, _REMARKS = range(6)  #: the best first


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundSource:
    """What may be a source; nobody has been there yet, unless it is the document itself."""

    kind: SourceKind
    url: str  #: http or https
    title: str  #: one line, as the document calls it; '' unknown
    homepage: str | None = None  #: of the site that a feed says it is of
    is_here: bool = False  #: it is the document itself; the API of a site has the address of its front page


def discover(document: Document, url: str) -> tuple[FoundSource, ...]:
    """Find the sources that a document names.

    Args:
        document: A page, a robots.txt, what an API of WordPress says of itself, or a listing, which names
            itself alone.
        url: Where it is.

    Returns:
        At most 20, unique by address, the best first: feeds that the page declares (that of its own part of
        the site before that of the whole), links that look like feeds, the API of WordPress, sitemaps, Ghost,
        whose API needs a key, and feeds of comments. May be empty.
    """
    try:
        text = decode(document.data, document.charset)
        kind = kind_of(document)
        if kind is not SourceKind.PAGE:
            return (_itself(kind, text, url),)
        if urlsplit(url).path.endswith("/robots.txt"):
            return _unique(_of_robots(text, url))
        if document.format is Format.JSON:
            return _unique(_of_api(load_json(text), url))
        tree = parse_html(text)
    except DocumentError:
        return ()
    ranked = sorted(_of_page(tree, url), key=lambda one: (one[0], -_nearness(one[1].url, url)))
    return _unique(found for _, found in ranked)


def _unique(found: Iterable[FoundSource]) -> tuple[FoundSource, ...]:
    unique: dict[str, FoundSource] = {}
    for one in found:
        unique.setdefault(one.url, one)
    return tuple(unique.values())[:_MAX_FOUND]


def _itself(kind: SourceKind, text: str, url: str) -> FoundSource:
    """Describe a listing; a feed says what it is called and of which site it is."""
    title, home = "", ""
    if kind is SourceKind.FEED and not text.lstrip().startswith(("{", "[")):
        entries = read_feed(text, url, newest=1)
        title, home = (told(entries[0].feed, key) if entries else "" for key in ("title", "link"))
    elif kind is SourceKind.FEED:
        about = load_json(text)
        title, home = said(about, "title"), said(about, "home_page_url")
    return FoundSource(
        kind=kind,
        url=url,
        title=clean_line(title, _MAX_TITLE),
        homepage=absolute(home, url) if home else None,
        is_here=True,
    )


def _of_robots(text: str, url: str) -> Iterator[FoundSource]:
    urls = (absolute(line[1], url) for line in _SITEMAP_LINE.finditer(text))
    named = [one for one in urls if one]
    for one in sorted(named, key=lambda address: "news" not in address.lower()):
        yield FoundSource(kind=SourceKind.SITEMAP, url=one, title="")


def _of_api(about: object, url: str) -> Iterator[FoundSource]:
    """Find the site of an API of WordPress that tells what it can do, instead of posts."""
    spaces = about.get("namespaces") if isinstance(about, Mapping) else None
    if "wp/v2" in strings_in(spaces) or said(about, "namespace") == "wp/v2":
        title = clean_line(unescape(said(about, "name")), _MAX_TITLE)
        yield FoundSource(kind=SourceKind.WORDPRESS, url=_site_of_api(url), title=title)


def _of_page(tree: html.HtmlElement, url: str) -> Iterator[tuple[int, FoundSource]]:
    base = tree.find(".//base")
    written = (base.get("href") if base is not None else None) or url
    base_url = absolute(written, url) or url
    for link in tree.iter("link"):
        yield from _of_link(link, base_url)
    for anchor in tree.iter("a"):
        address = absolute(anchor.get("href") or "", base_url)
        if address and _looks_like_feed(address, url):
            yield _named(_LINKED, SourceKind.FEED, address, text_in(anchor))
    for meta in tree.iter("meta"):
        if (meta.get("name") or "").lower() == "generator" and (meta.get("content") or "").startswith(
            "Ghost"
        ):
            site = urljoin(base_url, "/")
            yield _named(_LINKED, SourceKind.FEED, f"{site}rss/", "")
            yield _named(_LOCKED, SourceKind.GHOST, site, "")


def _of_link(link: html.HtmlElement, base_url: str) -> Iterator[tuple[int, FoundSource]]:
    address = absolute(link.get("href") or "", base_url)
    relations = (link.get("rel") or "").lower().split()
    kind = (link.get("type") or "").partition(";")[0].strip().lower()
    title = link.get("title") or ""
    if address is None:
        return
    if "https://api.w.org/" in relations:
        yield _named(_API, SourceKind.WORDPRESS, _site_of_api(address), title)
    elif "sitemap" in relations:
        yield _named(_MAP, SourceKind.SITEMAP, address, title)
    elif "feed" in relations or ("alternate" in relations and kind in _FEED_TYPES):
        yield _named(_DECLARED, SourceKind.FEED, address, title)


def _site_of_api(address: str) -> str:
    """Return what `first_url` takes: the site above /wp-json/, or the address of posts by parameter."""
    if "rest_route=" in address:
        return _WP_ROUTE.sub("rest_route=/wp/v2/posts", address)
    return _WP_JSON.sub("/", address)


def _named(rank: int, kind: SourceKind, url: str, title: str) -> tuple[int, FoundSource]:
    line = clean_line(title, _MAX_TITLE)
    if kind is SourceKind.FEED and (_COMMENTS.search(line) or _COMMENTS.search(urlsplit(url).path)):
        rank = _REMARKS
    return rank, FoundSource(kind=kind, url=url, title=line)


def _looks_like_feed(address: str, url: str) -> bool:
    parts = urlsplit(address)
    host = parts.hostname or ""
    is_near = is_within(address, url) or host.startswith(("feeds.", "rss."))
    return is_near and _FEED_LIKE.search(f"{parts.path}?{parts.query}".rstrip("?")) is not None


def _nearness(feed_url: str, url: str) -> int:
    """Count the steps of a page's path that its feed's folder shares, when the page is within that folder."""
    feed = [step for step in urlsplit(feed_url).path.split("/")[:-1] if step and not _FEED_LIKE.search(step)]
    page = [step for step in urlsplit(url).path.split("/") if step]
    return len(feed) if page[: len(feed)] == feed else 0
