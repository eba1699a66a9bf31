"""Reading values of JSON, YAML and HTML whose shape nobody promised."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import unescape

from lxml import html

__all__ = ["names_in", "split_tags", "strings_in", "text_in"]

_MANY = 200
_NO_TAG = re.compile(r"^[_@]|@|https?:|^[\w-]+_[\w-]+$")


def strings_in(value: object) -> list[str]:
    """Return the texts of a text or a list of texts; anything else gives none."""
    if isinstance(value, str):
        return [value] if value.strip() else []
    if isinstance(value, list):
        return [item for item in value[:_MANY] if isinstance(item, str) and item.strip()]
    return []


def names_in(value: object, keys: tuple[str, ...] = ("name", "title")) -> list[str]:
    """Return the names of a text, an object with a name, or a list of such."""
    items = value[:_MANY] if isinstance(value, list) else [value]
    names: list[str] = []
    for item in items:
        told = next((item[key] for key in keys if item.get(key)), "") if isinstance(item, Mapping) else item
        names.extend(strings_in(told))
    return names


def split_tags(written: Iterable[str]) -> tuple[str, ...]:
    """Split tag lists written in one text at commas and semicolons, and drop '#' before a tag.

    Addresses and the marks of ad and publishing systems ('_no_apple', '@river') are left out.
    """
    parts = (
        part.strip().lstrip("#").strip() for text in written for part in re.split(r"[,;|]", unescape(text))
    )
    return tuple(part for part in parts if part and not _NO_TAG.search(part))


def text_in(element: html.HtmlElement) -> str:
    """Return the text of an element on one line."""
    return " ".join(element.text_content().split())
