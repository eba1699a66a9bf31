"""What a hand can do to the order of an edition; each deed knows the place it touches."""

from __future__ import annotations

from dataclasses import dataclass, replace

from digest.errors import Refused
from digest.model import Edition, Item
from digest.shape.places import found, item_of, put, section_at, with_item, without


@dataclass(frozen=True, kw_only=True)
class Move:
    """Put an item at a place of a section; that section may be another one, or one that was empty."""

    article: int
    section: str  #: key
    to: int  #: 1 is first; beyond the end is last
    title: str = ""  #: of the section, for one that the edition does not have yet

    def place(self, edition: Edition) -> object:
        """Return what two hands must not both change: the item's section, and its neighbours' order."""
        section, _ = found(edition, self.article)
        return section.key, tuple(item.article_id for item in section.items)

    def apply(self, edition: Edition) -> Edition:
        """Return the edition after this.

        Raises:
            Refused: The item is not there.
        """
        _, item = found(edition, self.article)
        return put(without(edition, self.article), item, self.section, self.to, self.title)


@dataclass(frozen=True, kw_only=True)
class Drop:
    """Take an item out."""

    article: int

    def place(self, edition: Edition) -> object:
        """Return what two hands must not both change: the item."""
        return item_of(edition, self.article)

    def apply(self, edition: Edition) -> Edition:
        """Return the edition after this.

        Raises:
            Refused: The item is not there, or is the only one.
        """
        found(edition, self.article)
        if len(edition.items) == 1:
            raise Refused("the last item stays", hint="cancel the edition, or take in another first")
        return without(edition, self.article)


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
        other = None if self.instead_of is None else item_of(edition, self.instead_of)
        return item_of(edition, self.item.article_id), other

    def apply(self, edition: Edition) -> Edition:
        """Return the edition after this.

        Raises:
            Refused: The article is in already, or what it is to replace is not.
        """
        if item_of(edition, self.item.article_id) is not None:
            raise Refused("that article is in the edition already")
        edition = _apart(edition, self.item.article_id)
        if self.instead_of is None:
            return put(edition, self.item, self.section, self.to, self.title)
        section, old = found(edition, self.instead_of)
        at = section.items.index(old) + 1
        taken = put(edition, self.item, section.key, at, section.title)
        return without(taken, self.instead_of)


@dataclass(frozen=True, kw_only=True)
class Merge:
    """Let an item's story take in another article: an item, which goes, or one that is not in the edition."""

    article: int
    other: int
    source: str = ""  #: who tells it, for an article that is no item; '' when nobody knows

    def place(self, edition: Edition) -> object:
        """Return what two hands must not both change: what the story holds, and the other item."""
        item = item_of(edition, self.article)
        return item and (item.also, item.merged), item_of(edition, self.other)

    def apply(self, edition: Edition) -> Edition:
        """Return the edition after this; the other's source is among those that cover the story as well.

        Raises:
            Refused: The item is not there, both are the same, or it holds the other already.
        """
        _, item = found(edition, self.article)
        if self.other == self.article or self.other in item.merged:
            raise Refused(f"article {self.other} is in that story already")
        other = item_of(edition, self.other)
        told = (self.source,) if other is None else (other.source, *other.also)
        also = tuple(one for one in dict.fromkeys((*item.also, *told)) if one not in {"", item.source})
        merged = (*item.merged, self.other, *(() if other is None else other.merged))
        left = _apart(edition, self.other) if other is None else without(edition, self.other)
        apart = tuple(one for one in item.apart if one not in merged)
        return with_item(left, self.article, also=also, merged=merged, apart=apart)


@dataclass(frozen=True, kw_only=True)
class Split:
    """Let an item stand for itself: all that were told with it tell other stories."""

    article: int
    others: tuple[int, ...]  #: all that are told with it

    def place(self, edition: Edition) -> object:
        """Return what two hands must not both change: what the story holds."""
        item = item_of(edition, self.article)
        return item and (item.also, item.merged, item.apart)

    def apply(self, edition: Edition) -> Edition:
        """Return the edition after this; nobody else is named as covering the story.

        Raises:
            Refused: The item is not there.
        """
        _, item = found(edition, self.article)
        apart = tuple(dict.fromkeys((*item.apart, *self.others)))
        return with_item(edition, self.article, also=(), merged=(), apart=apart)


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
        moved = sections.pop(section_at(edition, self.section))
        sections.insert(max(0, self.to - 1), moved)
        return replace(edition, sections=tuple(sections))


def _apart(edition: Edition, article: int) -> Edition:
    """Take an article out of the stories that hands have merged it into: it stands elsewhere now."""
    for item in edition.items:
        if article in item.merged:
            merged = tuple(one for one in item.merged if one != article)
            edition = with_item(edition, item.article_id, merged=merged)
    return edition
