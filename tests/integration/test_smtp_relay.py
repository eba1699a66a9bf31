"""The way to a relay over real sockets: reach it, trust it, log in, and notice when it dies."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from digest.deliver import Phase, RelayConnection
from digest.deliver.mailbox import Mailbox, MailboxRules
from digest.deliver.smtp import connection as smtp
from digest.deliver.smtp.dial import dial
from digest.errors import MessageError, TransportError
from digest.model import DeliveryState
from digest.settings.system import RelaySettings
from scripted_relay import DROP, HANG, TLS, ScriptedRelay, server_context

SENDER, SAM = "bounce@news.example.org", "sam@example.org"
MESSAGE = b"Subject: s\r\n\r\nbody\r\n"


def settings(port: int, **fields: object) -> RelaySettings:
    """Make a relay's settings: in clear, two seconds, unless the fields say otherwise."""
    base: dict[str, object] = {
        "name": "main",
        "url": f"smtp://127.0.0.1:{port}",
        "tls": "none",
        "timeout": "2s",
    }
    return RelaySettings.model_validate(base | fields)


def send(connection: RelayConnection, on_dot: Callable[[], None] = lambda: None) -> DeliveryState:
    """Send the message to Sam."""
    return connection.send(SENDER, SAM, MESSAGE, on_dot).state


def test_dead_relay_is_said_to_be_dead() -> None:
    """The operator must learn where nobody answers; nobody is mailed and nobody is lost."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(TransportError, match="cannot be reached") as raised:
        RelayConnection(settings(port))
    assert not raised.value.permanent
    assert f"127.0.0.1:{port}" in str(raised.value)


@pytest.mark.parametrize(
    "phase",
    ["data", *(pytest.param(each, marks=pytest.mark.slow) for each in ("greet", "ehlo", "mail", "rcpt"))],
)
def test_relay_that_hangs_before_the_dot_leaves_the_recipient_pending(phase: str) -> None:
    """A time limit of our own, since a hanging relay would hold the whole edition."""
    with ScriptedRelay({phase: HANG}) as relay:
        with (
            pytest.raises(TransportError) as raised,
            RelayConnection(settings(relay.port, timeout="1s")) as connection,
        ):
            send(connection)

        assert not raised.value.permanent


@pytest.mark.parametrize("reply", [HANG, DROP, "what?", "150 wait", "354 more"])
def test_no_clear_answer_to_the_dot_is_unknown(reply: str) -> None:
    """Dead, silent or babbling: the message may have been taken."""
    with (
        ScriptedRelay({"dot": reply}) as relay,
        RelayConnection(settings(relay.port), dot_timeout_s=0.5) as connection,
    ):
        assert send(connection) is DeliveryState.UNKNOWN
        assert not connection.is_open
        assert len(relay.bodies) == 1


@pytest.mark.parametrize("phase", ["mail", "rcpt", "data", "body"])
def test_relay_that_dies_before_the_dot_leaves_the_recipient_pending(phase: str) -> None:
    """Dying in the body looks the same as dying after the dot to smtplib; not to us."""
    permits = []
    with (
        ScriptedRelay({phase: DROP}, offers=()) as relay,
        RelayConnection(settings(relay.port)) as connection,
    ):
        body = b"Subject: s\r\n\r\n" + b"line\r\n" * 2_000_000
        with pytest.raises(TransportError) as raised:
            connection.send(SENDER, SAM, body, lambda: permits.append(1))

        assert not raised.value.permanent
        assert permits == []
        assert relay.bodies == []


@pytest.mark.parametrize("tls", ["none", "starttls"])
def test_relay_that_left_during_the_body_is_noticed_before_the_dot(
    monkeypatch: pytest.MonkeyPatch, tls: str
) -> None:
    """A small body fits the buffers, so writing it succeeds although nobody reads."""
    look = smtp._look_for_early_end

    def wait_and_look(*args: object) -> None:
        time.sleep(0.3)  # the relay leaves in this time
        look(*args)

    monkeypatch.setattr(smtp, "_look_for_early_end", wait_and_look)
    permits: list[int] = []
    offers = ("STARTTLS",) if tls == "starttls" else ()
    with ScriptedRelay({"body": DROP}, offers=offers) as relay:
        relay_settings = settings(relay.port, tls=tls, ca_file=str(TLS / "ca.pem"))
        with RelayConnection(relay_settings) as connection, pytest.raises(TransportError) as raised:
            send(connection, lambda: permits.append(1))

    assert (raised.value.permanent, permits) == (False, [])


@pytest.mark.parametrize(
    ("reply", "state"), [("451 4.3.0 later", DeliveryState.DEFERRED), ("550 5.1.1 no", DeliveryState.FAILED)]
)
def test_refusal_at_data_costs_one_recipient(reply: str, state: DeliveryState) -> None:
    """The transaction is reset and the connection goes on."""
    with ScriptedRelay({f"data {SAM}": reply}) as relay:
        relay.script["data"] = reply
        with RelayConnection(settings(relay.port)) as connection:
            assert send(connection) is state
            assert relay.commands[-1].upper() == "RSET"
            relay.script.clear()
            assert send(connection) is DeliveryState.SENT


@pytest.mark.parametrize("reply", ["500 what?", DROP])
def test_relay_that_cannot_reset_gets_a_new_connection(reply: str) -> None:
    """An open transaction would carry the refused recipient into the next message."""
    with (
        ScriptedRelay({"rcpt": "550 5.1.1 no", "rset": reply}) as relay,
        RelayConnection(settings(relay.port)) as connection,
    ):
        assert send(connection) is DeliveryState.FAILED
        assert not connection.is_open


@pytest.mark.parametrize("phase", ["mail", "rcpt", "data"])
def test_babble_before_the_dot_ends_the_connection(phase: str) -> None:
    """An answer that is not SMTP says nothing about the recipient."""
    with ScriptedRelay({phase: "what?"}) as relay, RelayConnection(settings(relay.port)) as connection:
        with pytest.raises(TransportError) as raised:
            send(connection)
        assert not raised.value.permanent


def test_size_is_announced_only_where_it_is_offered() -> None:
    """RFC 1870: the relay can refuse before the body travels."""
    with ScriptedRelay(offers=("SIZE 1000",)) as relay, RelayConnection(settings(relay.port)) as connection:
        send(connection)
        assert f"MAIL FROM:<{SENDER}> SIZE={len(MESSAGE)}" in relay.commands
    with ScriptedRelay(offers=()) as relay, RelayConnection(settings(relay.port)) as connection:
        send(connection)
        assert f"MAIL FROM:<{SENDER}>" in relay.commands


def test_address_beyond_ascii_needs_a_relay_with_smtputf8() -> None:
    """RFC 6531; without it the person is unreachable, and the others are not."""
    with ScriptedRelay(offers=()) as relay, RelayConnection(settings(relay.port)) as connection:
        receipt = connection.send(SENDER, "jörg@example.org", MESSAGE, lambda: None)
        assert (receipt.state, receipt.code) == (DeliveryState.FAILED, None)
        assert "SMTPUTF8" in receipt.text
        assert send(connection) is DeliveryState.SENT
    with (
        ScriptedRelay(offers=("SMTPUTF8", "8BITMIME")) as relay,
        RelayConnection(settings(relay.port)) as connection,
    ):
        assert connection.send(SENDER, "jörg@example.org", MESSAGE, lambda: None).state is DeliveryState.SENT
        assert f"MAIL FROM:<{SENDER}> BODY=8BITMIME SMTPUTF8" in relay.commands
        assert "RCPT TO:<jörg@example.org>" in relay.commands


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_certificate_that_nobody_vouches_for_is_refused(tls: str) -> None:
    """Without ca_file the test's own authority is unknown: mail and password stay here."""
    offers = ("STARTTLS",) if tls == "starttls" else ()
    with ScriptedRelay(offers=offers, implicit=tls == "implicit") as relay:
        with pytest.raises(TransportError, match="not trusted") as raised:
            RelayConnection(settings(relay.port, tls=tls))

        assert raised.value.permanent
        assert "ca_file" in str(raised.value)


def test_certificate_of_another_host_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificate names 127.0.0.1 and localhost, not mail.example.org."""
    resolve = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda _host, *rest, **named: resolve("127.0.0.1", *rest, **named)
    )
    with ScriptedRelay(implicit=True) as relay:
        RelayConnection(settings(relay.port, tls="implicit", ca_file="ca.pem"), home=TLS).close()
        elsewhere = f"smtp://mail.example.org:{relay.port}"
        with pytest.raises(TransportError, match="not trusted"):
            RelayConnection(settings(relay.port, tls="implicit", ca_file="ca.pem", url=elsewhere), home=TLS)


def test_relay_without_starttls_is_refused() -> None:
    """Somebody on the way may have removed the offer; going on in clear would obey them."""
    with ScriptedRelay() as relay, pytest.raises(TransportError, match="no STARTTLS") as raised:
        RelayConnection(settings(relay.port, tls="starttls"))

    assert raised.value.permanent


def test_unreadable_authority_file_is_named(tmp_path: Path) -> None:
    """A wrong path must not fall back to trusting others."""
    with ScriptedRelay(implicit=True) as relay, pytest.raises(TransportError, match="certificates") as raised:
        RelayConnection(settings(relay.port, tls="implicit", ca_file="none.pem"), home=tmp_path)

    assert raised.value.permanent


@pytest.mark.parametrize(("greeting", "permanent"), [("554 no service", True), ("421 too busy", False)])
def test_relay_that_is_not_ready_says_whether_to_try_again(greeting: str, permanent: bool) -> None:
    """A relay that is busy now is not one that refuses this machine."""
    with (
        ScriptedRelay({"greet": greeting}) as relay,
        pytest.raises(TransportError, match="not ready") as raised,
    ):
        RelayConnection(settings(relay.port))

    assert (raised.value.permanent, raised.value.code) == (permanent, int(greeting[:3]))


def test_refused_greeting_is_told() -> None:
    """Some relays want a proper name; the setting is ours to change."""
    with (
        ScriptedRelay({"ehlo": "550 who?", "helo": "550 who?"}) as relay,
        pytest.raises(TransportError, match="who") as raised,
    ):
        RelayConnection(settings(relay.port))

    assert raised.value.permanent


@pytest.mark.parametrize(
    ("given", "greeted"), [(None, "[127.0.0.1]"), ("news.example.org", "news.example.org")]
)
def test_greeting_names_us(given: str | None, greeted: str) -> None:
    """RFC 5321 section 4.1.3: an address literal where there is no name."""
    with ScriptedRelay() as relay, RelayConnection(settings(relay.port, hello_name=given)):
        assert relay.commands[0].lower() == f"ehlo {greeted}"


def mailbox(folder: Path, *, tls: bool = True) -> Mailbox:
    """Make a mailbox that wants a login."""
    return Mailbox(folder, rules=MailboxRules(login=("olu", "s3cret"), tls=server_context() if tls else None))


@pytest.mark.parametrize("tls", ["none", "starttls"])
def test_login_opens_the_door(tmp_path: Path, tls: str) -> None:
    """A relay on this machine may be logged in to in clear, any other under TLS."""
    with mailbox(tmp_path / "mail", tls=tls != "none") as box:
        relay = settings(box.port, tls=tls, ca_file=str(TLS / "ca.pem"), user="olu", password="s3cret")
        with RelayConnection(relay) as connection:
            assert send(connection) is DeliveryState.SENT


def test_wrong_password_stops_the_run_and_shows_no_secret(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """535 is ours to repair; the password must be in no message and no log."""
    caplog.set_level(logging.DEBUG, logger="digest")
    with mailbox(tmp_path) as box:
        relay = settings(
            box.port, tls="starttls", ca_file=str(TLS / "ca.pem"), user="olu", password="hunter2"
        )
        with pytest.raises(TransportError, match="refuses the login") as raised:
            RelayConnection(relay)

    assert (raised.value.permanent, raised.value.code) == (True, 535)
    assert "hunter2" not in f"{raised.value} {raised.value.__cause__} {caplog.text}"


def test_missing_login_stops_the_run(tmp_path: Path) -> None:
    """530 at MAIL: the operator forgot the user."""
    with (
        mailbox(tmp_path) as box,
        RelayConnection(settings(box.port)) as connection,
        pytest.raises(TransportError, match="user and password") as raised,
    ):
        send(connection)

    assert raised.value.permanent


def test_relay_that_knows_no_login_is_told_apart() -> None:
    """The way out is to take the user away, not to change the password."""
    with ScriptedRelay(offers=()) as relay, pytest.raises(TransportError, match="no way to log in") as raised:
        RelayConnection(settings(relay.port, user="olu", password="x"))

    assert raised.value.permanent


@pytest.mark.parametrize(
    ("reply", "permanent"), [("454 4.7.0 later", False), ("535 5.7.8 no", True), (DROP, False)]
)
def test_login_that_fails_for_now_is_tried_again(reply: str, permanent: bool) -> None:
    """454 is the directory being away; 535 is a wrong password."""
    with (
        ScriptedRelay({"auth": reply}, offers=("AUTH PLAIN",)) as relay,
        pytest.raises(TransportError) as raised,
    ):
        RelayConnection(settings(relay.port, user="olu", password="x"))

    assert raised.value.permanent is permanent


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"url": "smtp://relay.example.org", "user": "olu", "password": "x"}, "in clear"),
        ({"user": "olu", "password_file": "none"}, "without a password"),
    ],
)
def test_settings_that_cannot_work_are_refused_before_connecting(
    tmp_path: Path, fields: dict[str, object], words: str
) -> None:
    """No password crosses a network in clear, and no fault waits for the first edition."""
    with pytest.raises(TransportError, match=words) as raised:
        RelayConnection(settings(1, **fields), home=tmp_path)

    assert raised.value.permanent


def test_hostile_words_of_a_relay_become_one_clean_line() -> None:
    """Replies are kept and shown; a relay could send escape codes for the terminal."""
    words = "550 5.1.1 \x1b[31mno\x00 \u202eone " + "x" * 900
    with ScriptedRelay({"rcpt": words}) as relay, RelayConnection(settings(relay.port)) as connection:
        receipt = connection.send(SENDER, SAM, MESSAGE, lambda: None)

    assert receipt.text.startswith("5.1.1 [31mno one xxx")
    assert len(receipt.text) == 300


def test_permit_comes_between_body_and_dot() -> None:
    """The permit on disk is what makes 'unknown' true: before it, nothing can have been taken."""
    with ScriptedRelay() as relay, RelayConnection(settings(relay.port)) as connection:
        before: list[int] = []
        connection.send(SENDER, SAM, MESSAGE, lambda: before.append(len(relay.bodies)))

        assert before == [0]
        assert relay.bodies == [MESSAGE]


def test_short_dots_do_not_wait_for_the_kernel(tmp_path: Path) -> None:
    """Without TCP_NODELAY each message waits up to 40 ms for an acknowledgement."""
    with ScriptedRelay() as relay, closing(dial(settings(relay.port), tmp_path)) as smtp:
        assert smtp.sock is not None
        assert smtp.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_relay_that_cannot_say_goodbye_is_left_all_the_same() -> None:
    """The messages are delivered; how the relay parts does not matter."""
    with ScriptedRelay({"quit": DROP}) as relay:
        connection = RelayConnection(settings(relay.port))
        connection.close()

    assert not connection.is_open


def test_null_sender_is_written_as_nothing() -> None:
    """Mail that must never bounce has an empty envelope sender."""
    with ScriptedRelay(offers=()) as relay, RelayConnection(settings(relay.port)) as connection:
        assert connection.send("", SAM, MESSAGE, lambda: None).phase is Phase.DOT
        assert "MAIL FROM:<>" in relay.commands


def test_message_error_leaves_the_connection_alone() -> None:
    """The fault is in the message, found before a byte of it was sent."""
    with ScriptedRelay() as relay, RelayConnection(settings(relay.port)) as connection:
        with pytest.raises(MessageError):
            connection.send(SENDER, "sam@example.org\r\n", MESSAGE, lambda: None)
        assert connection.is_open
