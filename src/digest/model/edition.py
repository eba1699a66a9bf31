"""Editions and what is in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from digest.model.article import Image

DRAFTED = "drafted"  #: method of a summary that a language model wrote


class EditionState(StrEnum):
    """Where an edition is in its life."""

    DRAFT = "draft"
    REVIEW = "review"
    APPROVED = "approved"
    SENDING = "sending"
    SENT = "sent"
    SKIPPED = "skipped"
    HELD = "held"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


RELEASED = (EditionState.SENDING, EditionState.SENT)  #: what readers may see


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """One due time of a digest: a local wall-clock minute in a zone."""

    local: datetime  #: aware, in the digest's zone: the moment it is due
    name: str = ""  #: what it is known by where its local minute would not do; '' elsewhere

    @property
    def key(self) -> str:
        """The slot's name, unique per digest: '2026-11-19T07:00', '2026-11-19T07:00#weekend'.

        It tells the local minute that was wished, which clocks may have skipped. A repeated hour has one.
        """
        return self.name or self.local.strftime("%Y-%m-%dT%H:%M")


@dataclass(frozen=True, kw_only=True, slots=True)
class SummarySentence:
    """One sentence of a summary with its place in the source text."""

    text: str  #: exactly source text[start:end]; of a draft what a model wrote, most like that sentence
    start: int  #: offset in characters of the article's text
    end: int
    terms: tuple[tuple[str, float], ...] = ()  #: name and value of each term of its score


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """What an item says of its article."""

    #: 'weighted', 'lead' when the language has no method, 'whole' for a short text, DRAFTED, 'editor'
    method: str
    sentences: tuple[SummarySentence, ...]  #: in text order; empty when the article has no text
    note: str | None = None  #: why the method is not the usual one, or no draft was taken

    @property
    def is_drafted(self) -> bool:
        """True when a language model wrote it."""
        return self.method == DRAFTED

    @property
    def text(self) -> str:
        """The sentences as one paragraph."""
        return " ".join(sentence.text for sentence in self.sentences)


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """An article in an edition, with its summary, place and the reason for it."""

    article_id: int
    revision: int
    rank: int  #: 1 is first within its section
    title: str
    url: str | None
    source: str  #: title of the source, as readers see it; '' when nobody knows it
    minutes: int  #: to read the whole article, at least 1
    summary: Summary
    language: str | None  #: of the article
    image: Image | None = None
    also: tuple[str, ...] = ()  #: titles of other sources that tell the story, without repeats
    merged: tuple[int, ...] = ()  #: articles that a hand has merged into its story in this edition, in order
    apart: tuple[int, ...] = ()  #: articles that a hand has split from its story in this edition, in order
    is_decoration: bool = False  #: a hand says that its picture tells nothing, so it needs no words


@dataclass(frozen=True, kw_only=True, slots=True)
class EditionSection:
    """A titled, ordered part of an edition; it is never empty."""

    key: str
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Edition:
    """The content of one dated instance of a digest, before it is laid out."""

    digest: str  #: key of the digest
    number: int  #: 1 is the digest's first; 0 for what one reader missed, which is put together of others
    slot: Slot
    language: str
    subject: str
    preheader: str
    sections: tuple[EditionSection, ...]  #: in the digest's order, without empty ones
    quiet: tuple[str, ...] = ()  #: titles of the sections that have nothing this time
    left_over: int = 0  #: stories that a cap cut
    intro: str | None = None
    outro: str | None = None

    @property
    def items(self) -> tuple[Item, ...]:
        """All items, section by section, in order."""
        return tuple(item for section in self.sections for item in section.items)
