"""Hand single messages to a relay over one connection, waiting for each answer."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from digest.deliver.compose.envelope import Envelope
from digest.deliver.smtp.conversation import Conversation, stuffed
from digest.deliver.smtp.dial import dial
from digest.deliver.smtp.offers import read_offers
from digest.deliver.smtp.replies import Phase, Receipt
from digest.errors import TransportError

if TYPE_CHECKING:
    from digest.settings.system import RelaySettings

DOT_TIMEOUT_S = 600.0  #: RFC 5321 section 4.5.3.2.6: a relay may take ten minutes to answer the dot
READ_BYTES = 65_536
#: What a socket that does not wait says when there is nothing to read or no room to write.
NOT_NOW = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class RelayConnection:
    """One open connection to a relay; use it for many messages, in one thread.

    Args:
        relay: Where and how to connect.
        home: Folder that the settings' relative file names start from.
        dot_timeout_s: How long to wait for the answer to the final dot.

    Raises:
        TransportError: The relay cannot be reached, trusted or logged in to.
    """

    def __init__(
        self,
        relay: RelaySettings,
        *,
        home: Path = Path(),
        dot_timeout_s: float = DOT_TIMEOUT_S,
    ) -> None:
        self._name = relay.name
        self._timeout_s = relay.timeout.total_seconds()
        self._dot_timeout_s = dot_timeout_s
        smtp = dial(relay, home)
        self._smtp: smtplib.SMTP | None = smtp
        self._talk = Conversation(read_offers(smtp.esmtp_features, lmtp=relay.place.lmtp), relay=relay.name)

    @property
    def is_open(self) -> bool:
        """False once the connection was lost or closed; a new one is needed then."""
        return self._smtp is not None

    def __enter__(self) -> Self:
        """Return the connection, which is open already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Say goodbye and close."""
        self.close()

    def close(self) -> None:
        """Say goodbye and close; closing twice is harmless."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            try:
                smtp.quit()
            except (OSError, smtplib.SMTPException):
                smtp.close()

    def send(self, sender: str, recipient: str, message: bytes, on_dot: Callable[[], None]) -> Receipt:
        """Hand over one message to one recipient.

        Args:
            sender: Envelope sender; '' is the null sender.
            recipient: Envelope recipient.
            message: Lines end in CR LF; see `digest.deliver.check_message`.
            on_dot: Called once the body is written and before the final dot is: whoever keeps
                the books writes down here that the message may go. If it raises, the dot is
                not written and the connection is dropped.

        Returns:
            The receipt. It is UNKNOWN when the connection was lost after the dot.

        Raises:
            MessageError: An address or the message cannot be put on the wire.
            TransportError: Nothing was taken. Permanent: the relay refuses sender or message.
                Not permanent: the connection was lost before the dot; the recipient may be
                tried again on another one.
        """
        if self._smtp is None or self._smtp.sock is None:
            raise TransportError(
                "the connection is closed", permanent=False, where=f"relay {self._name}, {Phase.MAIL}"
            )
        envelope = Envelope(sender=sender, recipient=recipient, message=stuffed(message))
        first = self._talk.begin(envelope)
        try:
            self._transact(self._smtp.sock, first, on_dot)
        except BaseException:
            self._drop()
            raise
        verdict = self._talk.take()
        if self._talk.is_over:
            self._drop()
        if isinstance(verdict, Receipt):
            return verdict
        raise verdict or TransportError("no verdict", permanent=False, where=f"relay {self._name}")

    def _transact(self, sock: socket.socket, out: bytes, on_dot: Callable[[], None]) -> None:
        """Write and read until the message has its verdict; only `on_dot` raises."""
        talk = self._talk
        sock.settimeout(self._timeout_s)
        while talk.verdict is None:
            try:
                sock.sendall(out)
                if talk.phase is Phase.BODY:
                    talk.body_written()
                    _look_for_early_end(sock, talk)
                else:
                    out = talk.received(sock.recv(READ_BYTES))
            except OSError as error:
                talk.lost(str(error))
            if talk.phase is Phase.PERMIT:
                on_dot()
                sock.settimeout(self._dot_timeout_s)
                write_dot(sock, talk)
                out = b""

    def _drop(self) -> None:
        """Close without a word."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()


def write_dot(sock: socket.socket, talk: Conversation) -> None:
    """Write the final dot, which the permit allows; a loss right there is told to the conversation."""
    try:
        sock.sendall(talk.dot())
    except OSError as error:
        # The system took none of a plain socket's three bytes; of an encrypted record it may have.
        if isinstance(sock, ssl.SSLSocket):
            talk.lost(str(error))
        else:
            talk.dot_stayed(str(error))


def _look_for_early_end(sock: socket.socket, talk: Conversation) -> None:
    """Notice a relay that left while the body was written, while it is still safe to try again."""
    waits = sock.gettimeout()
    sock.settimeout(0)
    try:
        talk.received(sock.recv(READ_BYTES))
    except NOT_NOW:
        return
    finally:
        sock.settimeout(waits)
