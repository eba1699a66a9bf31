"""Listen for a mail server that hands reports over, on this machine or a Unix socket."""

from __future__ import annotations

import os
import selectors
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from digest.deliver.reports.reception import Desk, Reception, ReceptionRules
from digest.deliver.reports.wire import Wire
from digest.errors import TransportError
from digest.settings import UNIX

_FINISH_S = 60.0  # longer than a database is waited for
_MAX_PATH_BYTES = 107  # what the kernel takes for the name of a Unix socket


class Listener:
    """Takes reports while the context is open, in a thread for each connection.

    Args:
        url: lmtp://HOST:PORT, smtp://HOST:PORT (port 0 takes a free one) or lmtp+unix:PATH.
        home: What the path of a Unix socket is relative to.
        desk: Who takes the reports.
        rules: How far connections may go.

    Raises:
        TransportError: On start: nobody can listen there.
    """

    def __init__(self, url: str, home: Path, desk: Desk, rules: ReceptionRules | None = None) -> None:
        self.url = url  #: with the real port once it has started
        self._home = home
        self._desk = desk
        self._rules = rules or ReceptionRules()
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._talks: dict[threading.Thread, Wire] = {}
        self._thread: threading.Thread | None = None
        self._path: Path | None = None

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    def start(self) -> None:
        """Listen; returns when connections are taken. Once only."""
        try:
            self._socket = self._bind()
        except OSError as error:
            raise TransportError(
                f"nobody can listen there: {error.strerror or error}",
                permanent=True,
                where=self.url,
                hint="see who has the place, or name another in delivery.bounces.listen.url",
            ) from error
        self._waker, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._accept, name="reports", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take no more, finish the messages that have come in whole, end the connections; twice is once."""
        if self._thread is None:
            return
        self._over.set()
        self._waker.close()
        self._thread.join()
        self._thread = None
        with self._lock:
            talks = dict(self._talks)
        for wire in talks.values():
            wire.hang_up()
        ends = time.monotonic() + _FINISH_S
        for thread in talks:
            thread.join(max(0, ends - time.monotonic()))

    def _bind(self) -> socket.socket:
        if self.url.startswith(UNIX):
            self._path = self._home / self.url.removeprefix(UNIX)
            return _bind_unix(self._path)
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        bound = socket.create_server((host, parts.port or 0), family=family)
        shown = f"[{host}]" if ":" in host else host
        self.url = f"{parts.scheme}://{shown}:{bound.getsockname()[1]}"
        return bound

    def _accept(self) -> None:
        self._socket.setblocking(False)  # who called may be gone before the call is answered
        with self._socket, self._woken, selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while not self._over.is_set():
                if any(key.fileobj is self._socket for key, _ in selector.select()):
                    self._greet()
            if self._path is not None:
                self._path.unlink(missing_ok=True)

    def _greet(self) -> None:
        """Take the next connection, or turn it away when there are too many."""
        try:
            sock, _ = self._socket.accept()
        except OSError:
            self._over.wait(0.1)  # too many open files: asking again at once would change nothing
            return
        wire = Wire(sock, timeout_s=self._rules.timeout_s, life_s=self._rules.life_s)
        if not self._begin(sock, wire):
            with sock, suppress(OSError):
                wire.say("421 4.3.2 too many connections")

    def _begin(self, sock: socket.socket, wire: Wire) -> bool:
        """Start a connection's thread; False when there are too many."""
        thread = threading.Thread(target=self._talk, args=(sock, wire), name="report", daemon=True)
        with self._lock:
            if len(self._talks) >= self._rules.connections:
                return False
            try:
                thread.start()
            except RuntimeError:  # the machine has no more threads
                return False
            self._talks[thread] = wire
        return True

    def _talk(self, sock: socket.socket, wire: Wire) -> None:
        try:
            with sock, suppress(OSError, EOFError):
                if sock.family != socket.AF_UNIX:
                    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                is_lmtp = self.url.startswith("lmtp")
                Reception(wire, self._desk, self._rules, is_lmtp=is_lmtp, is_over=self._over.is_set).run()
        finally:
            with self._lock:
                self._talks.pop(threading.current_thread(), None)


def _bind_unix(path: Path) -> socket.socket:
    """Make the socket's file; what a listener that was killed left behind is removed."""
    if len(os.fsencode(path)) > _MAX_PATH_BYTES:
        raise OSError(f"its path is longer than {_MAX_PATH_BYTES} bytes")
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if path.is_socket() and not _is_answered(path):
            path.unlink()
        bound.bind(str(path))
        # Signatures decide what counts; the folder's rights say who may come this far.
        path.chmod(0o666)
        bound.listen()
    except OSError:
        bound.close()
        raise
    return bound


def _is_answered(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            return False
        return True
