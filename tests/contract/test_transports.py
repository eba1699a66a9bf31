"""What every transport promises, whoever is at the other end and however the way there is secured."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from digest.deliver import Phase, RelayConnection
from digest.deliver.mailbox import Mailbox, MailboxRules, Mishap
from digest.errors import MessageError, TransportError
from digest.model import DeliveryState
from digest.settings.system import RelaySettings
from scripted_relay import DROP, TLS, ScriptedRelay, server_context

MESSAGE = (
    b"From: a@example.org\r\nTo: sam@example.org\r\nSubject: s\r\nDate: d\r\nMessage-ID: <1@example.org>\r\n"
    b"MIME-Version: 1.0\r\n\r\n.\r\n..\r\n.leading\r\n\r\n...\r\nend.\r\n.\r\n"
)
SENDER = "bounce@news.example.org"


class Peer(Protocol):
    """Who is at the other end."""

    port: int

    def taken(self) -> list[bytes]:
        """Return the messages that were taken, dots undone."""


class MailboxPeer(Mailbox):
    """The embedded mailbox, as a peer."""

    def taken(self) -> list[bytes]:
        return [message.content for message in self.messages()]


class ScriptedPeer(ScriptedRelay):
    """The scripted relay, as a peer; it takes what it answers with 250."""

    def taken(self) -> list[bytes]:
        return [
            body[1:].replace(b"\r\n..", b"\r\n.") if body[:1] == b"." else body.replace(b"\r\n..", b"\r\n.")
            for body in self.bodies
        ]


@dataclass(frozen=True)
class World:
    """One kind of peer and one kind of way there."""

    peer: str
    tls: str
    folder: Path

    def open(
        self, when: str | None = None, reply: str | None = None, recipient: str = "sam@example.org"
    ) -> AbstractContextManager[Peer]:
        """Start a peer; at `when` it gives this recipient that reply, or drops the connection."""
        implicit = self.tls == "implicit"
        if self.peer == "scripted":
            script = (
                {} if when is None else {when if when == "mail" else f"{when} {recipient}": reply or DROP}
            )
            offers = ("SIZE 1000000", "8BITMIME", *(("STARTTLS",) if self.tls == "starttls" else ()))
            return ScriptedPeer(script, offers=offers, implicit=implicit)
        mishaps = {recipient: Mishap(when=when, reply=reply)} if when in {"rcpt", "dot"} else None
        refusal = reply if when == "mail" else None
        tls = None if self.tls == "none" else server_context()
        return MailboxPeer(
            self.folder,
            rules=MailboxRules(mishaps=mishaps, refuse_sender=refusal, tls=tls, implicit=implicit),
        )

    def connect(self, peer: Peer) -> RelayConnection:
        """Connect to a peer."""
        relay = RelaySettings.model_validate(
            {
                "name": "main",
                "url": f"smtp://127.0.0.1:{peer.port}",
                "tls": self.tls,
                "ca_file": str(TLS / "ca.pem"),
                "timeout": "5s",
            }
        )
        return RelayConnection(relay, dot_timeout_s=5)


@pytest.fixture(params=["mailbox", "scripted"])
def peer_kind(request: pytest.FixtureRequest) -> str:
    """The fake that ships, and another one that shares no line with it."""
    return str(request.param)


@pytest.fixture(params=["none", "starttls", "implicit"])
def world(request: pytest.FixtureRequest, peer_kind: str, tmp_path: Path) -> World:
    """Every peer by every way."""
    return World(peer_kind, request.param, tmp_path / "mail")


def asks(permits: list[str]) -> Callable[[], None]:
    """Make a permit that is given and recorded."""
    return lambda: permits.append("dot")


def test_what_arrives_is_what_was_sent(world: World) -> None:
    """A signature covers every byte; dots at the start of lines are the classic loss."""
    permits: list[str] = []
    with world.open() as peer, world.connect(peer) as connection:
        receipt = connection.send(SENDER, "sam@example.org", MESSAGE, asks(permits))

        assert receipt.state is DeliveryState.SENT
        assert (receipt.code, receipt.enhanced, receipt.phase) == (250, "2.0.0", Phase.DOT)
        assert permits == ["dot"]
        assert peer.taken() == [MESSAGE]


def test_one_connection_carries_many_messages(world: World) -> None:
    """TLS and greeting cost more than a message."""
    with world.open() as peer, world.connect(peer) as connection:
        states = [
            connection.send(SENDER, f"reader{n}@example.org", MESSAGE, lambda: None).state for n in range(5)
        ]

        assert states == [DeliveryState.SENT] * 5
        assert connection.is_open
        assert len(peer.taken()) == 5


@pytest.mark.parametrize(
    ("when", "reply", "state"),
    [
        ("rcpt", "450 4.2.0 greylisted", DeliveryState.DEFERRED),
        ("rcpt", "452 4.2.2 mailbox full", DeliveryState.DEFERRED),
        ("rcpt", "550 5.1.1 no such user", DeliveryState.FAILED),
        ("rcpt", "550 nobody here", DeliveryState.FAILED),
        ("dot", "451 4.3.0 try later", DeliveryState.DEFERRED),
        ("dot", "552 5.2.2 mailbox full", DeliveryState.FAILED),
    ],
)
def test_refused_recipient_costs_itself_only(
    world: World, when: str, reply: str, state: DeliveryState
) -> None:
    """The next recipient goes over the same connection."""
    with world.open(when, reply) as peer, world.connect(peer) as connection:
        refused = connection.send(SENDER, "sam@example.org", MESSAGE, lambda: None)
        taken = connection.send(SENDER, "ada@example.org", MESSAGE, lambda: None)

        assert (refused.state, f"{refused.code} {refused.text}") == (state, reply)
        assert taken.state is DeliveryState.SENT


@pytest.mark.parametrize(
    ("when", "reply"),
    [
        ("mail", "550 5.7.1 you may not send"),
        ("mail", "530 5.7.0 log in first"),
        ("rcpt", "554 5.7.1 relay access denied"),
        ("rcpt", "550 5.7.515 sender does not meet the bar"),
        ("dot", "554 message looks like spam"),
        ("dot", "550 5.7.26 unauthenticated"),
    ],
)
def test_refused_sender_stops_the_run(world: World, when: str, reply: str) -> None:
    """4,000 readers must not be written off because our own login or reputation is wrong."""
    with world.open(when, reply) as peer, world.connect(peer) as connection:
        with pytest.raises(TransportError) as raised:
            connection.send(SENDER, "sam@example.org", MESSAGE, lambda: None)

        assert raised.value.permanent
        assert raised.value.code == int(reply[:3])
        assert reply in str(raised.value)
        assert raised.value.hint


def test_connection_lost_before_the_dot_leaves_the_recipient_pending(world: World) -> None:
    """Nothing was taken, so another try is safe."""
    permits: list[str] = []
    with world.open("rcpt", None) as peer, world.connect(peer) as connection:
        with pytest.raises(TransportError) as raised:
            connection.send(SENDER, "sam@example.org", MESSAGE, asks(permits))

        assert not raised.value.permanent
        assert permits == []
        assert not connection.is_open


def test_connection_lost_after_the_dot_is_unknown(world: World) -> None:
    """Nobody can tell whether it was taken; saying so is the only honest answer (RFC 1047)."""
    with world.open("dot", None) as peer, world.connect(peer) as connection:
        receipt = connection.send(SENDER, "sam@example.org", MESSAGE, lambda: None)

        assert (receipt.state, receipt.phase, receipt.code) == (DeliveryState.UNKNOWN, Phase.DOT, None)
        assert not connection.is_open


def test_goodbye_at_the_recipient_leaves_it_pending(world: World) -> None:
    """421 speaks of the connection, not of the person."""
    with world.open("rcpt", "421 4.3.2 going down") as peer, world.connect(peer) as connection:
        with pytest.raises(TransportError, match="going down") as raised:
            connection.send(SENDER, "sam@example.org", MESSAGE, lambda: None)

        assert (raised.value.permanent, raised.value.code) == (False, 421)
        assert not connection.is_open


def test_goodbye_after_the_dot_is_a_deferral(world: World) -> None:
    """The relay says that it did not take the message, and leaves."""
    with world.open("dot", "421 4.3.2 going down") as peer, world.connect(peer) as connection:
        receipt = connection.send(SENDER, "sam@example.org", MESSAGE, lambda: None)

        assert (receipt.state, receipt.code) == (DeliveryState.DEFERRED, 421)
        assert not connection.is_open


def test_refused_permit_keeps_the_dot_back(world: World) -> None:
    """When the books cannot be written, the message must not go."""

    def no_permit() -> None:
        raise KeyError("the disk is full")

    with world.open() as peer, world.connect(peer) as connection:
        with pytest.raises(KeyError):
            connection.send(SENDER, "sam@example.org", MESSAGE, no_permit)

        assert not connection.is_open
        assert peer.taken() == []


@pytest.mark.parametrize(
    ("sender", "recipient", "message"),
    [
        (SENDER, "sam@example.org>\r\nRCPT TO:<eve@example.org", MESSAGE),
        ("a b", "sam@example.org", MESSAGE),
        (SENDER, "", MESSAGE),
        (SENDER, "sam@example.org", b"no line end"),
    ],
)
def test_nothing_unfit_reaches_the_wire(world: World, sender: str, recipient: str, message: bytes) -> None:
    """An address could carry a command; a message without an end would swallow the dot."""
    with world.open() as peer, world.connect(peer) as connection:
        with pytest.raises(MessageError):
            connection.send(sender, recipient, message, lambda: None)

        assert connection.send(SENDER, "sam@example.org", MESSAGE, lambda: None).state is DeliveryState.SENT


def test_closed_connection_says_so(world: World) -> None:
    """A sender that goes on over a closed connection must get another one."""
    with world.open() as peer:
        connection = world.connect(peer)
        connection.close()
        connection.close()

        with pytest.raises(TransportError, match="closed") as raised:
            connection.send(SENDER, "sam@example.org", MESSAGE, lambda: None)
        assert not raised.value.permanent
