"""Picking up what senders left behind, and ending what nobody will send."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update

from digest.model import PARTICULAR, DeliveryState, Settlement
from digest.store.in_hand import InHand, by_attempt
from digest.store.part import ids
from digest.store.people_tables import IN_HAND, UNKNOWN, WAITING, deliveries
from digest.store.tallies import UNDECIDED
from digest.store.values import Recovered, UnknownPolicy

#: Workers whose names begin so write their dots into a journal of their home and not into the database.
JOURNALLED = "j-"
#: No lease lasts so long, nor does a relay's wish to be left alone: the clock was ahead when it was written.
_BEYOND = timedelta(hours=2)
_SILENT = "the sender went silent after the final dot"
_GARBLED = "the sender's journal is damaged: it may have been mailed"
_HAS_JOURNAL = func.substr(deliveries.c.worker, 1, len(JOURNALLED)) == JOURNALLED
# A journal that cannot be asked may hold a dot for whatever its worker has in hand.
_MAY_BE_DOTTED = or_(deliveries.c.state == DeliveryState.DOTTED, _HAS_JOURNAL)


class Recovering(InHand):
    """The half of the deliveries part that no sender in good health needs."""

    def recover(
        self, edition_id: int, *, now: datetime, policy: UnknownPolicy, here: Collection[str] = ()
    ) -> Recovered:
        """Take back deliveries whose lease has run out, and what a clock that was ahead put off.

        What was claimed and not dotted may safely be sent again. Whether a dotted one has arrived
        nobody can tell (RFC 1047): the policy says whether to risk a second copy. A worker whose name
        begins with 'j-' has its dots in a journal: without that, all that it has in hand may be dotted.

        Args:
            edition_id: The edition.
            now: The moment that leases are held against.
            policy: What becomes of those that were or may be dotted.
            here: Workers to leave alone: their journals are on this machine, in use or still to be
                replayed.
        """
        self.bring_forward(edition_id, now=now)
        lost = and_(
            deliveries.c.edition_id == edition_id,
            deliveries.c.worker.not_in(list(here)),
            _has_run_out(now),
        )
        judged = self._judge(and_(lost, _MAY_BE_DOTTED), policy, now)
        # On a server one that was late may write its dot after the line above: left to the next call.
        undotted = and_(lost, ~_MAY_BE_DOTTED)
        # Their attempt stays counted: one that was slow, and not dead, might claim them anew, and have two
        # permits for one mark. That nobody was asked for them shows by what is not on record.
        released = self._take_back(undotted, now, state=DeliveryState.PENDING)
        return _recovered(released, judged, policy)

    def silent_workers(self, edition_id: int, *, now: datetime) -> frozenset[str]:
        """Name the workers that have deliveries of an edition in hand and renew their leases no more."""
        query = select(deliveries.c.worker).where(
            deliveries.c.edition_id == edition_id, IN_HAND, _has_run_out(now)
        )
        return frozenset(self.connection.execute(query.distinct()).scalars())

    def bring_forward(self, edition_id: int, *, now: datetime) -> int:
        """Make those due that a clock put off which was ahead; return how many."""
        brought = self.connection.execute(
            update(deliveries)
            .where(
                deliveries.c.edition_id == edition_id,
                deliveries.c.state == DeliveryState.DEFERRED,  # a pending one waits for its own hour
                deliveries.c.next_at > now + _BEYOND,
            )
            .values(next_at=now)
        )
        return brought.rowcount

    def take_over(
        self,
        worker: str,
        *,
        ended: Sequence[Settlement],
        dotted: Collection[tuple[int, int]],
        policy: UnknownPolicy,
        now: datetime,
        is_whole: bool = True,
    ) -> Recovered:
        """Clear up after a worker that is gone and whose journal was read, whatever its leases say.

        Args:
            worker: Who is gone; whatever it says from now on changes nothing.
            ended: The ends on record, in their order; those the database has already do nothing.
            dotted: Delivery id and attempt of those whose last record is the dot. A pending end of the
                same attempt is older than the dot, since that gave the attempt back.
            policy: What becomes of those.
            now: The moment.
            is_whole: False when dots may be missing: all that has no end counts as dotted.

        Returns:
            What became of those without an end; what had neither end nor dot is pending, uncounted.
        """
        marks = frozenset(dotted)
        self.settle_all(worker, [end for end in ended if not _is_outdated(end, marks)])
        mine = deliveries.c.worker == worker
        judged = self._judge(and_(mine, deliveries.c.state == DeliveryState.DOTTED), policy, now)
        for attempt, numbers in by_attempt(marks):
            named = and_(mine, deliveries.c.id.in_(numbers), deliveries.c.attempt == attempt)
            judged += self._judge(named, policy, now)
        if not is_whole:
            judged += self._judge(mine, policy, now, reason=_GARBLED)
        return _recovered(self.give_back(worker), judged, policy)

    def take_again(
        self, edition_id: int, worker: str, marks: Collection[tuple[int, int]], *, version: int
    ) -> None:
        """Give a worker back what it had claimed and this database, a copy from before, does not know of.

        Such have counted fewer attempts: no end but one that gives an attempt back leaves fewer. Settle or
        judge them in the same transaction: they have no lease.

        Args:
            edition_id: The edition that they were mailed: once its recipients are off the record, SQLite
                gives their numbers to those of others.
            worker: Who had them in hand.
            marks: Delivery id and attempt of those who may have been mailed; any number.
            version: The state of the edition.
        """
        for attempt, numbers in by_attempt(marks):
            self.connection.execute(
                update(deliveries)
                .where(
                    deliveries.c.edition_id == edition_id,
                    deliveries.c.id.in_(numbers),
                    deliveries.c.attempt < attempt,
                    or_(WAITING, IN_HAND),
                )
                .values(
                    state=DeliveryState.CLAIMED, worker=worker, attempt=attempt, version=version, next_at=None
                )
            )

    def reopen_failed(self, edition_id: int) -> int:
        """Make failed deliveries of an edition pending again; return how many.

        Their attempts are counted on: a journal may still hold how the last one ended. A relay's last words
        stay: they were answered; so does who is particular.
        """
        reopened = self.connection.execute(
            update(deliveries)
            .where(deliveries.c.edition_id == edition_id, deliveries.c.state == DeliveryState.FAILED)
            .values(state=DeliveryState.PENDING, code=None, reason=_particular())
        )
        return reopened.rowcount

    def resend_unknown(self, edition_id: int, only: Collection[int] | None = None) -> int:
        """Make unknown deliveries pending again, at the risk of second copies; return how many.

        Their attempts are counted on, and who is particular stays so, as of those that failed.

        Args:
            edition_id: The edition.
            only: These deliveries of it; None: all that nobody has decided on.
        """
        which = UNDECIDED if only is None else and_(UNKNOWN, deliveries.c.id.in_(ids(only)))
        return self._decide(edition_id, which, state=DeliveryState.PENDING, code=None, reason=_particular())

    def accept_unknown(
        self, edition_id: int, only: Collection[int] | None = None, *, note: str, at: datetime
    ) -> int:
        """Write down that unknown deliveries stay so; return how many nobody had decided on before.

        Args:
            edition_id: The edition.
            only: These deliveries of it; None: all.
            note: The reason, which begins with `ACCEPTED`.
            at: When it was decided.
        """
        which = UNDECIDED if only is None else and_(UNDECIDED, deliveries.c.id.in_(ids(only)))
        return self._decide(edition_id, which, reason=note, changed_at=at)

    def _decide(self, edition_id: int, which: ColumnElement[bool], **values: object) -> int:
        decided = self.connection.execute(
            update(deliveries).where(deliveries.c.edition_id == edition_id, which).values(**values)
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

    def _judge(
        self, which: ColumnElement[bool], policy: UnknownPolicy, now: datetime, reason: str = _SILENT
    ) -> int:
        """Apply the policy to what was dotted without an end; return how many."""
        state = DeliveryState.PENDING if policy == "resend" else DeliveryState.UNKNOWN
        why = _particular(reason) if state is DeliveryState.PENDING else reason
        return self._take_back(which, now, state=state, reason=why)

    def _take_back(self, which: ColumnElement[bool], now: datetime, **values: object) -> int:
        taken = self.connection.execute(
            update(deliveries)
            .where(IN_HAND, which)
            .values(worker=None, lease_until=None, changed_at=now, **values)
        )
        return taken.rowcount


def _particular(otherwise: str | None = None) -> ColumnElement[str | None]:
    """Leave the reason of those who are particular as it is; give the others that one.

    Where the sender went silent, or a person accepted, what was put on record before is left in the reply.
    """
    kept = ((one.startswith(PARTICULAR), one) for one in (deliveries.c.reason, deliveries.c.reply))
    return case(*kept, else_=otherwise)


def _has_run_out(now: datetime) -> ColumnElement[bool]:
    return or_(deliveries.c.lease_until < now, deliveries.c.lease_until > now + _BEYOND)


def _is_outdated(end: Settlement, dotted: frozenset[tuple[int, int]]) -> bool:
    return end.outcome.state is DeliveryState.PENDING and (end.delivery_id, end.attempt) in dotted


def _recovered(released: int, judged: int, policy: UnknownPolicy) -> Recovered:
    resent = policy == "resend"
    return Recovered(released=released, resent=judged if resent else 0, unknown=0 if resent else judged)
