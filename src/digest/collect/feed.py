"""RSS, RDF and Atom."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import feedparser

from digest.collect.addresses import absolute
from digest.collect.blocks import Block, blocks_of_html, blocks_of_text, bound_tags
from digest.collect.dates import read_date
from digest.collect.document import Draft, ImageHint
from digest.collect.furniture import tidy
from digest.collect.pictures import picture_in
from digest.collect.values import split_tags
from digest.errors import DocumentError

__all__ = ["FeedEntry", "draft_from_entry", "read_feed"]

_MAX_ENTRIES = 5_000
_MAX_TAGS = 150_000
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)

Entry = Mapping[str, Any]  # why: feedparser ships no types; every value is checked where it is read


class FeedEntry:
    """One entry of a feed, and what the feed says of itself."""

    def __init__(self, entry: Entry, feed: Entry, base_url: str) -> None:
        self.entry = entry
        self.feed = feed
        self.base_url = base_url


def read_feed(text: str, url: str) -> tuple[FeedEntry, ...]:
    """Read the entries of a feed, in its order.

    Raises:
        DocumentError: The text defines XML entities, holds too much, or is no feed.
    """
    if re.search(r"<!\s*ENTITY", text, re.IGNORECASE):
        raise DocumentError("XML that defines entities, which can blow up")
    bound_tags(text, _MAX_TAGS)
    if len(re.findall(r"<(?:\w{1,20}:)?(?:item|entry)\b", text)) > _MAX_ENTRIES:
        raise DocumentError(f"more than {_MAX_ENTRIES:,} entries")
    data = _DECLARATION.sub("", text.lstrip("\ufeff"), count=1).encode("utf-8", "replace")
    parsed = _parse(data, url)
    feed, entries = parsed.get("feed") or {}, parsed.get("entries") or []
    if not entries and not parsed.get("version"):
        raise DocumentError("XML, but no feed")
    base = _told(feed, "link") or url
    return tuple(FeedEntry(entry, feed, base) for entry in entries)


def _parse(data: bytes, url: str) -> Entry:
    headers = {"content-type": "application/xml; charset=utf-8"}
    if url:
        headers["content-location"] = url
    try:
        parsed: Entry = feedparser.parse(
            io.BytesIO(data), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    # A broad catch on purpose: its loose parser raises whatever its regular expressions run into.
    except Exception as error:
        raise DocumentError(f"a broken feed ({type(error).__name__})") from error
    return parsed


def draft_from_entry(item: FeedEntry) -> Draft:
    """Read one entry.

    Raises:
        DocumentError: Its HTML breaks a bound.
    """
    entry, feed = item.entry, item.feed
    title = _plain(_told(entry, "title"), _detail(entry, "title_detail"))
    address = absolute(_told(entry, "link"), item.base_url) or ""
    tidied = tidy(_blocks(entry, address or item.base_url), title)
    source = entry.get("source")
    own = source if isinstance(source, Mapping) else {}
    return Draft(
        title=title,
        blocks=tidied.blocks,
        url=address,
        guid=_told(entry, "id"),
        source_names=tuple(
            told for where in (own, feed) for key in ("title", "link") if (told := _told(where, key))
        ),
        byline=_byline(entry) or tidied.byline,
        published=read_date(_told(entry, "published") or _told(entry, "created")) or tidied.published,
        language=_told(entry, "language") or _told(feed, "language"),
        tags=split_tags(_tags(entry)) or tidied.tags,
        image=_image(entry, address or item.base_url),
    )


def _told(where: Entry, key: str) -> str:
    value = where.get(key)
    return value.strip() if isinstance(value, str) else ""


def _detail(entry: Entry, key: str) -> Entry:
    value = entry.get(key)
    return value if isinstance(value, Mapping) else {}


def _plain(written: str, detail: Entry) -> str:
    """Take markup out of a title that is declared or written as HTML."""
    is_markup = "html" in _told(detail, "type") or re.search(r"</?[a-z]+[^>]{0,100}>|&[a-z#0-9]+;", written)
    if not is_markup or not written:
        return written
    return " ".join(block.text for block in blocks_of_html(written, ""))


def _contents(entry: Entry) -> Iterator[Entry]:
    """Return what the entry has of content, the fullest first."""
    for content in (*(entry.get("content") or ()), entry.get("summary_detail")):
        if isinstance(content, Mapping) and _told(content, "value"):
            yield content


def _blocks(entry: Entry, base_url: str) -> tuple[Block, ...]:
    for content in _contents(entry):
        value = _told(content, "value")
        base = _base(content, base_url)
        is_text = _told(content, "type") == "text/plain" and not re.search(r"<[a-z/]", value)
        blocks = blocks_of_text(value) if is_text else blocks_of_html(value, base)
        if blocks:
            return blocks
    return ()


def _byline(entry: Entry) -> str:
    authors = entry.get("authors") or ()
    names = [_told(author, "name") for author in authors if isinstance(author, Mapping)]
    return ", ".join(name for name in names if name) or ("" if authors else _told(entry, "author"))


def _tags(entry: Entry) -> list[str]:
    tags = [tag for tag in entry.get("tags") or () if isinstance(tag, Mapping)]
    return [_told(tag, "label") or _told(tag, "term") for tag in tags]


def _image(entry: Entry, base_url: str) -> ImageHint | None:
    """Find the image: media:content, an enclosure, media:thumbnail, then one in the content."""
    media = [item for item in entry.get("media_content") or () if isinstance(item, Mapping)]
    pictures = [item for item in media if _told(item, "medium") == "image" or _is_picture(item)]
    links = [
        item for item in entry.get("enclosures") or () if isinstance(item, Mapping) and _is_picture(item)
    ]
    small = [item for item in entry.get("media_thumbnail") or () if isinstance(item, Mapping)]
    for item in (*pictures, *links, *small):
        address = absolute(_told(item, "url") or _told(item, "href"), base_url)
        if address:
            return ImageHint(address=address, alt=_told(entry, "media_title"))
    for content in _contents(entry):
        hint = picture_in(_told(content, "value"), None)
        if hint is not None:
            return replace(hint, base=_base(content, base_url))
    return None


def _base(content: Entry, base_url: str) -> str:
    return absolute(_told(content, "base"), base_url) or base_url


def _is_picture(item: Entry) -> bool:
    return _told(item, "type").startswith("image/")
