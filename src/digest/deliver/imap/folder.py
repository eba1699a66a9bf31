"""Read a mailbox over IMAP (RFC 3501), one message at a time, and mark what was taken in.

Numbers of messages are kept for one connection only, so nothing here depends on yesterday's.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from digest.deliver.imap.folder_names import own_name, wire_name
from digest.deliver.imap.login import checked, connect, cut, log_in, quoted
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
_FOR_NOW = re.compile(r"\* BYE|\[(UNAVAILABLE|INUSE|SERVERBUG)\]")  # the codes: RFC 5530


class ImapFolder:
    """A folder of a mailbox, open while the context is.

    Args:
        settings: With an address.
        home: What the file of authorities is relative to.
        most_bytes: Of a message that are read.
        key: Of the settings, to name when something is wrong with them.
        timeout_s: How long to wait for the server each time.

    Attributes:
        refusal: What the server said first when it refused to mark, move or delete a message; else None.
        count: Messages that lay there when it was opened.
        stuck: Numbers of messages that were read or marked in vain: they stay unread, whoever comes next.

    Raises:
        TransportError: The server cannot be reached, is not trusted, or says no. Permanent when
            trying again cannot help.
    """

    def __init__(
        self,
        settings: ImapSettings,
        home: Path,
        *,
        most_bytes: int,
        key: str,
        timeout_s: float = _TIMEOUT_S,
    ) -> None:
        self._settings = settings
        self._most_bytes = most_bytes
        self._key = key
        self._home = home
        self._timeout_s = timeout_s
        self._where = f"{settings.url}, folder {settings.folder}"
        self._way_out = f"check folder and done of {key}"  # of most that the server refuses
        self.refusal: TransportError | None = None
        self.stuck: set[int] = set()
        self.count = 0

    def __enter__(self) -> Self:
        """Connect, secure the connection, log in, open the folder."""
        is_clear = urlsplit(self._settings.url or "").scheme == "imap"
        if_silent = f"{_LATER}; ports such as 993 want imaps://" if is_clear else _LATER
        with ExitStack() as on_failure:
            with self._told(f"see {self._key}", if_silent):
                self._server = connect(self._settings, self._home, self._timeout_s)
            self._server.most_bytes = self._most_bytes
            on_failure.callback(cut, self._server)
            with self._told(f"check user and password_file of {self._key}"):
                log_in(self._server, self._settings)
            with self._told():
                self._need_done()
                self._open()
            on_failure.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Leave; what was marked stays so whether or not the server hears it."""
        if kind is None:
            with suppress(OSError, imaplib.IMAP4.error):
                self._server.logout()
        cut(self._server)

    @property
    def identity(self) -> object:
        """Equal as long as numbers mean the same, of another connection, too; None when nobody can tell."""
        return None if self._validity == [None] else (self._settings, self._validity)

    def unread(self, at_most: int, *, besides: Collection[int] = ()) -> tuple[int, ...]:
        """Return the numbers (UIDs) of unread messages in their order, at most so many, none of `besides`."""
        found: list[int] = []
        with self._told():
            for first in range(1, self.count + 1, _AT_ONCE):
                span = f"{first}:{min(first + _AT_ONCE - 1, self.count)}"
                said = self._ask("SEARCH", span, "UNSEEN", "UNDELETED")
                numbers = map(int, b" ".join(each for each in said if each).split())
                found += (each for each in numbers if each not in besides)
                if len(found) >= at_most:
                    break
        return tuple(sorted(found)[:at_most])

    def place(self, uid: int) -> str:
        """Say where a message lies, such as 'INBOX/17'."""
        return f"{self._settings.folder}/{uid}"

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
        self.stuck.add(uid)
        return None

    def mark(self, uid: int) -> None:
        """Mark a message as read; it stays."""
        refusal = self._try("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")
        if refusal is not None and refusal.permanent:
            self.stuck.add(uid)

    def finish(self, uid: int) -> None:
        """Do with a message what the settings say of reports that are taken in.

        One that the server lets nobody move or delete stays: unread where the next round may find it
        willing, else marked as read. It keeps none behind it from being read; `refusal` tells of it.
        """
        if self._settings.done == "keep":
            self.mark(uid)
        elif self._settings.done == "delete":
            self._delete(uid)
        elif "MOVE" in self._server.capabilities:
            self._bring("MOVE", uid)
        elif self._bring("COPY", uid):
            self._delete(uid)

    def _need_done(self) -> None:
        """Make the folder where reports go, unless it is there: before any of them is read."""
        name = self._settings.done
        if name in {"keep", "delete"}:
            return
        kind, said = self._server.create(_folder(name))
        if kind != "OK" and not any(checked(*self._server.list('""', _folder(name)))):
            words = _said(imaplib.IMAP4.error(said[-1]))
            error = imaplib.IMAP4.error(f"the folder {name} is not there, and cannot be made: {words}")
            raise self._refused(error, self._named(name, "done"))

    def _open(self) -> None:
        kind, said = self._server.select(_folder(self._settings.folder))
        if kind != "OK":
            raise self._refused(imaplib.IMAP4.error(said[-1]), self._named(self._settings.folder, "folder"))
        self.count = int(said[-1] or 0)
        self._validity = self._server.response("UIDVALIDITY")[1]

    def _named(self, name: str, key: str) -> str:
        """Find out how the server has it that one's own folders begin; return a way out."""
        if "NAMESPACE" in self._server.capabilities:
            said = checked(*self._server.namespace())[-1]
            wanted = own_name(name, said if isinstance(said, bytes) else b"")
            if wanted is not None:
                return f"as this server names its folders, {self._key}.{key} is {wanted}"
        return self._way_out

    def _bring(self, way: str, uid: int) -> bool:
        """Move or copy a message to the folder of those that are done, as read; tell whether it is there."""
        # The flags go with it. Source: RFC 3501, section 6.4.7; RFC 6851, section 3.3.
        self.mark(uid)
        refusal = self._try(way, str(uid), _folder(self._settings.done))
        if refusal is not None and not refusal.permanent:
            self._try("STORE", str(uid), "-FLAGS.SILENT", r"(\Seen)")
        return refusal is None

    def _delete(self, uid: int) -> None:
        refusal = self._try("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen \Deleted)")
        if refusal is None and "UIDPLUS" in self._server.capabilities:  # else it would remove others', too
            self._try("EXPUNGE", str(uid))
        elif refusal is not None and refusal.permanent:
            self.mark(uid)

    def _try(self, command: str, *args: str) -> TransportError | None:
        """Change something; return what the server has against it, after which the connection lives on.

        Raises:
            TransportError: It is lost, or the numbers no longer mean what they did (RFC 3501, 2.3.1.1).
        """
        with self._told():
            validity = self._server.response("UIDVALIDITY")[1]
            if validity not in ([None], self._validity):
                raise imaplib.IMAP4.abort("the folder was made anew meanwhile")
            try:
                self._ask(command, *args)
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as error:
                refusal = self._refused(error)
                self.refusal = self.refusal or refusal
                return refusal
        return None

    def _ask(self, command: str, *args: str) -> list[Any]:
        return checked(*self._server.uid(command, *args))

    @contextmanager
    def _told(self, way_out: str | None = None, if_silent: str = _LATER) -> Iterator[None]:
        """Translate what can go wrong, with the way out of what the server refuses."""
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
            hint = if_silent if isinstance(error, TimeoutError) else _LATER
            raise self._error(_said(error), False, hint) from error
        except (imaplib.IMAP4.error, ValueError) as error:
            raise self._refused(error, way_out) from error

    def _refused(self, error: Exception, way_out: str | None = None) -> TransportError:
        said = _said(error)
        return self._error(said, _FOR_NOW.search(said) is None, way_out or self._way_out)

    def _error(self, said: str, permanent: bool, hint: str) -> TransportError:
        return TransportError(f"IMAP: {said}", permanent=permanent, where=self._where, hint=hint)


def _folder(name: str) -> str:
    return quoted(wire_name(name))


def _said(error: Exception) -> str:
    """Return what the server or the network said: one line, no controls, not without end."""
    said = error.args[0] if len(error.args) == 1 else error
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return "".join(letter for letter in text[:_MAX_SAID] if letter.isprintable()) or type(error).__name__
