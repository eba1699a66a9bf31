"""Hand messages to a relay, in phases that tell what happened when the connection dies.

smtplib opens the connection, speaks TLS and authenticates. The transaction is our own, since
smtplib raises the same error for a relay that died before it took the message and after it.
"""

from __future__ import annotations

import select
import smtplib
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from digest.deliver.dial import dial
from digest.deliver.replies import Phase, Receipt, Reply, judge, lost_after_dot
from digest.errors import MessageError, TransportError
from digest.model.people import DeliveryState

if TYPE_CHECKING:
    from digest.settings.system import RelaySettings

DOT_TIMEOUT_S = 600.0  #: RFC 5321 section 4.5.3.2.6: a relay may take ten minutes to answer the dot

_PEER_CLOSED = getattr(select, "POLLRDHUP", 0) | select.POLLHUP | select.POLLERR


class RelayConnection:
    """One open connection to a relay; use it for many messages, in one thread.

    Args:
        relay: Where and how to connect.
        home: Folder that the settings' relative file names start from.
        local_hostname: The name to greet with; None greets with the connection's own address.
        dot_timeout_s: How long to wait for the answer to the final dot.

    Raises:
        TransportError: The relay cannot be reached, trusted or logged in to.
    """

    def __init__(
        self,
        relay: RelaySettings,
        *,
        home: Path = Path(),
        local_hostname: str | None = None,
        dot_timeout_s: float = DOT_TIMEOUT_S,
    ) -> None:
        self._name = relay.name
        self._timeout_s = relay.timeout.total_seconds()
        self._dot_timeout_s = dot_timeout_s
        self._smtp: smtplib.SMTP | None = dial(relay, home, local_hostname)

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
        _check_envelope(sender, recipient, message)
        if self._smtp is None:
            raise TransportError("the connection is closed", permanent=False, where=self._where(Phase.MAIL))
        transaction = _Transaction(self._smtp, self._name)
        receipt = None
        try:
            receipt = transaction.run(sender, recipient, message, on_dot, self._dot_timeout_s)
        except (OSError, smtplib.SMTPException) as error:
            raise TransportError(
                f"the connection was lost: {error}", permanent=False, where=self._where(transaction.phase)
            ) from error
        finally:
            if receipt is None:
                self._drop()
        self._settle(transaction, receipt)
        return receipt

    def _settle(self, transaction: _Transaction, receipt: Receipt) -> None:
        """Leave the connection ready for the next message, or closed."""
        smtp = transaction.smtp
        if receipt.state is DeliveryState.UNKNOWN or receipt.code == 421:
            self._drop()
            return
        try:
            _socket(smtp).settimeout(self._timeout_s)
            if receipt.state is not DeliveryState.SENT and transaction.phase is not Phase.DOT:
                code, _ = smtp.docmd("RSET")
                if code != 250:
                    self._drop()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        """Close without a word."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()

    def _where(self, phase: Phase) -> str:
        return f"relay {self._name}, {phase}"


class _Transaction:
    """One MAIL to its answer; `phase` says how far it got."""

    def __init__(self, smtp: smtplib.SMTP, relay: str) -> None:
        self.smtp = smtp
        self.phase = Phase.MAIL
        self._relay = relay

    def run(
        self, sender: str, recipient: str, message: bytes, on_dot: Callable[[], None], dot_timeout_s: float
    ) -> Receipt:
        """Go through the phases; OSError and SMTPException mean that nothing was taken."""
        is_ascii = recipient.isascii() and sender.isascii() and message.isascii()
        if not is_ascii and not self.smtp.has_extn("smtputf8"):
            return Receipt(
                state=DeliveryState.FAILED,
                phase=Phase.MAIL,
                code=None,
                enhanced=None,
                text="unreachable: the address needs a relay that offers SMTPUTF8",
            )
        size = f" SIZE={len(message)}" if self.smtp.has_extn("size") else ""
        utf8 = "" if is_ascii else " BODY=8BITMIME SMTPUTF8"
        self.smtp.command_encoding = "ascii" if is_ascii else "utf-8"
        for phase, command, wanted in (
            (Phase.MAIL, f"MAIL FROM:<{sender}>{size}{utf8}", 2),
            (Phase.RCPT, f"RCPT TO:<{recipient}>", 2),
            (Phase.DATA, "DATA", 3),
        ):
            self.phase = phase
            reply = self._read(command)
            if reply.code // 100 != wanted:
                return judge(reply, phase, relay=self._relay)
        self.phase = Phase.BODY
        self.smtp.send(_stuffed(message))
        self._look_for_early_end()
        _socket(self.smtp).settimeout(dot_timeout_s)
        on_dot()
        self.phase = Phase.DOT
        return self._dot()

    def _read(self, command: str) -> Reply:
        code, text = self.smtp.docmd(command)
        if code < 0:
            raise smtplib.SMTPServerDisconnected("an answer that is not SMTP")
        return Reply.read(code, text)

    def _look_for_early_end(self) -> None:
        """Notice a relay that left while the body was written, while it is still safe to try again."""
        sock = _socket(self.smtp)
        # Under TLS, readable bytes need not be words of the relay, so only the end counts there.
        spoken = 0 if isinstance(sock, ssl.SSLSocket) else select.POLLIN
        poll = select.poll()
        poll.register(sock, spoken | _PEER_CLOSED)
        if poll.poll(0):
            raise smtplib.SMTPServerDisconnected("the relay ended the transfer before the message was whole")

    def _dot(self) -> Receipt:
        """Write the final dot. From here on no error says that the message was not taken."""
        try:
            self.smtp.send(b".\r\n")
            code, text = self.smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            return lost_after_dot(f"the connection was lost after the message: {error}")
        return judge(Reply.read(code, text), Phase.DOT, relay=self._relay)


def _socket(smtp: smtplib.SMTP) -> socket.socket:
    """Return the open socket; smtplib keeps None in its place after an error."""
    if smtp.sock is None:
        raise smtplib.SMTPServerDisconnected("closed")
    return smtp.sock


def _check_envelope(sender: str, recipient: str, message: bytes) -> None:
    for name, address in (("envelope sender", sender), ("envelope recipient", recipient)):
        if not address.isprintable() or any(letter in address for letter in " <>"):
            raise MessageError("a sign that must not stand in an envelope", where=name)
    if not recipient:
        raise MessageError("an empty address", where="envelope recipient")
    if not message.endswith(b"\r\n"):
        raise MessageError("the last line does not end in CR LF", where="message")


def _stuffed(message: bytes) -> bytes:
    """Double the dots that start a line. Source: RFC 5321 section 4.5.2."""
    body = message.replace(b"\r\n.", b"\r\n..")
    return b"." + body if body.startswith(b".") else body
