"""Reports about mail that was handed over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from digest.model import Bounce, BounceKind
from digest.store.dialects import insert_new
from digest.store.part import ids
from digest.store.people_rows import Suppressed, subscriber_of
from digest.store.people_tables import bounces, subscribers
from digest.store.values import NewBounce


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
        """Count the editions that came back from a person for good."""
        query = select(func.count(bounces.c.edition_id.distinct())).where(
            bounces.c.subscriber_id.in_(ids([subscriber_id])), bounces.c.kind == BounceKind.HARD
        )
        return int(self.connection.execute(query).scalar_one())

    def list(self, *, limit: int = 50) -> tuple[Bounce, ...]:
        """Return reports, the newest first, at most so many."""
        query = select(
            bounces.c.edition_id, bounces.c.kind, bounces.c.status, bounces.c.at, subscribers
        ).join(subscribers, subscribers.c.id == bounces.c.subscriber_id)
        rows = self.connection.execute(query.order_by(bounces.c.id.desc()).limit(limit))
        return tuple(
            Bounce(
                subscriber=subscriber_of(row),
                edition_id=row.edition_id,
                kind=BounceKind(row.kind),
                status=row.status,
                at=row.at,
            )
            for row in rows
        )
