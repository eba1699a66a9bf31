"""The listener, talked to over real sockets by good, bad and unlucky clients."""

from __future__ import annotations

import smtplib
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from digest.deliver.reports.bounces import MAX_REPORT_BYTES
from digest.deliver.reports.listener import Listener
from digest.deliver.reports.reception import ReceptionRules
from digest.errors import StoreError, TransportError

SAM, FORGED = "b+sam@bounces.example.org", "b+eve@bounces.example.org"


class Clerk:
    """A desk that knows Sam and keeps what it takes."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bytes]] = []
        self.trouble: Exception | None = None
        self.is_open = threading.Event()  #: closed, taking waits
        self.is_open.set()
        self.is_asked = threading.Event()

    def accepts(self, recipient: str) -> bool:
        """Know Sam alone."""
        return recipient == SAM

    def take(self, recipient: str, message: bytes) -> None:
        """Keep a message, or be in trouble."""
        self.is_asked.set()
        assert self.is_open.wait(10)
        if self.trouble is not None:
            raise self.trouble
        self.taken.append((recipient, message))


@pytest.fixture
def clerk() -> Clerk:
    """Who takes the messages."""
    return Clerk()


@contextmanager
def listening(clerk: Clerk, scheme: str = "lmtp", **rules: float) -> Iterator[tuple[Listener, int]]:
    """Listen on a free port."""
    known = ReceptionRules(**rules)
    with Listener(f"{scheme}://127.0.0.1:0", Path(), clerk, known) as running:
        yield running, int(running.url.rpartition(":")[2])


@contextmanager
def connected(port: int, *, greeted: bool = True) -> Iterator[Client]:
    """Connect as a mail server that may not keep to the rules."""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=60) as sock,
        closing(Client(sock)) as client,
    ):
        assert client.reply().startswith("220 ")
        if greeted:
            client.send("LHLO mx.example.org")
            client.hello()
        yield client


class Client:
    """Bytes out, lines in."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.file = sock.makefile("rb")

    def close(self) -> None:
        """Read no more."""
        self.file.close()

    def send(self, *lines: str | bytes) -> None:
        """Send lines in one packet."""
        raw = (line if isinstance(line, bytes) else line.encode() for line in lines)
        self.sock.sendall(b"".join(line + b"\r\n" for line in raw))

    def reply(self) -> str:
        """Read one line; '' at the end."""
        return self.file.readline().decode().rstrip("\r\n")

    def hello(self) -> list[str]:
        """Read the lines that greet back."""
        lines = [self.reply()]
        while lines[-1][3:4] == "-":
            lines.append(self.reply())
        return lines

    def codes(self, count: int) -> list[str]:
        """Read the codes of so many replies."""
        return [self.reply()[:3] for _ in range(count)]


@pytest.mark.parametrize("client", [smtplib.LMTP, smtplib.SMTP])
def test_two_messages_a_connection_are_taken_as_they_are(clerk: Clerk, client: type[smtplib.SMTP]) -> None:
    """The standard library is a client that we did not write."""
    scheme = "lmtp" if client is smtplib.LMTP else "smtp"
    with listening(clerk, scheme) as (_, port), client("127.0.0.1", port, local_hostname="mx") as smtp:
        for words in (b"Subject: one\r\n\r\n.dots\r\n..\r\n", b"Subject: two\r\n\r\n\x00\xff\xc3\xa4\r\n"):
            assert smtp.sendmail("<>", [SAM], words, mail_options=["BODY=8BITMIME"]) == {}

    assert clerk.taken == [
        (SAM, b"Subject: one\r\n\r\n.dots\r\n..\r\n"),
        (SAM, b"Subject: two\r\n\r\n\x00\xff\xc3\xa4\r\n"),
    ]


def test_what_is_sent_at_once_is_answered_in_order(clerk: Clerk) -> None:
    """PIPELINING (RFC 2920): mail servers send envelope, message and the next one in one go."""
    once = ("MAIL FROM:<> SIZE=10 BODY=8BITMIME", f"RCPT TO:<{SAM}>", "DATA", "Subject: x", "", ".")
    with listening(clerk) as (_, port), connected(port) as client:
        client.send(*once, *once, "QUIT")

        assert client.codes(9) == ["250", "250", "354", "250"] * 2 + ["221"]
        assert client.reply() == ""
    assert [message for _, message in clerk.taken] == [b"Subject: x\r\n\r\n"] * 2


def test_nobody_but_those_we_know_is_taken_mail_for(clerk: Clerk) -> None:
    """No open relay, and no bounce for what was never ours; the connection goes on for the next one."""
    others = [FORGED, "sam@example.org", "", "postmaster", f"{SAM}@example.org", "%s@b" % ("x" * 900)]
    with listening(clerk) as (_, port), connected(port) as client:
        client.send("MAIL FROM:<eve@example.net>", *(f"RCPT TO:<{each}>" for each in others), "DATA")

        assert client.codes(8) == ["250", "550", "550", "501", "550", "550", "550", "503"]
        client.send(f"RCPT TO:<{SAM}>", f"RCPT TO:<{SAM}>", "DATA", "", ".")
        assert client.codes(4) == ["250", "452", "354", "250"]
    assert clerk.taken == [(SAM, b"\r\n")]


def test_the_announced_and_the_real_size_are_bounded(clerk: Clerk) -> None:
    """Big mail is refused for good; what is much too big is not even waited for."""
    with listening(clerk, message_bytes=1_000) as (_, port), connected(port) as client:
        client.send("LHLO mx")
        assert "250-SIZE 1000" in client.hello()
        client.send("MAIL FROM:<> SIZE=1001", "MAIL FROM:<> SIZE=1000", f"RCPT TO:<{SAM}>", "DATA")
        assert client.codes(4) == ["552", "250", "250", "354"]
        client.send("a" * 999, ".", "MAIL FROM:<>", f"RCPT TO:<{SAM}>", "DATA", "a" * 998, ".")
        assert client.codes(5) == ["552", "250", "250", "354", "250"]
        client.send("MAIL FROM:<>", f"RCPT TO:<{SAM}>", "DATA", "a" * 70_000)
        assert client.codes(4) == ["250", "250", "354", "421"]
    assert [len(message) for _, message in clerk.taken] == [1_000]


def test_a_long_mail_is_taken_by_its_beginning(clerk: Clerk) -> None:
    """A hundred thousand header fields are a nuisance, and not a reason to be read on."""
    with listening(clerk) as (_, port), smtplib.LMTP("127.0.0.1", port, local_hostname="mx") as smtp:
        smtp.sendmail("<>", [SAM], b"X-Eve: \x00\xff again and again and again\r\n" * 100_000)

    assert [len(message) for _, message in clerk.taken] == [MAX_REPORT_BYTES]


@pytest.mark.parametrize(
    "trouble", [StoreError("database is locked"), ZeroDivisionError("a fault of ours")], ids=["busy", "fault"]
)
def test_what_cannot_be_kept_now_stays_with_the_mail_server(clerk: Clerk, trouble: Exception) -> None:
    """A 250 is a promise; the mail server tries again after a 451."""
    with listening(clerk) as (_, port), connected(port) as client:
        clerk.trouble = trouble
        client.send("MAIL FROM:<>", f"RCPT TO:<{SAM}>", "DATA", "Subject: x", ".")
        assert client.codes(4) == ["250", "250", "354", "451"]
        clerk.trouble = None
        client.send("MAIL FROM:<>", f"RCPT TO:<{SAM}>", "DATA", "Subject: x", ".")
        assert client.codes(4) == ["250", "250", "354", "250"]
    assert len(clerk.taken) == 1


def test_commands_out_of_turn_and_garbage_are_refused(clerk: Clerk) -> None:
    """Nothing that anybody sends ends more than their own connection."""
    with listening(clerk, refusals=12) as (_, port), connected(port, greeted=False) as client:
        client.send("MAIL FROM:<>", "EHLO mx", "GET / HTTP/1.1", b"\x00\xff\xfe", "")
        assert client.codes(5) == ["503", "500", "500", "500", "500"]
        client.send("LHLO mx", f"RCPT TO:<{SAM}>", "MAIL me", "MAIL FROM:<>", "MAIL FROM:<>", "RSET", "DATA")
        assert client.hello()[-1] == "250 SMTPUTF8"
        assert client.codes(6) == ["503", "501", "250", "503", "250", "503"]
        client.send("noop", "VRFY sam", "STARTTLS", "AUTH PLAIN x", "BDAT 5", "HELP")
        assert client.codes(6) == ["250", "252", "500", "500", "500", "421"]
        assert client.reply() == ""
    assert clerk.taken == []


def test_a_line_without_an_end_ends_the_connection(clerk: Clerk) -> None:
    """Memory is bounded."""
    with listening(clerk) as (_, port), connected(port) as client:
        client.sock.sendall(b"MAIL FROM:<" + b"a" * 3_000)

        assert client.codes(1) == ["421"]


def test_who_says_nothing_is_not_waited_for_for_ever(clerk: Clerk) -> None:
    """A slow client holds one of few places; one that drips is no better than a silent one."""
    with listening(clerk, timeout_s=0.05) as (_, port), connected(port) as client:
        assert client.reply().startswith("421 4.4.2")
    with listening(clerk, life_s=0.2) as (_, port), connected(port) as client:
        client.send("MAIL FROM:<>", f"RCPT TO:<{SAM}>", "DATA")
        client.codes(3)
        with pytest.raises(OSError, match=r"reset|Broken pipe"):  # noqa: PT012
            while True:
                client.sock.sendall(b"a\r\n")
    assert clerk.taken == []


def test_a_client_that_leaves_in_the_middle_is_forgotten(clerk: Clerk) -> None:
    """Half a report is none."""
    with listening(clerk, connections=1) as (running, port):
        for _ in range(3):
            with connected(port) as client:
                client.send("MAIL FROM:<>", f"RCPT TO:<{SAM}>", "DATA", "Subject: x")
                client.codes(3)
            _until_idle(running)
    assert clerk.taken == []


def test_no_more_connections_than_allowed(clerk: Clerk) -> None:
    """Threads are bounded; the one turned away comes back later."""
    with listening(clerk, connections=1) as (running, port):
        with connected(port), socket.create_connection(("127.0.0.1", port), timeout=10) as more:
            assert more.recv(100).startswith(b"421 4.3.2")
        _until_idle(running)
        with connected(port) as client:
            client.send("QUIT")
            assert client.codes(1) == ["221"]


def test_stopping_finishes_what_came_in_whole_and_nothing_else(clerk: Clerk) -> None:
    """The report that is being written down is answered; whoever is idle is sent away."""
    clerk.is_open.clear()
    with listening(clerk) as (running, port), connected(port) as busy, connected(port) as idle:
        once = ("MAIL FROM:<>", f"RCPT TO:<{SAM}>", "DATA", "Subject: x", ".")
        busy.send(*once, *once)
        assert clerk.is_asked.wait(10)
        stopping = threading.Thread(target=running.stop)
        stopping.start()
        assert idle.reply() == ""
        clerk.is_open.set()
        stopping.join(10)

        assert busy.codes(5) == ["250", "250", "354", "250", "421"]
    assert len(clerk.taken) == 1
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=1)


def test_a_unix_socket_outlives_a_kill_and_is_taken_from_nobody(clerk: Clerk, tmp_path: Path) -> None:
    """What a killed listener left behind is in nobody's way; a living one is not pushed aside."""
    place = tmp_path / "lmtp.sock"
    with closing(socket.socket(socket.AF_UNIX)) as left:
        left.bind(str(place))
    with Listener("lmtp+unix:lmtp.sock", tmp_path, clerk):
        with smtplib.LMTP(str(place)) as smtp:
            smtp.sendmail("<>", [SAM], b"Subject: x\r\n")
        with pytest.raises(TransportError, match="in use"):
            Listener("lmtp+unix:lmtp.sock", tmp_path, clerk).start()

    assert not place.exists()
    assert len(clerk.taken) == 1


def test_a_place_that_cannot_be_had_is_named(clerk: Clerk, tmp_path: Path) -> None:
    """Another program's port, a file in the way, a folder that is not there, a path too long."""
    (tmp_path / "file").write_text("mine")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        for url in (
            f"smtp://127.0.0.1:{port}",
            "lmtp+unix:file",
            "lmtp+unix:none/x",
            "lmtp+unix:" + "x" * 120,
        ):
            with pytest.raises(TransportError) as caught:
                Listener(url, tmp_path, clerk).start()

            assert (caught.value.where, caught.value.permanent) == (url, True)
    assert (tmp_path / "file").read_text() == "mine"


def _until_idle(running: Listener) -> None:
    """Wait for the threads of connections that were closed on this side."""
    for thread in list(running._talks):
        thread.join()
