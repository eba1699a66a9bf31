"""The books of one edition, as the sender uses them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from digest.actions.refusals import is_refused_for_good, note_refusal
from digest.errors import Refused
from digest.model import Books, Delivery, Outcome, Settlement
from digest.store import Recovered, Store, Transaction, UnknownPolicy

#: Renewed when half of it is gone, so that at least the ten minutes are left that a relay may
#: take to answer the final dot (RFC 5321 section 4.5.3.2.6).
LEASE = timedelta(minutes=20)


@dataclass(kw_only=True)
class StoreLedger:
    """The books of one edition in the store, for one sender. Every call is a transaction."""

    store: Store
    edition_id: int
    worker: str  #: unique per run
    clock: Callable[[], datetime]
    hard_bounces: int = 2  #: editions that must be refused for good until an address is suppressed
    _renew_at: datetime = field(init=False, default=datetime.max.replace(tzinfo=UTC))

    def claim(self, limit: int) -> tuple[Delivery, ...]:
        """Take up to `limit` deliveries that are due; empty when there are none."""
        now = self.clock()
        self._renew_at = now + LEASE / 2
        with self.store.writing() as tx:
            return tx.deliveries.claim(self.edition_id, self.worker, now=now, limit=limit, lease=LEASE)

    def barred(self, delivery: Delivery) -> str | None:
        """Say why a recipient must not be mailed after all; None when they may."""
        with self.store.reading() as tx:
            return tx.deliveries.barred(delivery.id)

    def barred_all(self) -> dict[int, str]:
        """Say who must not be mailed after all of those that are claimed and not dotted.

        Returns:
            'erased', 'suppressed' or 'unsubscribed' by delivery id; nothing for those who may.
        """
        with self.store.reading() as tx:
            return tx.deliveries.barred_of(self.edition_id, self.worker)

    def dotted(self, delivery: Delivery) -> None:
        """Write down that the final dot may be written from now on.

        Raises:
            Refused: The delivery is no longer this sender's.
        """
        if delivery.id not in self.dotted_all([(delivery.id, delivery.attempt)]):
            raise Refused(f"delivery {delivery.id} belongs to another sender by now")

    def dotted_all(self, marks: Sequence[tuple[int, int]]) -> frozenset[int]:
        """Write down that the final dots of several deliveries may be written from now on.

        Args:
            marks: Delivery id and attempt of each.

        Returns:
            The ids of those that are this sender's still; no dot for the others.
        """
        now = self.clock()
        with self.store.writing() as tx:
            if now >= self._renew_at:
                tx.deliveries.renew(self.edition_id, self.worker, now=now, lease=LEASE)
                self._renew_at = now + LEASE / 2
            return tx.deliveries.dotted_all(self.worker, marks)

    def settle(self, delivery: Delivery, outcome: Outcome) -> None:
        """Write down how an attempt at a delivery ended."""
        self.settle_all([Settlement(delivery_id=delivery.id, attempt=delivery.attempt, outcome=outcome)])

    def settle_all(self, ends: Sequence[Settlement]) -> int:
        """Write down how several attempts ended, and what that means for dead addresses.

        Returns:
            How many were this sender's still and are written down.
        """
        with self.store.writing() as tx:
            noted, others = self._note(tx, ends)
            return noted + tx.deliveries.settle_all(self.worker, others)

    def take_over(
        self, ended: Sequence[Settlement], dotted: Collection[tuple[int, int]], policy: UnknownPolicy
    ) -> Recovered:
        """Clear up after this ledger's worker, which is gone, from what its journal says.

        Args:
            ended: The ends on record, in their order.
            dotted: Delivery id and attempt of those whose last record is the dot.
            policy: What becomes of those.
        """
        with self.store.writing() as tx:
            _, others = self._note(tx, ended)
            return tx.deliveries.take_over(
                self.worker, ended=others, dotted=dotted, policy=policy, now=self.clock()
            )

    def books(self) -> Books:
        """Return the sum over all deliveries of the edition."""
        with self.store.reading() as tx:
            return tx.deliveries.books(self.edition_id)

    def _note(self, tx: Transaction, ends: Sequence[Settlement]) -> tuple[int, list[Settlement]]:
        """Settle those who are gone one by one, each with its report; return how many, and the others."""
        noted = 0
        others: list[Settlement] = []
        for end in ends:
            if not is_refused_for_good(end.outcome):
                others.append(end)
            elif tx.deliveries.settle(end.delivery_id, self.worker, end.attempt, end.outcome):
                note_refusal(tx, end, after=self.hard_bounces)
                noted += 1
        return noted, others
