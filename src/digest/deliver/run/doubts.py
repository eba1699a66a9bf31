"""Refusals that may be a relay's fault, and not a reader's: who is refused is kept until that is clear.

| what is refused | whose fault it is | what follows |
| --- | --- | --- |
| 20 readers in a row, of three domains | this relay's | no more of it |
| 20 readers in a row, where another relay knows readers | to be seen | they are asked for there |
| five of these, who are taken there | this relay's | no more of it |
| 20 readers and more, and nobody else is left of the edition | all relays' | no more of them |
| the same of 3 and more, if all are unknown | all relays' | no more of them |
| 500 readers, where nobody has the edition and none was put off by a relay | all relays' | no more of them |
| the sender, five in a row or ten among twenty (`breaker`) | this relay's | no more of it |
| the sender, of all who are left, where nobody has the edition | all relays' | the run ends |

Whoever is kept is pending again then. Otherwise a relay is believed about readers as soon as it takes a mail,
or when nobody is left to ask; not before they were asked for at another that knows readers, once.
Whoever was refused for the sender's sake is put off at that time: they are particular, and fail in the end.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import replace

from digest.deliver.run.clerk import Clerk
from digest.deliver.run.elsewhere import Elsewhere
from digest.deliver.run.ends import Ends
from digest.deliver.run.outages import Outages
from digest.deliver.run.outcomes import Judge
from digest.deliver.run.relay import Relay
from digest.deliver.run.row import MANY, Kept, Row, is_full, is_unknown
from digest.deliver.smtp.replies import Receipt, puts_off_everybody
from digest.errors import TransportError
from digest.model.people import PARTICULAR, Delivery, DeliveryState, Outcome

_LEAST = 3  #: refusals by which a short list tells anything, if nobody of it is known
_FEW = 5  #: of them, after which others are asked for once: imports stand together
_MOST = 500  #: that are kept of a relay which has taken nobody yet
_TRIES = 5  #: in two hours and twenty minutes, after which a refusal that is said to nobody else is believed
_SENT, _FAILED = DeliveryState.SENT, DeliveryState.FAILED
_DEFERRED, _PENDING = DeliveryState.DEFERRED, DeliveryState.PENDING


class Doubts:
    """Hears what relays answer, and ends only what is beyond doubt.

    All methods are for the loop's thread.

    Args:
        ends: Ends deliveries, and has the run's books.
        clerk: Has those who are asked for next.
        judge: Says what an answer means.
        elsewhere: Knows who is asked for at another relay.
    """

    def __init__(self, ends: Ends, clerk: Clerk, judge: Judge, elsewhere: Elsewhere) -> None:
        self._ends, self._clerk, self._judge, self._elsewhere = ends, clerk, judge, elsewhere
        self._rows: defaultdict[Relay, Row] = defaultdict(Row)
        self._is_turned = False  #: those at hand are asked for from their other end
        self._aside: Kept = deque()  #: refused for the sender's sake, by whichever relay
        self._refusal: TransportError | None = None  #: of the last of them
        self._has_put_off = False  #: a relay, somebody; those whom the run puts off were asked of nobody
        self._asked = elsewhere.asked  # taken out of it once: looked at for each message
        self._outages = Outages(clerk.tell_outage)

    def receipt(self, delivery: Delivery, receipt: Receipt, relay: Relay, began_at: float) -> None:
        """End a delivery as a relay's answer says, or keep whom it refuses until it takes another.

        Args:
            delivery: To whom.
            receipt: The answer.
            relay: Whose it is.
            began_at: When the message began, in seconds of the loop's clock.
        """
        outcome = self._judge.receipt(delivery, receipt)
        if self._asked:
            self._compare(delivery, outcome, relay)
        is_refused = outcome.state is _FAILED and (outcome.code or 0) >= 500
        if is_refused and self._may_be_wrong(delivery, outcome, relay):
            self._keep(delivery, outcome, relay, began_at)
            return
        if outcome.state is _DEFERRED:
            self._has_put_off = True
            if receipt.state is _DEFERRED:  # and not cut off
                self._elsewhere.put_off(delivery, receipt, relay)
        if (row := self._rows.get(relay)) is not None:
            self._hear(row, delivery, receipt, relay, began_at)
        self._ends.conclude(delivery, outcome)

    def set_aside(self, delivery: Delivery, error: TransportError, relay: Relay) -> None:
        """Keep a delivery that was refused for the sender's sake, until it is clear what is at fault."""
        self._ends.keep(delivery)
        self._aside.append((delivery, self._judge.put_off(delivery, str(error), code=error.code)))
        self._refusal = error
        # Whoever is asked again stands among others of their kind: that says nothing of the relay.
        counts = error.is_certain or not self._is_alone(delivery)
        if relay.refused(error) if counts else relay.refusal is not None:
            self._free(self._aside)

    def decide(self) -> bool:
        """Believe the relays, as nobody is left to ask, but those in doubt.

        Returns:
            False when somebody is to be asked elsewhere.
        """
        is_over, is_nobody_known, doubtful = True, self._is_nobody_known(), []
        self._elsewhere.restore()
        for relay, row in self._rows.items():
            if is_nobody_known and row.kept:
                self._distrust(relay, row.fault(relay.route.name))
            if relay.refusal is not None:
                is_over = not self._free(row.kept) and is_over
            elif row.kept and self._elsewhere.is_better(relay):
                doubtful.append(relay)
            else:
                self._believe(row.kept)
        # One after the other, since those of one are asked for at the others.
        is_over = not any(map(self._ask_elsewhere, doubtful)) and is_over
        if is_over:
            self._asked.clear()
            self._outages.tell()
            if self.verdict is None:
                self._let_aside_go()
        return is_over

    @property
    def verdict(self) -> TransportError | None:
        """Return what a relay said against the sender when all heard it, and nobody has the edition."""
        books, counts = self._ends.books(), self._ends.counts
        has_others = books.sent or counts[_FAILED] or counts[DeliveryState.UNKNOWN] or self._has_put_off
        # Whoever is open and not set aside may be in another sender's hands.
        return self._refusal if 0 < books.open <= len(self._aside) and not has_others else None

    def tick(self, now: float) -> None:
        """Do what goes by time; called a few times a second."""
        self._outages.tick(now)
        self._elsewhere.tick(now)
        if self._is_turned:
            self._turn()  # the relay may be of no use since, over something else

    def end(self, error: BaseException | None) -> None:
        """Let go of all: the run ends, with that error or before its time.

        Whom a relay refuses is pending again, since it may know nobody; and so is whoever is set aside when
        the error is a relay's.
        """
        for row in self._rows.values():
            self._free(row.kept)
        self._outages.tell()
        if isinstance(error, TransportError):
            self._free(self._aside)
        self._let_aside_go()

    def _compare(self, delivery: Delivery, outcome: Outcome, relay: Relay) -> None:
        """Hear what another relay says of somebody whom one had refused."""
        wrong = self._elsewhere.heard(delivery, outcome.state, relay)
        if wrong is not None:
            row = self._rows[wrong]
            self._distrust(wrong, row.contradiction(wrong.route.name))
            self._free(row.kept)

    def _may_be_wrong(self, delivery: Delivery, outcome: Outcome, relay: Relay) -> bool:
        """Tell whether a refusal may be the relay's fault, and not the recipient's."""
        if self._judge.believes and is_unknown(outcome):
            return False
        return self._counts(delivery, outcome, relay) or self._elsewhere.may_be_asked(relay)

    def _counts(self, delivery: Delivery, outcome: Outcome, relay: Relay) -> bool:
        """Tell whether a refusal may show by itself that a relay takes nobody.

        Once somebody has the edition only first tries do, and no full mailboxes: whoever was put off before
        has been looked at, and those who are left at the end are mostly gone.
        """
        has_anybody = relay.has_taken or self._ends.books().sent
        return not has_anybody or (delivery.is_first_try and not is_full(outcome))

    def _keep(self, delivery: Delivery, outcome: Outcome, relay: Relay, began_at: float) -> None:
        self._ends.keep(delivery)
        # A person who let it go on has looked at those of whom a word is on record, and at nobody else.
        is_looked_at = self._judge.believes and delivery.was_answered
        row, counts = self._rows[relay], self._counts(delivery, outcome, relay) and not is_looked_at
        row.add(delivery, outcome, began_at, counts=counts)
        if row.tells or (len(row.kept) >= _MOST and self._is_nobody_known()):
            self._distrust(relay, row.fault(relay.route.name))
        self._turn()
        if relay.refusal is not None:
            self._free(row.kept)
            return
        if is_unknown(outcome):
            self._outages.add(relay, delivery, outcome)
        if len(row.kept) >= MANY and self._elsewhere.is_better(relay):
            self._ask_elsewhere(relay)
        self._believe(row.kept, but=min(row.most, _MOST) if relay.has_taken else _MOST)

    def _ask_elsewhere(self, relay: Relay) -> bool:
        """Give those back whom a relay refuses and others are to be asked for; True when there are any."""
        kept, asked = self._rows[relay].kept, False
        while kept:
            delivery, outcome = kept.popleft()
            if self._elsewhere.ask(delivery, relay):
                if is_unknown(outcome):
                    self._outages.take_back(relay, delivery)
                self._ends.end(delivery, _PENDING, outcome.text or "")
                asked = True
            else:
                self._ends.conclude(delivery, outcome)
        return asked

    def _hear(self, row: Row, delivery: Delivery, receipt: Receipt, relay: Relay, began_at: float) -> None:
        """Note of a relay that has refused some that it knows somebody, if it says so.

        What was on its way when it refused the first of them may be from before it lost its users.
        """
        is_taken = receipt.state is _SENT
        if is_taken:
            self._outages.taken(relay, delivery)
        if began_at <= row.since:
            row.late += is_taken
            return
        is_put_off = receipt.state is _DEFERRED
        if is_taken or (is_put_off and not puts_off_everybody(receipt, delivery.subscriber.email)):
            row.end()
            if self._is_turned:
                self._turn()
        if is_taken:
            self._elsewhere.knows(relay)
            self._believe(row.kept)

    def _turn(self) -> None:
        """Ask for others while a relay refuses a few in a row; then go back to where the list was left."""
        is_wanted = any(row.count >= _FEW and relay.refusal is None for relay, row in self._rows.items())
        if is_wanted is not self._is_turned:
            self._is_turned = is_wanted
            self._clerk.ready.reverse()

    def _is_nobody_known(self) -> bool:
        """Tell whether all relays refuse all that they were asked for: everybody who is open, or so many.

        Whoever was put off, by this run or before, is open and not refused.
        """
        rows = self._rows.values()
        count = sum(row.count for row in rows)
        if count < _LEAST:
            return False
        if count < MANY and not all(is_unknown(said) for row in rows for _, said in row.kept):
            return False
        books, kept = self._ends.books(), sum(len(row.kept) for row in rows)
        if books.sent or books.unknown or books.expired:
            return False
        is_many = kept >= _MOST and not self._has_put_off
        return is_many or kept + len(self._aside) >= books.open

    def _distrust(self, relay: Relay, fault: TransportError) -> None:
        if relay.refusal is None:
            relay.distrust(fault)
            self._outages.forget(relay)

    def _let_aside_go(self) -> None:
        """Put those off who are set aside: they are particular. Who has been so for hours has failed."""
        has_anybody = self._ends.books().sent > 0
        while self._aside:
            delivery, outcome = self._aside.popleft()
            if has_anybody and outcome.state is _DEFERRED:
                if not delivery.is_particular:
                    outcome = replace(outcome, text=f"{PARTICULAR}{outcome.text}")
                if delivery.attempt >= _TRIES and self._is_alone(delivery):
                    outcome = replace(outcome, state=_FAILED, next_at=None)
            self._ends.conclude(delivery, outcome)

    def _is_alone(self, delivery: Delivery) -> bool:
        """Tell whether somebody was refused for the sender's sake before, while others were taken."""
        return delivery.is_particular and self._ends.books().sent > 0

    def _believe(self, kept: Kept, *, but: int = 0) -> None:
        """End those who are kept as they were answered, but for the last so many."""
        while len(kept) > but:
            self._ends.conclude(*kept.popleft())

    def _free(self, kept: Kept) -> bool:
        """Give back those who are kept: they have lost nothing; True when there were any."""
        had = bool(kept)
        while kept:
            delivery, outcome = kept.popleft()
            self._ends.end(delivery, _PENDING, outcome.text or "")
        return had
