"""Reading the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from sqlalchemy import bindparam, func, select

from digest.model import Books, Delivery, DeliveryState, SubscriptionState
from digest.store.part import Line, ids
from digest.store.people_rows import Suppressed, subscriber_of
from digest.store.people_tables import WAITING, deliveries, subscribers, subscriptions
from digest.store.tables import editions

_DELIVERIES = select(*(column.label(f"delivery_{column.name}") for column in deliveries.c), subscribers).join(
    subscribers, subscribers.c.id == deliveries.c.subscriber_id
)

_LAST_LOOK = (
    select(subscribers.c.address, subscribers.c.erased_at, subscriptions.c.state)
    .select_from(deliveries)
    .join(editions, editions.c.id == deliveries.c.edition_id)
    .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
    .outerjoin(
        subscriptions,
        (subscriptions.c.subscriber_id == deliveries.c.subscriber_id)
        & (subscriptions.c.digest == editions.c.digest),
    )
    .where(deliveries.c.id == bindparam("of_id"))
)


class LedgerReading(Suppressed):
    """The reading half of the deliveries part."""

    def get(self, delivery_id: int) -> Delivery | None:
        """Find one delivery."""
        return next(iter(self.many([delivery_id])), None)

    def many(self, delivery_ids: Iterable[int]) -> tuple[Delivery, ...]:
        """Return deliveries by id, ascending; at most a chunk of them."""
        query = _DELIVERIES.where(deliveries.c.id.in_(ids(delivery_ids))).order_by(deliveries.c.id)
        return tuple(_delivery(row) for row in self.connection.execute(query))

    def list(
        self,
        edition_id: int,
        state: DeliveryState | None = None,
        *,
        limit: int | None = None,
        after_id: int = 0,
    ) -> tuple[Delivery, ...]:
        """Page through the deliveries of an edition, by id.

        Args:
            edition_id: The edition.
            state: Only those in this state.
            limit: At most so many; None for all.
            after_id: Only those with a larger id: the last one of the page before.
        """
        query = _DELIVERIES.where(deliveries.c.edition_id.in_(ids([edition_id])), deliveries.c.id > after_id)
        if state is not None:
            query = query.where(deliveries.c.state == state)
        rows = self.connection.execute(query.order_by(deliveries.c.id).limit(limit))
        return tuple(_delivery(row) for row in rows)

    def holds(self, edition_id: int, subscriber_id: int) -> bool:
        """Tell whether an edition was meant for a person."""
        query = select(deliveries.c.id).where(
            deliveries.c.edition_id.in_(ids([edition_id])),
            deliveries.c.subscriber_id.in_(ids([subscriber_id])),
        )
        return self.connection.execute(query).first() is not None

    def books(self, edition_id: int) -> Books:
        """Sum up the deliveries of an edition, from its rows and nothing else."""
        query = (
            select(deliveries.c.state, func.count().label("rows"))
            .where(deliveries.c.edition_id.in_(ids([edition_id])))
            .group_by(deliveries.c.state)
        )
        counted = {DeliveryState(row.state): int(row.rows) for row in self.connection.execute(query)}
        return Books(
            frozen=sum(counted.values()),
            sent=counted.get(DeliveryState.SENT, 0),
            failed=counted.get(DeliveryState.FAILED, 0),
            expired=counted.get(DeliveryState.EXPIRED, 0),
            excluded=counted.get(DeliveryState.EXCLUDED, 0),
            unknown=counted.get(DeliveryState.UNKNOWN, 0),
            open=sum(count for state, count in counted.items() if not state.is_final),
        )

    def next_due(self, edition_id: int) -> datetime | None:
        """Return when the first deferred delivery of an edition may be tried again; None without any."""
        query = select(func.min(deliveries.c.next_at)).where(deliveries.c.edition_id == edition_id, WAITING)
        found: datetime | None = self.connection.execute(query).scalar_one()
        return found

    def barred(self, delivery_id: int) -> str | None:
        """Take the last look before mailing.

        Returns:
            'erased', 'suppressed' or 'unsubscribed' when the person must not be mailed any more;
            None when they may.
        """
        row = self.connection.execute(_LAST_LOOK, {"of_id": delivery_id}).one_or_none()
        if row is None or row.erased_at is not None or row.address is None:
            return "erased"
        if self.suppressed([row.address]):
            return "suppressed"
        return None if row.state == SubscriptionState.CONFIRMED else "unsubscribed"


def _delivery(row: Line) -> Delivery:
    return Delivery(
        id=row.delivery_id,
        edition_id=row.delivery_edition_id,
        subscriber=subscriber_of(row),
        sections=tuple(cast("Iterable[str]", row.delivery_sections)),
        state=DeliveryState(row.delivery_state),
        attempt=row.delivery_attempt,
        reason=row.delivery_reason,
        reply=row.delivery_reply,
    )
