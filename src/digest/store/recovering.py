"""Picking up what senders left behind, and ending what nobody will send."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, update

from digest.model import DeliveryState
from digest.store.deliveries_read import LedgerReading
from digest.store.people_tables import IN_HAND, WAITING, deliveries
from digest.store.values import Recovered, UnknownPolicy

_BEYOND = timedelta(days=1)  #: no lease and no pause lasts so long: the clock was ahead when it was written


class Recovering(LedgerReading):
    """The half of the deliveries part that no sender in good health needs."""

    def recover(self, edition_id: int, *, now: datetime, policy: UnknownPolicy) -> Recovered:
        """Take back deliveries whose lease has run out, and what a clock that was ahead put off.

        What was claimed and not dotted may safely be sent again. Whether a dotted one has arrived
        nobody can tell (RFC 1047): the policy says whether to risk a second copy.
        """
        resent = policy == "resend"
        self.connection.execute(
            update(deliveries)
            .where(deliveries.c.edition_id == edition_id, WAITING, deliveries.c.next_at > now + _BEYOND)
            .values(next_at=now)
        )
        released = self._take_back(edition_id, now, DeliveryState.CLAIMED, DeliveryState.PENDING, None)
        dotted = self._take_back(
            edition_id,
            now,
            DeliveryState.DOTTED,
            DeliveryState.PENDING if resent else DeliveryState.UNKNOWN,
            "the sender went silent after the final dot",
        )
        return Recovered(released=released, resent=dotted if resent else 0, unknown=0 if resent else dotted)

    def reopen_failed(self, edition_id: int) -> int:
        """Make failed deliveries of an edition pending again, attempts at nought; return how many."""
        reopened = self.connection.execute(
            update(deliveries)
            .where(deliveries.c.edition_id == edition_id, deliveries.c.state == DeliveryState.FAILED)
            .values(state=DeliveryState.PENDING, attempt=0, code=None, reason=None, reply=None)
        )
        return reopened.rowcount

    def resend_unknown(self, edition_id: int) -> int:
        """Make unknown deliveries pending again, at the risk of second copies; return how many."""
        return self._decide(edition_id, state=DeliveryState.PENDING, attempt=0, code=None, reason=None)

    def accept_unknown(self, edition_id: int, *, note: str, at: datetime) -> int:
        """Write down that unknown deliveries stay so, with the reason; return how many."""
        return self._decide(edition_id, reason=note, changed_at=at)

    def _decide(self, edition_id: int, **values: object) -> int:
        decided = self.connection.execute(
            update(deliveries)
            .where(deliveries.c.edition_id == edition_id, deliveries.c.state == DeliveryState.UNKNOWN)
            .values(**values)
        )
        return decided.rowcount

    def expire(self, edition_id: int, *, reason: str, at: datetime | None = None) -> int:
        """End what is pending or deferred, because it is too late or nobody wants it any more.

        Returns:
            How many ended; what a sender has in hand is left to it.
        """
        ended = self.connection.execute(
            update(deliveries)
            .where(deliveries.c.edition_id == edition_id, WAITING)
            .values(state=DeliveryState.EXPIRED, reason=reason, next_at=None, changed_at=at)
        )
        return ended.rowcount

    def _take_back(
        self, edition_id: int, now: datetime, before: DeliveryState, after: DeliveryState, reason: str | None
    ) -> int:
        taken = self.connection.execute(
            update(deliveries)
            .where(
                deliveries.c.edition_id == edition_id,
                IN_HAND,
                deliveries.c.state == before,
                or_(deliveries.c.lease_until < now, deliveries.c.lease_until > now + _BEYOND),
            )
            .values(state=after, worker=None, lease_until=None, reason=reason, changed_at=now)
        )
        return taken.rowcount
