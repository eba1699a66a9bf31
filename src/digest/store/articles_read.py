"""Finding articles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from heapq import nlargest
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    bindparam,
    exists,
    literal_column,
    or_,
    select,
    type_coerce,
)

from digest.model import Article, Source, Tag, TagOrigin
from digest.model.article import fold
from digest.store.contents import content_fields
from digest.store.json_type import dump
from digest.store.part import Line, Part, chunks, ids
from digest.store.tables import article_revisions, article_tags, articles, removed_tags, sources, tags
from digest.store.time_type import Moment


def lookup(revision: ColumnElement[int]) -> Select[*tuple[Any, ...]]:  # why Any: columns of three tables
    """Ask for articles by `ids`, each with the words of one revision."""
    words = article_revisions.c
    return (
        select(
            articles.c.id,
            articles.c.collected_at,
            words.revision,
            *(one for one in words if one.name not in {"article_id", "revision", "stored_at"}),
            *(column.label(f"origin_{column.name}") for column in sources.c),
        )
        .join(article_revisions, (words.article_id == articles.c.id) & (words.revision == revision))
        .join(sources, sources.c.key == articles.c.source)
        .where(articles.c.dropped_at.is_(None), articles.c.id.in_(bindparam("ids", expanding=True)))
    )


_LOOKUP = lookup(articles.c.revision)
_SOURCE = tuple(column.name for column in sources.c)
_TAGS = (
    select(article_tags.c.article_id, tags.c.name, article_tags.c.origin)
    .join(tags, tags.c.id == article_tags.c.tag_id)
    .where(article_tags.c.article_id.in_(bindparam("ids", expanding=True)))
    .order_by(article_tags.c.article_id, article_tags.c.position, article_tags.c.tag_id)
)
# Read backwards off the end of one range of the key, so the cost is that of `limit` rows.
NEWEST = (
    select(type_coerce(article_tags.c.effective_at, BigInteger), article_tags.c.article_id)
    .where(
        article_tags.c.tag_id == bindparam("tag"),
        article_tags.c.effective_at >= bindparam("since", type_=Moment),
        article_tags.c.effective_at <= bindparam("until", type_=Moment),
    )
    .order_by(article_tags.c.effective_at.desc(), article_tags.c.article_id.desc())
    .limit(bindparam("limit", type_=BigInteger))
)
BY_EDITORS = article_tags.c.origin == literal_column("'editor'")  # a bound value would not find the index


class ArticleReading(Part):
    """The reading half of the articles part."""

    _lookup = _LOOKUP
    _newest: Select[int, int] = NEWEST

    def get(self, article_id: int) -> Article | None:
        """Find one article; None when there is none or it was dropped."""
        return next(iter(self.many([article_id])), None)

    def many(self, article_ids: Iterable[int]) -> tuple[Article, ...]:
        """Return articles in the order of the ids; unknown and dropped ones are left out."""
        wanted = ids(article_ids)
        found: dict[int, Article] = {}
        for chunk in chunks(wanted):
            given = _given_tags(self.connection.execute(_TAGS, {"ids": chunk}))
            for row in self.connection.execute(self._lookup, {"ids": chunk, **self._asked()}):
                origin = Source(**{name: row._mapping[f"origin_{name}"] for name in _SOURCE})
                found[row.id] = Article(
                    id=row.id,
                    revision=row.revision,
                    origin=origin,
                    collected_at=row.collected_at,
                    tags=tuple(given[row.id]),
                    **content_fields(row),
                )
        return tuple(found[number] for number in wanted if number in found)

    def taken_off(self, article_ids: Iterable[int]) -> Mapping[int, Collection[str]]:
        """Return the keys of tags that editors took off, by article; those of which none was are missing."""
        found: dict[int, set[str]] = {}
        for chunk in chunks(ids(article_ids)):
            query = select(removed_tags.c.article_id, tags.c.key).join(tags)
            for row in self.connection.execute(query.where(removed_tags.c.article_id.in_(chunk))):
                found.setdefault(row.article_id, set()).add(row.key)
        return found

    def newest(
        self, tag_keys: Sequence[str], *, since: datetime, until: datetime, limit: int
    ) -> tuple[int, ...]:
        """Return ids of articles that carry any of the tags, newest first.

        Args:
            tag_keys: Names or keys of tags; unknown ones find nothing.
            since: Oldest effective moment, inside.
            until: Newest effective moment, inside.
            limit: At most so many; at least 1.

        Returns:
            Unique ids by effective moment, then id, both descending.
        """
        return self.newest_per_tag([tag_keys], since=since, until=until, limit=limit)[0]

    def newest_per_tag(
        self, groups: Sequence[Sequence[str]], *, since: datetime, until: datetime, limit: int
    ) -> tuple[tuple[int, ...], ...]:
        """Answer `newest` for several groups of tags, such as the sections of a digest.

        Returns:
            One answer a group, in the order of the groups; `limit` counts for each.
        """
        window = {"since": since, "until": until, "limit": limit, **self._asked()}
        return self._per_tag(self._newest, groups, window)

    def taught(
        self, groups: Sequence[Sequence[str]], *, since: datetime, until: datetime, limit: int
    ) -> tuple[tuple[int, ...], ...]:
        """Answer `newest_per_tag` for the articles that editors have put a tag on by hand."""
        window = {"since": since, "until": until, "limit": limit, **self._asked()}
        return self._per_tag(self._newest.where(BY_EDITORS), groups, window)

    def _per_tag(
        self, query: Select[int, int], groups: Sequence[Sequence[str]], window: Mapping[str, Any]
    ) -> tuple[tuple[int, ...], ...]:  # why Any: moments and figures, as the query takes them
        folded = [[fold(name) for name in group] for group in groups]
        known = self.tag_ids(key for group in folded for key in group)
        rows = {
            key: [(row[0], row[1]) for row in self.connection.execute(query, {"tag": number, **window})]
            for key, number in known.items()
        }
        limit = window["limit"]
        return tuple(_merge([rows[key] for key in group if key in rows], limit) for group in folded)

    def latest(self, *, since: datetime, until: datetime, limit: int) -> tuple[int, ...]:
        """Return ids of articles whatever their tags, newest first; bounds as in `newest`."""
        query = (
            select(articles.c.id)
            .where(articles.c.effective_at.between(since, until), articles.c.dropped_at.is_(None))
            .where(*self._there())
            .order_by(articles.c.effective_at.desc(), articles.c.id.desc())
            .limit(limit)
        )
        return tuple(self.connection.execute(query).scalars())

    def list(
        self,
        *,
        tag: str | None = None,
        source: str | None = None,
        text: str | None = None,
        limit: int = 50,
        before_id: int | None = None,
    ) -> tuple[Article, ...]:
        """Page through articles, the last stored first.

        Args:
            tag: Only those that carry it, by name or key.
            source: Only those of the source with this key.
            text: Only those that hold it in title or text, whatever the case of ASCII letters.
            limit: At most so many.
            before_id: Only those with a smaller id: the last one of the page before.
        """
        query = select(articles.c.id).where(articles.c.dropped_at.is_(None))
        if tag is not None:
            query = query.where(_carries(fold(tag)))
        if source is not None:
            query = query.where(articles.c.source == source)
        if text is not None:
            query = _that_say(query, text)
        if before_id is not None:
            query = query.where(articles.c.id < before_id)
        page = query.order_by(articles.c.id.desc()).limit(limit)
        return self.many(self.connection.execute(page).scalars().all())

    def _asked(self) -> Mapping[str, object]:
        """Return what the queries need to know besides what they are asked for."""
        return {}

    def _there(self) -> Sequence[ColumnElement[bool]]:
        """Return what an article must fulfil to be there at all, apart from not being dropped."""
        return ()

    def tag_ids(self, keys: Iterable[str]) -> dict[str, int]:
        """Find the rows of tags by key; unknown ones are left out."""
        found: dict[str, int] = {}
        for chunk in chunks(dict.fromkeys(keys)):
            rows = self.connection.execute(select(tags.c.key, tags.c.id).where(tags.c.key.in_(chunk)))
            found.update((row.key, row.id) for row in rows)
        return found


def _given_tags(rows: Iterable[Line]) -> dict[int, list[Tag]]:
    given: dict[int, list[Tag]] = defaultdict(list)
    for row in rows:
        given[row.article_id].append(Tag(name=row.name, origin=TagOrigin(row.origin)))
    return given


def _merge(answers: Sequence[Sequence[tuple[int, int]]], limit: int) -> tuple[int, ...]:
    """Join answers of (moment, id) to one, newest first, each id once."""
    return tuple(number for _, number in nlargest(limit, {pair for answer in answers for pair in answer}))


def _carries(key: str) -> ColumnElement[bool]:
    return exists().where(
        article_tags.c.article_id == articles.c.id, article_tags.c.tag_id == tags.c.id, tags.c.key == key
    )


def _that_say(query: Select[tuple[int]], text: str) -> Select[tuple[int]]:
    newest = (article_revisions.c.article_id == articles.c.id) & (
        article_revisions.c.revision == articles.c.revision
    )
    as_stored = dump(text)[1:-1]  # paragraphs lie there as JSON, quotation marks escaped
    return query.join(article_revisions, newest).where(
        or_(
            articles.c.title_folded.contains(fold(text), autoescape=True),
            article_revisions.c.paragraphs.icontains(as_stored, autoescape=True),
        )
    )
