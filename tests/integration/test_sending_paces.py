"""The pace of a relay and those of domains, together over a real socket."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

import pytest

from digest.deliver import Allotments, Draw, Limits, LocalAllotments
from digest.deliver.limits.limit import Limit
from scripted_relay import ScriptedRelay
from sending_cast import MemoryLedger, route, send

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
