"""A receiver of webhooks on loopback that answers what its script says: a bare socket, no library."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

HANG = "<hang>"  #: says nothing until the test ends
DRIP = "<drip>"  #: a byte of an endless header now and then
OK = "HTTP/1.1 204 No Content\r\n\r\n"


@dataclass(frozen=True)
class Call:
    """One request."""

    line: str
    fields: dict[str, str]  #: by name in lower case
    body: bytes

    @property
    def data(self) -> Any:  # noqa: ANN401  # why: JSON of any shape
        """The body as JSON."""
        return json.loads(self.body)


class Receiver:
    """Listens while the context is open; answers in the order of the script, then yes."""

    def __init__(self, *script: str) -> None:
        self.calls: list[Call] = []
        self._script = list(script)
        self._over = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/hook?of=olu"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None
    ) -> None:
        self._over.set()
        self._socket.shutdown(socket.SHUT_RDWR)  # or a thread that waits for a call would take one more
        self._socket.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._socket.accept()
                threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        with sock, contextlib.suppress(OSError):
            self.calls.append(_read(sock))
            answer = self._script.pop(0) if self._script else OK
            if answer == HANG:
                self._over.wait(30)
            elif answer == DRIP:
                sock.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                ends = time.monotonic() + 30
                while time.monotonic() < ends and not self._over.wait(0.05):
                    sock.sendall(b"x")
            else:
                sock.sendall(answer.encode("ascii"))


def says(status: int, *fields: str) -> str:
    """Write an answer without a body."""
    return "\r\n".join((f"HTTP/1.1 {status} Said", "Content-Length: 0", *fields, "", ""))


def _read(sock: socket.socket) -> Call:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(sock)
    head, _, body = data.partition(b"\r\n\r\n")
    line, *rest = head.decode("ascii").split("\r\n")
    fields = {name.lower(): value for name, _, value in (each.partition(": ") for each in rest)}
    while len(body) < int(fields["content-length"]):
        body += _more(sock)
    return Call(line, fields, body)


def _more(sock: socket.socket) -> bytes:
    """Read on; a caller who hung up in the middle ends the call."""
    data = sock.recv(65_536)
    if not data:
        raise ConnectionResetError
    return data
