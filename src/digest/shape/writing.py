"""What a hand can write into an edition; each deed knows the place it touches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from digest.errors import Refused
from digest.markup import clean_line
from digest.model import Edition, Image, Summary
from digest.shape.places import item_of, section_at, with_item, with_section

TITLE_CHARS = 300
LINE_CHARS = 200  #: of subject and preheader; counters warn much earlier
TEXT_CHARS = 2_000  #: of intro and outro
ALT_CHARS = 180  #: of what a picture shows; a mail holds no more

Head = Literal["subject", "preheader", "intro", "outro"]


@dataclass(frozen=True, kw_only=True)
class Headline:
    """Write the headline of an item."""

    article: int
    text: str

    def place(self, edition: Edition) -> object:
        """Return what two hands must not both change: the headline."""
        item = item_of(edition, self.article)
        return item.title if item else None

    def apply(self, edition: Edition) -> Edition:
        """Return the edition after this.

        Raises:
            Refused: The item is not there, or the headline is empty.
        """
        text = clean_line(self.text, TITLE_CHARS).strip()
        if not text:
            raise Refused("a headline needs words", hint="drop the item instead")
        return with_item(edition, self.article, title=text)


@dataclass(frozen=True, kw_only=True)
class Summarise:
    """Give an item another summary: written by hand, or made again."""

    article: int
    summary: Summary

    def place(self, edition: Edition) -> object:
        """Return what two hands must not both change: the summary's words."""
        item = item_of(edition, self.article)
        return item.summary.text if item else None

    def apply(self, edition: Edition) -> Edition:
        """Return the edition after this.

        Raises:
            Refused: The item is not there.
        """
        return with_item(edition, self.article, summary=self.summary)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Give an item a picture with words for who cannot see it, call it decoration, or take it away."""

    article: int
    image: Image | None  #: None takes it away; of a decoration the words are left out
    is_decoration: bool = False

    def place(self, edition: Edition) -> object:
        """Return what two hands must not both change: the picture and its words."""
        item = item_of(edition, self.article)
        return item and (item.image, item.is_decoration)

    def apply(self, edition: Edition) -> Edition:
        """Return the edition after this.

        Raises:
            Refused: The item is not there.
        """
        if self.image is None:
            return with_item(edition, self.article, image=None, is_decoration=False)
        alt = "" if self.is_decoration else clean_line(self.image.alt, ALT_CHARS).strip()
        image = replace(self.image, alt=alt)
        return with_item(edition, self.article, image=image, is_decoration=self.is_decoration)


@dataclass(frozen=True, kw_only=True)
class Write:
    """Write subject, preheader, intro or outro; an empty intro or outro is none."""

    what: Head
    text: str

    def place(self, edition: Edition) -> object:
        """Return what two hands must not both change: that text."""
        return getattr(edition, self.what)

    def apply(self, edition: Edition) -> Edition:
        """Return the edition after this.

        Raises:
            Refused: The subject is empty.
        """
        if self.what in {"subject", "preheader"}:
            line = clean_line(self.text, LINE_CHARS).strip()
            if self.what == "subject" and not line:
                raise Refused("a mail needs a subject", hint="write what its first item tells")
            return replace(edition, **{self.what: line})  # type: ignore[arg-type]  # why: one of four texts
        text = "\n".join(clean_line(line, TEXT_CHARS) for line in self.text[:TEXT_CHARS].splitlines()).strip()
        return replace(edition, **{self.what: text or None})  # type: ignore[arg-type]  # why: as above


@dataclass(frozen=True, kw_only=True)
class Retitle:
    """Write the title of a section, in this edition alone."""

    section: str
    text: str

    def place(self, edition: Edition) -> object:
        """Return what two hands must not both change: the title."""
        return next((one.title for one in edition.sections if one.key == self.section), None)

    def apply(self, edition: Edition) -> Edition:
        """Return the edition after this.

        Raises:
            Refused: The section is not there, or the title is empty.
        """
        text = clean_line(self.text, TITLE_CHARS).strip()
        at = section_at(edition, self.section)
        if not text:
            raise Refused("a section needs a title")
        return with_section(edition, at, replace(edition.sections[at], title=text))
