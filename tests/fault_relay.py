"""A relay on loopback that fails in one way at one place, and keeps a record of its own of what it took."""

from __future__ import annotations

import contextlib
import re
import select
import socket
import ssl
import struct
import termios
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from fcntl import ioctl
from types import TracebackType
from typing import Literal, Self

from scripted_relay import server_context

Tls = Literal["none", "starttls", "implicit"]
GARBAGE = b"\x00\xfe<html>\x16\x03\x01 what?\r\n\r\n"
_PATIENCE_S = 30.0  #: for a sender that says nothing; a busy machine lets it wait


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What goes wrong, and where."""

    phase: str  #: greet, ehlo, mail, rcpt, data, body, dot, taken (after the 250), or group
    act: Callable[[Peer], None]


class FaultRelay:
    """Listens while the context is open, one thread a connection.

    Args:
        fault: What goes wrong; None for nothing.
        victim: It strikes this recipient's message only; None strikes any.
        times: How often it strikes; None for always.
        spared: How many chances it lets pass before.
        tls: Whether and when TLS begins.
        gap_s: Answers come byte by byte, so many seconds apart; 0 sends them whole.
    """

    def __init__(
        self,
        fault: Fault | None = None,
        *,
        victim: str | None = None,
        times: int | None = None,
        spared: int = 0,
        tls: Tls = "none",
        gap_s: float = 0.0,
    ) -> None:
        self.fault, self.victim, self.tls, self.gap_s = fault, victim, tls, gap_s
        self.context = server_context()
        self.over = threading.Event()
        self.taken: Counter[str] = Counter()  #: recipients of messages that were answered with 250
        self.dots: Counter[str] = Counter()  #: recipients of messages whose final dot came
        self.bodies: list[tuple[str, bytes]] = []  #: recipient and what came for them, dots still doubled
        self.connections = 0
        self.struck = 0
        self.hit: Counter[str] = Counter()  #: how often it struck each recipient's message
        self.hit_first: set[str] = set()  #: those whose message was the first on a connection it struck
        self._times, self._spared = times, spared
        self._lock = threading.Lock()
        self._peers: list[Peer] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._listener.settimeout(0.05)
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.over.set()
        for thread in self._threads:
            thread.join(5)
        self._listener.close()

    def is_stuck(self) -> bool:
        """Tell whether somebody is kept waiting by silence, and all others have been answered."""
        with self._lock:
            peers = list(self._peers)
        return any(peer.hangs() for peer in peers) and all(peer.hangs() or peer.is_idle() for peer in peers)

    def strikes(self, phase: str, recipient: str) -> Fault | None:
        """Return the fault when its moment has come, and count it."""
        with self._lock:
            is_due = self.fault is not None and self.fault.phase == phase
            is_meant = self.victim is None or self.victim == recipient or phase in {"greet", "ehlo"}
            if not is_due or not is_meant or (self._times is not None and self.struck >= self._times):
                return None
            if self._spared:
                self._spared -= 1
                return None
            self.struck += 1
            self.hit[recipient] += 1
            return self.fault

    def _start(self, target: object, *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads = [*filter(threading.Thread.is_alive, self._threads), thread]
        thread.start()

    def _accept(self) -> None:
        while not self.over.is_set():
            with contextlib.suppress(TimeoutError):
                sock, _ = self._listener.accept()
                self.connections += 1
                self._start(self._serve, sock)

    def _serve(self, sock: socket.socket) -> None:
        sock.settimeout(_PATIENCE_S)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer = Peer(self, sock)
        with self._lock:
            self._peers.append(peer)
        with contextlib.suppress(OSError, EOFError):
            peer.run()
        with self._lock:
            self._peers.remove(peer)
        peer.sock.close()


class Peer:
    """The relay's end of one connection."""

    def __init__(self, relay: FaultRelay, sock: socket.socket) -> None:
        self.relay, self.sock = relay, sock
        self.buffer = bytearray()
        self.recipient = ""
        self.begun = 0  #: messages
        self.is_silent = False  #: it owes an answer that it will never give
        self._is_listening = False

    def is_idle(self) -> bool:
        """Tell whether it has read all that has come, and waits for more."""
        # First whether it listens: it ceases to before it reads what has come.
        return self._is_listening and not _came(self.sock)

    def hangs(self) -> bool:
        """Tell whether the other side waits for it in vain; not, once that has left."""
        return self.is_silent and not self.was_left()

    def was_left(self, within_s: float = 0.0) -> bool:
        """Tell whether the other side has ended the connection, without reading anything."""
        end = select.poll()
        end.register(self.sock, select.POLLRDHUP)
        return bool(end.poll(within_s * 1_000))

    def run(self) -> None:
        if self.relay.tls == "implicit":
            self.secure()
        self.answer("greet", "220 faulty")
        while True:
            self.command(self.line().decode("utf-8"))

    def command(self, line: str) -> None:
        verb = line[:4].upper()
        if verb == "EHLO":
            is_open = self.relay.tls == "starttls" and not isinstance(self.sock, ssl.SSLSocket)
            self.answer(
                "ehlo", f"250-faulty\r\n{'250-STARTTLS' if is_open else '250-8BITMIME'}\r\n250 PIPELINING"
            )
        elif verb == "STAR":
            self.say("220 go on")
            self.secure()
        elif verb == "MAIL":
            self.begun += 1
            # The sender of each message names its reader, so that a fault can choose at once.
            number = re.search(r"\+(\d+)@", line)
            self.recipient = f"reader{number[1]}@example.org" if number else ""
            if not self.strike("group"):
                self.answer("mail", "250 2.1.0 ok")
        elif verb == "RCPT":
            assert f"<{self.recipient}>" in line, "a message for somebody else"
            self.answer("rcpt", "250 2.1.5 ok")
        elif verb == "DATA":
            if self.answer("data", "354 go on"):
                self.body()
        elif verb == "QUIT":
            self.say("221 bye")
            raise EOFError
        else:
            self.say("250 2.0.0 ok")

    def body(self) -> None:
        """Take a message; a fault in the body strikes when a part of it has come."""
        looked = 0
        self.buffer[:0] = b"\r\n"  # a dot alone ends a message without a line, too
        while (end := self.buffer.find(b"\r\n.\r\n", looked)) < 0:
            looked = max(0, len(self.buffer) - 4)
            self.more()
            if len(self.buffer) > 10_000:
                self.strike("body")
        body = bytes(self.buffer[2:end])
        del self.buffer[: end + 5]
        if end == 0:  # its recipient was refused (RFC 2920, section 3.1)
            self.say("554 5.5.1 no valid recipients")
            return
        with self.relay._lock:
            self.relay.dots[self.recipient] += 1
            self.relay.bodies.append((self.recipient, body + b"\r\n"))
        if self.strike("dot"):
            return
        with self.relay._lock:
            self.relay.taken[self.recipient] += 1
        self.say("250 2.0.0 queued as 4711")
        self.strike("taken")

    def secure(self) -> None:
        self.sock = self.relay.context.wrap_socket(self.sock, server_side=True)
        self.buffer.clear()

    def answer(self, phase: str, words: str) -> bool:
        """Say yes, unless a fault says otherwise; True when yes was said."""
        if self.strike(phase):
            return False
        self.say(words)
        return True

    def strike(self, phase: str) -> bool:
        fault = self.relay.strikes(phase, self.recipient)
        if fault is not None:
            if self.begun == 1:
                self.relay.hit_first.add(self.recipient)
            fault.act(self)
        return fault is not None

    def say(self, words: str) -> None:
        data = words.encode() + b"\r\n"
        if not self.relay.gap_s:
            self.sock.sendall(data)
            return
        for letter in data:
            self.sock.sendall(bytes([letter]))
            self.relay.over.wait(self.relay.gap_s)

    def line(self) -> bytes:
        while b"\r\n" not in self.buffer:
            self.more()
        line, _, rest = self.buffer.partition(b"\r\n")
        self.buffer = rest
        return bytes(line)

    def more(self) -> None:
        if not (isinstance(self.sock, ssl.SSLSocket) and self.sock.pending()):
            self._is_listening = True
            select.select([self.sock], [], [], _PATIENCE_S)
            self._is_listening = False
        data = self.sock.recv(65_536)
        if not data:
            raise EOFError
        self.buffer += data


def _came(sock: socket.socket) -> int:
    """Return how many bytes have come that nobody has read."""
    return struct.unpack("i", ioctl(sock, termios.FIONREAD, bytes(4)))[0]


# -- what can go wrong --------------------------------------------------------------------------


def says(words: str) -> Callable[[Peer], None]:
    """Answer something; the connection ends after 421 (RFC 5321 section 3.8)."""

    def act(peer: Peer) -> None:
        peer.say(words)
        if words.startswith("421"):
            raise EOFError

    return act


def dies(_peer: Peer) -> None:
    """End the connection without a word."""
    raise EOFError


def resets(peer: Peer) -> None:
    """End it the hard way: RST instead of FIN."""
    peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise EOFError


def hangs(peer: Peer) -> None:
    """Say nothing more, and read nothing."""
    peer.is_silent = True
    while not peer.relay.over.is_set() and not peer.was_left(0.05):
        pass
    raise EOFError


def babbles(peer: Peer) -> None:
    """Say what is no SMTP, and go on listening."""
    peer.sock.sendall(GARBAGE)
    listens(peer)


def breaks_tls(peer: Peer) -> None:
    """Write in clear where a TLS record should stand."""
    socket.socket.sendall(peer.sock, b"250 2.0.0 ok, in clear\r\n")
    listens(peer)


def half_closes(peer: Peer) -> None:
    """End its own side only, and go on listening."""
    socket.socket.shutdown(peer.sock, socket.SHUT_WR)
    listens(peer)


def listens(peer: Peer) -> None:
    """Read to the end, and answer nothing."""
    while True:
        peer.more()


def swallows(peer: Peer) -> None:
    """Answer MAIL, and throw away what came with it, in spite of having announced PIPELINING."""
    peer.buffer.clear()
    peer.say("250 2.1.0 ok")
    peer.is_silent = True


def mixes_up(peer: Peer) -> None:
    """Answer a group in another order: DATA before RCPT. Single commands are answered well."""
    if b"DATA\r\n" not in peer.buffer:
        peer.say("250 2.1.0 ok")
        return
    peer.buffer.clear()
    peer.say("250 2.1.0 ok\r\n354 go on\r\n250 2.1.5 ok")
    peer.body()


def says_too_much(peer: Peer) -> None:
    """Answer each of the three commands, and one that was not there."""
    peer.say("250 2.1.0 ok\r\n250 2.1.0 ok")


def says_it_in_pieces(peer: Peer) -> None:
    """Send the answers of a group as one stream, cut where no line ends."""
    while b"DATA\r\n" not in peer.buffer:
        peer.more()
    peer.buffer.clear()
    words = b"250-2.1.0 well\r\n250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go on\r\n"
    for start, end in ((0, 1), (1, 20), (20, 23), (23, len(words) - 1), (len(words) - 1, len(words))):
        peer.sock.sendall(words[start:end])
    peer.body()
