"""Readers whom a relay does not know: those who are gone, and a relay or a domain that knows nobody."""

from __future__ import annotations

import pytest

from digest.deliver.strangers import UNCOUNTED
from digest.errors import TransportError
from digest.model import DeliveryState
from scripted_relay import ScriptedRelay
from sending_cast import MemoryLedger, MemoryRecord, route, send

FAILED, SENT, PENDING = DeliveryState.FAILED, DeliveryState.SENT, DeliveryState.PENDING
UNKNOWN = "550 5.1.1 no such user"
DOMAINS = ("one.example", "two.example", "three.example")


def people(count: int, *domains: str) -> list[str]:
    """Name readers, of these domains in turns."""
    return [f"reader{n}@{domains[n % len(domains)]}" for n in range(1, count + 1)]


@pytest.mark.parametrize("connections", [1, 8])
def test_relay_that_knows_nobody_stops_the_run(connections: int) -> None:
    """It has lost its lists: to believe it would suppress everybody on the second day."""
    ledger, record = MemoryLedger(people(300, *DOMAINS)), MemoryRecord()
    with ScriptedRelay({"rcpt": UNKNOWN}) as relay, pytest.raises(TransportError) as raised:
        send(ledger, route(relay.port, connections=connections), record=record, block=300)

    failed = [number for number, row in ledger.rows.items() if row.state is FAILED]
    assert 20 <= len(failed) < 300
    assert set(ledger.states()) == {FAILED, PENDING}
    assert {ledger.outcomes[number].text for number in failed} == {UNCOUNTED}
    assert {ledger.outcomes[number].code for number in failed} == {None}
    assert (raised.value.permanent, raised.value.code) == (True, 550)
    assert "no such user" in str(raised.value)
    assert "20 in a row, of 3 domains" in str(raised.value)
    assert "--failed" in str(raised.value)
    assert record.kept is False


def test_who_is_gone_ends_as_before_once_the_relay_takes_a_mail() -> None:
    """Nineteen dead addresses among the living."""
    ledger = MemoryLedger(people(40, *DOMAINS))
    script = {f"rcpt {email}": UNKNOWN for email in ledger.emails[5:24]}
    with ScriptedRelay(script) as relay:
        done = send(ledger, route(relay.port, connections=1), block=40)

    assert (done.sent, done.failed) == (21, 19)
    assert ledger.outcomes[6].text == "5.1.1 no such user"
    assert ledger.outcomes[6].status == "5.1.1"


def test_few_readers_of_a_small_edition_are_believed_to_be_gone() -> None:
    """Nobody else is there to tell."""
    ledger = MemoryLedger(people(19, *DOMAINS))
    with ScriptedRelay({"rcpt": UNKNOWN}) as relay:
        assert send(ledger, route(relay.port)).failed == 19
    assert {one.status for one in ledger.outcomes.values()} == {"5.1.1"}


def test_two_domains_that_know_nobody_stop_nothing() -> None:
    """A provider with two names has an outage; behind it others wait for their mail."""
    ledger = MemoryLedger([*people(60, "one.example", "two.example"), "sam@three.example"])
    script = {f"rcpt {email}": UNKNOWN for email in ledger.emails[:60]}
    with ScriptedRelay(script) as relay:
        done = send(ledger, route(relay.port, connections=1), block=100)

    assert (done.sent, done.failed) == (1, 60)
    assert {ledger.outcomes[n].status for n in range(1, 61)} == {"5.1.1"}
    said = "550 5.1.1 no such user"
    assert ledger.outages == [("two.example", 20, said), ("one.example", 20, said)]


def test_run_that_believes_the_relay_goes_through() -> None:
    """The operator has looked: the list is dead indeed."""
    ledger = MemoryLedger(people(60, *DOMAINS))
    with ScriptedRelay({"rcpt": UNKNOWN}) as relay:
        assert send(ledger, route(relay.port), believes=True, block=60).failed == 60
    assert ledger.outages == []


def test_domain_that_knows_nobody_is_told_though_others_take_mail() -> None:
    """Once, at the twentieth in a row; one that is taken there begins anew."""
    living = people(30, "well.example")
    dead = [f"r{n}@ill.example" for n in range(30)]
    mixed = [email for pair in zip(living, dead, strict=True) for email in pair]
    ledger = MemoryLedger([*mixed, *(f"half{n}@half.example" for n in range(38))])
    script = {f"rcpt {email}": UNKNOWN for email in dead}
    script |= {f"rcpt half{n}@half.example": UNKNOWN for n in range(38) if n != 19}
    with ScriptedRelay(script) as relay:
        done = send(ledger, route(relay.port, connections=1), block=200)

    assert (done.sent, done.failed) == (31, 67)
    assert ledger.outages == [("ill.example", 20, "550 5.1.1 no such user")]


def test_who_waits_for_an_end_has_lost_nothing_when_the_relay_is_at_fault() -> None:
    """It said so of five, and then refused the sender: nobody knows what was the matter with it."""
    ledger = MemoryLedger(people(10, *DOMAINS))
    script = {f"rcpt {email}": UNKNOWN for email in ledger.emails[:5]}
    with (
        ScriptedRelay({"rcpt": "554 5.7.1 go away", **script}) as relay,
        pytest.raises(TransportError, match="go away"),
    ):
        send(ledger, route(relay.port, connections=1), block=10)
    assert set(ledger.states()) == {PENDING}
    assert {row.attempt for row in ledger.rows.values()} == {0}
