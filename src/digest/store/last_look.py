"""The last look before mailing: who must not get what was meant for them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, case, literal, null, select

from digest.model import DeliveryState, SubscriptionState
from digest.store.deliveries_read import LedgerReading
from digest.store.freezing import PAUSED
from digest.store.part import Line
from digest.store.people_tables import IN_HAND, deliveries, subscribers, subscriptions, suppressions
from digest.store.tables import editions

_LOOK = (
    select(
        deliveries.c.id,
        subscribers.c.address,
        case(
            (subscribers.c.address.is_(None), literal("erased")),
            (suppressions.c.key.is_not(None), literal("suppressed")),
            (subscriptions.c.paused_until > editions.c.slot_at, literal(PAUSED)),
            (subscriptions.c.state == SubscriptionState.CONFIRMED, null()),
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


class LastLook(LedgerReading):
    """The half of the deliveries part that knows who has left meanwhile."""

    def barred(self, delivery_id: int) -> str | None:
        """Take the last look before mailing one person.

        Returns:
            'erased', 'suppressed', 'paused' or 'unsubscribed' when the person must not be mailed any more;
            None when they may.
        """
        rows = self.connection.execute(_ONE, {"of_id": delivery_id}).all()
        return self._barred(rows).get(delivery_id) if rows else "erased"

    def barred_of(self, edition_id: int, worker: str) -> dict[int, str]:
        """Take the last look for all that a worker has claimed and not dotted, in two statements.

        Returns:
            By delivery id 'erased', 'suppressed', 'paused' or 'unsubscribed' for those who must not be
            mailed any more; nothing for those who may.
        """
        given = {"of_edition": edition_id, "of_worker": worker}
        return self._barred(self.connection.execute(_CLAIMED, given).all())

    def _barred(self, rows: Sequence[Line]) -> dict[int, str]:
        numbers = {address: number for number, address, _ in rows if address is not None}
        barred = {number: reason for number, _, reason in rows if reason is not None}
        # The database cannot compute the names of people who were erased and came back.
        return barred | {numbers[address]: "suppressed" for address in self.fingerprinted(numbers)}
