"""What sources have given lately, in numbers, and what became of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, Select, distinct, func, select, type_coerce

from digest.model import Decision, EditionState
from digest.store.decisions import DECIDED, decision_of
from digest.store.part import Part, chunks, ids
from digest.store.tables import articles, decisions, edition_items, editions
from digest.store.time_type import to_ticks

_DAY = timedelta(days=1) // timedelta(microseconds=1)
_USING = (EditionState.SENDING, EditionState.SENT)

Days = Mapping[
    str, Mapping[int, int]
]  #: source -> day of 24 hours, 0 is the first -> number; none is left out


@dataclass(frozen=True, kw_only=True, slots=True)
class Became:
    """What an edition made of an article."""

    edition_id: int
    digest: str
    due: datetime  #: of the edition's slot
    state: EditionState
    decision: Decision


class SourceFigures(Part):
    """The part of a transaction that tells what sources gave."""

    def daily(self, keys: Collection[str], *, since: datetime) -> Days:
        """Count articles by source and by day since a moment.

        Args:
            keys: Of the sources; the cost is that of their articles since then.
            since: Where day 0 begins. An article counts for the moment that windows count with.
        """
        day = _day(since)
        return self._counted(select(articles.c.source, day, func.count()), day, keys, since)

    def used(self, keys: Collection[str], *, since: datetime) -> Days:
        """Count those articles that stand in an edition which was sent or is being sent."""
        day = _day(since)
        query = (
            select(articles.c.source, day, func.count(distinct(articles.c.id)))
            .join(edition_items, edition_items.c.article_id == articles.c.id)
            .join(editions, editions.c.id == edition_items.c.edition_id)
            .where(editions.c.state.in_(_USING))
        )
        return self._counted(query, day, keys, since)

    def newest(self) -> int:
        """Return the number of the newest article; 0 without any."""
        return self.connection.scalar(select(func.max(articles.c.id))) or 0

    def total(self, key: str) -> int:
        """Count all articles of a source."""
        query = select(func.count()).select_from(articles).where(articles.c.source == key)
        return int(self.connection.execute(query).scalar_one())

    def became(self, article_ids: Iterable[int]) -> dict[int, Became]:
        """Tell what became of articles: the newest edition that took each, else the newest that did not.

        Articles that no edition has weighed are left out.
        """
        found: dict[int, Became] = {}
        for chunk in chunks(ids(article_ids)):
            query = (
                select(*DECIDED, *(editions.c[name] for name in ("id", "digest", "slot_at", "state")))
                .join_from(decisions, editions, editions.c.id == decisions.c.edition_id)
                .where(decisions.c.article_id.in_(chunk))
                .order_by(decisions.c.kept, editions.c.slot_at, editions.c.id)
            )
            for row in self.connection.execute(query):  # what comes last counts
                found[row.article_id] = Became(
                    edition_id=row.id,
                    digest=row.digest,
                    due=row.slot_at,
                    state=EditionState(row.state),
                    decision=decision_of(row),
                )
        return found

    def _counted(
        self,
        query: Select[str, int, int],
        day: ColumnElement[int],
        keys: Collection[str],
        since: datetime,
    ) -> Days:
        found: dict[str, dict[int, int]] = {}
        for chunk in chunks(keys):
            wanted = query.where(articles.c.source.in_(chunk), articles.c.effective_at >= since)
            for source, number, count in self.connection.execute(wanted.group_by(articles.c.source, day)):
                found.setdefault(source, {})[number] = count
        return found


def _day(since: datetime) -> ColumnElement[int]:
    return (type_coerce(articles.c.effective_at, BigInteger) - to_ticks(since)) // _DAY
