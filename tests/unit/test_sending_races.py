"""What must not depend on who is quicker: the loop, the clerk, the journal, the relay or the operator."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, Self, cast

import pytest

from digest.deliver import Look, Watch, deliver_edition
from digest.deliver.compose.envelope import Envelope
from digest.deliver.journal.group import Journal, Mark
from digest.deliver.loop import Loop
from digest.deliver.run.clerk import Clerk
from digest.deliver.run.lane import Lane, LaneEvents, Patience
from digest.deliver.run.misfits import Misfits
from digest.deliver.run.relay import Relay
from digest.deliver.run.terms import Office, SendingRules
from digest.deliver.run.turns import Turns
from digest.deliver.smtp.attempt import Attempt
from digest.deliver.smtp.conversation import Verdict
from digest.deliver.smtp.offers import Offers
from digest.deliver.smtp.replies import Receipt
from digest.errors import StoreError, TransportError
from digest.model import Delivery, DeliveryState, Outcome, Settlement
from fault_relay import Fault, FaultRelay, Peer, dies
from scripted_relay import DROP, ScriptedRelay
from sending_cast import MESSAGE, NOW, MemoryLedger, MemoryRecord, reader, readers, route, send

PENDING, SENT, UNKNOWN = DeliveryState.PENDING, DeliveryState.SENT, DeliveryState.UNKNOWN
DEFERRED, CLAIMED = DeliveryState.DEFERRED, DeliveryState.CLAIMED
QUIET = Watch(clock=lambda: NOW, chance=lambda: 0.0)
BACK = Outcome(state=PENDING, at=NOW)


def test_claim_that_comes_after_the_stop_is_given_back() -> None:
    """Else those people wait for a lease to run out."""
    ledger, stopped, asked = MemoryLedger(readers(4)), threading.Event(), threading.Event()
    claim = ledger.claim

    def slow(limit: int) -> tuple[Delivery, ...]:
        claimed = claim(limit)
        asked.set()
        stopped.wait(5)
        # The loop has begun to wind up: it asks every time whether it is to stop.
        return claimed

    ledger.claim = slow

    def is_stopped() -> bool:
        if asked.is_set():
            threading.Timer(0.3, stopped.set).start()
            return True
        return False

    with ScriptedRelay() as relay:
        done = send(ledger, route(relay.port), watch=replace(QUIET, stopped=is_stopped), block=4)

    assert done.stopped
    assert set(ledger.states()) == {PENDING}


def test_a_look_from_before_a_claim_says_nothing_of_whom_it_brought() -> None:
    """The claim's own look failed: one that was under way meanwhile does not know who of them has left."""
    ledger, before, after = MemoryLedger(readers(4)), threading.Event(), threading.Event()
    gates, seen, claiming = [before, after], list[str](), set[str]()
    claim = ledger.claim

    def noted_claim(limit: int) -> tuple[Delivery, ...]:
        claiming.add(threading.current_thread().name)
        return claim(limit)

    def look() -> Look:
        if threading.current_thread().name in claiming:
            claiming.clear()
            raise StoreError("the server is gone")
        gate = gates.pop(0) if gates else threading.Event()
        seen.append("begun")
        gate.wait(10)
        return Look(barred={})

    ledger.claim, ledger.look = noted_claim, look
    with Loop() as loop:
        clerk = Clerk(loop, ledger, block=4, settled=lambda _: None, patience_s=60.0)
        clerk.is_exhausted = True  # nobody is claimed for now

        def until(is_so: Callable[[], bool]) -> None:
            def step() -> bool:
                clerk.tick(claims=True)
                return is_so()

            loop.run(step)

        until(lambda: len(seen) == 2)  # one is slow: another begins beside it
        before.set()
        until(lambda: clerk.looks.are_fresh)
        clerk.claim_again()
        until(lambda: bool(clerk.ready))
        assert not clerk.looks.are_fresh
        after.set()
        ends = loop.now() + 0.5
        until(lambda: loop.now() > ends)
        assert not clerk.looks.are_fresh
        clerk.close()


def test_a_look_from_before_a_machine_slept_is_old_when_it_wakes() -> None:
    """The loop's clock stands still meanwhile, and readers go on leaving."""
    ledger, slept_s = MemoryLedger(readers(1)), [0.0]
    with Loop(sleepless=lambda: time.monotonic() + slept_s[0]) as loop:
        clerk = Clerk(loop, ledger, block=1, settled=lambda _: None, patience_s=60.0)

        def look() -> bool:
            clerk.tick(claims=True)
            return clerk.looks.are_fresh

        loop.run(look)
        slept_s[0] = 8.0
        assert not clerk.looks.are_fresh
        loop.run(look)  # after the next one
        assert clerk.looks.are_fresh
        clerk.close()


def test_who_comes_back_while_a_claim_finds_nobody_is_claimed_all_the_same() -> None:
    """The claim had looked before they were there; the run must not end without them."""
    ledger, gate = MemoryLedger(readers(1)), threading.Event()
    (delivery,) = ledger.claim(1)
    claim = ledger.claim

    def slow(limit: int) -> tuple[Delivery, ...]:
        found = claim(limit)
        gate.wait(5)
        return found

    ledger.claim = slow
    with Loop() as loop:
        clerk = Clerk(loop, ledger, block=1, settled=lambda _: None, patience_s=1.0)
        clerk.tick(claims=True)
        clerk.end(Settlement(delivery_id=delivery.id, attempt=delivery.attempt, outcome=BACK))
        gate.set()

        def is_over() -> bool:
            clerk.tick(claims=True)
            return bool(clerk.ready) or clerk.is_exhausted

        loop.run(is_over)
        assert [one.id for one in clerk.ready] == [1]
        clerk.close()


WORDS = "waits for the limit of example.org"


def test_who_is_on_the_way_to_the_ledger_is_not_taken_for_nobody() -> None:
    """A run that is quicker than its ledger would let those wait whom it has just put off."""
    ledger, told = MemoryLedger(readers(2)), []
    (delivery,) = ledger.claim(1)
    put_off = Outcome(state=DEFERRED, at=NOW, text=WORDS, next_at=NOW, is_try=False)
    with Loop() as loop:
        clerk = Clerk(loop, ledger, block=5, settled=lambda _: None, patience_s=9.0)
        clerk.is_exhausted = True
        clerk.end(Settlement(delivery_id=delivery.id, attempt=delivery.attempt, outcome=put_off))

        def fetched() -> bool:
            clerk.tick(claims=True)
            clerk.claim_early(1, [WORDS], lambda: told.append("none"))
            return bool(clerk.ready or told)

        loop.run(fetched)
        assert ([one.id for one in clerk.ready], told) == ([1], [])
        loop.run(lambda: fetched() and bool(told))
        assert (told, clerk.is_exhausted) == (["none"], True)
        clerk.close()


def test_those_put_off_are_not_claimed_without_end_while_no_relay_takes_them() -> None:
    """A domain with room, and a relay that is away: nobody waits for the limit, and all would be in hand."""
    ledger = MemoryLedger(readers(40))
    put_off = Outcome(state=DEFERRED, at=NOW, text=WORDS, next_at=NOW, is_try=False)
    ledger.settle([Settlement(delivery_id=one.id, attempt=1, outcome=put_off) for one in ledger.claim(40)])
    with Loop() as loop:
        clerk = Clerk(loop, ledger, block=5, settled=lambda _: None, patience_s=9.0)
        ends = loop.now() + 0.5

        def is_over() -> bool:
            clerk.claim_early(3, [WORDS], lambda: None)
            return loop.now() > ends

        loop.run(is_over)
        assert [one.id for one in clerk.ready] == [10, 11, 12, 7, 8, 9, 4, 5, 6, 1, 2, 3]
        clerk.close()


@pytest.mark.parametrize("most", [2, 9])
def test_who_is_put_off_while_the_ledger_is_asked_for_such_is_asked_for_again(most: int) -> None:
    """Its answer was of those before: nobody there, and the run would end without them."""
    asked: list[Callable[[], None]] = []
    clerk = SimpleNamespace(
        ready=deque(MemoryLedger(readers(4)).claim(4)),
        looks=None,
        claim_early=lambda _count, words, none_left: asked.append(none_left) if words else None,
    )
    limits = SimpleNamespace(domains={"example.org": None})
    gate = SimpleNamespace(limits=limits, admits=lambda _: False, room=lambda _: 0, turn_s=lambda _: 60.0)
    ends = SimpleNamespace(later=lambda *_: None)
    envelopes = SimpleNamespace(forget=lambda _: None)
    with Loop() as loop:
        misfits = Misfits([], loop.now)
        turns = Turns(*(cast("Any", one) for one in (clerk, gate, ends, envelopes, misfits)))
        turns.fetch(9)
        assert turns.count_able() == 0
        turns.put_back(most, None)
        asked.pop()()
        assert list(turns.empty())
        assert turns.is_over is (most == 9)
        if most == 2:
            turns.fetch(9)
            asked.pop()()
            assert turns.is_over


def test_run_that_waits_for_those_put_off_asks_once_when_they_are_due() -> None:
    """Not as fast as the database can answer, for five minutes on end."""
    ledger = MemoryLedger(readers(1), due_s=60.0)
    asked = []
    due = ledger.next_due_s

    over = threading.Event()

    def counted() -> float | None:
        asked.append(1)
        threading.Timer(0.5, over.set).start()
        return due()

    ledger.next_due_s = counted
    with ScriptedRelay({"rcpt": "450 4.7.1 greylisted"}) as relay:
        send(ledger, route(relay.port), wait=True, watch=replace(QUIET, stopped=over.is_set))

    assert ledger.states() == [DEFERRED]
    assert len(asked) == 1


def test_failed_question_when_the_next_is_due_is_asked_again() -> None:
    """A database that is away for a moment must not leave a run waiting for ever."""
    ledger = MemoryLedger(readers(1), due_s=0)
    due, asked = ledger.next_due_s, []

    def fails_once() -> float | None:
        asked.append(1)
        if len(asked) == 1:
            raise StoreError("database is locked")
        return due()

    ledger.next_due_s = fails_once
    script = {f"rcpt {reader(1)}": "450 4.7.1 greylisted"}
    ledger_claim = ledger.claim
    ledger.claim = lambda limit: ledger_claim(limit) if len(asked) > 1 or not ledger.claims else ()
    with ScriptedRelay(script, once=True) as relay:
        assert send(ledger, route(relay.port), wait=True).sent == 1


def test_books_that_cannot_be_read_leave_nothing_open() -> None:
    """A service tries again every minute: no thread may stay behind, and no lock on the journal."""
    ledger, record = MemoryLedger(readers(1)), MemoryRecord()

    def fails() -> object:
        raise StoreError("database is locked")

    ledger.books = fails
    before = set(threading.enumerate())
    office = Office(ledger=ledger, record=record, stamp=lambda _: MESSAGE)
    rules = SendingRules(sender="b@example.org", give_up_at=NOW)
    with pytest.raises(StoreError, match="locked"):
        deliver_edition(office, [route(1)], rules=rules, watch=QUIET)

    assert record.kept is False
    assert set(threading.enumerate()) <= before


def test_fault_of_our_own_keeps_the_journal_and_leaves_nothing_open() -> None:
    """Whatever it is that fails: the next sender must find what this one has written."""
    ledger, record = MemoryLedger(readers(9)), MemoryRecord()

    def stamp(delivery: Delivery) -> bytes:
        if delivery.id == 5:
            raise ZeroDivisionError
        return MESSAGE

    before = set(threading.enumerate())
    with ScriptedRelay() as relay, pytest.raises(ZeroDivisionError):
        send(ledger, route(relay.port), record=record, stamp=stamp)
    for thread in set(threading.enumerate()) - before:
        thread.join(5)

    assert record.kept is True
    # One that had asked and was let go before its permit was written has an answer and no permit.
    assert {answer.mark for answer in record.answers} >= set(record.permits)
    assert set(threading.enumerate()) <= before


@dataclass
class Scripted:
    """A record that tells what was asked of it, and waits at the first."""

    begin: threading.Event = field(default_factory=threading.Event)
    calls: list[object] = field(default_factory=list)
    trouble: Exception | None = None

    def write(self, permits: Sequence[Mark], answers: Sequence[Settlement]) -> frozenset[Mark]:
        self.begin.wait(5)
        self.calls.append((list(permits), [(one.mark, one.outcome.state) for one in answers]))
        return frozenset(permits)

    def settled(self, marks: Sequence[Mark]) -> None:
        if self.trouble is not None:
            raise self.trouble
        if marks:
            self.calls.append(tuple(marks))

    def close(self, *, keep: bool) -> None:
        self.calls.append("kept" if keep else "removed")


@dataclass
class Group:
    """A journal whose first permit is being written, so that what comes next makes one group."""

    record: Scripted
    heard: list[object] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.loop = Loop().__enter__()
        self.journal = Journal(
            self.loop, self.record, lambda *told: self.heard.append((list(told[0]), *told[1:]))
        )
        self.journal.ask((9, 1))
        self.journal.tick(1)
        return self

    def __exit__(self, *_: object) -> None:
        self.journal.close(keep=False)
        self.loop.__exit__(None, None, None)

    def write(self, heard: int) -> None:
        """Let the first be written, then the group, until so many groups were heard of."""
        self.record.begin.set()
        self.loop.run(lambda: self.journal.tick(1) or len(self.heard) == heard)


def test_permit_that_has_its_answer_already_is_not_written_behind_it() -> None:
    """In one group answers come first: after a crash the permit would say that nobody knows."""
    record = Scripted()
    with Group(record) as group:
        group.journal.ask((1, 1))
        group.journal.note(Settlement(delivery_id=1, attempt=1, outcome=BACK))
        group.journal.ask((2, 1))
        group.write(heard=2)

    assert record.calls[:2] == [([(9, 1)], []), ([(2, 1)], [((1, 1), PENDING)])]
    assert group.heard == [([(9, 1)], {(9, 1)}, None), ([(2, 1), (1, 1)], {(2, 1)}, None)]


def test_delivery_that_came_again_keeps_its_new_permit() -> None:
    """What the ledger holds is forgotten before what comes after it is written."""
    record = Scripted()
    with Group(record) as group:
        group.journal.settled([(1, 1)])
        group.journal.ask((1, 1))
        group.write(heard=2)

    assert record.calls[:3] == [([(9, 1)], []), ((1, 1),), ([(1, 1)], [])]


def test_journal_that_cannot_forget_says_so_and_lives() -> None:
    """Unheard of, every dot would wait for ever."""
    record = Scripted()
    with Group(record) as group:
        group.write(heard=1)
        record.trouble = OSError("I/O error")
        group.journal.settled([(1, 1)])
        group.write(heard=2)
        record.trouble = None

    asked, granted, error = group.heard[1]
    assert (asked, granted, str(error)) == ([], frozenset(), "I/O error")
    assert record.calls[-1] == "removed"


def test_dot_waits_for_its_own_permit() -> None:
    """One from before the delivery went back may be overruled on disk by that very going back."""
    ledger = MemoryLedger(readers(1))
    seen: list[int] = []
    again, third = threading.Event(), threading.Event()
    stamps: list[int] = []

    class Slow(MemoryRecord):
        def write(self, permits: Sequence[Mark], answers: Sequence[Settlement]) -> frozenset[Mark]:
            if not self.permits:
                again.wait(5)  # until the second body is on its way
            elif permits:
                third.wait(0.3)  # a dot on the old permit would come now
            return super().write(permits, answers)

    def stamp(_: Delivery) -> bytes:
        stamps.append(1)
        if len(stamps) == 2:
            threading.Timer(0.2, again.set).start()
        return MESSAGE

    record = Slow()
    with ScriptedRelay({"body": DROP}, once=True) as relay:
        relay.on_dot = lambda: seen.append(len(record.permits))
        assert send(ledger, route(relay.port, connections=1), record=record, stamp=stamp).sent == 1

    # Twice, unless the loss was noticed before the journal's thread had woken up.
    assert record.permits in ([(1, 1)], [(1, 1), (1, 1)])
    assert seen == [len(record.permits)]


def test_relay_that_hangs_up_at_once_is_left_alone() -> None:
    """While nobody may begin, it would be called hundreds of times a second."""
    ledger, over = MemoryLedger(readers(2)), threading.Event()

    def fails() -> object:
        raise StoreError("database is locked")

    ledger.look = fails
    threading.Timer(0.6, over.set).start()
    with ScriptedRelay() as relay:
        relay_route = route(relay.port)

        def connect(attempt: Attempt) -> object:
            made = relay_route.connect(attempt)
            made.sock.shutdown(socket.SHUT_RDWR)
            return made

        watch = replace(QUIET, stopped=over.is_set)
        send(ledger, replace(relay_route, connect=connect), watch=watch)
        assert relay.connections <= 4

    assert set(ledger.states()) == {PENDING}


@pytest.mark.parametrize(("after_s", "losses"), [(0.1, 1), (300.0, 0)])
def test_unused_connection_is_a_loss_only_when_it_ends_at_once(after_s: float, losses: int) -> None:
    """Five minutes without a message, and any relay says goodbye: a slow limit must not stop the run."""

    class Unused:
        was_left, carried, opened_at, went_astray, is_open = True, 0, 100.0, False, False
        is_on_trial = False
        offers = Offers(pipelining=False, size=None, eight_bit=True, smtputf8=False, enhanced=True)

    relay, lane = Relay(route(1), lambda: 0.0, per_connection=9), Unused()
    relay.opened(lane, 100.0)
    relay.closed(lane, 100.0 + after_s)

    assert relay.breaker.losses == losses
    assert (relay.lanes, relay.free) == (set(), [])


def test_relay_that_takes_one_message_a_connection_gets_them_all() -> None:
    """It closes without a word after each: no loss, no pause, and nobody is put off."""
    ledger, record = MemoryLedger(readers(30)), MemoryRecord()
    with FaultRelay(Fault(phase="taken", act=dies)) as relay:
        done = send(
            ledger,
            route(relay.port, connections=4),
            record=record,
            sender_of=lambda one: f"b+{one.id}@example.org",
            block=30,
        )
    assert done.sent == 30
    assert relay.taken == Counter(readers(30))
    assert {row.attempt for row in ledger.rows.values()} == {1}


@dataclass
class Ends:
    """Answers 421 to the second MAIL, or a later one, of some connections."""

    after: int  #: messages
    connections: int  #: so many of the first
    begun: Counter[Peer] = field(default_factory=Counter)

    def __call__(self, peer: Peer) -> None:
        is_ended = self.begun[peer] == self.after and list(self.begun).index(peer) < self.connections
        self.begun[peer] += 1
        peer.say("421 4.7.0 too many messages" if is_ended else "250 2.1.0 ok")
        if is_ended:
            raise EOFError

    @property
    def ended(self) -> int:
        return sum(count > self.after for count in list(self.begun.values())[: self.connections])


def mail_through(ends: Ends, count: int) -> None:
    """Send to so many, and see that everybody got one mail at the first attempt."""
    ledger = MemoryLedger(readers(count))
    with FaultRelay(Fault(phase="mail", act=ends)) as relay:
        done = send(
            ledger,
            route(relay.port, connections=1),
            sender_of=lambda one: f"b+{one.id}@example.org",
            block=count,
            tries=20,
        )

    assert done.sent == count
    assert relay.taken == Counter(readers(count))
    assert {row.attempt for row in ledger.rows.values()} == {1}


def test_relay_that_ends_connections_after_so_many_messages_is_left_before() -> None:
    """Each 421 has us pause; one that says it of every sixth message got a few mails a second."""
    ends = Ends(after=5, connections=99)
    mail_through(ends, 40)

    assert ends.ended == 3
    assert list(ends.begun.values()) == [6, 6, 6, 5, 5, 5, 5, 5]


@pytest.mark.parametrize(("after", "connections"), [(1, 3), (7, 2)])
def test_relay_that_was_busy_for_a_moment_keeps_its_connections(after: int, connections: int) -> None:
    """One connection for each message is ten times slower, and the run may have a million left."""
    ends = Ends(after=after, connections=connections)
    mail_through(ends, 100)

    assert len(ends.begun) == connections + 1


class Narrow(socket.socket):
    """A socket whose buffer is full when the test says so."""

    is_full = False

    def send(self, data: bytes, *flags: int) -> int:
        if self.is_full:
            raise BlockingIOError
        return super().send(data, *flags)


@dataclass
class Bench:
    """A lane on a socket pair, with a message up to its permit."""

    now: float = 0.0
    verdicts: list[Verdict] = field(default_factory=list)

    def lane(self, loop: Loop, ours: socket.socket, theirs: socket.socket) -> Lane:
        events = LaneEvents(
            body_written=lambda _: None, ended=lambda _, one: self.verdicts.append(one), free=lambda _: None
        )
        offers = Offers(pipelining=True, size=None, eight_bit=True, smtputf8=False, enhanced=True)
        lane = Lane(
            loop, ours, offers, relay="main", patience=Patience(answer_s=300.0, dot_s=600.0), events=events
        )
        lane.begin(Envelope(sender="b@example.org", recipient=reader(1), message=MESSAGE))
        theirs.sendall(b"250 ok\r\n250 ok\r\n354 go on\r\n")
        loop.run(lambda: lane.waits_for_permit)
        return lane


def _pair() -> tuple[Narrow, socket.socket]:
    one, other = socket.socketpair()
    return Narrow(fileno=one.detach()), other


@pytest.mark.parametrize("end", ["time", "stop", "lost"])
def test_dot_that_never_left_leaves_the_delivery_pending(end: str) -> None:
    """A relay that has stopped reading cannot have taken a mail whose dot lies with us."""
    bench, (ours, theirs) = Bench(), _pair()
    with Loop(lambda: bench.now) as loop, theirs:
        lane = bench.lane(loop, ours, theirs)
        ours.is_full = True
        lane.dot()
        if end == "time":
            bench.now = 301.0
            lane.check_time(bench.now)
        elif end == "stop":
            lane.close("stopped")
        else:
            theirs.close()
            loop.run(lambda: not lane.is_open)

    (verdict,) = bench.verdicts
    assert isinstance(verdict, TransportError)
    assert not verdict.permanent


def test_answer_to_a_dot_that_left_late_is_waited_for_as_long_as_to_any() -> None:
    """Ten minutes from the dot on (RFC 5321 section 4.5.3.2.6), not five."""
    bench, (ours, theirs) = Bench(), _pair()
    with Loop(lambda: bench.now) as loop, theirs:
        lane = bench.lane(loop, ours, theirs)
        ours.is_full = True
        lane.dot()
        ours.is_full, bench.now = False, 100.0
        theirs.setblocking(False)
        received = bytearray()

        def has_come() -> bool:
            with suppress(BlockingIOError):
                received.extend(theirs.recv(65_536))
            return received.endswith(b"\r\n.\r\n")

        loop.run(has_come)
        lane.check_time(699.0)
        assert lane.is_past_dot
        lane.check_time(701.0)

    (verdict,) = bench.verdicts
    assert isinstance(verdict, Receipt)
    assert verdict.state is UNKNOWN


@pytest.mark.parametrize("end", ["time", "stop"])
def test_answer_that_came_while_the_run_slept_counts_though_the_time_is_over(end: str) -> None:
    """A process may be frozen for longer than a relay may be silent, and its mail is on record there."""
    bench, (ours, theirs) = Bench(), _pair()
    with Loop(lambda: bench.now) as loop, theirs:
        lane = bench.lane(loop, ours, theirs)
        lane.dot(Envelope(sender="b@example.org", recipient=reader(2), message=MESSAGE))
        theirs.sendall(b"250 queued\r\n")
        bench.now = 660.0
        if end == "time":
            lane.check_time(bench.now)
            assert lane.is_open  # the message behind it has its own five minutes
            bench.now = 961.0
            lane.check_time(bench.now)
        else:
            lane.close("stopped")
        assert not lane.is_open

    first, second = bench.verdicts
    assert isinstance(first, Receipt)
    assert first.state is SENT
    assert isinstance(second, TransportError)


def test_message_whose_answers_come_with_those_of_the_dot_before_it_has_its_own_permit() -> None:
    """The first is told before the body of the second is written, or that asks in the first one's name."""
    bench, (ours, theirs) = Bench(), _pair()
    with Loop(lambda: bench.now) as loop, theirs:
        lane = bench.lane(loop, ours, theirs)
        told: list[str] = []
        lane._events = replace(
            lane._events,
            ended=lambda _, __: told.append("ended"),
            body_written=lambda _: told.append("body written"),
            free=lambda _: told.append("free"),
        )
        lane.dot(Envelope(sender="b@example.org", recipient=reader(2), message=MESSAGE))
        theirs.sendall(b"250 queued\r\n250 ok\r\n250 ok\r\n354 go on\r\n")
        loop.run(lambda: lane.waits_for_permit)

        assert told == ["ended", "body written"]
        assert lane.carried == 2
        bench.now = 299.0
        lane.check_time(bench.now)
        assert lane.is_open
        lane.close()


@pytest.mark.parametrize("is_full", [True, False])
def test_dot_with_another_message_behind_it_stays_or_goes_as_one_alone_does(*, is_full: bool) -> None:
    """What the system took nothing of was not written; the other message has lost nothing either way."""
    bench, (ours, theirs) = Bench(), _pair()
    with Loop(lambda: bench.now) as loop, theirs:
        lane = bench.lane(loop, ours, theirs)
        ours.is_full = is_full
        lane.dot(Envelope(sender="b@example.org", recipient=reader(2), message=MESSAGE))
        lane.close("stopped")

    first, second = bench.verdicts
    assert isinstance(first, TransportError) if is_full else isinstance(first, Receipt)
    assert isinstance(second, TransportError)
    assert lane.ended_between


def test_stop_while_a_relay_is_being_called_ends_at_once_and_closes_what_comes() -> None:
    """An operator's stop does not wait for a relay that says nothing."""
    ledger, over = MemoryLedger(readers(2)), threading.Event()
    made, release = [], threading.Event()
    with ScriptedRelay() as relay:
        way = route(relay.port)

        def connect(_: Attempt) -> object:
            over.set()
            release.wait(5)
            late = Attempt(0.0)
            made.append(way.connect(late))
            late.over()
            return made[-1]

        done = send(ledger, replace(way, connect=connect), watch=replace(QUIET, stopped=over.is_set))
        release.set()
        for thread in threading.enumerate():
            if thread.name.startswith("dialler"):
                thread.join(5)

    assert done.stopped
    assert set(ledger.states()) == {PENDING}
    assert [one.sock.fileno() for one in made] == [-1] * len(made) != []


def test_stop_while_a_permit_is_on_its_way_lets_the_message_out() -> None:
    """It has begun, and is finished; nobody is unknown."""
    over = threading.Event()

    class Slow(MemoryRecord):
        def write(self, permits: Sequence[Mark], answers: Sequence[Settlement]) -> frozenset[Mark]:
            over.set()
            threading.Event().wait(0.3)
            return super().write(permits, answers)

    ledger, record = MemoryLedger(readers(5)), Slow()
    with ScriptedRelay() as relay:
        done = send(
            ledger,
            route(relay.port, connections=1),
            record=record,
            block=5,
            watch=replace(QUIET, stopped=over.is_set),
        )
        assert done.sent == len(relay.bodies) == 1
    assert sorted(ledger.states()) == sorted([SENT, *[PENDING] * 4])
    assert record.kept is False
