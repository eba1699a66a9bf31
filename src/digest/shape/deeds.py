"""What a hand can do to an edition; each deed knows the place it touches, so that two hands never collide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from digest.errors import Refused
from digest.markup import clean_line
from digest.model import Edition, EditionSection, Item, Summary

TITLE_CHARS = 300
LINE_CHARS = 200  #: of subject and preheader; counters warn much earlier
TEXT_CHARS = 2_000  #: of intro and outro

Head = Literal["subject", "preheader", "intro", "outro"]


@dataclass(frozen=True, kw_only=True)
class Move:
    """Put an item at a place of a section; that section may be another one, or one that was empty."""

    article: int
    section: str  #: key
    to: int  #: 1 is first; beyond the end is last
    title: str = ""  #: of the section, for one that the edition does not have yet

    def place(self, edition: Edition) -> object:
        """Return what two hands must not both change: the item's section, and its neighbours' order."""
        section, _ = _found(edition, self.article)
        return section.key, tuple(item.article_id for item in section.items)

    def apply(self, edition: Edition) -> Edition:
        """Return the edition after this.

        Raises:
            Refused: The item is not there.
        """
        _, item = _found(edition, self.article)
        return _put(_without(edition, self.article), item, self.section, self.to, self.title)


@dataclass(frozen=True, kw_only=True)
class Drop:
    """Take an item out."""

    article: int

    def place(self, edition: Edition) -> object:
        """Return what two hands must not both change: the item."""
        return _item(edition, self.article)

    def apply(self, edition: Edition) -> Edition:
        """Return the edition after this.

        Raises:
            Refused: The item is not there, or is the only one.
        """
        _found(edition, self.article)
        if len(edition.items) == 1:
            raise Refused("the last item stays", hint="cancel the edition, or take in another first")
        return _without(edition, self.article)


@dataclass(frozen=True, kw_only=True)
class Take:
    """Take an article in as an item that is made already; it may stand in the place of another."""

    item: Item
    section: str
    to: int
    title: str = ""
    instead_of: int | None = None

    def place(self, edition: Edition) -> object:
        """Return what two hands must not both change: whether it is in, and what it stands for."""
        other = None if self.instead_of is None else _item(edition, self.instead_of)
        return _item(edition, self.item.article_id), other

    def apply(self, edition: Edition) -> Edition:
        """Return the edition after this.

        Raises:
            Refused: The article is in already, or what it is to replace is not.
        """
        if _item(edition, self.item.article_id) is not None:
            raise Refused("that article is in the edition already")
        if self.instead_of is None:
            return _put(edition, self.item, self.section, self.to, self.title)
        section, old = _found(edition, self.instead_of)
        at = section.items.index(old) + 1
        taken = _put(edition, self.item, section.key, at, section.title)
        return _without(taken, self.instead_of)


@dataclass(frozen=True, kw_only=True)
class Headline:
    """Write the headline of an item."""

    article: int
    text: str

    def place(self, edition: Edition) -> object:
        """Return what two hands must not both change: the headline."""
        item = _item(edition, self.article)
        return item.title if item else None

    def apply(self, edition: Edition) -> Edition:
        """Return the edition after this.

        Raises:
            Refused: The item is not there, or the headline is empty.
        """
        text = clean_line(self.text, TITLE_CHARS).strip()
        if not text:
            raise Refused("a headline needs words", hint="drop the item instead")
        return _with(edition, self.article, title=text)


@dataclass(frozen=True, kw_only=True)
class Summarise:
    """Give an item another summary: written by hand, or made again."""

    article: int
    summary: Summary

    def place(self, edition: Edition) -> object:
        """Return what two hands must not both change: the summary's words."""
        item = _item(edition, self.article)
        return item.summary.text if item else None

    def apply(self, edition: Edition) -> Edition:
        """Return the edition after this.

        Raises:
            Refused: The item is not there.
        """
        return _with(edition, self.article, summary=self.summary)


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
        at = _section_at(edition, self.section)
        if not text:
            raise Refused("a section needs a title")
        return _with_section(edition, at, replace(edition.sections[at], title=text))


@dataclass(frozen=True, kw_only=True)
class MoveSection:
    """Put a section at a place among the sections."""

    section: str
    to: int  #: 1 is first; beyond the end is last

    def place(self, edition: Edition) -> object:
        """Return what two hands must not both change: the order of the sections."""
        return tuple(one.key for one in edition.sections)

    def apply(self, edition: Edition) -> Edition:
        """Return the edition after this.

        Raises:
            Refused: The section is not there.
        """
        sections = list(edition.sections)
        moved = sections.pop(_section_at(edition, self.section))
        sections.insert(max(0, self.to - 1), moved)
        return replace(edition, sections=tuple(sections))


Deed = Move | Drop | Take | Headline | Summarise | Write | Retitle | MoveSection


def _item(edition: Edition, article: int) -> Item | None:
    return next((item for item in edition.items if item.article_id == article), None)


def _found(edition: Edition, article: int) -> tuple[EditionSection, Item]:
    for section in edition.sections:
        for item in section.items:
            if item.article_id == article:
                return section, item
    raise Refused(f"article {article} is not in the edition", hint="somebody may have dropped it: look again")


def _section_at(edition: Edition, key: str) -> int:
    for at, section in enumerate(edition.sections):
        if section.key == key:
            return at
    raise Refused(f"the edition has no section '{key}'", hint="its last item may have gone: look again")


def _with(edition: Edition, article: int, **changes: object) -> Edition:
    section, item = _found(edition, article)
    changed = replace(item, **changes)  # type: ignore[arg-type]  # why: fields of Item, by name
    items = tuple(changed if one is item else one for one in section.items)
    return _with_section(edition, edition.sections.index(section), replace(section, items=items))


def _with_section(edition: Edition, at: int, section: EditionSection) -> Edition:
    return replace(edition, sections=(*edition.sections[:at], section, *edition.sections[at + 1 :]))


def _without(edition: Edition, article: int) -> Edition:
    """Take an item out; a section that is empty then goes, and is named among the quiet ones."""
    section, item = _found(edition, article)
    left = tuple(one for one in section.items if one is not item)
    at = edition.sections.index(section)
    if left:
        return _with_section(edition, at, replace(section, items=_ranked(left)))
    gone = replace(edition, sections=(*edition.sections[:at], *edition.sections[at + 1 :]))
    return replace(
        gone, quiet=tuple(dict.fromkeys((*edition.quiet, section.title))) if section.title else gone.quiet
    )


def _put(edition: Edition, item: Item, key: str, to: int, title: str) -> Edition:
    at = next((at for at, section in enumerate(edition.sections) if section.key == key), None)
    if at is None:
        new = EditionSection(key=key, title=title, items=(replace(item, rank=1),))
        quiet = tuple(one for one in edition.quiet if one != title)
        return replace(edition, sections=(*edition.sections, new), quiet=quiet)
    section = edition.sections[at]
    items = list(section.items)
    items.insert(max(0, to - 1), item)
    return _with_section(edition, at, replace(section, items=_ranked(items)))


def _ranked(items: Sequence[Item]) -> tuple[Item, ...]:
    return tuple(replace(item, rank=rank) for rank, item in enumerate(items, 1))
