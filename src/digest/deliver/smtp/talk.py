"""smtplib's commands over a socket that was opened elsewhere, with answers read within bounds.

smtplib reads ahead into a buffer of its own, without a bound on lines or on time. Here nothing is
read beyond what was asked for without being seen: what a relay says unasked is an error, and the
socket can be taken over at the end.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import time

_MAX_LINE = 8_192  #: octets; RFC 5321 section 4.5.3.1.5 allows 512, and some relays write longer ones
_MAX_REPLY = 65_536
_LINE = re.compile(rb"([2-5][0-9][0-9])([ -]|$)")


class Babble(smtplib.SMTPException):
    """What the peer says is not SMTP."""


class Unasked(smtplib.SMTPException):
    """The peer says more than it was asked for."""


class Talk(smtplib.SMTP):
    """A conversation over an open socket.

    Args:
        sock: Connected; its timeout bounds each answer as a whole.
        lmtp: Greet with LHLO (RFC 2033).
    """

    def __init__(self, sock: socket.socket, *, lmtp: bool) -> None:
        super().__init__(local_hostname="localhost")  # looking up the real one can hang
        self.ehlo_msg = "lhlo" if lmtp else "ehlo"
        self.sock = sock
        self.ahead = b""  #: what was received and belongs to no answer that was asked for

    def getreply(self) -> tuple[int, bytes]:
        """Read one answer, of one or more lines.

        Returns:
            The code, of three digits, and the words, lines parted by LF.

        Raises:
            OSError: The connection is lost, a TimeoutError after the socket's time; it is closed then.
            Babble: The answer is not SMTP, or has no end.
        """
        sock = open_socket(self)
        timeout_s = sock.gettimeout()
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        try:
            return self._reply(deadline)
        except OSError:
            self.close()
            raise
        finally:
            if self.sock is not None:
                sock.settimeout(timeout_s)

    def refuse_unasked(self) -> None:
        """Make sure that the peer waits for us.

        Raises:
            Unasked: It said more than was asked for.
            SMTPServerDisconnected: It is gone.
        """
        sock = open_socket(self)
        timeout_s = sock.gettimeout()
        sock.settimeout(0)
        try:
            self._receive(sock)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            pass
        finally:
            sock.settimeout(timeout_s)
        if self.ahead:
            raise Unasked(self.ahead[:_MAX_LINE].decode("utf-8", "replace"))

    def secure(self, context: ssl.SSLContext, name: str, *, in_clear: bool) -> None:
        """Go on under TLS; greet again, which forgets what was offered in clear.

        Nothing that came in clear is taken as said under TLS (RFC 3207 section 6).

        Args:
            context: How to verify the peer.
            name: The host or address that its certificate must name.
            in_clear: The connection has been in clear so far.

        Raises:
            Unasked: The peer, or somebody on the way, said something after its go-ahead.
            OSError: No TLS; an SSLError says why.
        """
        if in_clear:
            self.refuse_unasked()
        # The wrapper takes the socket over and closes it when the handshake fails.
        sock, self.sock = open_socket(self), None
        self.sock = context.wrap_socket(sock, server_hostname=name)

    def _reply(self, deadline: float | None) -> tuple[int, bytes]:
        words: list[bytes] = []
        size = 0
        while True:
            line = self._line(deadline)
            match = _LINE.match(line)
            if match is None:
                raise Babble(line.decode("utf-8", "replace"))
            words.append(line[4:].strip())
            size += len(line)
            if match[2] != b"-":
                return int(match[1]), b"\n".join(words)
            if size > _MAX_REPLY:
                raise Babble(f"an answer of more than {_MAX_REPLY} octets")

    def _line(self, deadline: float | None) -> bytes:
        sock = open_socket(self)
        while b"\n" not in self.ahead and len(self.ahead) <= _MAX_LINE:
            if deadline is not None:
                left_s = deadline - time.monotonic()
                if left_s <= 0:
                    raise TimeoutError("timed out")
                sock.settimeout(left_s)
            self._receive(sock)
        line, _, rest = self.ahead.partition(b"\n")
        if len(line) > _MAX_LINE:
            raise Babble(f"a line of more than {_MAX_LINE} octets")
        self.ahead = rest
        return line.rstrip(b"\r")

    def _receive(self, sock: socket.socket) -> None:
        data = sock.recv(_MAX_LINE)
        if not data:
            raise smtplib.SMTPServerDisconnected("the relay closed it")
        self.ahead += data


def open_socket(smtp: smtplib.SMTP) -> socket.socket:
    """Return the open socket; smtplib keeps None in its place after an error.

    Raises:
        SMTPServerDisconnected: It is closed.
    """
    if smtp.sock is None:
        raise smtplib.SMTPServerDisconnected("closed")
    return smtp.sock


def take_socket(talk: Talk) -> socket.socket:
    """Take the socket out of a conversation at rest; the conversation is over, the socket is open.

    Returns:
        An `ssl.SSLSocket` under TLS, with the relay's timeout still set. No byte that the relay said
        is left behind; under TLS none is decrypted and pending either.

    Raises:
        SMTPServerDisconnected: It is closed, or the relay said something that nobody read.
    """
    sock = open_socket(talk)
    if talk.ahead:
        talk.close()
        raise smtplib.SMTPServerDisconnected("words that nobody read")
    talk.sock = None
    return sock
