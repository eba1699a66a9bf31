"""A socket with one deadline for all that happens on it, and a bound on what comes in."""

from __future__ import annotations

import io
import socket
import time

from digest.errors import FetchError


class Deadline:
    """A moment in monotonic time by which everything must be done."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds  #: from the start
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left; above 0.

        Raises:
            TimeoutError: None are.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class Wire:
    """What `http.client` takes for a socket: each step waits only as long as the deadline allows.

    A server that sends a byte a second keeps no step waiting, and ends with the deadline all the same.
    """

    def __init__(self, sock: socket.socket, deadline: Deadline, budget: int) -> None:
        self._sock = sock
        self._deadline = deadline
        self.received = 0  #: bytes, with all framing
        self.budget = budget  #: bytes that may be received in all

    def sendall(self, data: bytes) -> None:
        """Send everything.

        Raises:
            OSError: The deadline passed, or the connection broke.
        """
        self._sock.settimeout(self._deadline.left())
        self._sock.sendall(data)

    def receive(self, buffer: bytearray | memoryview) -> int:
        """Receive into a buffer; 0 at the end.

        Raises:
            FetchError: The budget is spent. Permanent.
            OSError: The deadline passed, or the connection broke.
        """
        if self.received >= self.budget:
            raise FetchError("sends more than is allowed", permanent=True)
        self._sock.settimeout(self._deadline.left())
        count = self._sock.recv_into(buffer)
        self.received += count
        return count

    def makefile(self, mode: str) -> io.BufferedReader:  # noqa: ARG002 - why: http.client reads only
        """Return the stream that answers are read from."""
        return io.BufferedReader(_Inflow(self))

    def close(self) -> None:
        """Do nothing: who has opened the socket closes it, when the answer is read."""


class _Inflow(io.RawIOBase):
    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # why: all that BufferedReader gives
        return self._wire.receive(buffer)
