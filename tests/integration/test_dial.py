"""Opening a connection over real sockets: addresses, greetings, bad manners, taking the socket over."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiosmtpd.controller import UnixSocketController
from aiosmtpd.handlers import Sink
from aiosmtpd.lmtp import LMTP

from dialling import call, failure, relay_settings
from digest.deliver import Phase, RelayConnection
from digest.deliver.smtp.dial import dial
from digest.deliver.smtp.offers import Offers
from digest.deliver.smtp.talk import take_socket
from digest.model import DeliveryState
from scripted_relay import DROP, TLS, ScriptedRelay

MESSAGE = b"Subject: s\r\n\r\nbody\r\n"


class LmtpController(UnixSocketController):
    """An LMTP server that shares no line with ours."""

    def factory(self) -> LMTP:
        return LMTP(self.handler)


def test_what_the_relay_offers_is_told() -> None:
    """Pipelining and sizes are used only where they are offered."""
    offers = ("PIPELINING", "SIZE 5000", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES")
    with ScriptedRelay(offers=offers) as relay:
        found = call(relay)
        found.smtp.close()

    assert (found.lmtp, found.offers) == (
        False,
        Offers(pipelining=True, size=5000, eight_bit=True, smtputf8=True, enhanced=True),
    )


def test_only_what_was_said_under_tls_counts() -> None:
    """RFC 3207 section 4.2: what somebody on the way offered in clear must be forgotten."""
    with ScriptedRelay({"ehlo": "250-hi\r\n250-STARTTLS\r\n250-PIPELINING\r\n250 SIZE 1"}) as relay:
        relay.after_tls = {"ehlo": "250-hi\r\n250 SIZE 2"}
        found = call(relay, tls="starttls", ca_file="ca.pem")
        found.smtp.close()

    assert (found.offers.size, found.offers.pipelining) == (2, False)


@pytest.mark.parametrize("url", ["lmtp+unix:lmtp", "lmtp+unix:{home}/lmtp", "lmtp+unix://{home}/lmtp"])
def test_lmtp_is_greeted_with_lhlo_over_a_socket_of_the_home(tmp_path: Path, url: str) -> None:
    """RFC 2033: EHLO is forbidden there. Relative paths begin in the home, whatever folder we are in."""
    with ScriptedRelay(socket_file=tmp_path / "lmtp") as relay:
        found = call(0, tmp_path, url=url.format(home=tmp_path))
        found.smtp.close()

    assert found.lmtp
    assert relay.commands == ["lhlo localhost"]


def test_smtp_is_spoken_over_a_socket_of_the_home(tmp_path: Path) -> None:
    """A relay on this machine need not listen on a port."""
    with ScriptedRelay(socket_file=tmp_path / "smtp") as relay:
        found = call(0, tmp_path, url="smtp+unix:smtp")
        found.smtp.close()

    assert not found.lmtp
    assert relay.commands == ["ehlo localhost"]


def test_lmtp_runs_over_the_network_under_tls() -> None:
    """A mail store on another machine; the way there is secured as for SMTP."""
    with ScriptedRelay(offers=("STARTTLS",)) as relay:
        found = call(relay, url=f"lmtp://127.0.0.1:{relay.port}", tls="starttls", ca_file="ca.pem")
        found.smtp.close()

    assert found.lmtp
    assert relay.commands == ["lhlo [127.0.0.1]", "STARTTLS", "lhlo [127.0.0.1]"]


def test_a_message_goes_to_an_lmtp_server_of_others(tmp_path: Path) -> None:
    """With one recipient each, its only answer to the dot is ours."""
    controller = LmtpController(Sink(), unix_socket=str(tmp_path / "lmtp"))
    controller.start()
    try:
        relay = relay_settings(0, url="lmtp+unix:lmtp")
        with RelayConnection(relay, home=tmp_path) as connection:
            receipts = [
                connection.send("a@example.org", "b@example.org", MESSAGE, lambda: None) for _ in "12"
            ]
    finally:
        controller.stop()

    assert [(each.state, each.phase) for each in receipts] == [(DeliveryState.SENT, Phase.DOT)] * 2


def test_an_lmtp_server_is_not_greeted_with_helo() -> None:
    """RFC 2033 section 4.1; a refusal of LHLO means that it is no LMTP server."""
    with ScriptedRelay({"ehlo": "500 what?"}) as relay:
        error = failure(relay, url=f"lmtp://127.0.0.1:{relay.port}")

    assert relay.commands == ["lhlo [127.0.0.1]"]
    assert (error.permanent, error.code) == (True, 500)
    assert "another protocol" in str(error)


def test_a_relay_without_extensions_is_greeted_with_helo() -> None:
    """RFC 5321 section 3.2; it offers nothing then."""
    with ScriptedRelay({"ehlo": "502 what?", "helo": "250 old"}) as relay:
        found = call(relay)
        found.smtp.close()

    assert [each.split()[0] for each in relay.commands] == ["ehlo", "helo"]
    assert (found.offers.size, found.offers.pipelining) == (None, False)


def test_a_missing_socket_is_told_with_its_path(tmp_path: Path) -> None:
    """The path is what the operator has to compare."""
    error = failure(0, tmp_path, url="lmtp+unix:var/lmtp")

    assert not error.permanent
    assert str(error).startswith("relay main at var/lmtp, connect: the relay cannot be reached: No such file")


def test_a_name_that_nobody_knows_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not permanent: name services have bad minutes, and the edition should then go out."""

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = failure(25, url="smtp://relay.example.org")

    assert not error.permanent
    assert str(error).startswith("relay main at relay.example.org:25, connect: the relay's name cannot be")


@pytest.mark.parametrize(
    "words",
    [
        "SSH-2.0-OpenSSH_9.2",
        "+OK POP3",
        "* OK IMAP",
        "HTTP/1.1 400 Bad",
        "22x hi",
        "120 wait",
        "2200 hi",
        "+22 x",
    ],
)
def test_another_protocol_on_the_port_is_recognised(words: str) -> None:
    """The port is wrong, and waiting will not mend it."""
    with ScriptedRelay({"greet": words}) as relay:
        error = failure(relay)

    assert error.permanent
    assert f"at 127.0.0.1:{relay.port}, connect: what answers there is not SMTP: {words}" in str(error)


@pytest.mark.parametrize(
    ("greeting", "permanent"), [("450 later", False), ("421 too busy", False), ("554 not you", True)]
)
def test_a_greeting_that_refuses_says_whether_to_try_again(greeting: str, permanent: bool) -> None:
    """A relay that is busy now is not one that refuses this machine."""
    with ScriptedRelay({"greet": greeting}) as relay:
        error = failure(relay)

    assert (error.permanent, error.code) == (permanent, int(greeting[:3]))
    assert greeting in str(error)


def test_a_relay_that_hangs_up_is_told() -> None:
    """A server that speaks TLS at once, or one that turns us away without a word."""
    with ScriptedRelay({"greet": DROP}) as relay:
        error = failure(relay)

    assert (error.permanent, error.code) == (False, None)
    assert "the connection was lost" in error.message
    assert "tls: implicit" in (error.hint or "")


def test_a_long_greeting_is_read_whole() -> None:
    """RFC 5321 section 4.2: its lines go on with a hyphen."""
    with ScriptedRelay({"greet": "220-a\r\n220-b\r\n220 c"}) as relay:
        call(relay).smtp.close()


@pytest.mark.parametrize("phase", ["greet", "ehlo"])
def test_a_relay_that_says_more_than_it_was_asked_is_left(phase: str) -> None:
    """Its next answer would be taken for the answer to something else: a refusal for a yes."""
    words = {"greet": "220 hi\r\n250 queued as 1", "ehlo": "250 hi\r\n250 queued as 1"}[phase]
    with ScriptedRelay({phase: words}) as relay:
        error = failure(relay)

    assert not error.permanent
    assert "more than it was asked for: 250 queued as 1" in str(error)


@contextmanager
def babbling(words: bytes) -> Iterator[int]:
    """Listen on a port, and send the same words for ever to the first who comes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def babble() -> None:
            sock, _ = listener.accept()
            with sock:
                try:
                    while True:
                        sock.sendall(words)
                except OSError:
                    return

        thread = threading.Thread(target=babble, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)


@pytest.mark.parametrize("words", [b"x" * 10_000, b"220-go on\r\n" * 100])
def test_an_answer_without_an_end_is_not_read_to_the_end(words: bytes) -> None:
    """It would fill the memory; smtplib reads such lines as long as they come."""
    with babbling(words) as port:
        error = failure(port)

    assert error.permanent
    assert "octets" in str(error)


@pytest.mark.slow
def test_an_answer_that_drips_is_bounded_as_a_whole() -> None:
    """A byte a second would keep a time limit for each read from ever ending the wait."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            sock, _ = listener.accept()
            with sock:
                try:
                    while True:
                        sock.sendall(b"2")
                        over.wait(0.05)
                except OSError:
                    return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        error = failure(listener.getsockname()[1], timeout="1s")
        over.set()
        thread.join(5)

    assert "does not greet" in str(error)


@pytest.mark.parametrize("tls", ["none", "starttls", "implicit"])
def test_the_socket_is_taken_over_bare(tls: str) -> None:
    """Whoever drives it from now on gets every byte; the conversation must neither read nor close it."""
    offers = ("STARTTLS",) if tls == "starttls" else ()
    with ScriptedRelay(offers=offers, implicit=tls == "implicit") as relay:
        found = call(relay, tls=tls, ca_file="ca.pem")
        sock = take_socket(found.smtp)
        found.smtp.close()
        with sock:
            assert isinstance(sock, ssl.SSLSocket) is (tls != "none")
            assert sock.gettimeout() == 2
            sock.sendall(b"NOOP\r\n")
            assert sock.recv(100) == b"250 ok\r\n"

    with pytest.raises(smtplib.SMTPServerDisconnected):
        take_socket(found.smtp)


def test_words_that_nobody_read_do_not_get_lost_with_the_conversation() -> None:
    """The next user of the socket would wait for them, or take the next answer for them."""
    with ScriptedRelay({"noop": "250 ok\r\n250 more"}) as relay:
        talk = call(relay).smtp
        talk.noop()
        with pytest.raises(smtplib.SMTPServerDisconnected, match="nobody read"):
            take_socket(talk)


def test_dial_returns_the_conversation_alone() -> None:
    """For a sender that blocks."""
    with ScriptedRelay() as relay:
        smtp = dial(relay_settings(relay, hello_name="news.example.org"), TLS)
        assert smtp.docmd("NOOP") == (250, b"ok")
        smtp.quit()

    assert relay.commands == ["ehlo news.example.org", "NOOP", "quit"]
