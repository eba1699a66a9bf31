"""The books of one edition, as the sender uses them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from digest.errors import Refused
from digest.model import Books, Delivery, Outcome
from digest.store import Store

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

    def dotted(self, delivery: Delivery) -> None:
        """Write down that the final dot may be written from now on.

        Raises:
            Refused: The delivery is no longer this sender's.
        """
        now = self.clock()
        with self.store.writing() as tx:
            if now >= self._renew_at:
                tx.deliveries.renew(self.edition_id, self.worker, now=now, lease=LEASE)
                self._renew_at = now + LEASE / 2
            if not tx.deliveries.dotted(delivery.id, self.worker, delivery.attempt):
                raise Refused(f"delivery {delivery.id} belongs to another sender by now")

    def settle(self, delivery: Delivery, outcome: Outcome) -> None:
        """Write down how an attempt at a delivery ended."""
        with self.store.writing() as tx:
            tx.deliveries.settle(delivery.id, self.worker, delivery.attempt, outcome)

    def books(self) -> Books:
        """Return the sum over all deliveries of the edition."""
        with self.store.reading() as tx:
            return tx.deliveries.books(self.edition_id)
