"""Whom one of several relays refuses, while another takes readers or looks at them."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace

import pytest

from digest.deliver import Limits
from digest.deliver.limits.limit import Limit
from digest.deliver.run.elsewhere import Elsewhere
from digest.deliver.run.relay import Connected, Relay
from digest.deliver.smtp.attempt import Attempt
from digest.model import DeliveryState
from scripted_relay import ScriptedRelay
from sending_cast import MemoryLedger, route, send

FAILED, SENT, PENDING = DeliveryState.FAILED, DeliveryState.SENT, DeliveryState.PENDING
DEFERRED = DeliveryState.DEFERRED
UNKNOWN, FULL, GREY = "550 5.1.1 no such user", "552 5.2.2 mailbox full", "450 4.2.0 greylisted"
DOMAINS = ("one.example", "two.example", "three.example")
BRISK = {"dot": "<pause 0.002>250 2.0.0 ok"}
ORDERS = pytest.mark.parametrize("is_first", [True, False])


def people(count: int, domains: int) -> list[str]:
    """Name readers, of so many domains in turns."""
    return [f"reader{n}@{DOMAINS[n % domains]}" for n in range(count)]


def asked(*relays: ScriptedRelay) -> Counter[str]:
    """Count how often each reader was asked for."""
    lines = [line for relay in relays for line in relay.commands if line.startswith("RCPT")]
    return Counter(line[line.index("<") + 1 : line.index(">")] for line in lines)


class Pair(ExitStack):
    """Two relays with a connection each, one of which is ill."""

    def __init__(self, well: dict[str, str], ill: dict[str, str], *, is_first: bool) -> None:
        super().__init__()
        self.well, self.ill = ScriptedRelay(well), ScriptedRelay(ill)
        self.relays = (self.ill, self.well) if is_first else (self.well, self.ill)

    def __enter__(self) -> Pair:
        for relay in self.relays:
            self.enter_context(relay)
        return self

    def send(self, ledger: MemoryLedger, **rules: object) -> tuple[int, int, int]:
        """Deliver; return how many were sent, failed and put off."""
        names = ("ill", "well") if self.relays[0] is self.ill else ("well", "ill")
        routes = [
            route(relay.port, name=name, connections=1)
            for name, relay in zip(names, self.relays, strict=True)
        ]
        done = send(ledger, *routes, **{"block": 500, **rules})
        return done.sent, done.failed, done.deferred


@ORDERS
@pytest.mark.parametrize("domains", [1, 2, 3])
@pytest.mark.parametrize("words", [UNKNOWN, FULL])
def test_relay_that_loses_its_users_in_the_middle_costs_nobody_anything(
    domains: int, words: str, is_first: bool
) -> None:
    """A company's list has one domain; the other relay takes its readers all the time."""
    ledger = MemoryLedger(people(200, domains))
    with Pair(BRISK, BRISK, is_first=is_first) as pair:
        taken = list[str]()

        def on_taken(email: str) -> None:
            taken.append(email)
            if len(taken) == 20:
                pair.ill.script["rcpt"] = words

        pair.ill.on_taken = on_taken
        done = pair.send(ledger)

    assert done == (200, 0, 0)
    assert max(asked(*pair.relays).values()) <= 2
    assert sum(asked(pair.ill).values()) < 20 + 30
    assert len(pair.well.recipients) == 180
    assert ledger.outages == []


def test_relay_that_was_slow_to_open_is_asked_before_a_quick_one_is_believed() -> None:
    """A short list is through before the other has a connection."""
    ledger = MemoryLedger(people(9, 1))
    with Pair(BRISK, {"rcpt": "550 Rejected"}, is_first=True) as pair:
        quick, slow = route(pair.ill.port, name="ill"), route(pair.well.port, name="well", connections=1)
        has_refused = threading.Event()
        pair.ill.on_command = lambda _: has_refused.set() if asked(pair.ill).total() >= 9 else None

        def connect(attempt: Attempt) -> Connected:
            assert has_refused.wait(60)
            return slow.connect(attempt)

        done = send(ledger, quick, replace(slow, connect=connect), block=500)

    assert (done.sent, done.failed) == (9, 0)


@pytest.mark.parametrize("domains", [1, 3])
def test_what_was_on_its_way_when_a_relay_lost_its_users_does_not_speak_for_it(domains: int) -> None:
    """The dot of one connection is answered after it has refused the first on another."""
    ledger, taken = MemoryLedger(people(60, domains)), list[str]()
    well, ill = ScriptedRelay({"dot": "<pause 0.05>250 ok"}), ScriptedRelay({"dot": "<pause 0.2>250 ok"})

    def on_taken(email: str) -> None:
        taken.append(email)
        if len(taken) == 4:
            ill.script["rcpt"] = UNKNOWN

    ill.on_taken = on_taken
    with well, ill:
        routes = route(well.port, name="well", connections=1), route(ill.port, name="ill", connections=4)
        done = send(ledger, *routes, block=500)

    assert (done.sent, done.failed) == (60, 0)


@ORDERS
@pytest.mark.parametrize(("count", "domains"), [(60, 1), (30, 3), (9, 1)])
@pytest.mark.parametrize("words", [UNKNOWN, FULL, "550 Rejected"])
def test_relay_that_knows_nobody_costs_nobody_anything_beside_one_that_greylists(
    count: int, domains: int, words: str, is_first: bool
) -> None:
    """At the second try its noes are as quick as before; the other takes all of them by then."""
    ledger = MemoryLedger(people(count, domains), due_s=None)
    with Pair({"rcpt": GREY}, {"rcpt": words}, is_first=is_first) as pair:
        assert pair.send(ledger) == (0, 0, count)
        ledger.due_s = 0
        pair.well.script = dict(BRISK)
        assert pair.send(ledger) == (count, 0, 0)

    assert max(asked(*pair.relays).values()) <= 4


@ORDERS
def test_relay_that_loses_its_users_between_two_tries_costs_nobody_anything(is_first: bool) -> None:
    """Some have the edition, and it answers before the other has taken anybody in this run."""
    ledger = MemoryLedger(people(40, 1))
    later = {f"rcpt {email}": GREY for email in ledger.emails[10:]}
    with Pair(later, later, is_first=is_first) as pair:
        assert pair.send(ledger) == (10, 0, 30)
        ledger.due_s, pair.well.script, pair.ill.script = 0, {"dot": "<pause 0.05>250 ok"}, {"rcpt": UNKNOWN}
        assert pair.send(ledger) == (30, 0, 0)


@pytest.mark.parametrize("domains", [1, 3])
def test_few_dead_addresses_fail_in_the_same_run_and_hardly_any_is_asked_for_twice(domains: int) -> None:
    """One of twenty: each relay takes others in between."""
    ledger = MemoryLedger(people(400, domains))
    dead = ledger.emails[7::20]
    script = {f"rcpt {email}": UNKNOWN for email in dead} | BRISK
    with Pair(script, script, is_first=True) as pair:
        assert pair.send(ledger) == (380, 20, 0)

    counts = asked(*pair.relays)
    assert {counts[email] for email in set(ledger.emails) - set(dead)} == {1}
    assert sum(counts[email] for email in dead) <= 20 + 4
    assert {ledger.outcomes[n].text for n in range(8, 400, 20)} == {"5.1.1 no such user"}


@pytest.mark.parametrize("domains", [1, 3])
def test_few_dead_addresses_fail_in_the_same_run_where_both_relays_greylist(domains: int) -> None:
    """Neither takes anybody before the others are due, and both have looked at some."""
    ledger = MemoryLedger(people(100, domains))
    dead = ledger.emails[7::20]
    script = {f"rcpt {email}": UNKNOWN for email in dead}
    with Pair({"rcpt": GREY, **script}, {"rcpt": GREY, **script}, is_first=True) as pair:
        assert pair.send(ledger) == (0, 5, 95)
        first = asked(*pair.relays)
        ledger.due_s = 0
        pair.well.script, pair.ill.script = script, script
        assert pair.send(ledger) == (95, 0, 0)

    assert {first[email] for email in set(ledger.emails) - set(dead)} == {1}
    assert {first[email] for email in dead} == {2}


@pytest.mark.parametrize(("tries", "domains"), [(1, 1), (2, 1), (2, 3)])
def test_dead_addresses_that_stand_together_are_asked_for_twice_and_hold_nothing(
    tries: int, domains: int
) -> None:
    """The whole end of a list, at their first try or the second: both relays say the same."""
    ledger = MemoryLedger(people(120, domains))
    dead = ledger.emails[20:]
    with Pair({}, {}, is_first=True) as pair:
        for number in range(1, tries + 1):
            words = UNKNOWN if number == tries else GREY
            script = BRISK | {f"rcpt {email}": words for email in dead}
            pair.well.script, pair.ill.script, before = script, script, asked(*pair.relays)
            done = pair.send(ledger)
            ledger.due_s = 0

    assert done == (20 if tries == 1 else 0, 100, 0)
    assert ledger.states() == [SENT] * 20 + [FAILED] * 100
    assert max((asked(*pair.relays) - before).values()) <= 2


def test_dead_addresses_at_the_start_of_a_list_hold_nothing_where_several_relays_hear_them() -> None:
    """After five each relay asks for others; two that turned the list round were back at the dead."""
    ledger = MemoryLedger(people(360, 3))
    script = {f"rcpt {email}": f"<pause 0.02>{UNKNOWN}" for email in ledger.emails[:60]}
    with Pair(script, script, is_first=True) as pair:
        assert pair.send(ledger) == (300, 60, 0)


def test_relay_goes_on_once_another_has_said_the_same_of_those_who_were_put_off_before() -> None:
    """What is left of an edition is mostly gone: twenty of three domains are no reason to use it no more."""
    ledger = MemoryLedger(people(120, 3))
    script = BRISK | {f"rcpt {email}": GREY for email in ledger.emails[20:]}
    with Pair(script, script, is_first=True) as pair:
        assert pair.send(ledger) == (20, 0, 100)
        ledger.due_s, before = 0, asked(pair.ill)
        pair.well.script, pair.ill.script = {"rcpt": f"<pause 0.005>{UNKNOWN}"}, {"rcpt": UNKNOWN}
        assert pair.send(ledger, block=10) == (0, 100, 0)
        assert sum((asked(pair.ill) - before).values()) >= 40


def test_reader_whom_a_relay_alone_can_carry_is_believed_to_be_gone() -> None:
    """It takes others, and so does the other relay; nobody else is there to tell."""
    ledger = MemoryLedger([*people(30, 1), "s\u00f8ren@two.example"])
    wide = ScriptedRelay({"rcpt s\u00f8ren@two.example": UNKNOWN}, offers=("SMTPUTF8", "8BITMIME"))
    with ScriptedRelay() as plain, wide:
        done = send(ledger, route(plain.port, name="plain"), route(wide.port, name="wide"), block=40)

    assert (done.sent, done.failed) == (30, 1)


def test_relay_in_question_has_its_share_again_when_others_are_silent_for_long() -> None:
    """They may have used up what they may send that day."""
    one, other = (Relay(route(1, name=name), lambda: 0.0, per_connection=100) for name in ("one", "other"))
    elsewhere, row = Elsewhere([one, other], lambda _: True), MemoryLedger(people(1, 1)).rows[1]
    other.has_taken = True

    assert elsewhere.is_better(one)
    assert elsewhere.ask(row, one)
    elsewhere.tick(5.0)
    elsewhere.tick(604.0)
    assert (one.weight, other.weight) == (0, 1)
    assert not elsewhere.is_better(other)
    elsewhere.tick(605.0)
    assert one.weight == 1
    assert not elsewhere.ask(row, one)


def test_relay_in_question_has_its_share_again_once_the_others_let_nobody_begin() -> None:
    """Their hour or day is used up, or other senders have all their connections."""
    one, other = (Relay(route(1, name=name), lambda: 0.0, per_connection=100) for name in ("one", "other"))
    full = set[str]()
    elsewhere, row = (
        Elsewhere([one, other], lambda name: name not in full),
        MemoryLedger(people(1, 1)).rows[1],
    )

    assert elsewhere.is_better(one)
    assert elsewhere.ask(row, one)
    elsewhere.tick(5.0)
    elsewhere.tick(5.25)
    assert one.weight == 0
    full.add("other")
    elsewhere.tick(5.5)
    assert one.weight == 1
    assert not elsewhere.is_better(one)


@pytest.mark.parametrize("dead", [1, 80])
def test_relay_whose_hour_is_used_up_holds_up_nothing(dead: int) -> None:
    """Nobody can be asked for there: the run stood still for ten minutes at each twenty, and at its end."""
    gone = [f"gone{n}@{DOMAINS[n % 2]}" for n in range(dead)]
    script = {f"rcpt {email}": UNKNOWN for email in gone} | BRISK
    ledger = MemoryLedger(people(30, 2) + gone)
    limits = Limits(relays={"ill": Limit(key="relay ill", per_hour=4)}, domains={})
    with Pair(script, script, is_first=True) as pair:
        done = pair.send(ledger, limits=limits, block=100, lasts_s=20.0)

    assert done == (30, dead, 0)
    assert sum(asked(pair.ill).values()) == 4


def test_relay_that_was_idle_can_be_asked_though_its_connections_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It had left its seats while the other kept all waiting: that is no limit that is used up."""
    monkeypatch.setattr("digest.deliver.run.need.IDLE_S", 0.3)
    ledger = MemoryLedger(people(30, 1))
    limits = Limits(
        relays={name: Limit(key=f"relay {name}", connections=8) for name in ("ill", "well")}, domains={}
    )
    with ScriptedRelay({"rcpt": f"<pause 2.0>{UNKNOWN}"}) as ill, ScriptedRelay() as well:
        routes = route(ill.port, name="ill"), route(well.port, name="well")
        done = send(ledger, *routes, block=40, limits=limits, lasts_s=20.0)

    assert (done.sent, done.failed) == (30, 0)


def test_relay_has_its_share_again_when_another_has_said_the_same() -> None:
    """Who was refused by both is believed to be gone, and each is asked for no third time."""
    one, other = (Relay(route(1, name=name), lambda: 0.0, per_connection=100) for name in ("one", "other"))
    elsewhere, rows = Elsewhere([one, other], lambda _: True), MemoryLedger(people(2, 1)).rows
    weights = list[int]()
    for number in rows:
        assert elsewhere.ask(rows[number], one)
    for number in rows:
        weights.append(one.weight)
        assert elsewhere.heard(rows[number], FAILED, other) is None

    assert (weights, one.weight) == ([0, 0], 1)
    assert not elsewhere.ask(rows[1], other)


def test_relay_counts_as_wrong_over_five_whom_others_took_since_it_took_somebody() -> None:
    """Two relays do not know all the same people: a few are no reason to use it no more."""
    one, other = (Relay(route(1, name=name), lambda: 0.0, per_connection=100) for name in ("one", "other"))
    elsewhere, rows = Elsewhere([one, other], lambda _: True), list(MemoryLedger(people(12, 1)).rows.values())

    def taken(count: int) -> list[Relay | None]:
        found = []
        for row in (rows.pop() for _ in range(count)):
            assert elsewhere.ask(replace(row, state=PENDING), one)
            found.append(elsewhere.heard(row, SENT, other))
        return found

    assert taken(4) == [None] * 4
    elsewhere.knows(one)
    assert taken(5) == [None] * 4 + [one]
    assert elsewhere.heard(rows[0], SENT, other) is None
