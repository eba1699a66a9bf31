"""The last look before mailing: who must not get what was meant for them, and who not where it would go."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, case, literal, null, select

from digest.model import MOVED, DeliveryState, SubscriptionState
from digest.store.deliveries_read import LedgerReading
from digest.store.freezing import PAUSED
from digest.store.part import Line
from digest.store.people_tables import IN_HAND, deliveries, subscribers, subscriptions, suppressions
from digest.store.tables import editions

_CONFIRMED = subscriptions.c.state == SubscriptionState.CONFIRMED
_LOOK = (
    select(
        deliveries.c.id,
        subscribers.c.address,
        case(
            (subscribers.c.address.is_(None), literal("erased")),
            (suppressions.c.key.is_not(None), literal("suppressed")),
            (subscriptions.c.paused_until > editions.c.slot_at, literal(PAUSED)),
            (_CONFIRMED & deliveries.c.next_at.is_(None), null()),
            (_CONFIRMED, literal(MOVED)),  # `People.move` gave it a moment
            else_=literal("unsubscribed"),
        ).label("reason"),
    )
    .select_from(deliveries)
    .join(editions, editions.c.id == deliveries.c.edition_id)
    .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
    .outerjoin(
        subscriptions,
        (subscriptions.c.digest == editions.c.digest)
        & (subscriptions.c.subscriber_id == deliveries.c.subscriber_id),
    )
    .outerjoin(suppressions, suppressions.c.key == subscribers.c.address)
)
_ONE = _LOOK.where(deliveries.c.id == bindparam("of_id"))
# Within a query of their own, since only one table there has a `state`.
_CLAIMED = _LOOK.where(
    deliveries.c.id.in_(
        select(deliveries.c.id).where(
            deliveries.c.edition_id == bindparam("of_edition"),
            IN_HAND,
            deliveries.c.state == DeliveryState.CLAIMED,
            deliveries.c.worker == bindparam("of_worker"),
        )
    )
)
_reasons = _CLAIMED.subquery("reasons")
_LEFT = select(_reasons.c.id, _reasons.c.reason).where(_reasons.c.reason.is_not(None))


class LastLook(LedgerReading):
    """The half of the deliveries part that knows who has left meanwhile."""

    def barred(self, delivery_id: int) -> str | None:
        """Take the last look before mailing one person.

        Returns:
            'erased', 'suppressed', 'paused' or 'unsubscribed' when the person must not be mailed any more;
            `MOVED` when they must not be mailed where they were as they were claimed; None when they may.
        """
        row = self.connection.execute(_ONE, {"of_id": delivery_id}).first()
        if row is None:
            return "erased"
        reason: str | None = row.reason
        return self._came_back([row]).get(delivery_id, reason)

    def barred_of(self, edition_id: int, worker: str) -> dict[int, str]:
        """Take the last look for all that a worker has claimed and not dotted.

        The database tells those who have left, of all that are asked about; it cannot compute the names of
        people who were erased and came back, so that while there are any, everybody's is looked up.

        Returns:
            By delivery id 'erased', 'suppressed', 'paused' or 'unsubscribed' for those who must not be
            mailed any more, and `MOVED` for those who must be claimed anew; nothing for those who may.
        """
        given = {"of_edition": edition_id, "of_worker": worker}
        barred = {row.id: row.reason for row in self.connection.execute(_LEFT, given)}
        if self.has_fingerprints():
            barred |= self._came_back(self.connection.execute(_CLAIMED, given).all())
        return barred

    def _came_back(self, rows: Sequence[Line]) -> dict[int, str]:
        """Return those who were erased under the same address once."""
        numbers = {row.address: row.id for row in rows if row.address is not None}
        return {numbers[address]: "suppressed" for address in self.fingerprinted(numbers)}
