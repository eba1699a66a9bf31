"""Relays that have had enough of a connection, and say so with no more than 4xx: a fresh one carries on.

What is expected comes from RFC 5321: a 4xx says nothing for good; 4.5.3 is too many (RFC 3463).
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from itertools import count
from threading import Lock

import pytest

from digest.deliver import Connected, Limits, LocalAllotments, Tally, Watch
from digest.deliver.limits.limit import Limit
from digest.deliver.run.ration import Ration
from digest.deliver.smtp.attempt import Attempt
from digest.errors import TransportError
from digest.model import DeliveryState
from fault_relay import Fault, FaultRelay, Peer, says
from sending_cast import NOW, MemoryLedger, MemoryRecord, reader, readers, route, send

TOO_MANY = "452 4.5.3 too many messages"


class Counting:
    """Takes so many messages on each connection, and says these words to the rest of them."""

    def __init__(self, most: int, words: str = TOO_MANY) -> None:
        self.most, self.words = most, words
        self.begun: Counter[Peer] = Counter()  #: by connection

    def __call__(self, peer: Peer) -> None:
        self.begun[peer] += 1
        peer.say("250 2.1.0 ok" if self.begun[peer] <= self.most else self.words)


def deliver(relay: FaultRelay, ledger: MemoryLedger, connections: int = 1, **more: object) -> Tally:
    """Send to everybody; the sender of each message names its reader, as the relay wants it."""
    return send(
        ledger,
        route(relay.port, connections=connections),
        sender_of=lambda one: f"b+{one.id}@example.org",
        **{"block": 60, **more},
    )


@pytest.mark.parametrize("connections", [1, 8])
@pytest.mark.parametrize("phase", ["mail", "rcpt"])
@pytest.mark.parametrize("words", [TOO_MANY, "452 4.5.3 Too many recipients received this session"])
def test_relay_that_takes_so_many_on_a_connection_gets_all_the_mail(
    words: str, phase: str, connections: int
) -> None:
    """The only relay there is: to put somebody off costs them minutes, and all who follow as well."""
    ledger, record = MemoryLedger(readers(40)), MemoryRecord()
    with FaultRelay(Fault(phase=phase, act=Counting(3, words))) as relay:
        assert deliver(relay, ledger, connections, record=record).sent == 40

        assert relay.taken == Counter(readers(40))
    assert {row.attempt for row in ledger.rows.values()} == {1}
    assert len(record.permits) == 40


def test_connections_are_left_open_while_a_domain_s_limit_lets_nobody_begin() -> None:
    """Two begin a second, so that the last one waits for long; not one connection is made for that."""
    ledger, paced = MemoryLedger(readers(4)), Limit(key="domain example.org", per_second=2)
    with FaultRelay(Fault(phase="mail", act=Counting(3))) as relay:
        limits = Limits(relays={}, domains={"example.org": paced})
        assert deliver(relay, ledger, limits=limits, allotments=LocalAllotments()).sent == 4

        assert relay.connections == 2


@pytest.mark.parametrize("relays", [1, 2])
def test_run_goes_on_when_all_that_are_left_wait_for_a_domain_and_a_fresh_connection(relays: int) -> None:
    """Then nobody else has the domain's limit drawn; and each connection is made for one that may begin."""
    ledger, paced = MemoryLedger(readers(4)), Limit(key="domain example.org", per_second=2)
    with ExitStack() as stack:
        opened = [
            stack.enter_context(FaultRelay(Fault(phase="mail", act=Counting(1)))) for _ in range(relays)
        ]
        done = send(
            ledger,
            *(route(one.port, name=f"r{n}", connections=1) for n, one in enumerate(opened)),
            sender_of=lambda to: f"b+{to.id}@example.org",
            block=60,
            limits=Limits(relays={}, domains={"example.org": paced}),
            allotments=LocalAllotments(),
            lasts_s=20.0,
        )

        assert done.sent == 4
        assert sum(one.connections for one in opened) == 4


@pytest.mark.parametrize("relays", [1, 2])
def test_last_one_who_waits_for_a_fresh_connection_closes_no_other(relays: int) -> None:
    """All the others are free by then, and may be of use to who comes next: one more is all it takes."""
    victim, seen, gone = reader(150), set[Peer](), list[int]()

    def tires(peer: Peer) -> None:
        seen.add(peer)
        if peer.recipient == victim and peer.begun > 1:
            peer.say(TOO_MANY)
            return
        if peer.recipient == victim:
            gone.append(sum(one.sock.fileno() < 0 or one.was_left() for one in seen))
        peer.say("250 2.1.0 ok")

    ledger = MemoryLedger(readers(150))
    with ExitStack() as stack:
        opened = [stack.enter_context(FaultRelay(Fault(phase="mail", act=tires))) for _ in range(relays)]
        done = send(
            ledger,
            *(route(one.port, name=f"r{n}", connections=8) for n, one in enumerate(opened)),
            sender_of=lambda to: f"b+{to.id}@example.org",
            block=150,
        )

        assert done.sent == 150
        assert len(seen) > 2
    assert gone in ([0], [1])  # the one that was told so


@pytest.mark.parametrize("words", ["451 4.3.0 later", "452 too many messages", "450 4.7.1 wait"])
def test_any_4xx_to_mail_is_asked_about_once_more_on_a_fresh_connection(words: str) -> None:
    """No recipient is named yet."""
    ledger = MemoryLedger(readers(4))
    with FaultRelay(Fault(phase="mail", act=Counting(2, words))) as relay:
        assert deliver(relay, ledger).sent == 4

        assert relay.connections == 2


def test_another_relay_is_asked_on_a_fresh_connection_too_so_that_nobody_goes_to_and_fro() -> None:
    """Both resolve no domain of this sender's: twice is enough for either to say so."""
    ledger, victim = MemoryLedger(readers(40)), reader(40)
    fault = Fault(phase="mail", act=says("451 4.1.8 sender domain does not resolve"))
    with FaultRelay(fault, victim=victim) as one, FaultRelay(fault, victim=victim) as other:
        done = send(
            ledger,
            route(one.port, name="one"),
            route(other.port, name="other"),
            sender_of=lambda to: f"b+{to.id}@example.org",
            block=60,
        )

        assert (done.sent, done.deferred) == (39, 1)
        assert one.hit[victim] + other.hit[victim] == 2
        assert one.connections + other.connections <= 4 + 2 * 2


def test_what_a_fresh_connection_is_told_as_well_counts() -> None:
    """A relay whose disk is full after two messages: one more connection, and nobody goes round in a ring."""
    seen: list[str] = []

    def fills_up(peer: Peer) -> None:
        seen.append(peer.recipient)
        peer.say("250 2.1.0 ok" if len(seen) <= 2 else "452 4.3.1 insufficient storage")

    ledger = MemoryLedger(readers(9))
    with FaultRelay(Fault(phase="mail", act=fills_up)) as relay:
        with pytest.raises(TransportError, match=r"puts everybody off: 452 4\.3\.1 insufficient"):
            deliver(relay, ledger)

        assert relay.taken == Counter(readers(2))
    again = Counter(seen) - Counter(set(seen))
    assert again == Counter([reader(3)])
    assert {row.attempt for row in ledger.rows.values()} <= {0, 1}


@pytest.mark.parametrize("words", ["450 4.7.1 greylisted", "451 4.7.1 try again", "452 too many", "450 full"])
def test_4xx_to_a_recipient_is_theirs(words: str) -> None:
    """Greylisting wants a mail to come back after minutes; to come back at once makes it worse."""
    ledger = MemoryLedger(readers(5))
    with FaultRelay(Fault(phase="rcpt", act=says(words)), victim=reader(3)) as relay:
        done = deliver(relay, ledger)

        assert (done.sent, done.deferred) == (4, 1)
        assert (relay.connections, relay.hit[reader(3)]) == (1, 1)
    assert ledger.rows[3].state is DeliveryState.DEFERRED


def test_connections_are_replaced_in_time_once_it_is_known_how_many_messages_they_carry(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three connections that were ended alike are the relay's rule: nobody is refused any more."""
    counts, said = Counting(5), list[bool]()
    ended = Ration.ended
    monkeypatch.setattr(Ration, "ended", lambda self, taken: said.append(ended(self, taken)) or said[-1])
    ledger = MemoryLedger(readers(40))
    with FaultRelay(Fault(phase="mail", act=counts)) as relay:
        assert deliver(relay, ledger).sent == 40

        assert relay.connections == 8
    # Five on each: three that ran into the limit, and five that were left before it.
    assert said == [False, False, True]
    assert sum(counts.begun.values()) == 43


@pytest.mark.parametrize(("every", "connections", "most"), [(2, 1, 5), (3, 1, 5), (4, 1, 5), (4, 8, 28)])
def test_relay_that_says_4xx_now_and_then_costs_few_connections(
    every: int, connections: int, most: int
) -> None:
    """A table that does not answer each time: a fresh connection is told the same, by chance as often."""
    asked, lock = count(1), Lock()

    def now_and_then(peer: Peer) -> None:
        with lock:
            number = next(asked)
        peer.say("250 2.1.0 ok" if number % every else "451 4.3.0 lookup failure")

    ledger = MemoryLedger(readers(120))
    with FaultRelay(Fault(phase="mail", act=now_and_then)) as relay:
        done = deliver(relay, ledger, connections, block=120)

        # Four for those who were told so by the trial's end. Beside others a trial may fail by chance.
        assert relay.connections <= most
    assert done.sent + done.deferred == 120
    assert 0 < done.deferred <= (120 + most) // every


def test_relay_that_counts_is_asked_once_more_on_every_fourth_connection_only() -> None:
    """Each of the others is left at the first such answer: it takes no more."""
    counts = Counting(3)
    ledger = MemoryLedger(readers(40))
    with FaultRelay(Fault(phase="mail", act=counts)) as relay:
        assert deliver(relay, ledger).sent == 40

    told = Counter(number - 3 for number in counts.begun.values() if number > 3)
    assert told[2] == (told[1] + told[2]) // 4
    assert set(told) == {1, 2}


@pytest.mark.parametrize("phase", ["mail", "rcpt"])
def test_what_says_nothing_of_a_connection_ends_no_trial_of_it(phase: str) -> None:
    """Of a reader whom the relay does not know, or of whom it was not asked: who follow are not put off."""
    emails = [f"jürgen{n}@example.org" if n % 7 == 0 else reader(n) for n in range(1, 121)]
    strangers = {reader(n) for n in range(5, 121, 7) if phase == "rcpt"}
    ledger, counts = MemoryLedger(emails), Counting(3)

    def act(peer: Peer) -> None:
        if peer.recipient in strangers:
            peer.say("550 5.1.1 unknown")
        else:
            counts(peer)

    with FaultRelay(Fault(phase=phase, act=act)) as relay:
        done = deliver(relay, ledger)

        failed = 17 + len(strangers)
        assert (done.sent, done.failed, done.deferred) == (120 - failed, failed, 0)


def test_who_waits_for_a_fresh_connection_has_lost_nothing_when_the_run_ends() -> None:
    """A relay that goes away in just that moment."""
    ledger, tried = MemoryLedger(readers(3)), list[Attempt]()
    with FaultRelay(Fault(phase="mail", act=Counting(1))) as relay:
        way = route(relay.port, connections=1)

        def once(attempt: Attempt) -> Connected:
            tried.append(attempt)
            if len(tried) > 1:
                raise TransportError("gone", permanent=False)
            return way.connect(attempt)

        with pytest.raises(TransportError, match="gone"):
            send(
                ledger,
                replace(way, connect=once),
                sender_of=lambda one: f"b+{one.id}@example.org",
                watch=Watch(clock=lambda: NOW, chance=lambda: -2.95),
            )
    assert [row.state for row in ledger.rows.values()] == [DeliveryState.SENT] + [DeliveryState.PENDING] * 2
    assert [row.attempt for row in ledger.rows.values()] == [1, 0, 0]
