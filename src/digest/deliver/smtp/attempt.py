"""A connection while it is being opened, which another thread may end."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

#: A relay that takes so long to greet and to let in may greet another one sooner: it may have swallowed this.
_SILENT_S = 45.0


class Attempt:
    """One try to open a connection.

    Args:
        began_at: Seconds of the loop's clock.
    """

    def __init__(self, began_at: float) -> None:
        self.began_at = began_at
        self.is_ended = False  #: nobody waits for it any more
        self._lock = threading.Lock()
        self._handle: socket.socket | None = None

    def is_silent(self, now: float) -> bool:
        """Tell whether it takes so long that another one should be tried beside it."""
        return now - self.began_at >= _SILENT_S

    def reached(self, sock: socket.socket) -> None:
        """Take note of the socket as soon as it is connected.

        Raises:
            ConnectionAbortedError: The attempt was ended meanwhile.
        """
        with self._lock:
            if self.is_ended:
                raise ConnectionAbortedError("nobody waits for it any more")
            self._handle = sock.dup()  # TLS takes the other one over

    def end(self) -> None:
        """End it: whoever waits for the relay's words hears that there are none."""
        with self._lock:
            self.is_ended = True
            if self._handle is not None:
                with suppress(OSError):
                    self._handle.shutdown(socket.SHUT_RDWR)
        self.over()

    def over(self) -> None:
        """Let go of the socket, which is open, or closed, by now."""
        with self._lock:
            if self._handle is not None:
                self._handle.close()
                self._handle = None
