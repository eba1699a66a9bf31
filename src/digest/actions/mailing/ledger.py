"""The books of one edition, as the sender uses them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.actions.mailing.refusals import is_refused_for_good, note_refusal
from digest.actions.telling import SCHEDULE, Hand, Named, tell_outage
from digest.deliver import Heard, Look
from digest.model import Books, Delivery, DeliveryState, EditionState, Outcome, Settlement
from digest.store import Recovered, Store, Transaction, UnknownPolicy

#: Renewed every minute, so that more than the ten minutes are left that a relay may take to answer
#: the final dot (RFC 5321 section 4.5.3.2.6).
LEASE = timedelta(minutes=20)
TOO_LATE = "the hour of their zone was too long ago"  #: why somebody expires for whom it came too late
_FAILED = DeliveryState.FAILED
_MAY_BE_MAILED = {DeliveryState.SENT, DeliveryState.UNKNOWN}
_LONGEST_PAUSE_S = 3_600.0  #: that anybody is put off for; more was written down by a clock that was ahead


@dataclass(kw_only=True)
class StoreLedger:
    """The books of one edition in the store, for one sender. Every call is a transaction."""

    store: Store
    edition_id: int
    worker: str  #: unique per run
    clock: Callable[[], datetime]
    by: str = SCHEDULE  #: who sends
    version: int = 0  #: the state of the edition that it mails; 0 is as it was built
    #: The edition's newest step before it was on its way, as `set_out` has it: with another one it was
    #: stopped meanwhile, and may be another thing by now. None for a ledger that mails nobody.
    after: int | None = None
    hard_bounces: int = 2  #: editions in a row that must be refused for good until an address is suppressed
    #: Takes over from senders that died meanwhile; called when nobody is due.
    pick_up: Callable[[], None] = lambda: None
    #: Makes sure that home and database are those that the run began with, and puts copies of now behind.
    go_on: Callable[[], None] = lambda: None
    #: Until when a person may be mailed; None when that is the same for all, and the sender knows it.
    give_up_of: Callable[[Delivery], datetime] | None = None
    #: Until when a person has all mailed who let it go late, be it while this sender runs; None: nobody has.
    let_go_until: Callable[[Transaction], datetime | None] = lambda _: None
    give_up_at: datetime | None = None  #: the same without that word; well before it no look asks for one

    def claim(self, limit: int) -> tuple[Delivery, ...]:
        """Take up to `limit` deliveries that are due; empty when there are none.

        Those who are due no more, since their own hour is too long ago, end as expired. Nobody is taken
        for an edition that was stopped since this sender began.
        """
        return self._claim(limit, ())

    def claim_early(self, limit: int, words: Sequence[str]) -> tuple[Delivery, ...]:
        """Take up to `limit` that were put off untried with one of some words, due or not; see `claim`."""
        return self._claim(limit, words)

    def look(self) -> Look:
        """Say who must not be mailed after all of those that are claimed, and whether all must stop."""
        with self.store.reading() as tx:
            barred = tx.deliveries.barred_of(self.edition_id, self.worker)
            halted = self._halted(tx)
            given = self.let_go_until(tx) if self._may_be_late() else None
        return Look(barred=barred, halted=halted, let_go_until=given)

    def renew(self) -> None:
        """Keep what is claimed for another lease."""
        with self.store.writing() as tx:
            now = tx.shared_now(self.clock())
            tx.deliveries.renew(self.edition_id, self.worker, now=now, lease=LEASE)

    def step_on(self) -> None:
        """Put all copies of the database behind that were made until now.

        Raises:
            Refused: The database is such a copy, or another one.
        """
        self.go_on()

    def dotted(self, marks: Sequence[tuple[int, int]]) -> frozenset[int]:
        """Write down that the final dots of several deliveries may be written from now on.

        Args:
            marks: Delivery id and attempt of each.

        Returns:
            The ids of those that are this sender's still; no dot for the others.
        """
        with self.store.writing() as tx:
            return tx.deliveries.dotted_all(self.worker, marks)

    def undotted(self, marks: Sequence[tuple[int, int]]) -> None:
        """Write down that these final dots were not written, or refused: who picks up may send anew."""
        with self.store.writing() as tx:
            tx.deliveries.undotted_all(self.worker, marks)

    def settle(self, ends: Sequence[Settlement]) -> None:
        """Write down how several attempts ended, and what that means for dead addresses.

        What is not this sender's any more stays as it is.
        """
        with self.store.writing() as tx:
            tx.deliveries.settle_all(self.worker, self._note(tx, ends))

    def heard(self, heard: Sequence[Heard]) -> None:
        """Add to the figures of relays what they answered."""
        now = self.clock()
        with self.store.writing() as tx:
            for one in heard:
                tx.relays.heard(one.relay, at=now, replies=one.replies, times=one.times)

    def tell_outage(self, domain: str, count: int, words: str) -> None:
        """Tell people that a domain knows none of so many readers in a row, once for an edition."""
        with self.store.writing() as tx:
            stored = tx.editions.get(self.edition_id)
            if stored is not None:
                hand = Hand(by=self.by, at=self.clock())
                tell_outage(tx, Named.of(stored), domain, f"{count} readers in a row: {words}", hand)

    def release(self) -> None:
        """Let go of whatever is still claimed: a server confirms what never reaches us when it goes away."""
        with self.store.writing() as tx:
            tx.deliveries.give_back(self.worker)

    def count_waiting(self, delivery_ids: Collection[int]) -> int:
        """Count those of some deliveries that have no end and are in nobody's hands."""
        with self.store.reading() as tx:
            return tx.deliveries.count_waiting(delivery_ids)

    def next_due_s(self) -> float | None:
        """Return after how many seconds the next delivery may be tried; None when nobody waits."""
        with self.store.reading() as tx:
            open_ = tx.deliveries.books(self.edition_id).open
            due = tx.deliveries.next_due(self.edition_id)
        if not open_:
            return None
        self.release()
        self.pick_up()
        seconds = 0.0 if due is None else max(0.0, (due - self.clock()).total_seconds())
        if seconds > _LONGEST_PAUSE_S:
            with self.store.writing() as tx:
                tx.deliveries.bring_forward(self.edition_id, now=self.clock())
        return seconds

    def take_over(
        self,
        ended: Sequence[Settlement],
        dotted: Collection[tuple[int, int]],
        policy: UnknownPolicy,
        *,
        is_whole: bool = True,
        is_ours: bool = False,
    ) -> Recovered:
        """Clear up after this ledger's worker, which is gone, from what its journal says.

        Args:
            ended: The ends on record, in their order.
            dotted: Delivery id and attempt of those whose last record is the dot.
            policy: What becomes of those.
            is_whole: False when dots may be missing: all that has no end counts as dotted.
            is_ours: It was written beside this database, about this edition: what it knows of claims that
                are lost here, since a copy was put back, was so.
        """
        mailed = [end.mark for end in ended if end.outcome.state in _MAY_BE_MAILED]
        with self.store.writing() as tx:
            tx.limits.leave_all_seats(self.worker)
            if is_ours:
                marks = [*dotted, *mailed]
                tx.deliveries.take_again(self.edition_id, self.worker, marks, version=self.version)
            return tx.deliveries.take_over(
                self.worker,
                ended=self._note(tx, ended),
                dotted=dotted,
                policy=policy,
                now=self.clock(),
                is_whole=is_whole,
            )

    def books(self) -> Books:
        """Return the sum over all deliveries of the edition."""
        with self.store.reading() as tx:
            return tx.deliveries.books(self.edition_id)

    def _claim(self, limit: int, words: Sequence[str]) -> tuple[Delivery, ...]:
        """Claim those due, or with words those who were put off with them."""
        while True:
            now = self.clock()
            with self.store.writing() as tx:
                if self._halted(tx) is not None:
                    return ()
                lease = tx.shared_now(now) - now + LEASE
                if not words:
                    claimed = tx.deliveries.claim(
                        self.edition_id, self.worker, now=now, limit=limit, lease=lease, version=self.version
                    )
                else:
                    found = tx.deliveries.put_off_with(self.edition_id, words, limit=limit)
                    claimed = tx.deliveries.take(
                        found, self.worker, now=now, lease=lease, version=self.version
                    )
                in_time = self._without_late(tx, claimed, now)
            if in_time or not claimed:
                return in_time

    def _halted(self, tx: Transaction) -> str | None:
        """Say why this sender must stop: also when a stop was over again before it looked."""
        state, step = tx.editions.way_of(self.edition_id)
        if state is not EditionState.SENDING:
            return f"edition {self.edition_id} is {state}"
        is_same = self.after in {None, step}
        return None if is_same else f"edition {self.edition_id} was stopped after this sender had begun"

    def _may_be_late(self) -> bool:
        """Tell whether anybody can come too late before the next look: somebody is put off beyond it."""
        if self.give_up_at is None or self.give_up_of is not None:
            return True
        return self.clock() >= self.give_up_at - 2 * timedelta(seconds=_LONGEST_PAUSE_S)

    def _without_late(
        self, tx: Transaction, claimed: tuple[Delivery, ...], now: datetime
    ) -> tuple[Delivery, ...]:
        if self.give_up_of is None:
            return claimed
        late = {one.id: one for one in claimed if self.give_up_of(one) <= now}
        if not late or self.let_go_until(tx) is not None:
            return claimed
        expired = Outcome(state=DeliveryState.EXPIRED, at=now, text=TOO_LATE)
        ends = [Settlement(delivery_id=one.id, attempt=one.attempt, outcome=expired) for one in late.values()]
        tx.deliveries.settle_all(self.worker, ends)
        return tuple(one for one in claimed if one.id not in late)

    def _note(self, tx: Transaction, ends: Sequence[Settlement]) -> list[Settlement]:
        """Settle those who are gone one by one, each with its report; return the others."""
        others: list[Settlement] = []
        for end in ends:
            if end.outcome.state is not _FAILED or not is_refused_for_good(end.outcome):
                others.append(end)
            elif tx.deliveries.settle(end.delivery_id, self.worker, end.attempt, end.outcome):
                note_refusal(tx, end, after=self.hard_bounces)
        return others
