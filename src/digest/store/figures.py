"""Figures of the whole installation, counted from rows by queries that stay cheap with the years."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from sqlalchemy import func, select

from digest.model import EditionState
from digest.store.part import Part
from digest.store.people_tables import WAITING, deliveries
from digest.store.schedule_tables import alerts, history
from digest.store.tables import OPEN, articles, edition_log, editions
from digest.store.values import Begun, Closing, Marks

NEWEST = 10_000  #: editions, or lines of the history, that figures of recent days look at


class Figures(Part):
    """The figures part of a transaction. Reads only."""

    def editions(self) -> Mapping[str, int]:
        """Count all editions by their state; a state that none is in is missing."""
        query = select(editions.c.state, func.count()).group_by(editions.c.state)
        return {str(state): int(count) for state, count in self.connection.execute(query)}

    def lateness(self, since: datetime) -> tuple[float, ...]:
        """Return how many seconds after its slot each edition began to be sent; below 0 is early.

        Args:
            since: Only slots after this moment; of them at most the `NEWEST` that were built.
        """
        return tuple((one.at - one.due).total_seconds() for one in self.begun(since))

    def begun(self, since: datetime) -> tuple[Begun, ...]:
        """Return the editions that began to be sent whose slot is after a moment, the oldest slot first.

        At most the `NEWEST` that were built.
        """
        newest = self.connection.scalar(select(func.max(editions.c.id))) or 0
        query = (
            select(editions.c.id, editions.c.digest, editions.c.slot_at, func.min(edition_log.c.at))
            .join_from(editions, edition_log)
            .where(
                editions.c.id > newest - NEWEST,
                editions.c.slot_at > since,
                edition_log.c.after == EditionState.SENDING,
            )
            .group_by(editions.c.id, editions.c.digest, editions.c.slot_at)
            .order_by(editions.c.slot_at, editions.c.id)
        )
        return tuple(
            Begun(edition_id=number, digest=digest, due=due, at=at)
            for number, digest, due, at in self.connection.execute(query)
        )

    def closings(self, since: datetime) -> tuple[Closing, ...]:
        """Return the editions whose books were closed after a moment, the newest closing first.

        Of an edition that was opened again, the last closing. At most the `NEWEST` lines of the history
        are looked at.
        """
        newest = self.connection.scalar(select(func.max(history.c.id))) or 0
        query = select(history).where(
            history.c.id > newest - NEWEST,
            history.c.at > since,
            history.c.event == "send",
            history.c.outcome == "ok",
        )
        found: dict[int, Closing] = {}
        for row in self.connection.execute(query.order_by(history.c.id.desc())):
            made = Closing(
                edition_id=row.edition_id,
                digest=row.digest or "",
                slot=row.slot or "",
                at=row.at,
                seconds=row.seconds,
                counts=cast("Mapping[str, int]", row.counts),
            )
            found.setdefault(row.edition_id, made)
        return tuple(found.values())

    def marks(self) -> Marks:
        """Return what tells whether anything has happened; cheap enough to be asked every second."""
        sending = select(editions.c.id).where(OPEN, editions.c.state == EditionState.SENDING)
        newest = [
            self.connection.scalar(select(func.max(table.c.id))) or 0
            for table in (history, edition_log, alerts)
        ]
        return Marks(
            history=newest[0],
            log=newest[1],
            alerts=newest[2],
            sending=tuple(self.connection.execute(sending.order_by(editions.c.id)).scalars()),
        )

    def ended(self, since: datetime) -> Mapping[str, int]:
        """Sum how the recipients of editions ended whose books were closed after a moment.

        Of an edition that was opened again, the last closing counts. At most the `NEWEST` lines of the
        history are looked at.
        """
        sums: dict[str, int] = {}
        for one in self.closings(since):
            for name, count in one.counts.items():
                sums[name] = sums.get(name, 0) + count
        return sums

    def waiting_since(self, now: datetime) -> datetime | None:
        """Tell since when the delivery waits that could have been tried first; None when none could.

        One that was put off waits since the moment it was put off to; others since the edition began to
        be sent.
        """
        begun = (
            select(func.max(edition_log.c.at))
            .where(edition_log.c.edition_id == editions.c.id, edition_log.c.after == EditionState.SENDING)
            .scalar_subquery()
        )
        sending = select(editions.c.id, begun).where(editions.c.state == EditionState.SENDING)
        since = [
            moment
            for edition_id, at in self.connection.execute(sending)
            for moment in self._first(edition_id, at, now)
        ]
        return min(since, default=None)

    def newest_articles(self) -> Mapping[str, datetime]:
        """Return when the newest article of each source was collected, by the source's key."""
        last = select(func.max(articles.c.id)).group_by(articles.c.source)
        query = select(articles.c.source, articles.c.collected_at).where(articles.c.id.in_(last))
        return {row.source: row.collected_at for row in self.connection.execute(query)}

    def _first(self, edition_id: int, begun: datetime | None, now: datetime) -> list[datetime]:
        mine = (deliveries.c.edition_id == edition_id) & WAITING
        fresh = select(deliveries.c.id).where(mine, deliveries.c.next_at.is_(None)).limit(1)
        found = [begun] if begun is not None and self.connection.execute(fresh).first() else []
        put_off = self.connection.scalar(
            select(func.min(deliveries.c.next_at)).where(mine, deliveries.c.next_at <= now)
        )
        return found if put_off is None else [*found, put_off]
