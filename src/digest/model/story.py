"""Stories, and the candidates that selection weighs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from digest.model.article import Article


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """Articles that tell the same event; an article alone is a story of one."""

    lead: int  #: article id of the best-sourced telling
    members: tuple[int, ...]  #: article ids, the lead first, then by source weight and time
    copies: tuple[tuple[int, int], ...] = ()  #: (copy, original) pairs among the members

    @property
    def size(self) -> int:
        """Number of articles that tell it, at least 1."""
        return len(self.members)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wishes:
    """What editors say of stories: it counts more than any likeness."""

    together: frozenset[tuple[int, int]] = frozenset()  #: article ids that belong together, the lower first
    apart: frozenset[tuple[int, int]] = frozenset()  #: article ids that never share a story


NO_WISHES = Wishes()


def tellings(items: Iterable[int], stories: Iterable[Story]) -> dict[int, int]:
    """Name every article that tells the story of an item, items themselves too, each with that item.

    Args:
        items: Article ids of an edition's items.
        stories: Any; those without an item are passed over.
    """
    told = {item: item for item in items}
    for story in stories:
        item = next((number for number in story.members if told.get(number) == number), None)
        if item is not None:
            told = dict.fromkeys(story.members, item) | told
    return told


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """An article with all that selection needs to know of it."""

    article: Article
    section: str  #: key of the section its tags lead to
    story: Story
    used: bool = False  #: a sent edition of this digest held it
    carried: bool = False  #: a cap cut it before and it is within the carry-over age
    pinned: bool = False
    banned: bool = False
