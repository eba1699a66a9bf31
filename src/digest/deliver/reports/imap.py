"""Read a mailbox over IMAP (RFC 3501), one message at a time, and mark what was taken in.

Numbers of messages are kept for one connection only, so nothing here depends on yesterday's.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from digest.deliver.reports.bounces import MAX_REPORT_BYTES
from digest.deliver.reports.folder_names import wire_name
from digest.errors import TransportError
from digest.settings import ImapSettings, is_loopback

_TIMEOUT_S = 60.0
_AT_ONCE = 5_000  # messages that one search looks at: its answer is one line, and imaplib bounds lines
_MAX_SAID = 200
_LATER = "the next round tries again"
_NO_TLS = ("WRONG_VERSION_NUMBER", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE", "UNEXPECTED_MESSAGE")
_CERTIFICATES = {  # OpenSSL's X509_V_ERR codes
    9: "the server's operator must wait, or this machine's clock is wrong",
    10: "the server's operator must renew it, or this machine's clock is wrong",
    62: "write the host in url as the certificate names it",
    64: "write the host in url as the certificate names it",
}
_FOR_NOW = re.compile(r"\* BYE|\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]")  # the codes: RFC 5530


class ImapFolder:
    """A folder of a mailbox, open while the context is.

    Args:
        settings: With an address.
        home: What the file of authorities is relative to.
        timeout_s: How long to wait for the server each time.
        most_bytes: Of a message that are read.
        key: Of the settings, to name when something is wrong with them.

    Raises:
        TransportError: The server cannot be reached, is not trusted, or says no. Permanent when
            trying again cannot help.
    """

    def __init__(
        self,
        settings: ImapSettings,
        home: Path,
        *,
        timeout_s: float = _TIMEOUT_S,
        most_bytes: int = MAX_REPORT_BYTES,
        key: str = "delivery.bounces.imap",
    ) -> None:
        self._settings = settings
        self._most_bytes = most_bytes
        self._key = key
        self._home = home
        self._timeout_s = timeout_s
        self._where = f"{settings.url}, folder {settings.folder}"
        self._way_out = f"see {key}"  # of what the server refuses
        is_clear = urlsplit(settings.url or "").scheme == "imap"
        self._if_silent = f"{_LATER}; ports such as 993 want imaps://" if is_clear else _LATER

    def __enter__(self) -> Self:
        """Connect, secure the connection, log in, open the folder."""
        with ExitStack() as on_failure, self._told():
            self._server = _connect(self._settings, self._home, self._timeout_s)
            self._if_silent = _LATER
            self._server.most_bytes = self._most_bytes
            on_failure.callback(_cut, self._server)
            self._way_out = f"check user and password_file of {self._key}"
            _log_in(self._server, self._settings)
            self._way_out = f"check folder and done of {self._key}"
            if self._settings.done not in {"keep", "delete"}:
                self._server.create(_folder(self._settings.done))  # no: it is there
            kind, said = self._server.select(_folder(self._settings.folder))
            self._count = int(_checked(kind, said)[-1] or 0)
            self._validity = self._server.response("UIDVALIDITY")[1]
            on_failure.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Leave; what was marked stays so whether or not the server hears it."""
        if kind is None:
            with suppress(OSError, imaplib.IMAP4.error):
                self._server.logout()
        _cut(self._server)

    def unread(self, at_most: int) -> tuple[int, ...]:
        """Return the numbers (UIDs) of unread messages in their order, at most so many."""
        found: list[int] = []
        with self._told():
            for first in range(1, self._count + 1, _AT_ONCE):
                span = f"{first}:{min(first + _AT_ONCE - 1, self._count)}"
                said = self._ask("SEARCH", span, "UNSEEN", "UNDELETED")
                found += (int(each) for each in b" ".join(each for each in said if each).split())
                if len(found) >= at_most:
                    break
        return tuple(sorted(found)[:at_most])

    def read(self, uid: int) -> bytes | None:
        """Return a message's first `most_bytes`, unread as before.

        None when it is gone, or is one that the server cannot give.
        """
        with self._told():
            kind, said = self._server.uid("FETCH", str(uid), f"(UID BODY.PEEK[]<0.{self._most_bytes}>)")
        for each in said if kind == "OK" else ():
            head = each[0] if isinstance(each, tuple) else each
            named = re.search(rb"\bUID (\d+)", head or b"")
            if head and b"BODY[" in head and (named is None or int(named[1]) == uid):
                return each[1] if isinstance(each, tuple) else b""
        return None

    def mark(self, uid: int) -> None:
        """Mark a message as read; it stays."""
        with self._told():
            self._change("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")

    def finish(self, uid: int) -> None:
        """Do with a message what the settings say of reports that are taken in."""
        if self._settings.done == "keep":
            self.mark(uid)
            return
        with self._told():
            if self._settings.done != "delete" and self._take_away(str(uid), _folder(self._settings.done)):
                return
            self._change("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen \Deleted)")
            if "UIDPLUS" in self._server.capabilities:  # else it would remove others' messages too
                self._change("EXPUNGE", str(uid))

    def _take_away(self, uid: str, folder: str) -> bool:
        """Move a message, or copy it; tell whether it is gone. It has been read where it goes to."""
        way = "MOVE" if "MOVE" in self._server.capabilities else "COPY"
        # The flags go with it. Source: RFC 3501, section 6.4.7; RFC 6851, section 3.3.
        self._change("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")
        try:
            self._change(way, uid, folder)
        except imaplib.IMAP4.abort:
            raise  # the connection is lost, or the numbers mean others
        except imaplib.IMAP4.error:
            with suppress(OSError, imaplib.IMAP4.error):  # the next round is to find it
                self._change("STORE", uid, "-FLAGS.SILENT", r"(\Seen)")
            raise
        return way == "MOVE"

    def _change(self, command: str, *args: str) -> None:
        """Change something, unless the numbers no longer mean what they did. Source: RFC 3501, 2.3.1.1."""
        validity = self._server.response("UIDVALIDITY")[1]
        if validity not in ([None], self._validity):
            raise imaplib.IMAP4.abort("the folder was made anew meanwhile")
        self._ask(command, *args)

    def _ask(self, command: str, *args: str) -> list[Any]:
        return _checked(*self._server.uid(command, *args))

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Translate what can go wrong."""
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            hint = _CERTIFICATES.get(error.verify_code, "name the authority that signed it in ca_file")
            raise self._error(f"certificate not trusted: {error.verify_message}", True, hint) from error
        except ssl.SSLError as error:
            is_plain = error.reason in _NO_TLS
            hint = f"write imap:// in {self._key}.url, which begins in clear" if is_plain else _LATER
            raise self._error(_said(error), is_plain, hint) from error
        except (imaplib.IMAP4.abort, OSError) as error:
            hint = self._if_silent if isinstance(error, TimeoutError) else _LATER
            raise self._error(_said(error), False, hint) from error
        except (imaplib.IMAP4.error, ValueError) as error:
            said = _said(error)
            raise self._error(said, _FOR_NOW.search(said) is None, self._way_out) from error

    def _error(self, said: str, permanent: bool, hint: str) -> TransportError:
        return TransportError(f"IMAP: {said}", permanent=permanent, where=self._where, hint=hint)


class _Bounded(imaplib.IMAP4):
    """Takes no more at a time than was asked for, whatever the server announces."""

    most_bytes = MAX_REPORT_BYTES

    def read(self, size: int) -> bytes:
        if size > 2 * self.most_bytes:
            raise self.abort("the server sends more than was asked for")
        return super().read(size)


class _Encrypted(_Bounded, imaplib.IMAP4_SSL):
    """The same from the first byte under TLS."""


def _connect(settings: ImapSettings, home: Path, timeout_s: float) -> _Bounded:
    parts = urlsplit(settings.url or "")
    host = parts.hostname or ""
    if parts.scheme == "imaps":
        trust = _trust(settings, home)
        return _Encrypted(host, parts.port or 993, ssl_context=trust, timeout=timeout_s)
    server = _Bounded(host, parts.port or 143, timeout=timeout_s)
    with ExitStack() as on_failure:
        on_failure.callback(_cut, server)
        if not is_loopback(host) or {"STARTTLS", "LOGINDISABLED"} <= set(server.capabilities):
            if "STARTTLS" not in server.capabilities:
                raise server.error("the server offers no STARTTLS, and nothing crosses a network in clear")
            server.starttls(ssl_context=_trust(settings, home))
        on_failure.pop_all()
    return server


def _trust(settings: ImapSettings, home: Path) -> ssl.SSLContext:
    file = settings.ca_file
    return ssl.create_default_context(cafile=None if file is None else str(home / file))


def _log_in(server: imaplib.IMAP4, settings: ImapSettings) -> None:
    """Log in with the password, unless the server knows already who this is."""
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
        server.login(_quoted(user), password)


def _checked(kind: str, said: list[Any]) -> list[Any]:
    if kind != "OK":
        raise imaplib.IMAP4.error(said[-1])
    return said


def _folder(name: str) -> str:
    return _quoted(wire_name(name))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _said(error: Exception) -> str:
    """Return what the server or the network said: one line, no controls, not without end."""
    said = error.args[0] if len(error.args) == 1 else error
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return "".join(letter for letter in text[:_MAX_SAID] if letter.isprintable()) or type(error).__name__


def _cut(server: imaplib.IMAP4) -> None:
    with suppress(OSError):
        server.shutdown()
