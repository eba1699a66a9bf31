"""One entry of RSS, RDF or Atom, and what it says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from html import unescape
from typing import Any

from digest.collect.addresses import absolute
from digest.collect.blocks import Block, blocks_of_html, blocks_of_text
from digest.collect.bylines import name_said
from digest.collect.dates import read_date
from digest.collect.document import Draft, ImageHint
from digest.collect.furniture import tidy
from digest.collect.pictures import MIN_SIDE, is_picture, picture_in
from digest.collect.teasers import extent_of
from digest.collect.values import split_tags
from digest.errors import DocumentError
from digest.model.article import fold

__all__ = ["Entry", "FeedEntry", "draft_from_entry", "line_of_html", "published_of", "told"]

Entry = Mapping[str, Any]  # why: feedparser ships no types; every value is checked where it is read
_MARKUP = re.compile(r"</?[a-z]+[^>]{0,100}>|&[a-z#0-9]+;")
_ATTRIBUTES = r"\b(?:(?!&[lg]t;)[^<>]){0,400}&gt;"
#: HTML that was escaped twice: an element from its beginning to its end, perhaps behind pictures
_TWICE = re.compile(
    rf"\s*(?:&lt;(?:img|br){_ATTRIBUTES}\s*)*"
    rf"&lt;(p|div|h[1-6]|ul|ol|figure|a|b|strong|em|span){_ATTRIBUTES}.*?&lt;/\1&gt;",
    re.DOTALL,
)
_TAG = re.compile(r"</?[a-zA-Z]")


class FeedEntry:
    """One entry of a feed, and what the feed says of itself."""

    def __init__(self, entry: Entry, feed: Entry, base_url: str) -> None:
        self.entry = entry
        self.feed = feed
        self.base_url = base_url


def draft_from_entry(item: FeedEntry) -> Draft:
    """Read one entry.

    Raises:
        DocumentError: Its HTML breaks a bound, or it is a recording without a text.
    """
    entry, feed = item.entry, item.feed
    title = told(entry, "title")
    if "html" in told(_detail(entry, "title_detail"), "type") or _MARKUP.search(title):
        title = line_of_html(title)
    address = _address(item)
    blocks, is_summary = _blocks(entry, address or item.base_url)
    if not blocks and (medium := _medium(entry)):
        raise DocumentError(f"no text, only {medium}")
    tidied = tidy(blocks, title)
    source = entry.get("source")
    own = source if isinstance(source, Mapping) else {}
    names = tuple(filter(None, (told(where, key) for where in (own, feed) for key in ("title", "link"))))
    return Draft(
        title=title,
        blocks=tidied.blocks,
        url=address,
        guid=told(entry, "id"),
        source_names=names,
        byline=_byline(entry, names) or tidied.byline,
        published=published_of(item) or tidied.published,
        language=told(_detail(entry, "title_detail"), "language") or told(feed, "language"),
        tags=split_tags(_tags(entry)) or tidied.tags,
        image=_image(entry, address or item.base_url),
        extent=extent_of(blocks, is_summary=is_summary),
    )


def told(where: Entry, key: str) -> str:
    """Return a text that feedparser found; '' when it found none or something else."""
    if key not in where:  # get() would warn of a stand-in that it has for 'updated'
        return ""
    value = where[key]
    return value.strip() if isinstance(value, str) else ""


def published_of(item: FeedEntry) -> datetime | None:
    """Return the date of an entry; that of its last change only where there is no other, as in RSS 1.0."""
    dates = (read_date(told(item.entry, key)) for key in ("published", "created", "updated"))
    return next((moment for moment in dates if moment), None)


def line_of_html(written: str) -> str:
    """Take the markup out of a title that was written as HTML.

    Raises:
        DocumentError: It breaks a bound of HTML.
    """
    return " ".join(block.text for block in blocks_of_html(written, ""))


def _address(item: FeedEntry) -> str:
    """Find the article's address: of the site itself before that of a service which counts readers."""
    written = (told(item.entry, "feedburner_origlink"), told(item.entry, "link"))
    return next((found for one in written if (found := absolute(one, item.base_url))), "")


def _detail(entry: Entry, key: str) -> Entry:
    value = entry.get(key)
    return value if isinstance(value, Mapping) else {}


def _contents(entry: Entry) -> list[Entry]:
    """Return what the entry has of content, the longest first."""
    written = (*(entry.get("content") or ()), entry.get("summary_detail"))
    contents = [one for one in written if isinstance(one, Mapping) and told(one, "value")]
    return sorted(contents, key=lambda content: -len(told(content, "value")))


def _blocks(entry: Entry, base_url: str) -> tuple[tuple[Block, ...], bool]:
    """Read the content, and tell whether it is what the feed calls a summary."""
    for content in _contents(entry):
        value = told(content, "value")
        if _TWICE.match(value) and not _TAG.search(value):
            value = unescape(value)
        base = _base(content, base_url)
        is_text = told(content, "type") == "text/plain" and not re.search(r"<[a-z/]", value)
        blocks = blocks_of_text(value) if is_text else blocks_of_html(value, base)
        if blocks:
            return blocks, content is entry.get("summary_detail")
    return (), True


def _medium(entry: Entry) -> str:
    """Name the recording that an entry is about: 'audio', 'video'; '' when there is none."""
    for key in ("enclosures", "media_content"):
        for item in entry.get(key) or ():
            kind = f"{told(item, 'type')} {told(item, 'medium')}" if isinstance(item, Mapping) else ""
            found = re.search(r"\b(audio|video)\b", kind.replace("x-shockwave-flash", "video"))
            if found:
                return found[1]
    return ""


def _byline(entry: Entry, sites: Iterable[str]) -> str:
    authors = entry.get("authors") or ()
    names = [told(author, "name") for author in authors if isinstance(author, Mapping)]
    if len(names) < 2:  # feedparser takes 'ada@quay.example (Ada)' apart in the middle of the domain
        names = [_person(told(entry, "author"))]
    own = {fold(site) for site in sites}
    said = (name_said(name) for name in names)
    return ", ".join(dict.fromkeys(name for name in said if name and fold(name) not in own))


def _person(written: str) -> str:
    """Return the name of 'ada@quay.example (Ada Brandt)', as RSS writes authors; '' of a bare address."""
    if "@" not in written:
        return written
    inside = re.search(r"\(([^()]{1,200})\)", written)
    return inside[1].strip() if inside else re.sub(r"<?[^\s<>]+@[^\s<>]+>?", "", written).strip(' "')


def _tags(entry: Entry) -> list[str]:
    tags = [tag for tag in entry.get("tags") or () if isinstance(tag, Mapping)]
    return [told(tag, "label") or told(tag, "term") for tag in tags]


def _image(entry: Entry, base_url: str) -> ImageHint | None:
    """Find the image: media:content, an enclosure, media:thumbnail, then one in the content."""
    media = [item for item in entry.get("media_content") or () if isinstance(item, Mapping)]
    pictures = [item for item in media if told(item, "medium") == "image" or _is_picture(item)]
    pictures.sort(key=_width, reverse=True)
    links = [
        item for item in entry.get("enclosures") or () if isinstance(item, Mapping) and _is_picture(item)
    ]
    small = [item for item in entry.get("media_thumbnail") or () if isinstance(item, Mapping)]
    own = [image] if isinstance(image := entry.get("image"), Mapping) else []
    for item in (*pictures, *links, *small, *own):
        address = absolute(told(item, "url") or told(item, "href"), base_url)
        if address and is_picture(address) and not _is_small(item):
            return ImageHint(address=address, alt=told(entry, "media_title"))
    for content in _contents(entry):
        hint = picture_in(told(content, "value"), None)
        if hint is not None:
            return replace(hint, base=_base(content, base_url))
    return None


def _base(content: Entry, base_url: str) -> str:
    return absolute(told(content, "base"), base_url) or base_url


def _is_picture(item: Entry) -> bool:
    return told(item, "type").startswith("image/")


def _is_small(item: Entry) -> bool:
    sides = (told(item, side) for side in ("width", "height"))
    return any(re.fullmatch(r"[0-9]{1,5}", side) and int(side) < MIN_SIDE for side in sides)


def _width(item: Entry) -> int:
    written = told(item, "width")
    return int(written) if re.fullmatch(r"[0-9]{1,5}", written) else 0
