"""The listings of sources, whatever their kind: where they are and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from itertools import accumulate
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from digest.collect.addresses import absolute
from digest.collect.document import Context, Document, Format
from digest.collect.entries import list_entries
from digest.collect.extraction import extract
from digest.collect.feed import holds_feed, onward_of, pace_of, read_feed
from digest.collect.feed_entry import draft_from_entry
from digest.collect.formats import decode
from digest.collect.ghost import are_posts as are_of_ghost
from digest.collect.ghost import list_ghost
from digest.collect.listed import MAX_TAKEN, WHOLE, Listing, PageRef, Part
from digest.collect.records import draft_from_record, load_json, records_of_json
from digest.collect.sitemap import is_sitemap, list_sitemap
from digest.collect.values import strings_in
from digest.collect.wordpress import are_posts as are_of_wordpress
from digest.collect.wordpress import list_wordpress
from digest.errors import DocumentError
from digest.model import Source, SourceKind

__all__ = ["Listing", "PageRef", "explain", "first_url", "further_url", "kind_of", "read_listing"]

_POSTS = 20  #: asked of an API at once; with their texts they are to stay below limits.document_bytes
_WORDPRESS = "wp-json/wp/v2/posts"
_GHOST = "ghost/api/content/posts/"


def first_url(source: Source, key: str = "") -> str:
    """Return the address to ask first: the source's own, or that of its API.

    Args:
        source: With an address; for an API that of the site, or of the API itself.
        key: Of Ghost's Content API.
    """
    url = source.url or ""
    match source.kind:
        case SourceKind.WORDPRESS:
            return _api(
                url, _WORDPRESS, {"_embed": "author,wp:term,wp:featuredmedia", "per_page": str(_POSTS)}
            )
        case SourceKind.GHOST:
            asked = {"key": key, "include": "authors,tags", "limit": str(_POSTS)}
            return _api(url, _GHOST, asked)
        case _:
            return url


def further_url(onward: str | int, *, asked: str, found: str) -> str | None:
    """Return the address of a further page; None when it is not of the same host.

    Args:
        onward: What the page before it says.
        asked: The address of the first page, as it was asked for.
        found: The address that the page before it was found at.
    """
    if isinstance(onward, int):
        parts = urlsplit(asked)
        rest = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "page"]
        query = urlencode([*rest, ("page", str(onward))], safe=",:/")
        return urlunsplit(parts._replace(query=query))
    url = absolute(onward, found)
    if url is None or urlsplit(url).netloc.lower() != urlsplit(found).netloc.lower():
        return None
    # Sites behind a server that does TLS for them often write http.
    return urlunsplit(urlsplit(url)._replace(scheme=urlsplit(found).scheme, fragment=""))


def _api(url: str, path: str, asked: dict[str, str]) -> str:
    """Add the path of an API to a site's address, as far as it is not there; what is asked already stays."""
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    whole = parts.path
    if path.strip("/") not in whole and "rest_route" not in given:
        begun = (f"/{start}" for start in accumulate(path.split("/"), "{}/{}".format))
        site = whole.rstrip("/")
        site = next((site.removesuffix(start) for start in begun if site.endswith(start)), site)
        whole = f"{site}/{path}"
    return urlunsplit(
        parts._replace(path=whole, query=urlencode({**asked, **given}, safe=",:/"), fragment="")
    )


def read_listing(kind: SourceKind, document: Document, context: Context, part: Part = WHOLE) -> Listing:
    """Read what a source lists.

    A bad entry is an `Unreadable` and costs itself. An empty feed is an empty listing.

    Args:
        kind: Of the source; AUTO looks at the document.
        document: What is at the address of `first_url`, or at one that an earlier listing named.
        context: Of the installation, with the source that was asked.
        part: Which entries of a feed or an API to read; other kinds have none, and are read whole.

    Raises:
        DocumentError: The document as a whole is no listing of that kind, is too large, or says in words
            that there is none.
    """
    if len(document.data) > context.max_bytes:
        raise DocumentError(f"larger than the {context.max_bytes:,} bytes allowed")
    match kind_of(document) if kind is SourceKind.AUTO else kind:
        case SourceKind.SITEMAP if not _is_feed(document):
            return list_sitemap(document, context)
        case SourceKind.WORDPRESS:
            return list_wordpress(load_json(_text(document)), document, context, part)
        case SourceKind.GHOST:
            return list_ghost(load_json(_text(document)), document, context, part)
        case SourceKind.PAGE:
            return Listing(found=extract(document, context), is_page=True)
        case _:
            read = _json_feed if document.format is Format.JSON else _feed
            return read(document, context, part)


def kind_of(document: Document) -> SourceKind:
    """Tell what kind of listing a document looks like; PAGE when it is none."""
    if is_sitemap(document.data):
        return SourceKind.SITEMAP
    try:
        if document.format is not Format.JSON:
            # Warnings of the site's program before a feed look like a page.
            is_feed = _is_feed(document) or holds_feed(_text(document))
            return SourceKind.FEED if is_feed else SourceKind.PAGE
        data = load_json(_text(document))
    except DocumentError:
        return SourceKind.PAGE
    if are_of_wordpress(data):
        return SourceKind.WORDPRESS
    if are_of_ghost(data):
        return SourceKind.GHOST
    is_list = isinstance(data, list) or (isinstance(data, Mapping) and isinstance(data.get("items"), list))
    return SourceKind.FEED if is_list else SourceKind.PAGE


def explain(kind: SourceKind, status: int) -> str | None:
    """Say what a status means when an API of that kind answers with it; None: nothing of its own."""
    match kind, status:
        case SourceKind.WORDPRESS, 401 | 403:
            return "its WordPress lets no strangers read its posts"
        case SourceKind.WORDPRESS, 404:
            return "no API of WordPress there; the site may have switched it off"
        case SourceKind.GHOST, 401 | 403:
            return "its Ghost does not know the key of key_file"
        case SourceKind.GHOST, 404:
            return "no Content API of Ghost there"
        case _:
            return None


def _is_feed(document: Document) -> bool:
    return document.format is Format.FEED and not is_sitemap(document.data)


def _text(document: Document) -> str:
    text = decode(document.data, document.charset)
    if not text.strip():
        raise DocumentError("empty")
    return text


def _feed(document: Document, context: Context, part: Part) -> Listing:
    text = _text(document)
    if is_sitemap(document.data):
        raise DocumentError("a sitemap, not a feed", hint="say `kind: sitemap`")
    if document.format is not Format.FEED and not holds_feed(text):
        raise DocumentError("a page, not a feed", hint="`digest sources add URL` finds the feed of a page")
    entries = read_feed(text, document.url or "", newest=MAX_TAKEN)
    listing = list_entries(
        (partial(draft_from_entry, entry) for entry in entries),
        document,
        context,
        home=entries[0].base_url if entries else "",
        every=pace_of(entries),
        part=part,
    )
    return replace(listing, onward=onward_of(entries))


def _json_feed(document: Document, context: Context, part: Part) -> Listing:
    url = document.url or ""
    records, about = records_of_json(_text(document))
    readers = (partial(draft_from_record, record, about, url) for record in records[:MAX_TAKEN])
    home = next(iter(strings_in(about.get("url"))), "")
    listing = list_entries(readers, document, context, home=home, part=part)
    return replace(listing, onward=next(iter(strings_in(about.get("next_url"))), None))
