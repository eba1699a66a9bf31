"""Reach an IMAP server (RFC 3501): connect, secure the connection, log in."""

from __future__ import annotations

import imaplib
import ssl
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from digest.settings import ImapSettings, is_loopback


class Bounded(imaplib.IMAP4):
    """Takes no more at a time than was asked for, whatever the server announces."""

    most_bytes = 65_536  #: of a message that are asked for; none is before somebody says how much

    def read(self, size: int) -> bytes:
        """Read so many bytes of a message, unless nobody has asked for as many."""
        if size > 2 * self.most_bytes:
            raise self.abort("the server sends more than was asked for")
        return super().read(size)


class _Encrypted(Bounded, imaplib.IMAP4_SSL):
    """The same from the first byte under TLS."""


def connect(settings: ImapSettings, home: Path, timeout_s: float) -> Bounded:
    """Connect and secure the connection; what goes to another machine is never in clear.

    Raises:
        IMAP4.error: The server does not want to, or offers no STARTTLS where it is needed.
        OSError: It cannot be reached, or is not trusted.
    """
    parts = urlsplit(settings.url or "")
    host = parts.hostname or ""
    if parts.scheme == "imaps":
        trust = _trust(settings, home)
        return _Encrypted(host, parts.port or 993, ssl_context=trust, timeout=timeout_s)
    server = Bounded(host, parts.port or 143, timeout=timeout_s)
    with ExitStack() as on_failure:
        on_failure.callback(cut, server)
        if not is_loopback(host) or {"STARTTLS", "LOGINDISABLED"} <= set(server.capabilities):
            if "STARTTLS" not in server.capabilities:
                raise server.error("the server offers no STARTTLS, and nothing crosses a network in clear")
            server.starttls(ssl_context=_trust(settings, home))
        on_failure.pop_all()
    return server


def _trust(settings: ImapSettings, home: Path) -> ssl.SSLContext:
    file = settings.ca_file
    return ssl.create_default_context(cafile=None if file is None else str(home / file))


def log_in(server: imaplib.IMAP4, settings: ImapSettings) -> None:
    """Log in with the password, unless the server knows already who this is; ask again what it offers.

    Raises:
        IMAP4.error: There is no way to log in that both know, or the server refuses.
    """
    _log_in(server, settings)
    # Many offer more to who is logged in: Dovecot both MOVE and UIDPLUS. Source: RFC 3501, section 6.2.3.
    said = checked(*server.capability())[-1]
    if isinstance(said, bytes):
        server.capabilities = tuple(said.decode("ascii", "replace").upper().split())


def _log_in(server: imaplib.IMAP4, settings: ImapSettings) -> None:
    user = settings.user or ""
    password = settings.password.get_secret_value() if settings.password else ""
    if server.state != "NONAUTH":
        return
    if "AUTH=PLAIN" in server.capabilities:
        server.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
    elif {"AUTH=LOGIN", "LOGINDISABLED"} <= set(server.capabilities):
        words = iter((user.encode(), password.encode()))
        server.authenticate("LOGIN", lambda _: next(words, None))  # None: leave it
    elif "LOGINDISABLED" in server.capabilities:
        offered = [each.removeprefix("AUTH=") for each in server.capabilities if each.startswith("AUTH=")]
        found = " ".join(offered) or "none"
        raise server.error(f"the server offers no way to log in that we know (PLAIN, LOGIN): {found}")
    elif not (user + password).isascii():
        raise server.error("user and password must be ASCII for this server")
    else:
        server.login(quoted(user), password)


def checked(kind: str, said: list[Any]) -> list[Any]:
    """Return what a server says to a command that it has carried out.

    Raises:
        IMAP4.error: It has not.
    """
    if kind != "OK":
        raise imaplib.IMAP4.error(said[-1])
    return said


def quoted(text: str) -> str:
    """Write a quoted string. Source: RFC 3501, section 9."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def cut(server: imaplib.IMAP4) -> None:
    """End a connection without a word."""
    with suppress(OSError):
        server.shutdown()
