"""JSON-LD: what a page tells search engines of its article."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from lxml import html

from digest.collect.values import names_in, strings_in

__all__ = ["Linked", "Object", "read_linked"]

_MAX_CHARS = 400_000  #: of one script
_MAX_OBJECTS = 2_000
_POSTS = {
    "blogposting",
    "report",
    "liveblogposting",
    "socialmediaposting",
    "discussionforumposting",
    "review",
}
_OTHERS = {"webpage", "recipe", "videoobject", "podcastepisode", "howto", "audioobject"}
_OPENING = re.compile(r"<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[")
_CLOSING = re.compile(r"(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)$")
_TOLD = re.compile(r'"(headline|datePublished|dateCreated)"\s*:\s*"((?:[^"\\]|\\.){1,400})"')

Object = Mapping[str, Any]  # why: foreign JSON; every value is checked where it is read


@dataclass(frozen=True, kw_only=True, slots=True)
class Linked:
    """The article among a page's objects, and the others by their name."""

    article: Object = field(default_factory=dict)  #: empty when there is none
    by_id: Mapping[str, Object] = field(default_factory=dict)

    def people(self, key: str) -> list[str]:
        """Return the names of the persons that a key of the article holds or refers to."""
        return [name for item in self._items(key) if not _is_group(item) for name in names_in(item)]

    def groups(self, key: str) -> list[str]:
        """Return the names of the organisations that a key of the article holds or refers to."""
        return [name for item in self._items(key) if _is_group(item) for name in names_in(item)]

    def _items(self, key: str) -> Iterator[object]:
        value = self.article.get(key)
        for item in value[:50] if isinstance(value, list) else [value]:
            if isinstance(item, Mapping) and not item.get("name"):
                yield self.by_id.get(str(item.get("@id")), item)
            else:
                yield item


def read_linked(tree: html.HtmlElement) -> Linked:
    """Find the article among the JSON-LD objects of a page.

    An article by type comes before a page, recipe or film with a date. Of JSON that is broken, headline
    and date are still read.
    """
    by_id: dict[str, Object] = {}
    first: Object | None = None
    second: Object | None = None
    for item in _objects(tree):
        if isinstance(name := item.get("@id"), str) and item.get("name"):
            by_id.setdefault(name, item)
        kinds = {kind.lower().rsplit("/", 1)[-1] for kind in strings_in(item.get("@type"))}
        if first is None and any(kind.endswith("article") or kind in _POSTS for kind in kinds):
            first = item
        elif second is None and not kinds.isdisjoint(_OTHERS) and item.get("datePublished"):
            second = {key: value for key, value in item.items() if key not in {"name", "publisher", "image"}}
    return Linked(article=first or second or _broken(tree), by_id=by_id)


def _objects(tree: html.HtmlElement) -> Iterator[Object]:
    left = _MAX_OBJECTS
    for written in _scripts(tree):
        try:
            pending: list[object] = [json.loads(_unwrapped(written), strict=False)]
        except (ValueError, RecursionError):
            continue
        while pending and left:
            left -= 1
            item = pending.pop(0)
            if isinstance(item, list):
                pending.extend(item[:200])
            elif isinstance(item, dict):
                yield item
                pending.extend(
                    item[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in item
                )


def _scripts(tree: html.HtmlElement) -> Iterator[str]:
    for script in tree.iter("script"):
        written = script.text or ""
        if "ld+json" in (script.get("type") or "").lower() and len(written) <= _MAX_CHARS:
            yield written


def _unwrapped(written: str) -> str:
    """Cut off what hid a script from browsers of old, and a semicolon behind it."""
    text = written.strip().removesuffix(";").rstrip()
    if text.endswith((">", "*/")):
        text = _CLOSING.sub("", text)
    opening = _OPENING.match(text)
    return text[opening.end() :] if opening else text


def _broken(tree: html.HtmlElement) -> Object:
    told: dict[str, str] = {}
    for written in _scripts(tree):
        for found in _TOLD.finditer(written):
            told.setdefault(found[1], unescape(found[2]).replace('\\"', '"').replace("\\/", "/"))
    return told


def _is_group(item: object) -> bool:
    kinds = strings_in(item.get("@type")) if isinstance(item, Mapping) else []
    return any("organization" in kind.lower() or kind.lower() == "newsmediaorganization" for kind in kinds)
