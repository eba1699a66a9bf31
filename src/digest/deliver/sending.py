"""Hand an edition to its recipients over many connections, and keep the books of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from digest.deliver.breaker import SenderFaults
from digest.deliver.clerk import Clerk
from digest.deliver.conversation import Verdict, check_envelope, stuffed
from digest.deliver.fleet import Fleet, Route
from digest.deliver.gate import Gate
from digest.deliver.headers import check_address
from digest.deliver.held import Held, domain_of
from digest.deliver.journal import Answer, Journal, Mark
from digest.deliver.lane import Lane, LaneEvents
from digest.deliver.loop import Loop
from digest.deliver.outcomes import Judge
from digest.deliver.terms import Office, Progress, SendingRules, Tally, Watch
from digest.errors import MessageError, Refused, TransportError
from digest.model.people import Books, Delivery, DeliveryState, Outcome, Settlement

STOP_S = 15.0  #: after being asked to stop, a message that has begun may still be finished for so long
LAST_S = 25.0  #: and its answer be waited for so long
ENOUGH_S = 28.0  #: and the database, for so long: a machine that goes down kills us after thirty seconds
AWAY_S = 3.0  #: a database that has failed for long is tried for so long once more


def deliver_edition(office: Office, routes: Sequence[Route], *, rules: SendingRules, watch: Watch) -> Tally:
    """Send to everyone who can be claimed.

    A recipient whose message cannot be built, or whom a relay refuses, ends alone. Whoever was put
    off waits for another run, unless this one waits.

    Raises:
        MessageError: The envelope sender is no address; nobody was mailed.
        TransportError: No relay can be reached, or all refuse the sender or the message.
        StoreError: The database or the journal cannot be written.
        Refused: Something has run out, or somebody has halted the edition.

    All who were not mailed are pending again, also when it raises.
    """
    try:
        if rules.sender:
            check_address(rules.sender, where="envelope sender")
        books = office.ledger.books()
    except BaseException:
        office.record.close(keep=False)
        raise
    with Loop() as loop:
        run = Run(loop, office, routes, rules, watch, books)
        try:
            loop.run(run.step)
        finally:
            run.close()
    return run.result()


class Run:
    """The state of one call of `deliver_edition`."""

    def __init__(
        self,
        loop: Loop,
        office: Office,
        routes: Sequence[Route],
        rules: SendingRules,
        watch: Watch,
        books: Books,
    ) -> None:
        self._loop, self._office, self._rules, self._watch = loop, office, rules, watch
        events = LaneEvents(body_written=self._body_written, ended=self._ended, free=self._freed)
        self._gate = Gate(loop=loop, allotments=office.allotments, limits=office.limits, worker=office.worker)
        self._fleet = Fleet(
            loop,
            routes,
            events,
            gate=self._gate,
            chance=watch.chance,
            per_connection=rules.per_connection,
        )
        self._clerk = Clerk(
            loop, office.ledger, block=rules.block, settled=self._settled, patience_s=rules.patience_s
        )
        self._journal = Journal(office.record, self._granted_elsewhere)
        self._judge = Judge(
            clock=watch.clock, give_up_at=rules.give_up_at, resend_unknown=rules.resend_unknown
        )
        self._faults = SenderFaults()
        self._jobs: dict[Lane, Delivery] = {}
        self._asked: dict[Mark, Lane] = {}  #: whose permit is on its way, or who has one
        self._on_the_way: Counter[Mark] = (
            Counter()
        )  #: how many permits of each were asked for and not heard of
        self._held = Held()  #: whose domain's limit is reached
        self._aside: list[tuple[Delivery, Outcome]] = []  #: refused for the sender's sake
        self._losses: Counter[int] = Counter()  #: connections lost under a delivery in this run
        self._counts: Counter[DeliveryState] = Counter()
        self._error: Exception | None = None
        self._stop_at: float | None = None  #: since when nothing new is begun
        self._has_given_back = False
        self._is_waiting = False  #: for those who were put off, until they are due
        self._books = books
        self._next_tick = 0.0

    def step(self) -> bool:
        """Do what is due, once a round of the loop; True when the run is over."""
        now = self._loop.now()
        self._look_for_an_end()
        if self._stop_at is None:
            self._begin_what_can_be_begun()
        if now >= self._next_tick:
            self._next_tick = now + 0.25
            self._fleet.check_time()
            self._fleet.tidy()
            self._tell()
        self._clerk.tick(claims=self._stop_at is None)
        if self._stop_at is None or not self._is_wound_up(now):
            return False
        self._tell()
        return True

    def close(self) -> None:
        """Let go of everything; what is not settled by now the next sender will find in the journal."""
        is_clean = self._has_given_back and self._clerk.is_idle
        self._fleet.close()
        self._fleet.end()
        self._gate.close()
        self._clerk.close()
        self._journal.close(keep=not is_clean)

    def result(self) -> Tally:
        """Return what the run did.

        Raises:
            DigestError: Why it ended before everybody had an end.
        """
        if self._error is not None:
            raise self._error
        counts = {
            state.value: self._counts[state]
            for state in (
                DeliveryState.SENT,
                DeliveryState.FAILED,
                DeliveryState.DEFERRED,
                DeliveryState.EXPIRED,
                DeliveryState.EXCLUDED,
                DeliveryState.UNKNOWN,
            )
        }
        return Tally(**counts, stopped=self._watch.stopped())

    # -- beginning ------------------------------------------------------------------------------

    def _begin_what_can_be_begun(self) -> None:
        waiting = len(self._clerk.ready) + self._held.size
        if not waiting:
            return
        self._gate.tick(self._fleet.wanted(), self._held.domains)
        self._fleet.widen(waiting)
        if not self._clerk.is_fresh:
            return
        short = self._watch.short_of()
        if short is not None:
            self._stop(Refused(short, hint="the same command goes on once there is room"))
            return
        while (lane := self._fleet.next_lane()) is not None:
            delivery = self._held.next(self._clerk.ready, self._gate.admits)
            if delivery is None or not self._begin(lane, delivery):
                self._fleet.freed(lane)
            if delivery is None:
                return

    def _begin(self, lane: Lane, delivery: Delivery) -> bool:
        """Begin a delivery on a lane; False when it has its end already and the lane is still free."""
        reason = self._clerk.barred(delivery)
        if reason is not None:
            self._end(delivery, self._judge.end(DeliveryState.EXCLUDED, reason))
            return False
        try:
            recipient = check_address(delivery.subscriber.email, smtputf8=True, where="recipient")
            message = stuffed(self._office.stamp(delivery))
            sender = self._sender_of(delivery)
            check_envelope(sender, recipient, message)
        except MessageError as error:
            self._end(delivery, self._judge.end(DeliveryState.FAILED, str(error)))
            return False
        relay = self._fleet.relay_of(lane)
        relay.begun += 1
        self._jobs[lane] = delivery
        self._gate.begin(relay.route.name, domain_of(delivery))
        lane.begin(sender, recipient, message)
        return True

    def _sender_of(self, delivery: Delivery) -> str:
        if self._rules.sender_of is None:
            return self._rules.sender
        return check_address(self._rules.sender_of(delivery), where="envelope sender")

    # -- permits --------------------------------------------------------------------------------

    def _body_written(self, lane: Lane) -> None:
        delivery = self._jobs[lane]
        mark = (delivery.id, delivery.attempt)
        self._asked[mark] = lane
        self._on_the_way[mark] += 1
        self._journal.ask(mark)

    def _granted_elsewhere(
        self, permits: Sequence[Mark], granted: frozenset[Mark], error: Exception | None
    ) -> None:
        self._loop.post(lambda: self._granted(permits, granted, error))

    def _granted(self, permits: Sequence[Mark], granted: frozenset[Mark], error: Exception | None) -> None:
        if error is not None:
            self._stop(error)
        for mark in permits:
            lane = self._asked.get(mark) if self._is_newest(mark) else None
            if lane is None or not lane.waits_for_permit:
                continue  # lost meanwhile; the journal has been told
            if mark in granted and not self._is_late_to_dot():
                lane.dot()
            elif error is None and mark not in granted:
                self._leave(lane, mark)
            else:
                lane.close("stopped before the final dot")

    def _is_newest(self, mark: Mark) -> bool:
        """Count a permit that was heard of; False when the delivery went back and has asked again since."""
        self._on_the_way[mark] -= 1
        if self._on_the_way[mark] > 0:
            return False
        del self._on_the_way[mark]
        return True

    def _is_late_to_dot(self) -> bool:
        return self._stop_at is not None and self._loop.now() > self._stop_at + STOP_S

    def _leave(self, lane: Lane, mark: Mark) -> None:
        """Let a delivery go that is another sender's by now."""
        del self._asked[mark]
        self._gate.end(domain_of(self._jobs.pop(lane)))
        lane.close("the delivery is another sender's by now")

    # -- ends -----------------------------------------------------------------------------------

    def _ended(self, lane: Lane, verdict: Verdict) -> None:
        delivery = self._jobs.pop(lane, None)
        if delivery is None:
            return
        self._gate.end(domain_of(delivery))
        relay, now = self._fleet.relay_of(lane), self._loop.now()
        if lane.ended_between:
            self._clerk.ready.appendleft(delivery)  # nobody's fault, and it cannot go on for ever
            return
        if isinstance(verdict, TransportError):
            if verdict.permanent:
                self._refused(delivery, verdict)
                return
            relay.lost(verdict, now)
            self._retry(delivery, verdict)
            return
        if verdict.state is DeliveryState.UNKNOWN:
            relay.lost(TransportError(verdict.text, permanent=False, where=relay.route.name), now)
        else:
            relay.worked(now, taken=verdict.state is DeliveryState.SENT)
            self._faults.add(refused=False)
        self._end(delivery, self._judge.receipt(delivery, verdict))

    def _refused(self, delivery: Delivery, error: TransportError) -> None:
        """Set a delivery aside that was refused for the sender's sake; too many of them stop the run."""
        outcome = self._judge.put_off(delivery, str(error), code=error.code)
        self._note(delivery, outcome)
        self._aside.append((delivery, outcome))
        if self._faults.add(refused=True):
            self._stop(error)

    def _retry(self, delivery: Delivery, error: TransportError) -> None:
        """Try again in this run whose connection was lost before the dot, but not for ever."""
        self._losses[delivery.id] += 1
        if self._losses[delivery.id] >= 3:
            self._end(delivery, self._judge.put_off(delivery, str(error), code=error.code))
        elif (delivery.id, delivery.attempt) in self._asked:
            # A permit stands on record: the delivery goes back and is claimed anew, with another.
            self._end(delivery, self._judge.end(DeliveryState.PENDING, ""))
        else:
            self._clerk.ready.append(delivery)

    def _end(self, delivery: Delivery, outcome: Outcome) -> None:
        self._note(delivery, outcome)
        self._counts[outcome.state] += 1
        self._clerk.end(delivery, outcome)

    def _note(self, delivery: Delivery, outcome: Outcome) -> None:
        """Write an end into the journal, if a permit stands there."""
        mark = (delivery.id, delivery.attempt)
        if self._asked.pop(mark, None) is not None:
            self._journal.note(Answer(mark=mark, outcome=outcome))

    def _settled(self, ends: Sequence[Settlement]) -> None:
        self._journal.settled([(one.delivery_id, one.attempt) for one in ends])

    def _freed(self, lane: Lane) -> None:
        self._fleet.freed(lane)

    # -- stopping -------------------------------------------------------------------------------

    def _look_for_an_end(self) -> None:
        if self._clerk.failed is not None:
            self._stop(self._clerk.failed)
        if self._stop_at is not None:
            return
        if self._watch.stopped() or self._watch.clock() >= self._rules.give_up_at:
            self._stop(None)
        elif self._clerk.halted is not None:
            self._stop(
                Refused(self._clerk.halted, hint="nobody is lost; `digest editions list` shows its state")
            )
        elif trouble := self._trouble():
            self._stop(trouble)
        elif self._clerk.is_exhausted and not (self._clerk.ready or self._jobs or self._held.size):
            self._finish_or_wait()

    def _trouble(self) -> TransportError | None:
        if self._rules.wait:
            return self._fleet.refused()
        return self._fleet.trouble(self._rules.tries)

    def _finish_or_wait(self) -> None:
        """End when nobody is due; or look again when the next one is."""
        if not self._rules.wait:
            self._stop(None)
            return

        def due(seconds: float | None) -> None:
            if seconds is None:
                self._stop(None)
            else:
                self._is_waiting = True
                self._loop.later(min(max(seconds, 0.5), 30.0), look_again)

        def look_again() -> None:
            self._is_waiting = False
            self._clerk.claim_again()

        if self._clerk.is_idle and not self._is_waiting:
            self._clerk.ask("next", self._office.ledger.next_due_s, due)

    def _stop(self, error: Exception | None) -> None:
        """Begin nothing more; what is under way is finished."""
        if self._error is None:
            self._error = error
        if self._stop_at is None:
            self._stop_at = self._loop.now()

    def _is_wound_up(self, now: float) -> bool:
        """Wait for what is under way, give back what is not; True when the ledger holds it all."""
        stopped_for = now - (self._stop_at or now)
        for lane in tuple(self._jobs):
            if stopped_for > (LAST_S if lane.is_past_dot else STOP_S):
                lane.close("stopped")
        if self._jobs:
            return False
        if self._clerk.ready or not self._has_given_back:
            self._give_back()  # again, when a claim was on its way
        self._clerk.flush()
        is_away = self._clerk.failed is not None and stopped_for > AWAY_S
        return self._clerk.is_idle or is_away or stopped_for > ENOUGH_S

    def _give_back(self) -> None:
        self._has_given_back = True
        for delivery in (*self._clerk.ready, *self._held.empty()):
            self._clerk.end(delivery, self._judge.end(DeliveryState.PENDING, ""))
        self._clerk.ready.clear()
        is_ours = isinstance(self._error, TransportError)
        for delivery, outcome in self._aside:
            # Refused for the sender's sake: once that is mended, nobody has lost anything.
            back = self._judge.end(DeliveryState.PENDING, outcome.text or "") if is_ours else outcome
            self._counts[back.state] += 1
            self._clerk.end(delivery, back)
        self._aside.clear()

    def _tell(self) -> None:
        """Tell how far the run is, by what it has counted since it began."""
        began, counts = self._books, self._counts
        ends = {
            state.value: getattr(began, state.value) + counts[state]
            for state in DeliveryState
            if state.is_final
        }
        trouble = self._fleet.trouble(1)
        self._watch.progress(
            Progress(
                books=Books(frozen=began.frozen, open=began.frozen - sum(ends.values()), **ends),
                sent=counts[DeliveryState.SENT],
                connections=sum(1 for _ in self._fleet.lanes),
                trouble=None if trouble is None else str(trouble),
            )
        )
