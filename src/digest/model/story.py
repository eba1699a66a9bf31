"""Stories, and the candidates that selection weighs."""

from __future__ import annotations

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
class Candidate:
    """An article with all that selection needs to know of it."""

    article: Article
    section: str  #: key of the section its tags lead to
    story: Story
    used: bool = False  #: a sent edition of this digest held it
    carried: bool = False  #: a cap cut it before and it is within the carry-over age
    pinned: bool = False
    banned: bool = False
