"""What goes in and what comes out of collecting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from digest.collect.blocks import Block
from digest.model import Source


class Format(StrEnum):
    """What kind of document the bytes are."""

    HTML = "html"
    TEXT = "text"  #: plain text, such as a page pasted from a browser
    MARKDOWN = "markdown"
    JSON = "json"  #: an article, a list of them, or a JSON Feed
    JSON_LINES = "jsonl"
    FEED = "feed"  #: RSS, RDF or Atom
    UNKNOWN = "unknown"  #: none of these; the reason comes with extracting


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """The bytes of one file or fetched page."""

    name: str  #: for messages; with a base, the path below it
    format: Format
    data: bytes
    base: Path | None = None  #: folder that local images may come from; None: no local images
    url: str | None = None  #: where it was fetched from
    charset: str | None = None  #: as the server names it; a byte order mark weighs more


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreadable:
    """A document, or one entry of it, that is no article."""

    name: str
    reason: str  #: one sentence part a person understands: 'no text'


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What extracting needs to know of the installation."""

    sources: tuple[Source, ...] = ()
    source: Source | None = None  #: the one that was asked; its articles are its own, whatever they say
    max_chars: int = 400_000  #: of one article's text; the rest is cut at a paragraph
    max_bytes: int = 5_000_000  #: of one document
    save_image: Callable[[bytes], str | None] | None = None
    #: keeps a local image and returns its name; None from it: no usable image


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageHint:
    """An image as a document names it, unchecked."""

    address: str  #: as written, perhaps relative
    base: str = ""  #: address it is relative to; '' for that of the article
    alt: str = ""
    caption: str = ""


class Extent(StrEnum):
    """How much of an article its document holds, as it calls or shows it."""

    WHOLE = "whole"
    SUMMARY = "summary"  #: what it calls a summary, which may be all there is
    CUT = "cut"  #: the text says that it goes on elsewhere


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """An article as its document tells it, not yet cleaned or bounded. Empty means unknown."""

    title: str = ""
    blocks: tuple[Block, ...] = ()
    url: str = ""
    guid: str = ""
    source_names: tuple[str, ...] = ()  #: key, title or homepage, the surest first
    byline: str = ""
    published: datetime | None = None
    language: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    image: ImageHint | None = None
    extent: Extent = Extent.WHOLE
