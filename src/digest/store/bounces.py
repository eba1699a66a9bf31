"""Reports about mail that was handed over."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import exists, func, or_, select

from digest.model import Bounce, BounceKind, DeliveryState
from digest.store.dialects import insert_new
from digest.store.part import ids
from digest.store.people_rows import Suppressed, subscriber_of
from digest.store.people_tables import (
    IS_REPORT,
    REFUSED,
    bounces,
    deliveries,
    delivery_totals,
    subscribers,
)
from digest.store.tables import editions
from digest.store.values import NewBounce

#: What tells that a mail did not get through, or not for certain.
_CAME_BACK = (BounceKind.HARD, BounceKind.SOFT, BounceKind.REFUSED)
NEWEST = 100_000  #: reports that figures of recent days look at


class Bounces(Suppressed):
    """The bounces part of a transaction."""

    def add(self, new: NewBounce, *, at: datetime) -> bool:
        """Write a report down; False when it is on record already."""
        row = {
            "subscriber_id": new.subscriber_id,
            "edition_id": new.edition_id,
            "kind": new.kind,
            "status": new.status,
            "at": at,
            "digest": f"{REFUSED}{new.digest}" if new.is_refusal else new.digest,
        }
        statement = insert_new(self.connection, bounces, ["digest"]).values(row).returning(bounces.c.id)
        return self.connection.execute(statement).first() is not None

    def hard_editions(self, subscriber_id: int, *, most: int) -> int:
        """Count the newest editions in a row that came back for good from the address a person has now.

        Editions count in the order in which they went to this person, whenever their reports came in. One
        that was sent and of which nothing came back ends the row. Reports about mail to an address of before
        say nothing about the one that they moved to, and a relay's refusal says nothing once the edition was
        sent to them after all. Nothing counts that is as old as what went off the record: rows that stay
        behind (of the unknown, of what was stopped) would join over what is gone.

        Args:
            subscriber_id: Whose.
            most: Rows that are longer count as so many; no more is read.
        """
        is_sent = deliveries.c.state == DeliveryState.SENT
        of_person = deliveries.c.subscriber_id.in_(ids([subscriber_id]))
        came_back = exists().where(
            bounces.c.subscriber_id == deliveries.c.subscriber_id,
            bounces.c.edition_id == deliveries.c.edition_id,
            bounces.c.kind.in_(_CAME_BACK),
            IS_REPORT,
        )
        gone = select(func.coalesce(func.max(delivery_totals.c.edition_id), 0)).scalar_subquery()
        here = (
            select(deliveries.c.id)
            .join(
                subscribers,
                (subscribers.c.id == deliveries.c.subscriber_id)
                & (subscribers.c.address == deliveries.c.address),
            )
            .where(deliveries.c.edition_id > gone)
        )
        hard = (
            here.join(
                bounces,
                (bounces.c.subscriber_id == deliveries.c.subscriber_id)
                & (bounces.c.edition_id == deliveries.c.edition_id),
            )
            .where(of_person, bounces.c.kind == BounceKind.HARD, or_(IS_REPORT, ~is_sent))
            .distinct()
        )
        found = self.connection.scalars(hard.order_by(deliveries.c.id.desc()).limit(most)).all()
        if len(found) < 2:
            return len(found)
        between = here.where(of_person, deliveries.c.id.between(found[-1], found[0]))
        got_through = between.where(is_sent, ~came_back)
        last = self.connection.scalar(got_through.order_by(deliveries.c.id.desc()).limit(1))
        return len(found) if last is None else sum(number > last for number in found)

    def kinds(self, since: datetime, *, digests: Collection[str] | None = None) -> Mapping[BounceKind, int]:
        """Count the reports that were taken in after a moment, by kind; a kind without any is missing.

        Args:
            since: The moment. Of the reports after it at most the `NEWEST` are counted.
            digests: Only those about editions of these digests; None: of all.
        """
        newest = self.connection.scalar(select(func.max(bounces.c.id))) or 0
        query = select(bounces.c.kind, func.count()).where(
            bounces.c.id > newest - NEWEST, bounces.c.at > since
        )
        if digests is not None:
            query = query.join(editions, editions.c.id == bounces.c.edition_id).where(
                editions.c.digest.in_(digests)
            )
        rows = self.connection.execute(query.group_by(bounces.c.kind))
        return {BounceKind(kind): int(count) for kind, count in rows}

    def list(
        self, *, limit: int = 50, before_id: int | None = None, subscriber_id: int | None = None
    ) -> tuple[Bounce, ...]:
        """Return reports, the newest first.

        Args:
            limit: At most so many.
            before_id: Only smaller numbers: the last one of the page before.
            subscriber_id: Only those about this person.
        """
        query = select(
            bounces.c.id.label("number"),
            bounces.c.edition_id,
            bounces.c.kind,
            bounces.c.status,
            bounces.c.at,
            subscribers,
        ).join(subscribers, subscribers.c.id == bounces.c.subscriber_id)
        if before_id is not None:
            query = query.where(bounces.c.id < before_id)
        if subscriber_id is not None:
            query = query.where(bounces.c.subscriber_id == subscriber_id)
        rows = self.connection.execute(query.order_by(bounces.c.id.desc()).limit(limit))
        return tuple(
            Bounce(
                id=row.number,
                subscriber=subscriber_of(row),
                edition_id=row.edition_id,
                kind=BounceKind(row.kind),
                status=row.status,
                at=row.at,
            )
            for row in rows
        )
