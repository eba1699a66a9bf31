"""A little web that lives on loopback: sites that answer by script, and a town of public names for them."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from digest.fetch import Address, Fetcher
from digest.settings import FetchSettings

Answer = bytes | Iterable[bytes]
_TLS_HELLO = b"\x16"  #: RFC 8446 section 5.1: content type handshake
PUBLIC = "93.184.216.34"  #: never connected to for real


class Site:
    """A server that answers each request as a script says, and counts who came.

    Who begins with TLS where it speaks none is hung up on, unless it waits for ever for a head.
    """

    def __init__(
        self,
        answer: Answer | Callable[[bytes], Answer],
        *,
        host: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
        waits_for_ever: bool = False,
    ) -> None:
        self.requests: list[bytes] = []  #: heads, whole
        self.connections = 0
        self._answer = answer
        self._tls = tls
        self._waits_for_ever = waits_for_ever
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family)
        self.port: int = self._listener.getsockname()[1]
        self.closed = threading.Event()  #: for scripts that wait: they end with their site
        self._lock = threading.Lock()
        self._talks: dict[threading.Thread, socket.socket] = {}
        self._door = threading.Thread(target=self._serve, name="site", daemon=True)
        self._door.start()

    def close(self) -> None:
        """Let nobody in any more, and end all that is going on."""
        self.closed.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._door.join()
        with self._lock:
            talks = dict(self._talks)
        for sock in talks.values():
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for talk in talks:
            talk.join()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                self.connections += 1
                talk = threading.Thread(target=self._talk, args=[sock], name="talk", daemon=True)
                with self._lock:
                    self._talks[talk] = sock
                talk.start()

    def _talk(self, sock: socket.socket) -> None:
        try:
            self._answer_one(sock)
        finally:
            with self._lock:
                self._talks.pop(threading.current_thread(), None)

    def _answer_one(self, sock: socket.socket) -> None:
        with suppress(OSError), sock:
            talk = self._tls.wrap_socket(sock, server_side=True) if self._tls else sock
            head = b""
            while b"\r\n\r\n" not in head:
                piece = talk.recv(65_536)
                if not piece:
                    return
                head += piece
                if self._tls is None and head[:1] == _TLS_HELLO and not self._waits_for_ever:
                    return
            self.requests.append(head)
            answer = self._answer(head) if callable(self._answer) else self._answer
            for piece in [answer] if isinstance(answer, bytes) else answer:
                talk.sendall(piece)
            with suppress(OSError):
                talk.shutdown(socket.SHUT_WR)
            talk.close()


class Town:
    """Names and public addresses; what is public leads to a site here, all else where it says."""

    def __init__(self) -> None:
        self.names: dict[str, list[list[str]]] = {}  #: answers in their order; the last one stays
        self.homes: dict[str, Site] = {}  #: public address -> site
        self.asked: list[str] = []
        self.dialled: list[str] = []

    def settle(self, name: str, site: Site, address: str = PUBLIC) -> None:
        """Give a site a public name and address."""
        self.names[name] = [[address]]
        self.homes[address] = site

    def resolve(self, host: str) -> list[str]:
        """Answer as scripted; else as the system does for numbers in any form, without asking anybody."""
        self.asked.append(host)
        answers = self.names.get(host)
        if answers is not None:
            return answers.pop(0) if len(answers) > 1 else answers[0]
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        return [str(entry[4][0]) for entry in found]

    def connect(self, address: Address, port: int, timeout_s: float) -> socket.socket:
        """Connect to the site at a public address, or for real when that stays on this machine."""
        self.dialled.append(str(address))
        site = self.homes.get(str(address))
        if site is not None:
            return socket.create_connection(("127.0.0.1", site.port), timeout_s)
        if not address.is_loopback and not address.is_unspecified:
            raise OSError("leaves this machine")
        return socket.create_connection((str(address), port), timeout_s)


def fetcher(
    town: Town,
    *,
    ports: tuple[int, ...] = (80, 443),
    allow_private: tuple[str, ...] = (),
    seconds: float = 30,
    body_bytes: int = 1_000_000,
    ca_file: Path | None = None,
) -> Fetcher:
    """Make a fetcher that lives in a town."""
    settings = FetchSettings(
        ports=ports,
        allow_private=allow_private,
        deadline=timedelta(seconds=seconds),
        ca_file=None if ca_file is None else str(ca_file),
    )
    return Fetcher(
        settings, agent="Test/1", body_bytes=body_bytes, resolve=town.resolve, connect=town.connect
    )


@contextmanager
def open_site(
    answer: Answer | Callable[[bytes], Answer],
    *,
    tls: ssl.SSLContext | None = None,
    waits_for_ever: bool = False,
) -> Iterator[tuple[Site, Town]]:
    """Open a site under the name news.example.org, on every port of its public address."""
    site, town = Site(answer, tls=tls, waits_for_ever=waits_for_ever), Town()
    town.settle("news.example.org", site)
    try:
        yield site, town
    finally:
        site.close()


def ok(body: bytes, *fields: str) -> bytes:
    """Write a whole answer of status 200."""
    return answer(200, body, *fields)


def answer(status: int, body: bytes = b"", *fields: str) -> bytes:
    """Write a whole answer."""
    head = [f"HTTP/1.1 {status} Any", f"Content-Length: {len(body)}", *fields]
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body
