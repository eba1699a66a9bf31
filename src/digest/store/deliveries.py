"""The ledger: who gets an edition, who has it in hand, and how it ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, or_, select, update

from digest.errors import NotFound
from digest.model import Delivery, DeliveryState, EditionState, Outcome
from digest.store.dialects import insert_new, skip_locked
from digest.store.part import chunks, ids
from digest.store.people_tables import IN_HAND, WAITING, deliveries, subscribers
from digest.store.recovering import Recovering
from digest.store.tables import edition_log, editions
from digest.store.values import Frozen

# Lets only the worker and the attempt through that have the delivery in hand. Written out once,
# because these two statements run for every single recipient.
_FENCE = (
    (deliveries.c.id == bindparam("of_id"))
    & (deliveries.c.worker == bindparam("of_worker"))
    & (deliveries.c.attempt == bindparam("of_attempt"))
)
_DOT = (
    update(deliveries)
    .where(_FENCE, deliveries.c.state == DeliveryState.CLAIMED)
    .values(state=DeliveryState.DOTTED)
)
_OUTCOME = ("state", "attempt", "code", "reply", "reason", "next_at", "changed_at")
_SETTLE = (
    update(deliveries)
    .where(_FENCE, IN_HAND)
    .values({name: bindparam(name) for name in _OUTCOME} | {"worker": None, "lease_until": None})
)


class Deliveries(Recovering):
    """The deliveries part of a transaction."""

    def freeze(self, edition_id: int, recipients: Iterable[Frozen]) -> int:
        """Write down everybody an edition is meant for, before the first message goes out.

        A recipient who is there already stays as they are, so a freeze that was cut short is
        finished by doing it again. Suppressed and erased people are written down as excluded.
        An edition that was sent from before keeps its audience: nobody is added.

        Args:
            edition_id: The edition.
            recipients: In any order; they are numbered by subscriber id.

        Returns:
            How many were added.

        Raises:
            NotFound: There is no such edition, or no such subscriber.
        """
        if self.connection.scalar(select(editions.c.id).where(editions.c.id.in_(ids([edition_id])))) is None:
            raise NotFound(f"there is no edition {edition_id}", hint="`digest editions list` shows them")
        if self._has_begun(edition_id):
            return 0
        ordered = sorted(recipients, key=lambda one: one.subscriber_id)
        before = self._count(edition_id)
        for chunk in chunks(ordered):
            self._freeze_chunk(edition_id, chunk)
        return self._count(edition_id) - before

    def claim(
        self, edition_id: int, worker: str, *, now: datetime, limit: int, lease: timedelta
    ) -> tuple[Delivery, ...]:
        """Take deliveries in hand: pending ones, and deferred ones whose time has come.

        Args:
            edition_id: The edition.
            worker: A name that no other run of any sender has ever had.
            now: The moment of claiming.
            limit: At most so many, up to 500.
            lease: How long they stay taken when nothing is heard of the worker.

        Returns:
            In id order, each with its attempt counted; later calls about them name worker and attempt.
        """
        due = (
            select(deliveries.c.id)
            .where(
                deliveries.c.edition_id == edition_id,
                WAITING,
                or_(deliveries.c.next_at.is_(None), deliveries.c.next_at <= now),
            )
            .order_by(deliveries.c.id)
            .limit(limit)
        )
        taken = self.connection.execute(
            update(deliveries)
            .where(deliveries.c.id.in_(skip_locked(self.connection, due)))
            .values(
                state=DeliveryState.CLAIMED,
                worker=worker,
                attempt=deliveries.c.attempt + 1,
                lease_until=now + lease,
                next_at=None,
                changed_at=now,
            )
            .returning(deliveries.c.id)
        )
        return self.many(taken.scalars().all())

    def renew(self, edition_id: int, worker: str, *, now: datetime, lease: timedelta) -> int:
        """Keep what a worker has in hand; return how many that is."""
        renewed = self.connection.execute(
            update(deliveries)
            .where(deliveries.c.edition_id == edition_id, IN_HAND, deliveries.c.worker == worker)
            .values(lease_until=now + lease)
        )
        return renewed.rowcount

    def dotted(self, delivery_id: int, worker: str, attempt: int) -> bool:
        """Write down that the final dot is about to be written.

        Returns:
            False when the delivery is this worker's no more: the dot must not be written.
        """
        fence = {"of_id": delivery_id, "of_worker": worker, "of_attempt": attempt}
        return self.connection.execute(_DOT, fence).rowcount == 1

    def settle(self, delivery_id: int, worker: str, attempt: int, outcome: Outcome) -> bool:
        """Write down how an attempt ended.

        Args:
            delivery_id: The delivery.
            worker: Who had it in hand.
            attempt: Which attempt.
            outcome: The end; a pending one gives the attempt back uncounted.

        Returns:
            False when the delivery is this worker's no more: nothing was changed.
        """
        state = outcome.state
        has_gone_well = state in {DeliveryState.SENT, DeliveryState.PENDING}
        values = {
            "state": state,
            "attempt": attempt - 1 if state is DeliveryState.PENDING else attempt,
            "code": outcome.code,
            "reply": outcome.text,
            "reason": None if has_gone_well else outcome.text,
            "next_at": outcome.next_at,
            "changed_at": outcome.at,
        }
        fence = {"of_id": delivery_id, "of_worker": worker, "of_attempt": attempt}
        return self.connection.execute(_SETTLE, values | fence).rowcount == 1

    def _has_begun(self, edition_id: int) -> bool:
        """Tell whether sending has begun before; the step there follows the first freeze."""
        steps = select(edition_log.c.id).where(
            edition_log.c.edition_id == edition_id,
            edition_log.c.after == EditionState.SENDING,
            edition_log.c.before.is_not(None),
        )
        return self.connection.scalar(steps.limit(1)) is not None

    def _count(self, edition_id: int) -> int:
        # Counted, since a driver that sends many rows at once cannot tell how many of them were new.
        query = select(func.count()).where(deliveries.c.edition_id == edition_id)
        return int(self.connection.execute(query).scalar_one())

    def _freeze_chunk(self, edition_id: int, chunk: Sequence[Frozen]) -> None:
        numbers = [one.subscriber_id for one in chunk]
        query = select(subscribers.c.id, subscribers.c.address).where(subscribers.c.id.in_(ids(numbers)))
        addresses = {row.id: row.address for row in self.connection.execute(query)}
        missing = next((number for number in numbers if number not in addresses), None)
        if missing is not None:
            raise NotFound(f"there is no subscriber {missing}")
        barred = self.suppressed(address for address in addresses.values() if address is not None)
        rows = [_row(edition_id, one, addresses[one.subscriber_id], barred) for one in chunk]
        self.connection.execute(insert_new(self.connection, deliveries), rows)


def _row(
    edition_id: int, recipient: Frozen, address: str | None, barred: frozenset[str]
) -> dict[str, object]:
    reason = recipient.excluded
    if address is None:
        reason = "erased"
    elif address in barred:
        reason = "suppressed"
    return {
        "edition_id": edition_id,
        "subscriber_id": recipient.subscriber_id,
        "address": address or f"erased/{recipient.subscriber_id}",
        "sections": recipient.sections,
        "state": DeliveryState.PENDING if reason is None else DeliveryState.EXCLUDED,
        "attempt": 0,
        "reason": reason,
    }
