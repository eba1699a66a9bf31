"""A run over an edition: over many connections, with its books kept."""

from __future__ import annotations

from collections.abc import Sequence

from digest.deliver.journal.group import Journal, Mark
from digest.deliver.loop import Loop
from digest.deliver.run.clerk import Clerk
from digest.deliver.run.conclusions import Conclusions
from digest.deliver.run.doubts import Doubts
from digest.deliver.run.elsewhere import Elsewhere
from digest.deliver.run.ends import Ends
from digest.deliver.run.envelopes import Envelopes
from digest.deliver.run.fleet import Fleet
from digest.deliver.run.gate import Gate
from digest.deliver.run.lane import Lane, LaneEvents
from digest.deliver.run.looks import HOLDS_S
from digest.deliver.run.outcomes import Judge
from digest.deliver.run.put_off import PutOff
from digest.deliver.run.relay import Route
from digest.deliver.run.stop import Stop
from digest.deliver.run.telling import Telling
from digest.deliver.run.terms import Office, SendingRules, Tally, Watch
from digest.deliver.run.turns import Turns
from digest.deliver.run.used_up import Overheard
from digest.deliver.run.winding_up import WindingUp
from digest.deliver.smtp.replies import Verdict
from digest.errors import Halted, Refused, StoreError, TransportError
from digest.model.people import Books, Delivery

_WIDEN_S = 0.005  #: between two looks whether more connections or allowances are needed
_LOOK_S = 0.02  #: between two looks whether the run is to end, while messages are under way
_BEHIND_S = 1.0 - HOLDS_S  #: who has waited longer behind a dot is looked at again
_TICK_S = 0.25  #: between two looks at what is slow: time-outs, connections too many, progress
_STOPPED = "nobody is lost; `digest editions show` with its number says why, and what lets it go on"
_GOES_ON = "nobody is lost: the same command goes on once it does"


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
        events = LaneEvents(body_written=self._body_written, ended=self._ended)
        self._shared = Overheard(office.allotments, watch.clock, loop.now)
        self._gate = Gate(loop=loop, allotments=self._shared, limits=office.limits, worker=office.worker)
        self._fleet = Fleet(
            loop, routes, events, gate=self._gate, chance=watch.chance, per_connection=rules.per_connection
        )
        self._journal = Journal(loop, office.record, self._granted)
        self._clerk = Clerk(
            loop,
            office.ledger,
            block=rules.block,
            settled=self._journal.settled,
            patience_s=rules.patience_s,
            at_once=office.at_once,
        )
        self._clerk.heard = self._fleet.heard
        self._looks = self._clerk.looks
        judge = Judge.of(rules, watch.clock, lambda: self._looks.let_go_until)
        self._tries = None if rules.wait else rules.tries
        self._ends = Ends(self._journal, self._clerk, judge, books)
        elsewhere = Elsewhere(self._fleet.relays, self._gate.has_room)
        self._doubts = Doubts(self._ends, self._clerk, judge, elsewhere)
        self._envelopes = Envelopes(office.stamp, rules, loop, hands=office.hands)
        self._turns = Turns(self._clerk, self._gate, self._ends, self._envelopes, self._fleet.misfits)
        loop.spare = self._turns.prepare
        self._conclusions = Conclusions(loop, self._ends, self._doubts, self._turns)
        self._put_off = PutOff(loop, self._clerk, office.ledger, self._fleet, self._turns, self._end)
        self._jobs: dict[Lane, Delivery] = {}
        self._behind: dict[Lane, Delivery] = {}  #: what has begun behind the dot of the lane's job
        self._stop = Stop()  #: once wanted, nothing new is begun
        self._winding_up = WindingUp(self._stop, self._clerk, self._turns, self._ends, self._doubts)
        self._telling = Telling(watch, self._ends, self._fleet, self._clerk, self._shared, self._is_awaited)
        self._next_tick = self._next_look = self._widen_at = 0.0

    def step(self) -> bool:
        """Do what is due, once a round of the loop; True when the run is over."""
        now = self._loop.now()
        if now >= self._next_look or not self._jobs:
            self._next_look = now + _LOOK_S
            self._look_for_an_end()
        if not self._stop.is_wanted:
            self._begin_what_can_be_begun()
        if now >= self._next_tick:
            self._next_tick = now + _TICK_S
            self._fleet.check_time()
            self._fleet.tidy()
            self._gate.tick(self._fleet.uses(self._turns.count_able()), self._turns.domains)
            self._turns.put_back(self._rules.block, self._tries)
            if not self._stop.is_wanted:
                self._turns.fetch(self._rules.block)
            self._doubts.tick(now)
            self._telling.tell()
        self._journal.tick(len(self._jobs))
        self._clerk.tick(claims=not self._stop.is_wanted)
        if not self._stop.is_wanted or not self._winding_up.go_on(self._jobs, now):
            return False
        self._telling.tell()
        return True

    def close(self) -> None:
        """Let go of everything; what is not settled by now the next sender will find in the journal."""
        is_clean = self._winding_up.is_clean
        self._fleet.close()
        self._fleet.end()
        self._gate.close()
        self._envelopes.close()
        self._clerk.close()
        self._journal.close(keep=not is_clean)
        self._telling.close()

    def result(self) -> Tally:
        """Return what the run did.

        Raises:
            DigestError: Why it ended before everybody had an end.
        """
        if self._stop.error is not None:
            raise self._stop.error
        if not self._clerk.is_idle:
            # To ask it for anything more would take longer than the time that is left.
            raise StoreError("the database does not answer", hint=_GOES_ON)
        if not self._clerk.steps.is_done:
            raise self._clerk.steps.trouble or StoreError(self._clerk.steps.words, hint=_GOES_ON)
        return self._ends.tally(stopped=self._watch.stopped())

    def _begin_what_can_be_begun(self) -> None:
        if not self._turns.waiting or self._clerk.steps.is_behind:
            return
        if self._loop.now() >= self._widen_at:
            self._widen_at = self._loop.now() + _WIDEN_S
            able = self._turns.count_able()
            self._gate.tick(self._fleet.uses(able), self._turns.domains)
            self._fleet.widen(able)
            self._turns.fetch(self._rules.block)
        if (short := self._watch.short_of()) is not None:
            self._end(Refused(short, hint="the same command goes on once there is room"))
            return
        self._turns.stock()
        while self._looks.are_fresh:
            if (lane := self._fleet.next_lane(fresh=self._turns.wants_fresh())) is None:
                return
            relay = self._fleet.relay_of(lane)
            delivery, envelope = self._turns.take(relay, is_fresh=not lane.carried)
            if delivery is not None and envelope is not None:
                self._jobs[lane] = delivery
                lane.begin(envelope)
                continue
            if delivery is None:
                if self._turns.wants_fresh():
                    self._fleet.renew(lane)
                else:
                    self._fleet.freed(lane)
                return
            self._fleet.freed(lane)

    def _dot(self, lane: Lane) -> None:
        """Write a final dot, and the first commands of the next message behind it where that is of use."""
        is_held = self._stop.is_wanted or self._clerk.steps.is_behind
        may_begin = not is_held and self._looks.are_fresh and not self._watch.short_of()
        delivery, envelope = None, None
        # With a slow ledger the look would be old by the answer: a connection each time.
        if may_begin and self._looks.come_in_time and self._fleet.may_follow(lane):
            delivery, envelope = self._turns.take(self._fleet.relay_of(lane), is_fresh=False)
        if delivery is not None and envelope is not None:
            self._behind[lane] = delivery
        lane.dot(envelope)

    def _body_written(self, lane: Lane) -> None:
        self._ends.ask(self._jobs[lane], lane)

    def _granted(
        self, permits: Sequence[Mark], granted: frozenset[Mark], error: BaseException | None
    ) -> None:
        if error is not None and not self._office.record.can_recover:
            self._end(error)
        for mark in permits:
            lane = self._ends.heard(mark)
            if lane is None or not lane.is_still_there():
                continue  # lost meanwhile; the journal has been told
            is_vain = self._stop.is_late(self._loop.now()) or self._fleet.relay_of(lane).refusal is not None
            if mark in granted and not is_vain:
                self._dot(lane)
            elif error is None and mark not in granted:
                self._leave(lane, "the delivery is another sender's by now")
            else:
                lane.close("closed before the final dot")

    def _leave(self, lane: Lane, why: str) -> None:
        """Close a connection whose message must not go on; its delivery is in other hands by now."""
        self._ends.forget(delivery := self._jobs.pop(lane))
        self._gate.end(delivery)
        lane.close(why)

    def _ended(self, lane: Lane, verdict: Verdict) -> None:
        if (delivery := self._jobs.pop(lane, None)) is None:
            return
        if (following := self._behind.pop(lane, None)) is not None:
            self._jobs[lane] = following
        self._gate.end(delivery)
        if lane.ended_between and following is None:
            self._clerk.ready.appendleft(delivery)  # nobody's fault, and it cannot go on for ever
            return
        relay = self._fleet.relay_of(lane)
        self._conclusions.draw(lane, relay, delivery, verdict)
        # To its relay a message begins once the dot before it has its answer: that may have taken long.
        is_vain = relay.refusal is not None
        is_doubtful = (is_vain or lane.waited_s > _BEHIND_S) and lane.is_open
        is_over = is_vain or self._stop.is_wanted
        if is_doubtful and following and not self._turns.may_go_on(following, is_over=is_over):
            self._leave(lane, "closed before the body")

    def _look_for_an_end(self) -> None:
        if self._clerk.failed is not None:
            self._end(self._clerk.failed)
        if self._stop.is_wanted:
            return
        if self._watch.stopped() or self._watch.clock() >= (
            self._looks.let_go_until or self._rules.give_up_at
        ):
            self._end()
        elif self._looks.halted is not None:
            self._end(Halted(self._looks.halted, hint=_STOPPED))
        elif trouble := self._fleet.trouble(self._tries):
            self._end(trouble)
        elif self._clerk.is_exhausted and self._turns.is_over and not self._jobs and self._doubts.decide():
            self._finish_or_wait()

    def _is_awaited(self) -> bool:
        """Tell whether somebody could begin, or the run ends over a relay: they are given back by then."""
        is_due = self._turns.count_able() > 0 or self._fleet.misfits.size > 0
        return is_due or isinstance(self._stop.error, TransportError)

    def _finish_or_wait(self) -> None:
        """End when nobody is due, or all were set aside or stranded; or look again when somebody is."""
        verdict = self._doubts.verdict
        if verdict is not None or not self._rules.wait:
            self._end(verdict or self._fleet.misfits.verdict(self._ends.books()))
        else:
            self._put_off.wait()

    def _end(self, error: BaseException | None = None) -> None:
        """Begin nothing more; what is under way is finished."""
        self._stop.want(error, self._loop.now())
