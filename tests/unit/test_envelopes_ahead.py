"""Messages made before their turn: each reader's own, in bounds, and no fault is lost."""

from __future__ import annotations

import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from digest.deliver.loop import Loop
from digest.deliver.run.envelopes import Envelopes
from digest.deliver.run.misfits import Misfits
from digest.deliver.run.terms import SendingRules
from digest.deliver.run.turns import Turns
from digest.errors import MessageError
from digest.model import Delivery
from scripted_relay import ScriptedRelay
from sending_cast import MESSAGE, NOW, MemoryLedger, readers, route, send

RULES = SendingRules(sender="b@example.org", give_up_at=NOW + timedelta(hours=1))


def own(delivery: Delivery) -> bytes:
    """Make a message that nobody else gets."""
    return b"X-Reader: %d\r\n" % delivery.id + MESSAGE


@dataclass
class Desk:
    """Envelopes that one thread makes ahead, or the loop itself, and that loop."""

    loop: Loop
    hands: int = 1
    stamp: Callable[[Delivery], bytes] = own
    made: list[int] = field(default_factory=list)  #: by delivery id, in the order of making

    def __post_init__(self) -> None:
        self.envelopes = Envelopes(self._stamp, RULES, self.loop, hands=self.hands)

    def _stamp(self, delivery: Delivery) -> bytes:
        self.made.append(delivery.id)
        return self.stamp(delivery)

    def wait_for(self, delivery: Delivery) -> None:
        self.loop.run(lambda: self.envelopes.has(delivery))


@pytest.fixture
def desk() -> Iterator[Desk]:
    """Open one."""
    with Loop() as loop:
        opened = Desk(loop)
        yield opened
        opened.envelopes.close()


@pytest.fixture
def alone() -> Iterator[Desk]:
    """Open one without a thread of its own."""
    with Loop() as loop:
        yield Desk(loop, hands=0)


def claimed(count: int) -> deque[Delivery]:
    """Claim so many."""
    return deque(MemoryLedger(readers(count)).claim(count))


def test_messages_are_made_for_those_whose_turn_comes_soon_and_no_others(desk: Desk) -> None:
    """Each has 40 kB, and hundreds are claimed."""
    ready = claimed(300)
    desk.envelopes.stock(ready)
    desk.wait_for(ready[95])
    desk.envelopes.stock(ready)
    for _ in range(20):
        first = ready.popleft()
        assert desk.envelopes.take(first).message == own(first)
    desk.envelopes.stock(ready)
    desk.wait_for(ready[95])

    assert desk.made == list(range(1, 117))
    assert not desk.envelopes.has(ready[96])


def test_a_loop_makes_those_messages_while_nothing_happens(alone: Desk) -> None:
    """In the same bounds; then it has time to sleep."""
    ready = claimed(300)
    alone.loop.spare = lambda: alone.envelopes.make(ready)
    alone.loop.run(lambda: len(alone.made) >= 96)
    first = ready.popleft()

    assert alone.envelopes.take(first).message == own(first)
    assert alone.envelopes.make(ready)
    assert not alone.envelopes.make(ready)
    assert alone.made == list(range(1, 98))


def test_what_happens_goes_before_what_can_wait(alone: Desk) -> None:
    """A relay that answers is not to wait for messages that are sent later."""
    order: list[str] = []
    here, there = socket.socketpair()
    with here, there:
        here.setblocking(False)
        there.send(b"250 ok")
        alone.loop.watch(here, lambda: order.append(here.recv(9).decode()))
        alone.loop.later(0.0, lambda: order.append("due"))
        alone.loop.post(lambda: order.append("posted"))

        def spare() -> bool:
            order.append("spare")
            there.send(b"221 bye")
            alone.loop.post(lambda: order.append("posted later"))
            return True

        alone.loop.spare = spare
        alone.loop.run(lambda: len(order) >= 6)
        alone.loop.forget(here)

    assert order == ["250 ok", "due", "posted", "spare", "221 bye", "posted later"]


def test_messages_of_those_who_go_back_to_the_ledger_are_let_go(alone: Desk) -> None:
    """Else they would stand in the way of others' for as long as the run lasts."""
    ready = claimed(300)
    while alone.envelopes.make(ready):
        pass
    clerk = SimpleNamespace(ready=ready, looks=SimpleNamespace())
    gate = SimpleNamespace(
        limits=SimpleNamespace(domains={"example.org": None}),
        admits=lambda _domain: False,
        turn_s=lambda _domain: 60.0,
    )
    back: list[Delivery] = []
    ends = SimpleNamespace(later=lambda one, _seconds, _text: back.append(one))
    misfits = Misfits([], alone.loop.now)
    turns = Turns(cast("Any", clerk), cast("Any", gate), cast("Any", ends), alone.envelopes, misfits)
    assert turns.take(cast("Any", None), is_fresh=False) == (None, None)

    turns.put_back(10, None)
    others = claimed(300)

    assert [one.id for one in back] == list(range(300, 10, -1))
    assert [one.id for one in others if one.id in alone.envelopes._made] == list(range(1, 11))
    assert alone.envelopes.make(deque(others))


def test_those_who_wait_for_their_domain_take_nobodys_place(alone: Desk) -> None:
    """One in ten is held back all the time; the others' messages are made before their turn as ever."""
    ready = claimed(900)
    while ready:
        while alone.envelopes.make(ready):
            pass
        before = len(alone.made)
        for _ in range(min(96, len(ready))):
            one = ready.popleft()
            if one.id % 10:
                alone.envelopes.take(one)
        assert len(alone.made) == before

    assert len(alone.envelopes._made) <= 2 * 96 + 8


def test_message_that_cannot_be_made_says_so_when_it_is_taken(desk: Desk) -> None:
    """It costs its reader alone."""

    def refuse(_delivery: Delivery) -> bytes:
        raise MessageError("no value for the slot 'email'")

    desk.stamp, ready = refuse, claimed(1)
    desk.envelopes.stock(ready)
    desk.wait_for(ready[0])

    with pytest.raises(MessageError, match="'email'"):
        desk.envelopes.take(ready[0])


def test_messages_of_those_who_went_back_to_the_ledger_do_not_pile_up(desk: Desk) -> None:
    """With limits by domain thousands may be claimed, held and put off in an hour."""
    ready = claimed(2000)
    while ready:
        desk.envelopes.stock(ready)
        desk.wait_for(ready[min(95, len(ready) - 1)])
        for _ in range(min(90, len(ready))):
            ready.popleft()

    assert len(desk.envelopes._made) <= 3 * 96


def test_who_goes_back_while_their_message_is_made_gets_another(desk: Desk) -> None:
    """They may be claimed again after they have moved, and the first one is for the address of before."""
    (before,), going_on = claimed(1), threading.Event()

    def slow(delivery: Delivery) -> bytes:
        going_on.wait(10)
        return own(delivery)

    desk.stamp = slow
    desk.envelopes.stock([before])
    desk.envelopes.forget(before)
    again = replace(before, subscriber=replace(before.subscriber, email="moved@example.net"))
    desk.envelopes.stock([again])
    going_on.set()
    desk.wait_for(again)

    assert desk.envelopes.take(again).recipient == "moved@example.net"
    assert desk.made == [1, 1]


def test_fault_of_the_program_ends_the_run() -> None:
    """As it does when messages are made in the loop: it would strike everybody."""

    def broken(_delivery: Delivery) -> bytes:
        raise ZeroDivisionError

    with ScriptedRelay() as relay, pytest.raises(ZeroDivisionError):
        send(MemoryLedger(readers(5)), route(relay.port), stamp=broken, hands=2)


def test_everyone_gets_the_message_that_was_made_for_them() -> None:
    """However many threads make them, and in whatever order they come."""
    ledger = MemoryLedger(readers(60))
    with ScriptedRelay() as relay:
        done = send(ledger, route(relay.port, connections=1), stamp=own, hands=2, block=60)

        assert done.sent == 60
        rows = {row.subscriber.email: own(row) for row in ledger.rows.values()}
        assert [rows[one] for one in relay.recipients] == relay.bodies


def test_who_is_barred_gets_no_message_that_was_made_ahead() -> None:
    """The last look is taken when MAIL is written, not when the message is made."""
    ledger = MemoryLedger(readers(8), barred={3: "unsubscribed"})
    with ScriptedRelay() as relay:
        done = send(ledger, route(relay.port, connections=1), stamp=own, hands=1, block=8)

        assert (done.sent, done.excluded) == (7, 1)
        assert "reader3@example.org" not in relay.recipients
