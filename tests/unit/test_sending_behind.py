"""What has begun behind a dot that its relay takes its time for: it is looked at again before its body."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from digest.deliver import Look, Progress, Watch
from digest.deliver.compose.envelope import Envelope
from digest.deliver.run.lane import Lane
from digest.errors import StoreError, TransportError
from digest.model import DeliveryState
from fault_relay import Fault, FaultRelay, Peer, listens
from scripted_relay import HANG, ScriptedRelay
from sending_cast import NOW, MemoryLedger, reader, readers, route, send

PENDING, SENT, UNKNOWN = DeliveryState.PENDING, DeliveryState.SENT, DeliveryState.UNKNOWN
AHEAD = ("PIPELINING", "SIZE 1000000")
QUIET = Watch(clock=lambda: NOW, chance=lambda: 0.0)


@pytest.fixture
def followed(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For each dot, whether something began behind it."""
    seen: list[bool] = []
    dot = Lane.dot

    def noted(lane: Lane, following: Envelope | None = None) -> None:
        seen.append(following is not None)
        dot(lane, following)

    monkeypatch.setattr(Lane, "dot", noted)
    return seen


def first_dot(relay: ScriptedRelay, then: Callable[[], object]) -> None:
    """Have something happen once the first final dot has come, before it is answered."""
    waiting = [then]
    relay.on_dot = lambda: waiting and waiting.pop()()


def looks(ledger: MemoryLedger) -> threading.Semaphore:
    """Count the looks at a ledger."""
    counted, look = threading.Semaphore(0), ledger.look

    def noted() -> object:
        seen = look()
        counted.release()
        return seen

    ledger.look = noted
    return counted


def slow_down(ledger: MemoryLedger, seconds: float) -> None:
    """Let each look at a ledger take so long."""
    look = ledger.look

    def slow() -> Look:
        time.sleep(seconds)
        return look()

    ledger.look = slow


@pytest.mark.parametrize(
    "script",
    [{}, {f"dot {reader(1)}": "250 2.0.0 ok\r\n250 2.1.0 ok", f"mail {reader(1)}": HANG}],
    ids=["354 comes at once", "no more than MAIL is answered"],
)
def test_who_leaves_while_the_dot_before_is_answered_gets_no_body(
    script: dict[str, str], followed: list[bool]
) -> None:
    """A filter may take minutes: to its relay the next one begins after that, and so it does to people."""
    ledger = MemoryLedger(readers(4))
    looked = looks(ledger)

    def leaves() -> None:
        ledger.barred[2] = "unsubscribed"
        for _ in range(looked._value + 2):
            assert looked.acquire(timeout=10)

    with ScriptedRelay(script, offers=AHEAD) as relay:
        first_dot(relay, leaves)
        done = send(ledger, route(relay.port, connections=1), block=4)
        assert relay.recipients == [reader(1), reader(3), reader(4)]
        assert relay.connections == 2

    assert (done.sent, done.excluded) == (3, 1)
    assert ledger.rows[2].reason == "unsubscribed"
    assert followed == [True, True, False], "the relay is not to blame, and is still asked ahead"


def test_nobody_goes_on_behind_a_slow_dot_while_the_ledger_cannot_be_asked() -> None:
    """An unsubscribe may be waiting in it; whoever has begun waits anew, and loses no attempt."""
    ledger = MemoryLedger(readers(3))
    look, away, asked = ledger.look, threading.Event(), threading.Semaphore(0)

    def may_fail() -> object:
        if away.is_set():
            asked.release()
            raise StoreError("database is locked")
        return look()

    def is_away() -> None:
        away.set()
        for _ in range(3):  # two may come at once, with a claim; it is asked again after a second
            assert asked.acquire(timeout=10)

    ledger.look = may_fail
    with ScriptedRelay(offers=AHEAD) as relay:
        first_dot(relay, is_away)
        with pytest.raises(StoreError, match="locked"):
            send(ledger, route(relay.port, connections=1), patience_s=2.0, block=3)

    assert ledger.states() == [SENT, PENDING, PENDING]
    assert ledger.rows[2].attempt == 0


def test_a_database_that_is_slow_to_look_costs_no_connections(followed: list[bool]) -> None:
    """Half of the time its look is too old: nobody begins behind a dot then, and nobody has to be left."""
    ledger = MemoryLedger(readers(12))
    slow_down(ledger, 0.6)
    with ScriptedRelay({"dot": "<pause 0.2>250 2.0.0 ok"}, offers=AHEAD) as relay:
        done = send(ledger, route(relay.port, connections=1), block=12)
        assert (done.sent, relay.connections) == (12, 1)
        assert sum(one.startswith("MAIL") for one in relay.commands) == 12

    assert not any(followed)


def test_a_look_of_half_a_second_does_not_stop_what_goes_on_behind_dots(followed: list[bool]) -> None:
    """A server far away, or under load: others look meanwhile, and none is old when the next one comes."""
    ledger = MemoryLedger(readers(80))
    slow_down(ledger, 0.5)
    with ScriptedRelay({"dot": "<pause 0.01>250 2.0.0 ok"}, offers=AHEAD) as relay:
        done = send(ledger, route(relay.port, connections=1), block=80)
        assert (done.sent, relay.connections) == (80, 1)

    assert sum(followed) > 60


def test_a_run_says_that_its_database_is_too_slow_to_be_asked_who_has_left() -> None:
    """It mails nobody on an older look, and would stand still without a word until the server is well."""
    ledger, heard, is_well = MemoryLedger(readers(20)), list[Progress](), threading.Event()
    look = ledger.look

    def slow() -> Look:
        if not is_well.is_set():
            time.sleep(1.1)
        return look()

    def tell(told: Progress) -> None:
        heard.append(told)
        if told.trouble is not None:
            is_well.set()

    ledger.look = slow
    with ScriptedRelay({}) as relay:
        done = send(ledger, route(relay.port), block=20, watch=replace(QUIET, progress=tell))

    assert done.sent == 20
    told = next(one for one in heard if one.trouble is not None)
    assert told.sent == 0
    assert re.match(r"the database takes 1\.\d s to say who has left", told.trouble or "")
    assert heard[-1].trouble is None


def test_a_run_that_waits_ends_with_its_edition_though_a_look_is_always_under_way() -> None:
    """It asks for who is due next between looks, and would neither hear of those put off nor of the end."""
    ledger, began = MemoryLedger(readers(12), due_s=0), time.monotonic()
    slow_down(ledger, 0.5)
    watch = replace(QUIET, stopped=lambda: time.monotonic() - began > 15)
    with ScriptedRelay({f"rcpt {reader(2)}": "450 4.2.1 greylisted"}, once=True) as relay:
        done = send(ledger, route(relay.port), block=12, wait=True, watch=watch)

    assert (done.sent, done.deferred, done.stopped) == (12, 1, False)


def test_whoever_leaves_while_looks_are_slow_is_not_mailed_a_second_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What counts is when the last look that has come began: none that knows of them comes in time here."""
    ledger, begun, left_at = MemoryLedger(readers(400)), list[float](), list[float]()
    look, begin = ledger.look, Lane._begin

    def slow() -> Look:
        seen = look()
        is_slower = left_at and time.monotonic() < left_at[0] + 1.5
        time.sleep(2.0 if is_slower else 0.5)
        return seen

    def noted(lane: Lane, envelope: Envelope) -> bytes:
        begun.append(time.monotonic())
        if len(begun) == 60:
            ledger.barred.update(dict.fromkeys(ledger.rows, "unsubscribed"))
            left_at.append(time.monotonic())
        return begin(lane, envelope)

    ledger.look = slow
    monkeypatch.setattr(Lane, "_begin", noted)
    with ScriptedRelay({"dot": "<pause 0.005>250 2.0.0 ok"}, offers=AHEAD) as relay:
        done = send(ledger, route(relay.port), block=400)

    assert done.excluded > 200
    assert begun[-1] < left_at[0] + 1.0


def test_nothing_goes_on_behind_a_slow_dot_once_the_run_is_to_end() -> None:
    """An edition that is held, or a machine that goes down: nothing new begins."""
    ledger, over = MemoryLedger(readers(3)), threading.Event()
    told = threading.Semaphore(0)
    watch = replace(QUIET, stopped=over.is_set, progress=lambda _: told.release())

    def is_stopped() -> None:
        over.set()
        for _ in range(told._value + 2):  # a quarter of a second apart
            assert told.acquire(timeout=10)

    with ScriptedRelay(offers=AHEAD) as relay:
        first_dot(relay, is_stopped)
        done = send(ledger, route(relay.port, connections=1), watch=watch, block=3)
        assert relay.recipients == [reader(1)]

    assert (done.sent, done.stopped) == (1, True)
    assert ledger.states() == [SENT, PENDING, PENDING]


def test_a_relay_that_turns_sour_hears_no_more_than_one_end_on_each_connection() -> None:
    """All that were on their way are refused at once: whatever stands behind them would be, too."""
    lanes, all_there = 16, threading.Event()

    def refuses(peer: Peer) -> None:
        if peer.relay.struck >= lanes:
            all_there.set()
        all_there.wait(5)
        peer.say("554 5.7.1 your mail is not wanted")

    ledger = MemoryLedger(readers(1_000))
    with FaultRelay(Fault(phase="dot", act=refuses), spared=400) as relay:
        with pytest.raises(TransportError, match="not wanted"):
            send(
                ledger,
                route(relay.port, connections=lanes),
                sender_of=lambda one: f"b+{one.id}@example.org",
                block=1_000,
            )
        refused = relay.struck

    assert lanes <= refused < lanes + 5, "five in a row are enough"
    assert ledger.states().count(SENT) == 400
    assert ledger.states().count(PENDING) == 600
    assert {row.attempt for row in ledger.rows.values() if row.state is PENDING} == {0}


def test_a_relay_that_answers_what_stands_behind_a_dot_first_gets_nothing_ahead_again(
    followed: list[bool],
) -> None:
    """It takes the MAIL of the next message, and then refuses the one before: nobody is on record as sent."""

    def answers_mail_first(peer: Peer) -> None:
        while b"DATA\r\n" not in peer.buffer:
            peer.more()
        peer.say("250 2.1.0 ok\r\n550 5.1.1 no such user\r\n250 2.1.5 ok\r\n354 go on")
        listens(peer)

    ledger = MemoryLedger(readers(6))
    with FaultRelay(Fault(phase="dot", act=answers_mail_first), times=1) as relay:
        send(
            ledger,
            route(relay.port, connections=1),
            sender_of=lambda one: f"b+{one.id}@example.org",
            block=6,
        )
        assert set(relay.taken) == {*readers(6)} - {reader(1)}

    assert ledger.states() == [UNKNOWN, SENT, SENT, SENT, SENT, SENT]
    assert followed == [True, False, False, False, False, False]
