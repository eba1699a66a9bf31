"""The conversation with a mail server that hands a report over: SMTP (RFC 5321) and LMTP (RFC 2033).

Takes one recipient a message, and only whom the desk knows. Relays, answers and bounces nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from digest.deliver.reports.bounces import MAX_REPORT_BYTES
from digest.deliver.reports.wire import Wire
from digest.errors import DigestError
from digest.log import get_logger

_SENDER = re.compile(r"FROM:\s*<.*?>(?P<rest>(\s.*)?)", re.IGNORECASE)
_RECIPIENT = re.compile(r"TO:\s*<(?P<address>[^<>\s]+)>(\s.*)?", re.IGNORECASE)
_SIZE = re.compile(r"\sSIZE=(\d{1,20})(?!\S)", re.IGNORECASE)
_NAME = "digest-reports"  # not the machine's: mail servers take their own name for a loop

log = get_logger()


class Desk(Protocol):
    """Who takes the reports; asked from several threads at a time."""

    def accepts(self, recipient: str) -> bool:
        """Tell whether mail for the address is taken in."""

    def take(self, recipient: str, message: bytes) -> None:
        """Take a message in; it is kept when this returns. Raises whatever kept it from being."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceptionRules:
    """How far one connection, and all of them, may go."""

    connections: int = 20  #: at a time; more are turned away for now
    timeout_s: float = 300  #: RFC 5321, section 4.5.3.2.7: at least five minutes
    life_s: float = 900
    message_bytes: int = 10_485_760
    refusals: int = 100  #: on one connection


class Reception:
    """One connection's conversation.

    Args:
        wire: The connection.
        desk: Who takes the reports.
        rules: How far it may go.
        is_lmtp: Whether LMTP is spoken, else SMTP.
        is_over: Tells that no further message may begin.
    """

    def __init__(
        self, wire: Wire, desk: Desk, rules: ReceptionRules, *, is_lmtp: bool, is_over: Callable[[], bool]
    ) -> None:
        self._wire = wire
        self._desk = desk
        self._rules = rules
        self._is_lmtp = is_lmtp
        self._is_over = is_over
        self._is_greeted = self._has_sender = False
        self._recipient: str | None = None
        self._refusals = 0

    def run(self) -> None:
        """Talk until either side ends it. Raises OSError and EOFError when the other side is gone."""
        self._wire.say(f"220 {_NAME} {'LMTP' if self._is_lmtp else 'ESMTP'}")
        try:
            while self._goes_on():
                pass
        except TimeoutError:
            self._wire.say("421 4.4.2 waited too long")
        except ValueError as error:
            self._wire.say(f"421 4.5.2 {error}")

    def _goes_on(self) -> bool:
        """Answer one command; False ends the connection."""
        verb, _, rest = self._wire.line().partition(" ")
        if self._is_over():
            self._wire.say("421 4.3.2 closing down")
            return False
        reply = self._answer(verb.strip().upper(), rest.strip())
        self._refusals += reply.startswith("5")
        if self._refusals > self._rules.refusals:
            reply = "421 4.7.0 too many refusals"
        self._wire.say(reply)
        return not reply.startswith(("221", "421"))

    def _answer(self, verb: str, rest: str) -> str:
        if verb in (("LHLO",) if self._is_lmtp else ("EHLO", "HELO")):
            return self._hello(verb)
        match verb:
            case "MAIL":
                return self._mail(rest)
            case "RCPT":
                return self._rcpt(rest)
            case "DATA":
                return self._data()
            case "RSET":
                self._forget()
                return "250 2.0.0 forgotten"
        others = {"NOOP": "250 2.0.0 ok", "QUIT": "221 2.0.0 bye", "VRFY": "252 2.5.0 send and see"}
        return others.get(verb, "500 5.5.1 no such command here")

    def _hello(self, verb: str) -> str:
        self._forget()
        self._is_greeted = True
        offers = ("PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES", f"SIZE {self._rules.message_bytes}")
        if verb == "HELO":
            return f"250 {_NAME}"
        return "\r\n".join((*(f"250-{each}" for each in (_NAME, *offers)), "250 SMTPUTF8"))

    def _mail(self, rest: str) -> str:
        if not self._is_greeted or self._has_sender:
            return "503 5.5.1 not now"
        match = _SENDER.fullmatch(rest)
        if match is None:
            return "501 5.5.4 MAIL FROM:<address>"
        size = _SIZE.search(match["rest"])
        if size is not None and int(size[1]) > self._rules.message_bytes:
            return "552 5.3.4 too big for a report"
        self._has_sender = True
        return "250 2.1.0 ok"

    def _rcpt(self, rest: str) -> str:
        if not self._has_sender:
            return "503 5.5.1 MAIL first"
        match = _RECIPIENT.fullmatch(rest)
        if match is None:
            return "501 5.5.4 RCPT TO:<address>"
        if self._recipient is not None:
            return "452 4.5.3 one recipient a message"
        if not self._desk.accepts(match["address"]):
            return "550 5.1.1 no such address here"
        self._recipient = match["address"]
        return "250 2.1.5 ok"

    def _data(self) -> str:
        recipient = self._recipient
        if recipient is None:
            return "503 5.5.1 RCPT first"
        self._wire.say("354 end with a dot")
        limit = self._rules.message_bytes
        body = self._wire.body(MAX_REPORT_BYTES, limit * 2)
        self._forget()
        if body.size > limit:
            return "552 5.3.4 too big for a report"
        try:
            self._desk.take(recipient, body.head)
        except DigestError as error:
            log.warning("report_put_off", error=error.message)
            return "451 4.3.0 cannot be kept now"
        except Exception as error:  # noqa: BLE001  # why: the mail server keeps what a fault of ours hit
            log.error("report_put_off", error=type(error).__name__)
            return "451 4.3.0 cannot be taken in"
        return "250 2.0.0 taken in"

    def _forget(self) -> None:
        self._has_sender, self._recipient = False, None
