"""Articles, their tags and their sources."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

_UNSPACED = re.compile(
    "[\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]"
)  #: kana, Han: written without spaces

#: Of text read silently; of Chinese and Japanese two letters are a word.
_WORDS_A_MINUTE = {
    "ar": 138,
    "de": 179,
    "es": 218,
    "fi": 161,
    "fr": 195,
    "he": 187,
    "it": 188,
    "ja": 178,
    "nl": 202,
    "pl": 166,
    "pt": 181,
    "ru": 184,
    "sl": 180,
    "sv": 199,
    "tr": 166,
    "zh": 128,
}
_SUBTAGS = re.compile("[-_]")  #: an underscore is wrong and frequent

UNKNOWN_SOURCE = "unknown"  #: key of the source that stands for nobody knows which


class TagOrigin(StrEnum):
    """Who put a tag on an article."""

    SOURCE = "source"  #: the document or feed said so
    NAME = "name"  #: a person, place, organisation or topic found in the text
    RULE = "rule"  #: a rule of the operator, such as the source's section
    EDITOR = "editor"  #: a person here


@dataclass(frozen=True, kw_only=True, slots=True)
class Tag:
    """A label on an article."""

    name: str  #: as shown: 'Kim Jong Un', 'diplomacy'; compared with `fold`
    origin: TagOrigin
    why: str = ""  #: in words, of one that a digest's rule gives while it is built; the store keeps none

    @property
    def key(self) -> str:
        """The name as it is compared: case and runs of white space do not count."""
        return fold(self.name)


def fold(name: str) -> str:
    """Fold a tag or section name for comparison: case-folded, single spaces."""
    return " ".join(name.casefold().split())


def primary_language(tag: str) -> str:
    """Return the language of a BCP 47 tag without script or region, lower-case: 'pt-BR' gives 'pt'."""
    return _SUBTAGS.split(tag.strip(), maxsplit=1)[0].lower()


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """The lead image of an article."""

    url: str  #: https URL, or 'media:NAME' for a file in the home's media folder
    alt: str  #: '' when nobody described it
    caption: str | None = None


class SourceKind(StrEnum):
    """How the articles of a source are found at its address."""

    AUTO = "auto"  #: as the document there turns out to be
    FEED = "feed"  #: RSS, RDF, Atom or JSON Feed
    PAGE = "page"  #: one page that is an article
    SITEMAP = "sitemap"  #: or a news sitemap, or an index of them
    WORDPRESS = "wordpress"  #: the REST API of WordPress
    GHOST = "ghost"  #: the Content API of Ghost


class FullText(StrEnum):
    """Whether the text of an article comes from its listing or from its page."""

    AUTO = "auto"  #: from the page where the listing has little of it
    FEED = "feed"  #: from the listing, however little it has
    PAGE = "page"  #: from the page


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetching:
    """How the articles of a source are fetched from its address."""

    every: timedelta | None = None  #: None: as often as it brings something
    full_text: FullText = FullText.AUTO
    robots: bool = True  #: pages are fetched only as the site's robots.txt allows
    key_file: str | None = None  #: holds the key of the Content API, relative to the home
    silent_after: timedelta | Literal["auto", "never"] = "auto"
    #: without a new article so long people are told; auto: as its own rate suggests
    paused: bool = False  #: nothing is fetched; what it brought stays


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A feed, page, site or folder that articles are collected from."""

    key: str  #: lower-case name in files and commands: 'harbour-wire'
    title: str  #: as readers see it: 'Harbour Wire'
    homepage: str | None = None
    weight: float = 1.0  #: 1 is neutral; multiplies the score in ranking
    language: str | None = None  #: default for its articles, BCP 47
    section: str | None = None  #: a tag given to all its articles by rule
    # The rest is of the configuration only; the store does not keep it.
    tags: tuple[str, ...] = ()  #: given to all its articles by rule, too
    url: str | None = None  #: where its articles are listed; None: nobody goes there
    kind: SourceKind = SourceKind.AUTO
    fetching: Fetching = Fetching()


@dataclass(frozen=True, kw_only=True, slots=True)
class ArticleContent:
    """What one document says, cleaned. Unknown stays None or empty; nothing is invented."""

    title: str  #: one line, not empty
    paragraphs: tuple[str, ...]  #: plain text in reading order; quotations keep their marks
    html: str  #: the same paragraphs as sanitised HTML: p, blockquote, h2, h3, ul, ol, li, a, em, strong
    url: str | None = None  #: canonical address, http or https
    guid: str | None = None  #: the feed's own identifier
    source: str | None = None  #: key of the source, when the document tells
    source_title: str | None = None  #: what the document calls it, when nobody has described it here
    byline: str | None = None
    published: datetime | None = None  #: aware
    language: str | None = None  #: BCP 47, as declared or safely detected
    section: str | None = None  #: the document's own section, as a hint
    tags: tuple[Tag, ...] = ()  #: unique by key, in order of mention
    image: Image | None = None

    @property
    def text(self) -> str:
        """The paragraphs joined by an empty line; offsets of summaries count in it."""
        return "\n\n".join(self.paragraphs)

    @property
    def word_count(self) -> int:
        """Number of words by white space; scripts without spaces count two letters a word."""
        text = self.text
        unspaced = 0 if text.isascii() else len(_UNSPACED.findall(text))
        return len(text.split()) + unspaced // 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Article(ArticleContent):
    """A stored article: its content, and what the store knows of it."""

    id: int
    revision: int  #: 1 is first; grows when the same article comes again, changed
    origin: Source  #: where it came from; UNKNOWN_SOURCE when nobody can tell
    collected_at: datetime  #: aware; when this article first came in

    @property
    def effective_at(self) -> datetime:
        """The moment that windows and freshness count with.

        The published moment; the collected one when the document has none or claims
        to come from the future.
        """
        if self.published is None or self.published > self.collected_at:
            return self.collected_at
        return self.published

    @property
    def minutes(self) -> int:
        """Reading time in minutes, at least 1; how many words a minute depends on the language.

        Source: Trauzettel-Klosinski and Dietz 2012, 'Standardized assessment of reading performance'.
        """
        pace = _WORDS_A_MINUTE.get(primary_language(self.language or ""), 220)
        return max(1, round(self.word_count / pace))
