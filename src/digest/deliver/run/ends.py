"""How deliveries of a run end, and that it is on record in time."""

from __future__ import annotations

from collections import Counter

from digest.deliver.journal.group import Journal, Mark
from digest.deliver.run.clerk import Clerk
from digest.deliver.run.lane import Lane
from digest.deliver.run.outcomes import Judge, hidden
from digest.deliver.run.terms import Progress, Tally, UsedUp
from digest.errors import TransportError
from digest.model.people import Books, Delivery, DeliveryState, Outcome, Settlement

_LOSSES = 3  #: connections lost under one delivery after which it is put off


class Ends:
    """Writes permits and answers into the journal and ends into the ledger, and counts them.

    All methods are for the loop's thread.

    Args:
        journal: Where permits are written.
        clerk: Writes into the ledger.
        judge: Says what an end means.
        books: Of the edition as the run begins.
    """

    def __init__(self, journal: Journal, clerk: Clerk, judge: Judge, books: Books) -> None:
        self._journal = journal
        self._clerk, self._judge, self._began = clerk, judge, books
        self._asked: dict[Mark, Lane] = {}  #: whose permit is on its way, or who has one
        self._on_the_way: dict[Mark, int] = {}  #: permits that were asked for and not heard of
        self._losses: Counter[int] = Counter()
        self.counts: Counter[DeliveryState] = Counter()  #: how deliveries ended, or were put off, in this run

    def ask(self, delivery: Delivery, lane: Lane) -> None:
        """Ask for the permit to write a delivery's final dot."""
        mark = _mark(delivery)
        self._asked[mark] = lane
        self._on_the_way[mark] = self._on_the_way.get(mark, 0) + 1
        self._journal.ask(mark)

    def heard(self, mark: Mark) -> Lane | None:
        """Take note that a permit was heard of; return the lane that waits for it.

        None when the delivery has an end by now, or went back and has asked again since: the newer
        permit is the one that counts.
        """
        others = self._on_the_way.pop(mark) - 1
        if others > 0:
            self._on_the_way[mark] = others
            return None
        return self._asked.get(mark)

    def forget(self, delivery: Delivery) -> None:
        """Let a delivery go that is in other hands by now; a permit for it is not wanted any more."""
        self._asked.pop(_mark(delivery), None)

    def conclude(self, delivery: Delivery, outcome: Outcome) -> None:
        """End a delivery as it was judged."""
        end = _settled(delivery, outcome)
        self._note(end)
        self.counts[outcome.state] += 1
        self._clerk.end(end)

    def end(self, delivery: Delivery, state: DeliveryState, text: str = "") -> None:
        """End a delivery that needs no relay's answer, or give it back as pending."""
        self.conclude(delivery, self._judge.end(state, hidden(text, delivery.subscriber.email)))

    def later(self, delivery: Delivery, seconds: float, text: str) -> None:
        """Let go of a delivery that has not begun, until so many seconds from now."""
        self.conclude(delivery, self._judge.later(delivery, seconds, text))

    def put_off(self, delivery: Delivery, error: TransportError) -> None:
        """Let go of a delivery that no relay takes now, until its next try."""
        self.conclude(delivery, self._judge.put_off(delivery, str(error), code=error.code))

    def retry(self, delivery: Delivery, error: TransportError) -> None:
        """Try again in this run whose connection was lost before the dot, but not for ever."""
        self._losses[delivery.id] += 1
        if self._losses[delivery.id] >= _LOSSES:
            self.put_off(delivery, error)
        elif _mark(delivery) in self._asked:
            # A permit stands on record: the delivery goes back and is claimed anew, with another.
            self.end(delivery, DeliveryState.PENDING)
        else:
            self._clerk.ready.append(delivery)

    def keep(self, delivery: Delivery) -> None:
        """Note that an answer is in doubt: whoever picks the journal up must not believe it either."""
        self._note(_settled(delivery, self._judge.end(DeliveryState.PENDING, "")))

    def books(self) -> Books:
        """Return the edition's books, as far as this run knows."""
        final = [state for state in DeliveryState if state.is_final]
        ends = {state.value: getattr(self._began, state.value) + self.counts[state] for state in final}
        return Books(frozen=self._began.frozen, open=self._began.frozen - sum(ends.values()), **ends)

    def progress(
        self, connections: int, trouble: TransportError | None, used_up: tuple[UsedUp, ...]
    ) -> Progress:
        """Say how far the run is, with so many connections open, that trouble and those limits used up."""
        return Progress(
            books=self.books(),
            sent=self.counts[DeliveryState.SENT],
            connections=connections,
            trouble=None if trouble is None else str(trouble),
            trouble_kind=None if trouble is None else trouble.kind,
            used_up=used_up,
        )

    def tally(self, *, stopped: bool) -> Tally:
        """Return what the run did."""
        counts = self.counts
        return Tally(
            sent=counts[DeliveryState.SENT],
            failed=counts[DeliveryState.FAILED],
            deferred=counts[DeliveryState.DEFERRED],
            expired=counts[DeliveryState.EXPIRED],
            excluded=counts[DeliveryState.EXCLUDED],
            unknown=counts[DeliveryState.UNKNOWN],
            stopped=stopped,
        )

    def _note(self, end: Settlement) -> None:
        """Write an end into the journal, if a permit stands there."""
        if self._asked.pop(end.mark, None) is not None:
            self._journal.note(end)


def _mark(delivery: Delivery) -> Mark:
    return delivery.id, delivery.attempt


def _settled(delivery: Delivery, outcome: Outcome) -> Settlement:
    return Settlement(delivery_id=delivery.id, attempt=delivery.attempt, outcome=outcome)
