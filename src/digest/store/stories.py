"""What editors say of stories: which articles belong together, and which never do."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import and_, delete, or_, select

from digest.model import StoryWish, Wishes
from digest.store.dialects import upsert
from digest.store.part import Line, Part, chunks, ids
from digest.store.story_tables import story_wishes


class Stories(Part):
    """The stories part of a transaction: what binds stories, which are found anew each time."""

    def put(
        self,
        pairs: Iterable[tuple[int, int]],
        kind: Literal["together", "apart"],
        *,
        by: str,
        at: datetime,
    ) -> None:
        """Wish for each pair of stored articles to be together or apart; the newest wish counts."""
        rows = [
            {"one": min(pair), "other": max(pair), "kind": kind, "by": by, "at": at}
            for pair in sorted(set(pairs))
        ]
        if rows:
            self.connection.execute(upsert(self.connection, story_wishes, ["one", "other"]), rows)

    def remove(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Take back what was wished for pairs."""
        for pair in sorted(set(pairs)):
            here = and_(story_wishes.c.one == min(pair), story_wishes.c.other == max(pair))
            self.connection.execute(delete(story_wishes).where(here))

    def about(self, article_ids: Collection[int]) -> tuple[StoryWish, ...]:
        """Return all wishes that concern any of the articles, the newest first."""
        found: dict[tuple[int, int], StoryWish] = {}
        for chunk in chunks(ids(article_ids)):
            concerned = or_(story_wishes.c.one.in_(chunk), story_wishes.c.other.in_(chunk))
            for row in self.connection.execute(select(story_wishes).where(concerned)):
                found[row.one, row.other] = _wish(row)
        return tuple(sorted(found.values(), key=lambda wish: (wish.at, wish.pair), reverse=True))

    def wishes(self, article_ids: Collection[int], *, known_by: datetime | None = None) -> Wishes:
        """Return what is wished between the articles.

        Args:
            article_ids: Both articles of a wish must be among them.
            known_by: Only what was wished by then, inside; None takes all.
        """
        wanted = set(article_ids)
        told = [
            wish
            for wish in self.about(wanted)
            if wanted.issuperset(wish.pair) and (known_by is None or wish.at <= known_by)
        ]
        return Wishes(
            together=frozenset(wish.pair for wish in told if wish.kind == "together"),
            apart=frozenset(wish.pair for wish in told if wish.kind == "apart"),
        )


def _wish(row: Line) -> StoryWish:
    kind = cast("Literal['together', 'apart']", row.kind)
    return StoryWish(pair=(row.one, row.other), kind=kind, by=row.by, at=row.at)
