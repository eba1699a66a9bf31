"""Articles as JSON: an object, a list of them, one a line, or a JSON Feed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from digest.collect.blocks import Block, blocks_of_html, blocks_of_text
from digest.collect.dates import read_date
from digest.collect.document import Draft, ImageHint
from digest.collect.furniture import tidy
from digest.collect.pasted import section_name
from digest.collect.pictures import picture_in
from digest.collect.teasers import extent_of
from digest.collect.values import names_in, split_tags, strings_in
from digest.errors import DocumentError

__all__ = [
    "Record",
    "assemble",
    "draft_from_record",
    "image_hint",
    "load_json",
    "records_of_json",
    "records_of_lines",
]

Record = Mapping[str, object]

_MAX_RECORDS = 20_000
_KEYS = {
    "title": ("title", "headline", "name"),
    "byline": ("byline", "author", "authors", "creator"),
    "published": (
        "published",
        "date_published",
        "published_at",
        "datePublished",
        "date",
        "pubDate",
        "created",
        "date_modified",
    ),
    "url": ("url", "link", "canonical", "canonical_url", "external_url"),
    "guid": ("guid", "id", "uid"),
    "tags": ("tags", "keywords", "categories"),
    "language": ("language", "lang"),
    "section": ("section", "category"),
    "html": ("html", "content_html", "body_html"),
    "text": (
        "paragraphs",
        "text",
        "content_text",
        "body",
        "content",
        "articleBody",
        "summary",
        "description",
    ),
    "source": ("source", "publication", "site", "publisher"),
    "image": ("image", "banner_image", "lead_image"),
}
_WHOLE = (*_KEYS["html"], *(key for key in _KEYS["text"] if key not in {"summary", "description"}))


def records_of_json(text: str) -> tuple[list[object], Record]:
    """Return the records of a JSON document, and what it says of all of them.

    Raises:
        DocumentError: The text is no JSON, holds no object, or too many.
    """
    data = load_json(text)
    if isinstance(data, list):
        return _bounded(data), {}
    if not isinstance(data, dict):
        raise DocumentError("JSON, but neither an object nor a list of objects")
    for key in ("items", "articles", "entries"):
        items = data.get(key)
        if isinstance(items, list):
            about = {
                "source": [*names_in(data.get("home_page_url")), *names_in(data.get("title"))],
                "language": data.get("language"),
                "url": data.get("home_page_url") or data.get("feed_url"),
                "next_url": data.get("next_url"),
            }
            return _bounded(items), about
    return [data], {}


def records_of_lines(text: str) -> Iterator[object]:
    """Return the records of JSON Lines; a line that is no JSON comes as a DocumentError."""
    for number, line in enumerate(_bounded(text.split("\n")), start=1):
        if not line.strip():
            continue
        try:
            yield load_json(line, number)
        except DocumentError as error:
            yield error


def _bounded(records: list[Any]) -> list[Any]:
    if len(records) > _MAX_RECORDS:
        raise DocumentError(f"more than {_MAX_RECORDS:,} records")
    return records


def load_json(text: str, first_line: int = 1) -> object:
    """Read JSON of any shape.

    Raises:
        DocumentError: It is none, nests too deep, or holds a number of thousands of digits.
    """
    try:
        return json.loads(text, strict=False)
    except RecursionError:
        raise DocumentError("JSON nested too deep") from None
    except json.JSONDecodeError as error:
        raise DocumentError(
            f"no JSON: {error.msg} in line {error.lineno + first_line - 1}, column {error.colno}"
        ) from error
    except ValueError as error:  # a number of thousands of digits
        raise DocumentError(f"no usable JSON: {error}") from error


def draft_from_record(record: object, about: Record, url: str) -> Draft:
    """Read one record.

    Args:
        record: What should be an object with a title and a text.
        about: What the document says of all its records: source, language, url.
        url: Address of the document; '' when nobody knows it.

    Raises:
        DocumentError: The record is no object, or its HTML breaks a bound.
    """
    if isinstance(record, DocumentError):
        raise record
    if not isinstance(record, Mapping):
        raise DocumentError("not an object with a title and a text")
    base = _first(record, "url") or next(iter(strings_in(about.get("url"))), "") or url
    blocks = _blocks(record, base)
    draft = assemble(record, blocks, about)
    return replace(
        draft,
        image=picture_in(_first(record, "html"), draft.image),
        extent=extent_of(blocks, is_summary=not any(record.get(key) for key in _WHOLE)),
    )


def assemble(record: Record, blocks: tuple[Block, ...], about: Record) -> Draft:
    """Put together what a record says of an article and the article's blocks."""
    title = _first(record, "title")
    tidied = tidy(blocks, title)
    return Draft(
        title=title,
        blocks=tidied.blocks,
        url=_first(record, "url"),
        guid=_first(record, "guid"),
        source_names=(*_names(record, "source"), *strings_in(about.get("source"))),
        byline=", ".join(_names(record, "byline")) or tidied.byline,
        published=read_date(_first(record, "published")) or tidied.published,
        language=_first(record, "language") or next(iter(strings_in(about.get("language"))), ""),
        section=section_name(_first(record, "section")),
        tags=split_tags(_names(record, "tags")) or tidied.tags,
        image=image_hint(record),
    )


def _names(record: Record, field: str) -> list[str]:
    for key in _KEYS[field]:
        value = record.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        names = names_in(value, ("name", "title", "key", "url"))
        if names:
            return names
    return []


def _first(record: Record, field: str) -> str:
    return next(iter(_names(record, field)), "")


def _blocks(record: Record, base_url: str) -> tuple[Block, ...]:
    markup = _first(record, "html")
    if markup:
        return blocks_of_html(markup, base_url)
    for key in _KEYS["text"]:
        parts = strings_in(record.get(key))
        if parts:
            return tuple(block for part in parts for block in blocks_of_text(part))
    return ()


def image_hint(record: Record) -> ImageHint | None:
    """Read the image of a record or front matter: an address, or an object; None without one."""
    for key in _KEYS["image"]:
        value = record.get(key)
        if isinstance(value, list):
            value = next(iter(value), None)
        if isinstance(value, str) and value.strip():
            return ImageHint(
                address=value, alt=_told(record, "image_alt"), caption=_told(record, "image_caption")
            )
        if isinstance(value, Mapping) and (address := _told(value, "url") or _told(value, "src")):
            return ImageHint(address=address, alt=_told(value, "alt"), caption=_told(value, "caption"))
    return None


def _told(record: Record, key: str) -> str:
    return next(iter(strings_in(record.get(key))), "")
