"""Pages for machines: from a fixed list, each request bounded in size and time."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar
from urllib.parse import urlsplit

from digest.errors import Refused
from digest.log import get_logger

AT_ONCE = 16  #: requests; more are turned away
PIECE_S = 5.0  #: a piece of a request may take so long
WHOLE_S = 15.0  #: and a request, with its answer, so long
_DRAINED = 10_000_000  #: bytes of a refused body that are read all the same

log = get_logger()


@dataclass(frozen=True, kw_only=True)
class Page:
    """An answer."""

    status: int
    body: bytes
    type: str = "application/json"
    fields: Mapping[str, str] = field(default_factory=dict)  #: further header fields


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a request to take something in says before its body."""

    query: str  #: behind the ?, as written; '' for none
    authorization: str = field(repr=False)
    content_type: str
    length: int | None  #: of the body in bytes; None: not said, or not as a number


class Receiver(Protocol):
    """What takes bodies in."""

    def refuse(self, asked: Asked) -> Page | None:
        """Answer before the body is read; None to read it. The length must be known and bounded then."""
        ...

    def take(self, asked: Asked, body: bytes) -> Page:
        """Answer a request that was not refused."""
        ...


_Answer = TypeVar("_Answer")
_Request = socket.socket | tuple[bytes, socket.socket]  # as the library says it
Routes = Mapping[str, Callable[[], Page]]
NONE: Mapping[str, Receiver] = {}


class Pages:
    """Serves pages in threads of its own while the context is open.

    Args:
        address: HOST:PORT; port 0 takes a free one.
        routes: What to answer to GET, by path.
        receivers: What answers to POST, by path.

    Raises:
        Refused: On entering: nobody can listen there.
    """

    def __init__(self, address: str, routes: Routes, receivers: Mapping[str, Receiver] = NONE) -> None:
        parts = urlsplit(f"//{address}")
        self._place = parts.hostname or "", parts.port or 0
        self._routes = routes
        self._receivers = receivers
        self.port = 0  #: the real one, once it listens

    def __enter__(self) -> Self:
        """Listen."""
        host, port = self._place
        try:
            self._server = _Server((host, port), self._routes, self._receivers)
        except OSError as error:
            raise Refused(
                f"nobody can listen there: {error.strerror or error}",
                where=f"{host}:{port}",
                hint="another service may have the port: name another in service.listen, or by --listen",
            ) from error
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, name="pages", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Stop listening; requests under way are not waited for."""
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, place: tuple[str, int], routes: Routes, receivers: Mapping[str, Receiver]) -> None:
        self.routes = routes
        self.receivers = receivers
        self._free = threading.BoundedSemaphore(AT_ONCE)
        self.address_family = socket.AF_INET6 if ":" in place[0] else socket.AF_INET
        super().__init__(place, _Handler)

    def server_bind(self) -> None:
        """Bind without asking the DNS for our own name, as the parent does."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def process_request(self, request: _Request, client_address: Any) -> None:  # noqa: ANN401
        """Turn away what is too much."""
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: _Request, client_address: Any) -> None:  # noqa: ANN401
        """Serve one connection, and end it when it takes too long."""
        watch = threading.Timer(WHOLE_S, _cut, [request])
        watch.daemon = True
        watch.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            watch.cancel()
            self._free.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever asks may go away at any moment."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = PIECE_S

    def do_GET(self) -> None:  # why: the parent's name
        """Answer from the list."""
        route = self.server.routes.get(self.path)
        if route is None:
            self._answer(Page(status=404, body=b'{"error": "no such page"}'))
            return
        self._answer(self._made(route))

    def do_POST(self) -> None:  # why: the parent's name
        """Take a body in, once its receiver wants to read it."""
        path, _, query = self.path.partition("?")
        receiver = self.server.receivers.get(path)
        if receiver is None:
            self.send_error(HTTPStatus.NOT_IMPLEMENTED)
            return
        length = self.headers.get("Content-Length", "")
        asked = Asked(
            query=query,
            authorization=self.headers.get("Authorization", ""),
            content_type=self.headers.get("Content-Type", ""),
            length=int(length) if length.isascii() and length.isdecimal() and len(length) < 16 else None,
        )
        refused = self._made(lambda: receiver.refuse(asked))
        if refused is not None:
            self._answer(refused)
            self._drain(asked.length or 0)
            return
        body = self.rfile.read(asked.length)
        if len(body) == asked.length:
            self._answer(self._made(lambda: receiver.take(asked, body)))

    def _made(self, make: Callable[[], _Answer]) -> _Answer | Page:
        try:
            return make()
        except Exception:  # why: the top of a request
            log.exception("page_failed", page=self.path.partition("?")[0])
            return Page(status=500, body=b'{"error": "see the log"}')

    def _drain(self, length: int) -> None:
        """Read what was not wanted: closing on it would take back the answer that is on its way."""
        left = min(length, _DRAINED)
        while left > 0 and (piece := self.rfile.read(min(left, 65_536))):
            left -= len(piece)

    def _answer(self, page: Page) -> None:
        self.send_response_only(page.status)
        for name, value in (
            ("Content-Type", page.type),
            ("Content-Length", str(len(page.body))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            *page.fields.items(),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page.body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Answer what is no request that we know without repeating a byte of it."""
        self._answer(Page(status=code, body=f'{{"error": "{HTTPStatus(code).phrase}"}}'.encode()))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Log no requests: they come every few seconds, for years."""


def _cut(request: _Request) -> None:
    if isinstance(request, socket.socket):
        with suppress(OSError):
            request.shutdown(socket.SHUT_RDWR)
