"""Open a connection to a relay: reach it, trust it, log in."""

from __future__ import annotations

import ipaddress
import smtplib
import socket
import ssl
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.deliver.mishaps import CONNECTING, GREETING, LOGGING_IN, place_of, translated
from digest.deliver.replies import Phase
from digest.errors import TransportError

if TYPE_CHECKING:
    from digest.settings.system import RelaySettings

_PORTS = {"starttls": 587, "implicit": 465, "none": 25}


def dial(relay: RelaySettings, home: Path, local_hostname: str | None) -> smtplib.SMTP:
    """Connect, greet, secure the connection and log in as the settings say.

    Raises:
        TransportError: One of the steps failed. Permanent when trying again cannot help:
            no TLS, a certificate that is not trusted, a password that is refused.
    """
    host, port = _place(relay)
    password = _password(relay, host)
    smtp = _connect(relay, home, host, port)
    with ExitStack() as on_failure:
        on_failure.callback(smtp.close)
        _greet(smtp, relay, home, local_hostname)
        if relay.user is not None:
            _log_in(smtp, relay.name, relay.user, password)
        on_failure.pop_all()
    return smtp


def _place(relay: RelaySettings) -> tuple[str, int]:
    try:
        parts = urlsplit(relay.url)
        return parts.hostname or "", parts.port or _PORTS[relay.tls]
    except ValueError as error:
        raise TransportError(
            f"not a relay's address: {error}", permanent=True, where=f"relay {relay.name}"
        ) from error


def _password(relay: RelaySettings, host: str) -> str:
    """Find the password, and refuse to send it in clear over a network."""
    if relay.user is None:
        return ""
    if relay.tls == "none" and not _is_loopback(host):
        raise TransportError(
            "a password must not cross the network in clear",
            permanent=True,
            where=place_of(relay.name, Phase.AUTH),
            hint="set tls to starttls or implicit",
        )
    if relay.password is None:
        raise TransportError(
            "a user without a password",
            permanent=True,
            where=place_of(relay.name, Phase.AUTH),
            hint="set password_file",
        )
    password = relay.password.get_secret_value()
    if not (password.isascii() and relay.user.isascii()):
        raise TransportError(
            "user and password must be ASCII", permanent=True, where=place_of(relay.name, Phase.AUTH)
        )
    return password


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _connect(relay: RelaySettings, home: Path, host: str, port: int) -> smtplib.SMTP:
    timeout_s = relay.timeout.total_seconds()
    with translated(relay.name, CONNECTING, f" at {host}:{port}"):
        # The name is set once the connection has an address: looking it up can hang.
        if relay.tls == "implicit":
            context = _trust(relay, home)
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, local_hostname="localhost", timeout=timeout_s, context=context
            )
        else:
            smtp = smtplib.SMTP(host, port, local_hostname="localhost", timeout=timeout_s)
    if smtp.sock is not None:
        # Else the kernel holds the final dot back until the relay has acknowledged the body.
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return smtp


def _greet(smtp: smtplib.SMTP, relay: RelaySettings, home: Path, local_hostname: str | None) -> None:
    smtp.local_hostname = local_hostname or _own_name(smtp)
    with translated(relay.name, GREETING):
        smtp.ehlo_or_helo_if_needed()
        if relay.tls == "starttls":
            smtp.starttls(context=_trust(relay, home))
            smtp.ehlo_or_helo_if_needed()


def _log_in(smtp: smtplib.SMTP, relay: str, user: str, password: str) -> None:
    with translated(relay, LOGGING_IN):
        smtp.login(user, password)


def _trust(relay: RelaySettings, home: Path) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=None if relay.ca_file is None else str(home / relay.ca_file))
    except OSError as error:
        raise TransportError(
            f"the file of trusted certificates cannot be used: {error}",
            permanent=True,
            where=place_of(relay.name, Phase.TLS),
            hint="check ca_file",
        ) from error


def _own_name(smtp: smtplib.SMTP) -> str:
    """Write the connection's own address as a literal. Source: RFC 5321 section 4.1.3."""
    address = smtp.sock.getsockname()[0] if smtp.sock is not None else "127.0.0.1"
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"
