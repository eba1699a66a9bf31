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
from digest.deliver.reports.folder_names import own_name, wire_name
from digest.deliver.reports.imap_login import checked, connect, cut, log_in, quoted
from digest.errors import TransportError
from digest.settings import ImapSettings

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
        self._refusal: TransportError | None = None
        is_clear = urlsplit(settings.url or "").scheme == "imap"
        self._if_silent = f"{_LATER}; ports such as 993 want imaps://" if is_clear else _LATER

    def __enter__(self) -> Self:
        """Connect, secure the connection, log in, open the folder."""
        with ExitStack() as on_failure, self._told():
            self._server = connect(self._settings, self._home, self._timeout_s)
            self._if_silent = _LATER
            self._server.most_bytes = self._most_bytes
            on_failure.callback(cut, self._server)
            self._way_out = f"check user and password_file of {self._key}"
            log_in(self._server, self._settings)
            self._way_out = f"check folder and done of {self._key}"
            self._need_done()
            kind, said = self._server.select(_folder(self._settings.folder))
            if kind != "OK":
                self._name_own(self._settings.folder, "folder")
            self._count = int(checked(kind, said)[-1] or 0)
            self._validity = self._server.response("UIDVALIDITY")[1]
            on_failure.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Leave; what was marked stays so whether or not the server hears it.

        Raises:
            TransportError: A message could not go to the folder of those that are done; see `finish`.
        """
        if kind is None:
            with suppress(OSError, imaplib.IMAP4.error):
                self._server.logout()
        cut(self._server)
        if kind is None and self._refusal is not None:
            raise self._refusal

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
        """Do with a message what the settings say of reports that are taken in.

        One that the server lets nobody move, say since the folder has all that it may hold, stays, marked
        as read: it must not keep those behind it from being read. It is told of at the end.
        """
        if self._settings.done == "keep":
            self.mark(uid)
            return
        try:
            self._remove(uid)
        except TransportError as error:
            if not error.permanent:
                raise
            self._refusal = self._refusal or error
            self.mark(uid)

    def _need_done(self) -> None:
        """Make the folder where reports go, unless it is there: before any of them is read."""
        name = self._settings.done
        if name in {"keep", "delete"}:
            return
        kind, said = self._server.create(_folder(name))
        if kind != "OK" and not any(checked(*self._server.list('""', _folder(name)))):
            self._name_own(name, "done")
            words = _said(imaplib.IMAP4.error(said[-1]))
            raise imaplib.IMAP4.error(f"the folder {name} is not there, and cannot be made: {words}")

    def _name_own(self, name: str, key: str) -> None:
        """Find out how the server has it that one's own folders begin, as a way out."""
        if "NAMESPACE" in self._server.capabilities:
            said = checked(*self._server.namespace())[-1]
            wanted = own_name(name, said if isinstance(said, bytes) else b"")
            if wanted is not None:
                self._way_out = f"as this server names its folders, {self._key}.{key} is {wanted}"

    def _remove(self, uid: int) -> None:
        """Move or delete a message."""
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
        return checked(*self._server.uid(command, *args))

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


def _folder(name: str) -> str:
    return quoted(wire_name(name))


def _said(error: Exception) -> str:
    """Return what the server or the network said: one line, no controls, not without end."""
    said = error.args[0] if len(error.args) == 1 else error
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return "".join(letter for letter in text[:_MAX_SAID] if letter.isprintable()) or type(error).__name__
