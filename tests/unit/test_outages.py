"""What people are told of a domain that knows none of its readers for many in a row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from digest.deliver.run.outages import Outages
from digest.deliver.run.relay import Relay
from digest.model import Delivery, DeliveryState, Outcome, Subscriber
from scripted_relay import ScriptedRelay
from sending_cast import MemoryLedger, route, send

UNKNOWN = "550 5.1.1 no such user"
OUTCOME = Outcome(
    state=DeliveryState.FAILED,
    at=datetime(2026, 11, 22, 6, 0, tzinfo=UTC),
    code=550,
    status="5.1.1",
    text="5.1.1 no such user",
)
SAM = Delivery(
    id=1,
    edition_id=7,
    subscriber=Subscriber(id=1, uid="u1", email="sam@ill.example"),
    sections=(),
    state=DeliveryState.CLAIMED,
    attempt=1,
)


@dataclass
class Told:
    """What was told, and two relays to be told of."""

    said: list[tuple[str, int, str]] = field(default_factory=list)
    outages: Outages = field(init=False)
    one: Relay = field(default_factory=lambda: Relay(route(1), lambda: 0.0, per_connection=9))
    other: Relay = field(default_factory=lambda: Relay(route(2), lambda: 0.0, per_connection=9))

    def __post_init__(self) -> None:
        self.outages = Outages(lambda *said: self.said.append(said))

    def hear(self, relay: Relay, times: int) -> None:
        for _ in range(times):
            self.outages.add(relay, SAM, OUTCOME)


def test_what_all_relays_say_counts_together() -> None:
    """Fifteen of each are thirty, at the end of the run."""
    told = Told()
    told.hear(told.one, 15)
    told.hear(told.other, 15)
    told.outages.tell()
    told.outages.tell()

    assert told.said == [("ill.example", 30, UNKNOWN)]


def test_nineteen_are_none() -> None:
    """They may well be gone."""
    told = Told()
    told.hear(told.one, 19)
    told.outages.tick(0.0)
    told.outages.tick(99.0)
    told.outages.tell()

    assert told.said == []


def test_long_run_tells_after_a_minute() -> None:
    """It may last for twelve hours; by then a minute's readers are counted."""
    told = Told()
    told.hear(told.one, 20)
    told.outages.tick(100.0)
    told.hear(told.one, 117)
    told.outages.tick(159.0)
    early = list(told.said)
    told.outages.tick(160.5)
    told.hear(told.one, 30)
    told.outages.tell()

    assert (early, told.said) == ([], [("ill.example", 137, UNKNOWN)])


def test_row_that_ends_is_told() -> None:
    """The outage is over; what it did is not."""
    told = Told()
    told.hear(told.one, 24)
    told.outages.taken(told.one, SAM)

    assert told.said == [("ill.example", 24, UNKNOWN)]


def test_what_a_relay_takes_ends_no_row_of_another() -> None:
    """One takes mail of the domain, the other has lost its way there."""
    told = Told()
    told.hear(told.one, 12)
    told.hear(told.other, 7)
    told.outages.taken(told.other, SAM)
    told.hear(told.one, 9)
    told.outages.taken(told.other, SAM)
    told.outages.tell()

    assert told.said == [("ill.example", 21, UNKNOWN)]


def test_relay_that_knows_nobody_says_nothing_of_a_domain() -> None:
    """Its own fault is told."""
    told = Told()
    told.hear(told.one, 40)
    told.hear(told.other, 19)
    told.outages.forget(told.one)
    told.outages.tell()

    assert told.said == []


def test_run_tells_how_many_it_were_over_two_relays() -> None:
    """The whole way: each relay takes others and knows none of this domain."""
    living, dead = ([f"r{n}@{name}.example" for n in range(36)] for name in ("well", "ill"))
    ledger = MemoryLedger([email for pair in zip(living, dead, strict=True) for email in pair])
    script = {f"rcpt {email}": UNKNOWN for email in dead}
    with ScriptedRelay(script) as one, ScriptedRelay(script) as other:
        routes = route(one.port, name="one", connections=1), route(other.port, name="other", connections=1)
        done = send(ledger, *routes, block=100)

    assert (done.sent, done.failed) == (36, 36)
    assert ledger.outages == [("ill.example", 36, UNKNOWN)]
