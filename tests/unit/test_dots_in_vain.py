"""Relays that lose the connection after each message, so that nobody knows who has it."""

from __future__ import annotations

from collections import Counter

import pytest

from digest.deliver.run.relay import Relay
from digest.deliver.smtp.replies import Phase, Reply, judge
from digest.errors import TransportError
from digest.model import DeliveryState
from scripted_relay import DROP, ScriptedRelay
from sending_cast import MemoryLedger, reader, readers, route, send

SENT, UNKNOWN, PENDING = DeliveryState.SENT, DeliveryState.UNKNOWN, DeliveryState.PENDING


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digest.deliver.run.breaker._LONGEST_PAUSE_S", 0.05)


def reply(words: str) -> Reply:
    """Read an answer."""
    return Reply.read(int(words[:3]), words[4:].encode())


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


def test_what_is_said_to_others_in_between_shortens_no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Greylisting is answered before the dot: ten that were lost were counted in seven seconds."""
    monkeypatch.setattr("digest.deliver.run.breaker._LONGEST_PAUSE_S", 50.0)
    relay, now = Relay(route(1), lambda: 0.0, per_connection=100), 0.0
    said = judge(reply("450 4.2.0 greylisted"), Phase.RCPT, relay="main")
    while relay.refusal is None:
        relay.lost_dot("the connection was lost after the message", now)
        relay.worked(now, said, reader(1))
        now += relay.breaker.pause_s(now) or 0.1

    assert now > 180


def test_relay_is_well_again_once_it_has_taken_a_mail() -> None:
    """One dot in a while is lost with a connection."""
    relay = Relay(route(1), lambda: 0.0, per_connection=100)
    relay.lost_dot("the connection was lost after the message", 0.0)
    relay.worked(0.0, judge(reply("250 2.0.0 ok"), Phase.DOT, relay="main"), reader(1))

    assert relay.is_well


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
