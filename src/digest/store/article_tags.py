"""Tags on articles, and the index that selection reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update

from digest.errors import NotFound
from digest.model import Tag, TagOrigin
from digest.model.article import fold
from digest.store.articles_read import ArticleReading
from digest.store.dialects import insert_new, insert_plain
from digest.store.part import chunks, ids
from digest.store.server import take_turn
from digest.store.tables import article_tags, articles, removed_tags, tags
from digest.store.time_type import to_ticks


@dataclass(frozen=True, slots=True)
class Tagged:
    """An article on its way into the index."""

    article_id: int
    effective_at: datetime
    tags: tuple[Tag, ...]


class ArticleTagging(ArticleReading):
    """The part of articles that keeps tags, and what was dropped, out of or in the index."""

    def tag(self, article_id: int, *, add: Sequence[Tag] = (), remove: Sequence[str] = ()) -> None:
        """Change an article's tags by hand.

        Args:
            article_id: A stored article, not dropped.
            add: Put on; one that is there already gets the new origin.
            remove: Names or keys taken off; they stay off when the article is revised.

        Raises:
            NotFound: There is no such article.
        """
        take_turn(self.connection, "articles")
        effective_at = self._effective_at(article_id)
        off = self._need_tags([Tag(name=name, origin=TagOrigin.EDITOR) for name in remove])
        on = self._need_tags(add)
        self._take_off(article_id, [*off.values(), *on.values()])
        if off:
            rows = [{"article_id": article_id, "tag_id": number} for number in off.values()]
            self.connection.execute(insert_new(self.connection, removed_tags), rows)
        self.connection.execute(
            delete(removed_tags).where(
                removed_tags.c.article_id == article_id, removed_tags.c.tag_id.in_(list(on.values()))
            )
        )
        last = select(func.coalesce(func.max(article_tags.c.position), -1)).where(
            article_tags.c.article_id == article_id
        )
        start = int(self.connection.execute(last).scalar_one()) + 1
        self._index([Tagged(article_id, effective_at, tuple(add))], on, start=start)

    def drop(self, article_id: int, *, at: datetime) -> None:
        """Take an article out of everything that is to come; it stays out when it comes again.

        Raises:
            NotFound: There is no such article.
        """
        take_turn(self.connection, "articles")
        self._effective_at(article_id)
        self.connection.execute(update(articles).where(articles.c.id == article_id).values(dropped_at=at))
        self.connection.execute(delete(article_tags).where(article_tags.c.article_id == article_id))

    def give_tags(self, tagged: Sequence[Tagged]) -> None:
        """Put new articles into the index."""
        self._index(tagged, self._need_tags(tag for one in tagged for tag in one.tags))

    def retag(self, tagged: Sequence[Tagged]) -> None:
        """Give revised articles their new tags; what editors put on or took off stays so."""
        for chunk in chunks(tagged):
            numbers = [one.article_id for one in chunk]
            self.connection.execute(
                delete(article_tags).where(
                    article_tags.c.article_id.in_(numbers), article_tags.c.origin != TagOrigin.EDITOR
                )
            )
            removed = self._removed(numbers)
            for one in chunk:
                self.connection.execute(
                    update(article_tags)
                    .where(article_tags.c.article_id == one.article_id)
                    .values(effective_at=one.effective_at)
                )
            known = self._need_tags(tag for one in chunk for tag in one.tags)
            self._index(chunk, known, without=removed)

    def _index(
        self,
        tagged: Iterable[Tagged],
        known: Mapping[str, int],
        *,
        start: int = 0,
        without: frozenset[tuple[int, int]] = frozenset(),
    ) -> None:
        rows: list[tuple[object, ...]] = []
        for one in tagged:
            moment = to_ticks(one.effective_at)
            origins: dict[int, TagOrigin] = {}
            for tag in one.tags:
                if tag.name in known:
                    origins.setdefault(known[tag.name], tag.origin)
            rows.extend(
                (number, moment, one.article_id, place, str(origin))
                for place, (number, origin) in enumerate(origins.items(), start)
                if (one.article_id, number) not in without
            )
        insert_plain(self.connection, article_tags, rows)

    def _need_tags(self, wanted: Iterable[Tag]) -> dict[str, int]:
        """Find the rows of tags by name, making those that are new; a tag without letters is none."""
        keys = {name: fold(name) for name in {tag.name for tag in wanted}}
        names = {key: " ".join(name.split()) for name, key in sorted(keys.items()) if key}
        known = self.tag_ids(names)
        new = [{"key": key, "name": names[key]} for key in sorted(names.keys() - known.keys())]
        if new:
            self.connection.execute(insert_new(self.connection, tags, ["key"]), new)
            known = self.tag_ids(names)
        return {name: known[key] for name, key in keys.items() if key}

    def _take_off(self, article_id: int, tag_numbers: Sequence[int]) -> None:
        self.connection.execute(
            delete(article_tags).where(
                article_tags.c.article_id == article_id, article_tags.c.tag_id.in_(tag_numbers)
            )
        )

    def _removed(self, numbers: Sequence[int]) -> frozenset[tuple[int, int]]:
        query = select(removed_tags.c.article_id, removed_tags.c.tag_id)
        rows = self.connection.execute(query.where(removed_tags.c.article_id.in_(numbers)))
        return frozenset((row.article_id, row.tag_id) for row in rows)

    def _effective_at(self, article_id: int) -> datetime:
        query = select(articles.c.effective_at).where(
            articles.c.id.in_(ids([article_id])), articles.c.dropped_at.is_(None)
        )
        found: datetime | None = self.connection.execute(query).scalar_one_or_none()
        if found is None:
            raise NotFound(f"there is no article {article_id}", hint="`digest articles list` shows them")
        return found
