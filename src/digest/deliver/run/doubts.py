"""Refusals that may be a relay's fault, and not a reader's: who is refused is kept until that is clear.

| what is refused | whose fault it is | what follows |
| --- | --- | --- |
| 20 readers in a row, of three domains; 500, where another relay takes mail | this relay's | no more of it |
| 20 readers and more, and nobody else is left of the edition | all relays' | no more of them |
| the same of 3 and more, if all are unknown | all relays' | no more of them |
| 500 readers, where nobody has the edition and none was put off by a relay | all relays' | no more of them |
| the sender, five in a row or ten among twenty (`breaker`) | this relay's | no more of it |
| the sender, of all who are left, where nobody has the edition | all relays' | the run ends |

Whoever is kept is pending again then. Otherwise a relay is believed about readers as soon as it takes a mail,
or when nobody is left to ask; one that takes nobody while another does, not before they were asked for there.
Whoever was refused for the sender's sake is put off at that time: they are particular, and fail in the end.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from digest.deliver.run.clerk import Clerk
from digest.deliver.run.ends import Ends
from digest.deliver.run.held import domain_of
from digest.deliver.run.outages import Outages
from digest.deliver.run.outcomes import Judge
from digest.deliver.run.relay import Relay
from digest.deliver.smtp.replies import Receipt, puts_off_everybody
from digest.deliver.statuses import judge_failure
from digest.errors import TransportError
from digest.model.bounces import BounceKind
from digest.model.people import PARTICULAR, Delivery, DeliveryState, Outcome

_ROW = 20  #: refusals, with nobody taken in between
_LEAST = 3  #: refusals by which a short list tells anything, if nobody of it is known
_FEW = 5  #: of them, after which others are asked for once: imports stand together
_DOMAINS = 3  #: of which the readers in such a row are; one alone may have an outage
_MOST = 500  #: that are kept of a relay which has taken nobody yet
_UNKNOWN, _REFUSED = "nobody is known", "nobody is accepted"
_TRIES = 5  #: in two hours and twenty minutes, after which a refusal that is said to nobody else is believed
NOBODY = (_UNKNOWN, _REFUSED)  #: one of them begins what is said of a relay that knows nobody
_SENT, _FAILED = DeliveryState.SENT, DeliveryState.FAILED
_DEFERRED, _PENDING = DeliveryState.DEFERRED, DeliveryState.PENDING
_Kept = deque[tuple[Delivery, Outcome]]  #: the first ones first, with the end that each has if it is believed


@dataclass
class _Row:
    """Whom one relay refuses, one after the other."""

    kept: _Kept = field(default_factory=deque)  #: until the relay has taken a mail, or is believed
    count: int = 0  #: since it took somebody, or put somebody off for their own sake
    #: Of the last of these, also of those who are kept no longer.
    domains: deque[str] = field(default_factory=lambda: deque(maxlen=_ROW))

    def add(self, delivery: Delivery, outcome: Outcome) -> None:
        """Keep one more."""
        self.kept.append((delivery, outcome))
        self.domains.append(domain_of(delivery))
        self.count += 1

    def end(self) -> None:
        """Begin anew: the relay knows somebody."""
        self.domains.clear()
        self.count = 0

    @property
    def tells(self) -> bool:
        """True when it is so long, and of so many domains, that the relay takes nobody."""
        return self.count >= _ROW and len(set(self.domains)) >= _DOMAINS

    def fault(self, relay: str) -> TransportError:
        """Say what is wrong with the relay that refused all in the row."""
        said = self.kept[-1][1]
        what = f"{_UNKNOWN} to" if _is_unknown(said) else f"{_REFUSED} by"
        domains = len({*self.domains, *(domain_of(delivery) for delivery, _ in self.kept)})
        return TransportError(
            f"{what} relay {relay}: {self.count} in a row, of {domains} domain{'s' * (domains > 1)}: "
            f"{said.code} {said.text}",
            permanent=True,
            code=said.code,
            hint="look whether this is the right relay and knows where mail of others goes; an edition that "
            "is approved after this believes it: whom it does not know ends as failed",
        )


class Doubts:
    """Hears what relays answer, and ends only what is beyond doubt.

    All methods are for the loop's thread.

    Args:
        ends: Ends deliveries, and has the run's books.
        clerk: Has those who are asked for next.
        judge: Says what an answer means.
        relays: All of the run.
    """

    def __init__(self, ends: Ends, clerk: Clerk, judge: Judge, relays: Sequence[Relay]) -> None:
        self._ends, self._clerk, self._judge, self._relays = ends, clerk, judge, relays
        self._rows: defaultdict[Relay, _Row] = defaultdict(_Row)
        self._aside: _Kept = deque()  #: refused for the sender's sake, by whichever relay
        self._refusal: TransportError | None = None  #: of the last of them
        self._has_put_off = False  #: a relay, somebody; those whom the run puts off were asked of nobody
        self.outages = Outages(clerk.tell_outage)

    def receipt(self, delivery: Delivery, receipt: Receipt, relay: Relay) -> None:
        """End a delivery as a relay's answer says, or keep whom it refuses until it takes another."""
        outcome = self._judge.receipt(delivery, receipt)
        is_refused = outcome.state is _FAILED and (outcome.code or 0) >= 500
        if is_refused and self._may_be_wrong(delivery, outcome, relay):
            self._keep(delivery, outcome, relay)
            return
        if outcome.state is _DEFERRED:
            self._has_put_off = True
        if (row := self._rows.get(relay)) is not None:
            self._hear(row, delivery, receipt, relay)
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
        is_over, is_nobody_known = True, self._is_nobody_known()
        for relay, row in self._rows.items():
            if is_nobody_known and row.kept:
                self._distrust(relay, row)
            is_left = bool(row.kept) and self._is_better_asked_elsewhere(relay)
            relay.weight = 0 if is_left else relay.route.weight
            if is_left or relay.refusal is not None:
                is_over = not self._free(row.kept) and is_over
            else:
                self._believe(row.kept)
        self.outages.tell()
        if is_over and self.verdict is None:
            self._let_aside_go()
        return is_over

    @property
    def verdict(self) -> TransportError | None:
        """Return what a relay said against the sender when all heard it, and nobody has the edition."""
        books, counts = self._ends.books(), self._ends.counts
        has_others = books.sent or counts[_FAILED] or counts[DeliveryState.UNKNOWN] or self._has_put_off
        # Whoever is open and not set aside may be in another sender's hands.
        return self._refusal if 0 < books.open <= len(self._aside) and not has_others else None

    def end(self, error: BaseException | None) -> None:
        """Let go of all: the run ends, with that error or before its time.

        Whom a relay refuses is pending again, since it may know nobody; and so is whoever is set aside when
        the error is a relay's.
        """
        for row in self._rows.values():
            self._free(row.kept)
        self.outages.tell()
        if isinstance(error, TransportError):
            self._free(self._aside)
        self._let_aside_go()

    def _may_be_wrong(self, delivery: Delivery, outcome: Outcome, relay: Relay) -> bool:
        """Tell whether a refusal may be the relay's fault, and not the recipient's.

        Once somebody has the edition only those it does not know may show that, at their first try: whoever
        was put off before has been looked at, and those who are left at the end are mostly gone.
        """
        if self._judge.believes:
            return False
        has_anybody = relay.has_taken or self._ends.books().sent
        return not has_anybody or (_is_unknown(outcome) and delivery.is_first_try)

    def _keep(self, delivery: Delivery, outcome: Outcome, relay: Relay) -> None:
        self._ends.keep(delivery)
        row = self._rows[relay]
        row.add(delivery, outcome)
        if row.count == _FEW:
            self._clerk.ready.reverse()
        is_many = row.count >= _MOST and self._is_better_asked_elsewhere(relay)
        if row.tells or is_many or (len(row.kept) >= _MOST and self._is_nobody_known()):
            self._distrust(relay, row)
        if relay.refusal is not None:
            self._free(row.kept)
            return
        if _is_unknown(outcome):
            self.outages.add(relay, delivery, outcome)
        self._believe(row.kept, but=_ROW if relay.has_taken else _MOST)

    def _hear(self, row: _Row, delivery: Delivery, receipt: Receipt, relay: Relay) -> None:
        """Note of a relay that has refused some that it knows somebody, if it says so."""
        is_taken = receipt.state is _SENT
        is_put_off = receipt.state is _DEFERRED
        if is_taken or (is_put_off and not puts_off_everybody(receipt, delivery.subscriber.email)):
            if row.count >= _FEW:
                self._clerk.ready.reverse()  # back to where the list was left
            row.end()
        if is_taken:
            self.outages.taken(relay, delivery)
            self._believe(row.kept)

    def _is_nobody_known(self) -> bool:
        """Tell whether all relays refuse all that they were asked for: everybody who is open, or so many.

        Whoever was put off, by this run or before, is open and not refused.
        """
        rows = self._rows.values()
        count = sum(row.count for row in rows)
        if count < _LEAST:
            return False
        if count < _ROW and not all(_is_unknown(said) for row in rows for _, said in row.kept):
            return False
        books, kept = self._ends.books(), sum(len(row.kept) for row in rows)
        if books.sent or books.unknown or books.expired:
            return False
        is_many = kept >= _MOST and not self._has_put_off
        return is_many or kept + len(self._aside) >= books.open

    def _is_better_asked_elsewhere(self, relay: Relay) -> bool:
        """Tell whether those a relay refuses are to be asked for at another: that one takes mail.

        What has no weight beside others got only what they cannot carry, or those that they do not know.
        """
        others = (one for one in self._relays if one.has_taken and one.is_well)
        return relay.weight > 0 and not relay.has_taken and any(others)

    def _distrust(self, relay: Relay, row: _Row) -> None:
        if relay.refusal is None:
            relay.distrust(row.fault(relay.route.name))
            self.outages.forget(relay)

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

    def _believe(self, kept: _Kept, *, but: int = 0) -> None:
        """End those who are kept as they were answered, but for the last so many."""
        while len(kept) > but:
            self._ends.conclude(*kept.popleft())

    def _free(self, kept: _Kept) -> bool:
        """Give back those who are kept: they have lost nothing; True when there were any."""
        had = bool(kept)
        while kept:
            delivery, outcome = kept.popleft()
            self._ends.end(delivery, _PENDING, outcome.text or "")
        return had


def _is_unknown(outcome: Outcome) -> bool:
    """Tell whether a relay's word says that there is no such address."""
    return judge_failure(outcome.status, outcome.text or "")[0] is BounceKind.HARD
