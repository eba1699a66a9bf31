"""Reports about mail that was handed over."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import exists, func, select

from digest.model import Bounce, BounceKind
from digest.store.dialects import insert_new
from digest.store.part import ids
from digest.store.people_rows import Suppressed, subscriber_of
from digest.store.people_tables import bounces, deliveries, subscribers
from digest.store.tables import editions
from digest.store.values import NewBounce

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
            "digest": new.digest,
        }
        statement = insert_new(self.connection, bounces, ["digest"]).values(row).returning(bounces.c.id)
        return self.connection.execute(statement).first() is not None

    def hard_editions(self, subscriber_id: int) -> int:
        """Count the editions that came back for good from the address that a person has now.

        Reports about mail to an address of before say nothing about the one that they moved to.
        """
        went_elsewhere = exists().where(
            deliveries.c.edition_id == bounces.c.edition_id,
            deliveries.c.subscriber_id == bounces.c.subscriber_id,
            subscribers.c.id == bounces.c.subscriber_id,
            deliveries.c.address != subscribers.c.address,
        )
        query = select(func.count(bounces.c.edition_id.distinct())).where(
            bounces.c.subscriber_id.in_(ids([subscriber_id])),
            bounces.c.kind == BounceKind.HARD,
            ~went_elsewhere,
        )
        return int(self.connection.execute(query).scalar_one())

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
