"""Relays that lose the connection after each message, so that nobody knows who has it."""

from __future__ import annotations

from collections import Counter

import pytest

from digest.errors import TransportError
from digest.model import DeliveryState
from scripted_relay import DROP, ScriptedRelay
from sending_cast import MemoryLedger, readers, route, send

SENT, UNKNOWN, PENDING = DeliveryState.SENT, DeliveryState.UNKNOWN, DeliveryState.PENDING


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digest.deliver.run.breaker._LONGEST_PAUSE_S", 0.05)


def test_relay_that_answers_no_dot_any_more_is_left_to_a_person() -> None:
    """A filter of its own dies of the mail: a run that waits lost one reader more each fifty seconds."""
    ledger = MemoryLedger(readers(100))
    with ScriptedRelay({"dot": DROP}) as relay, pytest.raises(TransportError) as raised:
        send(ledger, route(relay.port, connections=1), wait=True)

    assert Counter(ledger.states()) == {UNKNOWN: 10, PENDING: 90}
    assert raised.value.permanent
    assert "relay main: no message is answered, 10 times in a row" in str(raised.value)


def test_who_is_mailed_again_when_nobody_knows_is_not_mailed_for_ever() -> None:
    """The relay may take each of these mails."""
    ledger = MemoryLedger(readers(3), due_s=0)
    with ScriptedRelay({"dot": DROP}) as relay, pytest.raises(TransportError, match="10 times in a row"):
        send(ledger, route(relay.port, connections=1), wait=True, resend_unknown=True)

    assert len(relay.bodies) == 10


def test_relay_that_takes_mail_in_between_is_used_on() -> None:
    """It may lose one message in five: each costs one reader, and holds up no other."""
    ledger = MemoryLedger(readers(60))
    with ScriptedRelay() as relay:
        relay.script = {f"dot {one}": DROP for one in ledger.emails[4::5]}
        send(ledger, route(relay.port, connections=1), wait=True)

    assert Counter(ledger.states()) == {SENT: 48, UNKNOWN: 12}


def test_another_relay_takes_those_who_are_left() -> None:
    """Only the one that answers no dot is of no use."""
    ledger = MemoryLedger(readers(300))
    with ScriptedRelay({"dot": DROP}) as ill, ScriptedRelay({"dot": "<pause 0.02>250 2.0.0 ok"}) as well:
        relays = (
            route(ill.port, name="ill", connections=1),
            route(well.port, name="well", connections=1),
        )
        send(ledger, *relays, wait=True)

    assert Counter(ledger.states()) == {SENT: 290, UNKNOWN: 10}
