"""The pace of a relay and those of domains, together over a real socket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from time import monotonic

import pytest

from digest.deliver import Allotments, Draw, Limits, LocalAllotments
from digest.deliver.limits.limit import Limit
from digest.model import DeliveryState, Outcome
from scripted_relay import ScriptedRelay
from sending_cast import NOW, MemoryLedger, readers, route, send

RELAY = Limit(key="relay main", per_second=10)
SLOW = {name: Limit(key=f"domain {name}", per_second=5) for name in ("a.example", "b.example")}


class Noted(LocalAllotments):
    """Notes what was drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn: list[tuple[str, float]] = []

    def draw(self, limit: Limit, count: int, among: Sequence[float] | None = None) -> Draw:
        found = super().draw(limit, count, among)
        self.drawn += [(limit.key, at) for at in found.at]
        return found


def out_of_step(shared: Allotments, *domains: str) -> None:
    """Let moments of a relay, 0.105 s apart, lie just between those of domains, 0.21 s apart."""
    (moment,) = shared.draw(RELAY, 1).at
    for name in domains:
        shared.draw(SLOW[name], 1, [moment + 0.05])


@pytest.mark.parametrize("domains", [("a.example",), ("a.example", "b.example")])
def test_a_domain_with_a_pace_gets_its_mail_through_a_relay_with_one(domains: tuple[str, ...]) -> None:
    """Moments lapse: where those of the two never met, the domain got nothing until its mail expired."""
    shared = Noted()
    out_of_step(shared, *domains)
    emails = [f"reader{n}@{name}" for n in range(6) for name in domains]
    limits = Limits(relays={"main": RELAY}, domains={name: SLOW[name] for name in domains})
    with ScriptedRelay() as relay:
        began = monotonic()
        done = send(MemoryLedger(emails), route(relay.port), block=50, limits=limits, allotments=shared)

    assert done.sent == len(emails)
    assert monotonic() - began < 10  # at their pace it takes 1.3 s
    for name in domains:
        moments = sorted(at for key, at in shared.drawn if key == SLOW[name].key)
        assert len(moments) <= 2 * 6 + 1, "moments are drawn to lapse"


def test_relays_without_a_pace_take_mail_at_the_domains_own() -> None:
    """Where any moment will do none is waited for."""
    shared = Noted()
    emails = [f"reader{n}@a.example" for n in range(4)]
    limits = Limits(relays={}, domains=SLOW)
    with ScriptedRelay() as relay:
        done = send(MemoryLedger(emails), route(relay.port), block=50, limits=limits, allotments=shared)

    assert done.sent == 4
    moments = [at for _, at in shared.drawn]
    assert moments[3] - moments[0] == pytest.approx(0.63, abs=1e-3)


@pytest.mark.parametrize(
    "limit", [{"connections": 2}, {"per_second": 40}, {"per_second": 40, "connections": 1}]
)
def test_a_list_of_one_domain_goes_out_as_fast_as_its_limit_allows(limit: dict[str, int]) -> None:
    """Those beyond the few that a run holds were put off for a minute and more, and a run that does not wait
    ended without them."""
    limits = Limits(relays={}, domains={"example.org": Limit(key="domain example.org", **limit)})
    ledger = MemoryLedger(readers(120))
    with ScriptedRelay() as relay:
        began = monotonic()
        done = send(ledger, route(relay.port), block=10, limits=limits, lasts_s=40)

    assert done.sent == 120
    assert monotonic() - began < 20  # at the pace it takes 3 s
    assert {row.attempt for row in ledger.rows.values()} == {1}
    assert max(ledger.claims) <= 10


def test_readers_of_other_domains_are_not_held_up_behind_those_who_wait_for_a_limit() -> None:
    """They come last on the list, behind hundreds of a domain that takes ten a second."""
    strict = Limit(key="domain strict.example", per_second=10)
    limits = Limits(relays={}, domains={"strict.example": strict})
    emails = [f"r{n}@strict.example" for n in range(60)] + readers(20)
    with ScriptedRelay() as relay:
        done = send(MemoryLedger(emails), route(relay.port), block=10, limits=limits, lasts_s=40)
        order = relay.recipients

    assert done.sent == 80
    assert max(map(order.index, readers(20))) < 40


def test_those_whom_another_run_put_off_for_a_limit_do_not_wait_for_their_time() -> None:
    """It has ended, and with it what kept them."""
    ledger = MemoryLedger(readers(4))
    words = {1: "waits for the limit of example.org", 2: "450 4.2.0 try later"}
    words[3] = f"others were taken: {words[1]}"
    for n, text in words.items():
        ledger.rows[n] = replace(ledger.rows[n], state=DeliveryState.DEFERRED, reason=text)
        later = NOW + timedelta(hours=1)
        ledger.outcomes[n] = Outcome(state=DeliveryState.DEFERRED, at=NOW, text=text, next_at=later)
    limits = Limits(relays={}, domains={"example.org": Limit(key="domain example.org", connections=1)})
    with ScriptedRelay() as relay:
        assert send(ledger, route(relay.port), block=10, limits=limits).sent == 3
        assert sorted(relay.recipients) == [readers(4)[place] for place in (0, 2, 3)]


def test_those_whom_another_run_puts_off_meanwhile_are_taken_by_one_that_only_waits() -> None:
    """The other one may be killed, and nobody else would look for them before their time."""
    ledger, words = MemoryLedger(readers(2)), "waits for the limit of example.org"
    ledger.rows[2] = replace(ledger.rows[2], state=DeliveryState.CLAIMED)

    def next_due_s() -> float | None:
        if ledger.rows[2].state is DeliveryState.CLAIMED:
            ledger.rows[2] = replace(ledger.rows[2], state=DeliveryState.DEFERRED, reason=words)
            ledger.outcomes[2] = Outcome(
                state=DeliveryState.DEFERRED, at=NOW, text=words, next_at=NOW + timedelta(hours=1)
            )
        return 0.1 if ledger.books().open else None

    limits = Limits(relays={}, domains={"example.org": Limit(key="domain example.org", connections=1)})
    with ScriptedRelay() as relay, pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "next_due_s", next_due_s)
        assert send(ledger, route(relay.port), block=10, limits=limits, wait=True, lasts_s=20).sent == 2


def test_domains_with_a_pace_have_their_turn_one_after_the_other() -> None:
    """Behind a slower relay the last of them got nothing until the first were done."""
    names = [f"{letter}.example" for letter in "abcdefgh"]
    paced = {name: Limit(key=f"domain {name}", per_second=4) for name in names}
    limits = Limits(relays={"main": replace(RELAY, per_second=16)}, domains=paced)
    emails = [f"reader{n}@{name}" for n in range(6) for name in names]
    with ScriptedRelay() as relay:
        assert send(MemoryLedger(emails), route(relay.port), block=48, limits=limits).sent == 48
        first = [one.rpartition("@")[2] for one in relay.recipients[:24]]

    assert all(first.count(name) for name in names)
