"""Open a connection to a relay: reach it, trust it, log in."""

from __future__ import annotations

import smtplib
import socket
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from digest.deliver.smtp.attempt import Attempt
from digest.deliver.smtp.login import Login, log_in, read_login
from digest.deliver.smtp.meanings import CONNECTING, GREETING, LOGGING_IN, OPENING, SECURING
from digest.deliver.smtp.mishaps import translated
from digest.deliver.smtp.offers import Offers, read_offers
from digest.deliver.smtp.reach import reach_file, reach_host
from digest.deliver.smtp.talk import Talk
from digest.deliver.smtp.trust import trust_of

if TYPE_CHECKING:
    import ssl

    from digest.settings.system import RelaySettings


@dataclass(frozen=True, kw_only=True, slots=True)
class Dialled:
    """An open connection to a relay that waits for its first message."""

    smtp: Talk  #: at rest; `take_socket` takes the socket out of it
    offers: Offers  #: what the relay told last, under TLS where there is TLS
    lmtp: bool  #: one answer for each recipient after the dot (RFC 2033)


def dial(relay: RelaySettings, home: Path) -> Talk:
    """Open a connection as `dialled` does, and return only the conversation.

    Raises:
        TransportError: As `dialled` does.
    """
    return dialled(relay, home).smtp


def dialled(relay: RelaySettings, home: Path, attempt: Attempt | None = None) -> Dialled:
    """Connect, greet, secure the connection and log in as the settings say.

    Each answer may take `relay.timeout`; connecting takes no longer than that, nor than 9 seconds.

    Args:
        relay: Where and how.
        home: Folder that the settings' relative file names start from.
        attempt: By which another thread may end it.

    Raises:
        TransportError: One of the steps failed. Permanent when trying again cannot help:
            no TLS, a certificate that is not trusted, a password that is refused.
    """
    login = read_login(relay, home)
    trust = None if relay.tls == "none" else trust_of(relay, home)
    place = relay.place
    talk = Talk(_reached(relay, home), lmtp=place.lmtp)
    with ExitStack() as on_failure:
        on_failure.callback(talk.close)
        if attempt is not None and talk.sock is not None:
            with translated(relay.name, CONNECTING, f" at {place}"):
                attempt.reached(talk.sock)
        _open(talk, relay, trust)
        talk.local_hostname = relay.hello_name or _own_name(talk)
        _greet(talk, relay, trust)
        _log_in(talk, relay, login)
        on_failure.pop_all()
    return Dialled(smtp=talk, offers=read_offers(talk.esmtp_features, lmtp=place.lmtp), lmtp=place.lmtp)


def _reached(relay: RelaySettings, home: Path) -> socket.socket:
    place, timeout_s = relay.place, relay.timeout.total_seconds()
    with translated(relay.name, CONNECTING, f" at {place}"):
        if place.socket_file:
            return reach_file(home / place.socket_file, timeout_s)
        return reach_host(place.host, place.port, timeout_s)


def _open(talk: Talk, relay: RelaySettings, trust: ssl.SSLContext | None) -> None:
    """Hear the relay's first words, under TLS already when it is implicit."""
    at = f" at {relay.place}"
    if relay.tls == "implicit" and trust is not None:
        with translated(relay.name, SECURING, at):
            talk.secure(trust, _tls_name(relay), in_clear=False)
    with translated(relay.name, OPENING, at):
        code, words = talk.getreply()
        if code != 220:
            raise smtplib.SMTPConnectError(code, words.decode("utf-8", "replace"))
        talk.refuse_unasked()


def _greet(talk: Talk, relay: RelaySettings, trust: ssl.SSLContext | None) -> None:
    at = f" at {relay.place}"
    with translated(relay.name, GREETING, at):
        _say_hello(talk, lmtp=relay.place.lmtp)
    if relay.tls == "starttls" and trust is not None:
        with translated(relay.name, SECURING, at):
            if not talk.has_extn("starttls"):
                raise smtplib.SMTPNotSupportedError
            code, words = talk.docmd("STARTTLS")
            if code != 220:
                raise smtplib.SMTPResponseException(code, words.decode("utf-8", "replace"))
            talk.secure(trust, _tls_name(relay), in_clear=True)
        with translated(relay.name, GREETING, at):
            _say_hello(talk, lmtp=relay.place.lmtp)


def _say_hello(talk: Talk, *, lmtp: bool) -> None:
    code, words = talk.ehlo()
    if code // 100 == 5 and not lmtp:
        # RFC 5321 section 3.2: for servers that know no extensions.
        code, words = talk.helo()
    if code // 100 != 2:
        raise smtplib.SMTPHeloError(code, words.decode("utf-8", "replace"))


def _log_in(talk: Talk, relay: RelaySettings, login: Login | None) -> None:
    if login is None:
        with translated(relay.name, GREETING, f" at {relay.place}"):
            talk.refuse_unasked()
        return
    with translated(relay.name, LOGGING_IN):
        log_in(talk, login)


def _tls_name(relay: RelaySettings) -> str:
    # A trailing dot ends the search for a name, and stands in no certificate.
    return relay.tls_name or relay.place.host.rstrip(".")


def _own_name(talk: Talk) -> str:
    """Write the connection's own address as a literal. Source: RFC 5321 section 4.1.3."""
    if talk.sock is None or talk.sock.family == socket.AF_UNIX:
        return "localhost"
    address = talk.sock.getsockname()[0].partition("%")[0]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"
