"""How deliveries of a run end, and that it is on record in time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from digest.deliver.journal.group import Journal, Mark
from digest.deliver.run.clerk import Clerk
from digest.deliver.run.lane import Lane
from digest.deliver.run.outages import Outages
from digest.deliver.run.outcomes import Judge, hidden
from digest.deliver.run.relay import Relay
from digest.deliver.run.strangers import IN_A_ROW, MOST, Strangers, is_refused, is_unknown
from digest.deliver.run.terms import Progress, Tally, UsedUp
from digest.deliver.smtp.replies import Receipt, puts_off_everybody
from digest.errors import TransportError
from digest.model.people import Books, Delivery, DeliveryState, Outcome, Settlement

_ANSWERED = (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.DEFERRED, DeliveryState.UNKNOWN)
_LOSSES = 3  #: connections lost under one delivery after which it is put off


class Ends:
    """Writes permits and answers into the journal and ends into the ledger, and counts them.

    All methods are for the loop's thread.

    Args:
        journal: Where permits are written.
        clerk: Writes into the ledger.
        judge: Says what an answer means.
        books: Of the edition as the run begins.
        relays: All of the run.
    """

    def __init__(
        self, journal: Journal, clerk: Clerk, judge: Judge, books: Books, relays: Sequence[Relay]
    ) -> None:
        self._journal = journal
        self._clerk, self._judge, self._began = clerk, judge, books
        self._asked: dict[Mark, Lane] = {}  #: whose permit is on its way, or who has one
        self._on_the_way: dict[Mark, int] = {}  #: permits that were asked for and not heard of
        self._aside: list[tuple[Delivery, Outcome]] = []  #: refused for the sender's sake
        self._refusal: TransportError | None = None  #: of the last of them
        self._relays = relays
        self._strangers: defaultdict[Relay, Strangers] = defaultdict(Strangers)
        self.outages = Outages(clerk.tell_outage)
        self._losses: Counter[int] = Counter()
        self._counts: Counter[DeliveryState] = Counter()

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

    def receipt(self, delivery: Delivery, receipt: Receipt, relay: Relay) -> None:
        """End a delivery as a relay's answer says; one whom it does not know waits until it knows another."""
        outcome = self._judge.receipt(delivery, receipt)
        if is_refused(outcome) and self._may_be_wrong(delivery, outcome, relay):
            self._doubt(delivery, outcome, relay)
            return
        if (strangers := self._strangers.get(relay)) is not None:
            self._hear(strangers, delivery, receipt, relay)
        self._end(delivery, outcome)

    def end(self, delivery: Delivery, state: DeliveryState, text: str = "") -> None:
        """End a delivery that needs no relay's answer, or give it back as pending."""
        self._end(delivery, self._judge.end(state, hidden(text, delivery.subscriber.email)))

    def later(self, delivery: Delivery, seconds: float, text: str) -> None:
        """Let go of a delivery that has not begun, until so many seconds from now."""
        self._end(delivery, self._judge.later(seconds, text))

    def retry(self, delivery: Delivery, error: TransportError) -> None:
        """Try again in this run whose connection was lost before the dot, but not for ever."""
        self._losses[delivery.id] += 1
        if self._losses[delivery.id] >= _LOSSES:
            self._end(delivery, self._judge.put_off(delivery, str(error), code=error.code))
        elif _mark(delivery) in self._asked:
            # A permit stands on record: the delivery goes back and is claimed anew, with another.
            self.end(delivery, DeliveryState.PENDING)
        else:
            self._clerk.ready.append(delivery)

    def set_aside(self, delivery: Delivery, error: TransportError) -> None:
        """Keep a delivery that was refused for the sender's sake, until it is clear what is at fault."""
        outcome = self._judge.put_off(delivery, str(error), code=error.code)
        self._note(self._back(delivery))  # whoever picks the journal up must not hold it against them either
        self._aside.append((delivery, outcome))
        self._refusal = error

    @property
    def has_aside(self) -> bool:
        """True while somebody is set aside."""
        return bool(self._aside)

    @property
    def verdict(self) -> TransportError | None:
        """Return what a relay said against the sender when all heard it, and nobody has the edition."""
        has_others = self._began.sent or any(self._counts[state] for state in _ANSWERED)
        # Whoever is open and not set aside may be in another sender's hands.
        is_all = bool(self._aside) and self.books().open <= len(self._aside)
        return self._refusal if is_all and not has_others else None

    def decide(self) -> bool:
        """Believe the relays, as nobody is left to ask, but those in doubt; see `strangers`.

        Returns:
            False when somebody is to be asked elsewhere.
        """
        is_over, is_nobody_known = True, self._is_nobody_known()
        for relay, strangers in self._strangers.items():
            if is_nobody_known and strangers.kept and relay.refusal is None:
                self._find_out(relay, strangers)
            relay.weight = (
                0 if strangers.kept and self._is_better_asked_elsewhere(relay) else relay.route.weight
            )
            if relay.refusal is not None or relay.weight < relay.route.weight:
                is_over = not self._free(strangers) and is_over
            else:
                self._believe(strangers)
        self.outages.tell()
        return is_over

    def free_those_aside(self) -> None:
        """Give back those set aside: the sender, or the relay, is at fault, and they have lost nothing."""
        for delivery, outcome in self._aside:
            self._clerk.end(_settled(delivery, self._judge.end(DeliveryState.PENDING, outcome.text or "")))
        self._aside.clear()

    def give_back(self, deliveries: Iterable[Delivery]) -> None:
        """Let go of deliveries that were not begun, and put those set aside off: they are particular.

        Whom a relay does not know goes back, too: it may know nobody, and the run has not come to its end.
        """
        for delivery in deliveries:
            self._clerk.end(self._back(delivery))
        for strangers in self._strangers.values():
            self._free(strangers)
        self.outages.tell()
        for delivery, outcome in self._aside:
            self._counts[outcome.state] += 1
            self._clerk.end(_settled(delivery, outcome))
        self._aside.clear()

    def settled(self, ends: Sequence[Settlement]) -> None:
        """Let the journal forget what the ledger holds."""
        self._journal.settled([one.mark for one in ends])

    def books(self) -> Books:
        """Return the edition's books, as far as this run knows."""
        final = [state for state in DeliveryState if state.is_final]
        ends = {state.value: getattr(self._began, state.value) + self._counts[state] for state in final}
        return Books(frozen=self._began.frozen, open=self._began.frozen - sum(ends.values()), **ends)

    def progress(
        self, connections: int, trouble: TransportError | None, used_up: tuple[UsedUp, ...]
    ) -> Progress:
        """Say how far the run is, with so many connections open, that trouble and those limits used up."""
        return Progress(
            books=self.books(),
            sent=self._counts[DeliveryState.SENT],
            connections=connections,
            trouble=None if trouble is None else str(trouble),
            trouble_kind=None if trouble is None else trouble.kind,
            used_up=used_up,
        )

    def tally(self, *, stopped: bool) -> Tally:
        """Return what the run did."""
        counts = self._counts
        return Tally(
            sent=counts[DeliveryState.SENT],
            failed=counts[DeliveryState.FAILED],
            deferred=counts[DeliveryState.DEFERRED],
            expired=counts[DeliveryState.EXPIRED],
            excluded=counts[DeliveryState.EXCLUDED],
            unknown=counts[DeliveryState.UNKNOWN],
            stopped=stopped,
        )

    def _doubt(self, delivery: Delivery, outcome: Outcome, relay: Relay) -> None:
        self._note(self._back(delivery))  # who picks the journal up must not believe it either
        strangers = self._strangers[relay]
        if strangers.add(delivery, outcome):
            self._clerk.ready.reverse()
        is_many = strangers.in_a_row >= MOST and self._is_better_asked_elsewhere(relay)
        is_full = strangers.kept >= MOST
        is_enough = strangers.are_all or is_many or (is_full and self._is_nobody_known())
        if is_enough and relay.refusal is None:
            self._find_out(relay, strangers)
        if relay.refusal is not None:
            self._free(strangers)
            return
        if is_unknown(outcome):
            self.outages.add(relay, delivery, outcome)
        self._believe(strangers, down_to=IN_A_ROW if relay.has_taken else MOST)

    def _may_be_wrong(self, delivery: Delivery, outcome: Outcome, relay: Relay) -> bool:
        """Tell whether a refusal may be the relay's fault, and not the recipient's.

        Once somebody has the edition only those it does not know may show that, at their first try: whoever
        was put off before has been looked at, and those who are left at the end are mostly gone.
        """
        if self._judge.believes:
            return False
        has_anybody = relay.has_taken or self._began.sent or self._counts[DeliveryState.SENT]
        return not has_anybody or (is_unknown(outcome) and delivery.attempt <= 1)

    def _hear(self, strangers: Strangers, delivery: Delivery, receipt: Receipt, relay: Relay) -> None:
        """Note for a relay that did not know some that it knows somebody, if it says so."""
        is_taken = receipt.state is DeliveryState.SENT
        is_put_off = receipt.state is DeliveryState.DEFERRED
        is_known = is_taken or (is_put_off and not puts_off_everybody(receipt, delivery.subscriber.email))
        if is_known and strangers.knows():
            self._clerk.ready.reverse()
        if is_taken:
            self.outages.taken(relay, delivery)
            self._believe(strangers)

    def _is_nobody_known(self) -> bool:
        """Tell whether all relays refuse all that they were asked for: everybody who is open, or so many.

        Whoever was put off, by this run or before, is open and not refused.
        """
        all_ = self._strangers.values()
        books, kept = self.books(), sum(one.kept for one in all_)
        if sum(one.in_a_row for one in all_) < IN_A_ROW or books.sent or books.unknown or books.expired:
            return False
        is_many = kept >= MOST and not self._counts[DeliveryState.DEFERRED]
        return is_many or kept + len(self._aside) >= books.open

    def _is_better_asked_elsewhere(self, relay: Relay) -> bool:
        """Tell whether those a relay refuses are to be asked for at another: that one takes mail.

        What has no weight beside others got only what they cannot carry, or those that they do not know.
        """
        others = (one for one in self._relays if one.has_taken and one.is_well)
        return relay.weight > 0 and not relay.has_taken and any(others)

    def _find_out(self, relay: Relay, strangers: Strangers) -> None:
        relay.distrust(strangers.fault(relay.route.name))
        self.outages.forget(relay)

    def _believe(self, strangers: Strangers, *, down_to: int = 0) -> None:
        for delivery, outcome in strangers.empty(down_to=down_to):
            self._end(delivery, outcome)

    def _free(self, strangers: Strangers) -> bool:
        """Give back those whom a relay did not know; True when there were any."""
        freed = [self._back(delivery) for delivery, _ in strangers.empty()]
        for end in freed:
            self._clerk.end(end)
        return bool(freed)

    def _back(self, delivery: Delivery) -> Settlement:
        return _settled(delivery, self._judge.end(DeliveryState.PENDING, ""))

    def _end(self, delivery: Delivery, outcome: Outcome) -> None:
        end = _settled(delivery, outcome)
        self._note(end)
        self._counts[outcome.state] += 1
        self._clerk.end(end)

    def _note(self, end: Settlement) -> None:
        """Write an end into the journal, if a permit stands there."""
        if self._asked.pop(end.mark, None) is not None:
            self._journal.note(end)


def _mark(delivery: Delivery) -> Mark:
    return delivery.id, delivery.attempt


def _settled(delivery: Delivery, outcome: Outcome) -> Settlement:
    return Settlement(delivery_id=delivery.id, attempt=delivery.attempt, outcome=outcome)
