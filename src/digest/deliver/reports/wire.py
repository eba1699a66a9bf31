"""Lines and messages from a connection, within bounds of size and time."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from dataclasses import dataclass

_CHUNK_BYTES = 65_536
_MAX_LINE_BYTES = 2_000  # RFC 5321 asks for 512 in a command, extensions for some more
_END = b"\r\n.\r\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """A message as it came over the wire."""

    head: bytes  #: its first bytes, dots undone; as many as were asked for
    size: int  #: bytes of the whole message


class Wire:
    """One connection of a server; `EOFError` is its end, `TimeoutError` the end of patience.

    Args:
        sock: Connected; closed by whoever made it.
        timeout_s: How long to wait for the other side each time.
        life_s: How long the connection may take in all.
    """

    def __init__(self, sock: socket.socket, *, timeout_s: float, life_s: float) -> None:
        self._sock = sock
        self._timeout_s = timeout_s
        self._ends = time.monotonic() + life_s
        self._buffer = bytearray()

    def say(self, words: str) -> None:
        """Send a reply; more than one line when it has line ends inside."""
        self._sock.settimeout(self._timeout_s)
        self._sock.sendall(words.encode("ascii", "replace") + b"\r\n")

    def line(self) -> str:
        """Return the next line without its end; what is not ASCII is replaced.

        Raises:
            ValueError: It is longer than any command.
        """
        while (at := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > _MAX_LINE_BYTES:
                raise ValueError("a line too long")
            self._read()
        raw = bytes(self._buffer[:at])
        del self._buffer[: at + 1]
        if at > _MAX_LINE_BYTES:
            raise ValueError("a line too long")
        return raw.removesuffix(b"\r").decode("ascii", "replace")

    def body(self, keep_bytes: int, end_bytes: int) -> Body:
        """Read a message to the line that holds a dot alone, between CR LF only.

        A dot after a bare LF ends nothing, or one message could smuggle in a second.

        Args:
            keep_bytes: How much of it is returned; the rest is counted and forgotten.
            end_bytes: After how much the connection is given up.

        Raises:
            ValueError: It does not end.
        """
        # The line end before it is the command's; with it the first line is like any other.
        self._buffer[:0] = b"\r\n"
        head, size = bytearray(), -2
        while (at := self._buffer.find(_END)) < 0:
            whole = max(0, len(self._buffer) - len(_END) + 1)
            head += self._buffer[: min(whole, keep_bytes + 2 - len(head))]
            size += whole
            del self._buffer[:whole]
            if size > end_bytes:
                raise ValueError("a message without an end")
            self._read()
        head += self._buffer[: min(at + 2, keep_bytes + 2 - len(head))]
        del self._buffer[: at + len(_END)]
        return Body(head=bytes(head).replace(b"\r\n.", b"\r\n")[2:], size=size + at + 2)

    def hang_up(self) -> None:
        """Let the reading side find the end; what is being answered is still answered."""
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RD)

    def _read(self) -> None:
        left_s = self._ends - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        self._sock.settimeout(min(self._timeout_s, left_s))
        data = self._sock.recv(_CHUNK_BYTES)
        if not data:
            raise EOFError
        self._buffer += data
