"""Lists of subscriptions as feed readers exchange them.

Source: OPML 2.0, 'Subscription lists'. Folders are outlines that hold others; `category` lists tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from lxml import etree

from digest.collect.addresses import absolute, without_feed_scheme
from digest.collect.xml_tree import local_name, parse_xml
from digest.errors import DocumentError
from digest.markup import clean_line
from digest.model import Source, SourceKind

__all__ = ["Outline", "read_opml", "write_opml"]

_MAX_FEEDS = 10_000
_MAX_TITLE, _MAX_SECTION, _MAX_TAG, _MAX_TAGS = 120, 80, 60, 20
_MAX_VALUE = 2_500  #: of an attribute
_LOGIN = re.compile(r"//[^/?#]*@")
_NO_ADDRESS = "no address of the web without user and password"
_KINDS = {kind.value: kind for kind in SourceKind if kind is not SourceKind.AUTO}


@dataclass(frozen=True, kw_only=True, slots=True)
class Outline:
    """One subscription of a list."""

    title: str  #: one line, not empty
    url: str  #: of the feed, http or https; whatever stands there, without passwords, where `fault` says so
    kind: SourceKind = SourceKind.FEED
    homepage: str | None = None
    section: str | None = None  #: the innermost folder it lies in
    tags: tuple[str, ...] = ()  #: its categories, then the folders around; unique
    fault: str | None = None  #: why it cannot be a source; None: it can


def read_opml(data: bytes) -> tuple[Outline, ...]:
    """Read a list, in its order; an address that comes again adds its folders as tags.

    Outlines without an address of a feed are folders, or nothing. `feed://` stands for `http://`.

    Raises:
        DocumentError: It is no OPML, defines entities, or names more than 10,000 feeds or none.
    """
    root = parse_xml(data)
    if local_name(root) != "opml":
        raise DocumentError("XML, but no OPML")
    outlines: dict[str, Outline] = {}
    for one in _outlines(root):
        known = outlines.get(one.url)
        if known is not None:
            more = [tag for tag in (one.section, *one.tags) if tag and tag != known.section]
            one = replace(known, tags=_unique([*known.tags, *more]))  # noqa: PLW2901  # why: it takes its place
        outlines[one.url] = one
        if len(outlines) > _MAX_FEEDS:
            raise DocumentError(f"more than {_MAX_FEEDS:,} feeds")
    if all(one.fault for one in outlines.values()):
        raise DocumentError("OPML that names no feeds")
    return tuple(outlines.values())


def _outlines(root: etree._Element) -> Iterator[Outline]:
    folders: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if local_name(element) != "outline":
            continue
        told = {str(name).lower(): str(value) for name, value in element.attrib.items()}
        written = told.get("xmlurl", "").strip()
        if event == "start" and written:
            yield _outline(told, written, [name for name in folders if name])
        if event == "start":
            folders.append("" if written else _line(told, _MAX_SECTION))
        else:
            folders.pop()


def _outline(told: dict[str, str], written: str, folders: list[str]) -> Outline:
    url = absolute(without_feed_scheme(written), "")
    if url is None:
        shown = clean_line(_LOGIN.sub("//", written), _MAX_SECTION)
        return Outline(title=_line(told, _MAX_TITLE) or shown, url=shown, fault=_NO_ADDRESS)
    categories = (part.strip(" /") for part in told.get("category", "").split(","))
    return Outline(
        title=_line(told, _MAX_TITLE) or url.partition("://")[2][:_MAX_TITLE],
        url=url,
        kind=_KINDS.get(told.get("type", "").lower(), SourceKind.FEED),
        homepage=absolute(told.get("htmlurl", ""), ""),
        section=folders[-1] if folders else None,
        tags=_unique([*categories, *folders[:-1]]),
    )


def _line(told: dict[str, str], max_chars: int) -> str:
    return clean_line(told.get("title") or told.get("text") or "", max_chars)


def _unique(tags: Iterable[str]) -> tuple[str, ...]:
    cleaned = (clean_line(tag, _MAX_TAG) for tag in tags)
    return tuple(dict.fromkeys(tag for tag in cleaned if tag))[:_MAX_TAGS]


def write_opml(sources: Iterable[Source], title: str) -> bytes:
    """Write those sources that have an address as OPML 2.0, in folders by section, in the order given.

    Other programs may not know what to do with kinds that are no feeds.
    """
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = clean_line(title, _MAX_TITLE)
    body = etree.SubElement(root, "body")
    listed = [source for source in sources if source.url]
    order = {section: place for place, section in enumerate(dict.fromkeys(one.section for one in listed))}
    for section, group in groupby(
        sorted(listed, key=lambda one: order[one.section]), lambda one: one.section
    ):
        folder = body if section is None else _folder(body, section)
        for source in group:
            etree.SubElement(folder, "outline", attrib=_attributes(source))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))


def _folder(body: etree._Element, section: str) -> etree._Element:
    name = clean_line(section, _MAX_SECTION)
    return etree.SubElement(body, "outline", attrib={"text": name, "title": name})


def _attributes(source: Source) -> dict[str, str]:
    is_feed = source.kind in {SourceKind.AUTO, SourceKind.FEED}
    told = {
        "type": "rss" if is_feed else source.kind.value,
        "text": source.title,
        "title": source.title,
        "xmlUrl": source.url or "",
        "htmlUrl": source.homepage or "",
        "category": ",".join(tag.replace(",", " ") for tag in source.tags),
    }
    return {name: clean_line(value, _MAX_VALUE) for name, value in told.items() if value}
