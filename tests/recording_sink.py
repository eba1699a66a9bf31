"""A relay in a process of its own that writes down all it sees: `python recording_sink.py LOG`.

It prints its port, and lives until its standard input ends. What it is told there, a line each:

    pace 0.01 0.2   how long the answers to DATA and to the dot take, in seconds from least to most
    hang data       never to answer DATA again; or `hang dot`
    hang dot sam@example.org    this recipient's only
    well            to answer everything at once again

Each line of LOG is a kind, the number of the connection, a moment (time.monotonic), a recipient, when its
dot or MAIL came, a Message-ID and a hash of the message:

    mail      MAIL has come (known with RCPT)
    dot       a whole message has come
    accepted  it was taken: written before the 250 is, also when nobody is there to hear that

A message is taken whatever becomes of the connection, as a relay does that has queued it.
"""

from __future__ import annotations

import hashlib
import heapq
import os
import random
import re
import selectors
import socket
import sys
import time
from contextlib import suppress
from itertools import count

_HELLO = b"250-sink\r\n250-PIPELINING\r\n250-SIZE 10000000\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
_OK = b"250 2.1.0 ok\r\n"
_ID = re.compile(rb"^message-id:\s*(<[^>]*>)", re.IGNORECASE | re.MULTILINE)


class Sink:
    """Serves all connections in one thread."""

    def __init__(self, log: str) -> None:
        self.pace = (0.0, 0.0)
        self.hangs: set[str] = set()
        self._log = os.open(log, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
        self._selector = selectors.DefaultSelector()
        self._later: list[tuple[float, int, object]] = []
        self._order = count()
        self._chance = random.Random(os.getpid())  # noqa: S311  # why: moments, not secrets
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self._listener.getsockname()[1]
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._selector.register(sys.stdin.fileno(), selectors.EVENT_READ, self._told)
        self._number = 0
        self.is_over = False

    def run(self) -> None:
        """Serve until it is told to end."""
        while not self.is_over:
            wait = max(0.0, self._later[0][0] - time.monotonic()) if self._later else None
            for key, _ in self._selector.select(wait):
                key.data()
            while self._later and self._later[0][0] <= time.monotonic():
                heapq.heappop(self._later)[2]()

    def write(self, *fields: object) -> None:
        """Add a line to the log, whole and at once."""
        os.write(self._log, ("\t".join(map(str, fields)) + "\n").encode())

    def soon(self, call: object) -> None:
        """Do something when the pace says so."""
        at = time.monotonic() + self._chance.uniform(*self.pace)
        heapq.heappush(self._later, (at, next(self._order), call))

    def watch(self, sock: socket.socket, call: object) -> None:
        self._selector.register(sock, selectors.EVENT_READ, call)

    def forget(self, sock: socket.socket) -> None:
        self._selector.unregister(sock)

    def _accept(self) -> None:
        self._number += 1
        Talk(self, self._listener.accept()[0], self._number)

    def _told(self) -> None:
        words = os.read(sys.stdin.fileno(), 4096).decode().splitlines()
        self.is_over = not words
        for line in words:
            verb, *rest = line.split()
            if verb == "pace":
                self.pace = (float(rest[0]), float(rest[1]))
            elif verb == "hang":
                self.hangs.add(" ".join(rest))
            else:
                self.pace = (0.0, 0.0)
                self.hangs.clear()


class Talk:
    """One connection."""

    def __init__(self, sink: Sink, sock: socket.socket, number: int) -> None:
        self._sink, self._sock, self._number = sink, sock, number
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._unread = bytearray()
        self._answers = b""
        self._mail_at, self._recipient = 0.0, ""
        self._is_in_data = self._is_busy = False
        self._is_open = True
        sink.watch(sock, self._read)
        self._say(b"220 sink\r\n")

    def _read(self) -> None:
        try:
            data = self._sock.recv(262_144)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._close()
            return
        self._unread += data
        self._go_on()

    def _go_on(self) -> None:
        """Answer all that can be answered, and write the answers at once."""
        while not self._is_busy and (self._take_message() if self._is_in_data else self._take_line()):
            pass
        said, self._answers = self._answers, b""
        self._say(said)

    def _take_line(self) -> bool:
        line, end, rest = self._unread.partition(b"\r\n")
        if not end:
            return False
        self._unread = rest
        verb = bytes(line[:4]).upper()
        if verb == b"MAIL":
            self._mail_at = time.monotonic()
        elif verb == b"RCPT":
            self._recipient = line[line.index(b"<") + 1 : line.index(b">")].decode()
            self._note("mail", self._recipient, self._mail_at, "", "")
        elif verb == b"DATA":
            self._later("data", self._go_ahead)
            return False
        self._answers += {b"EHLO": _HELLO, b"QUIT": b"221 bye\r\n"}.get(verb, _OK)
        return True

    def _take_message(self) -> bool:
        end = self._unread.find(b"\r\n.\r\n")
        if end < 0:
            return False
        message, self._unread = bytes(self._unread[: end + 2]), self._unread[end + 5 :]
        self._is_in_data = False
        found = _ID.search(message)
        name = found[1].decode() if found else ""
        digest = hashlib.sha256(message).hexdigest()
        about = (self._recipient, time.monotonic(), name, digest)
        self._note("dot", *about)
        self._later("dot", lambda: self._take(about))
        return False

    def _take(self, about: tuple[str, float, str, str]) -> None:
        self._note("accepted", *about)
        self._answers += b"250 2.0.0 taken\r\n"

    def _note(self, kind: str, *about: object) -> None:
        self._sink.write(kind, self._number, time.monotonic(), *about)

    def _go_ahead(self) -> None:
        self._is_in_data = True
        self._answers += b"354 go on\r\n"

    def _later(self, phase: str, what: object) -> None:
        """Answer after a while, or never; what comes meanwhile is read and kept."""
        self._is_busy = True
        if self._sink.hangs & {phase, f"{phase} {self._recipient}"}:
            return

        def do() -> None:
            self._is_busy = False
            what()
            self._go_on()

        self._sink.soon(do)

    def _say(self, words: bytes) -> None:
        if words and self._is_open:
            with suppress(OSError):
                self._sock.send(words)

    def _close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._sink.forget(self._sock)
            self._sock.close()


if __name__ == "__main__":
    running = Sink(sys.argv[1])
    print(running.port, flush=True)  # noqa: T201  # why: whoever started this waits for it
    running.run()
