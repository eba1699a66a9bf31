"""Take in reports as they arrive: from a mailbox over IMAP, and from a mail server that hands them over."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial

from digest.actions.app import App
from digest.actions.mailing.bounces import Consequence, Taken, take_message
from digest.deliver import read_bounce_address
from digest.deliver.imap.folder import ImapFolder
from digest.deliver.imap.round import Course, take_in
from digest.deliver.reports.bounces import MAX_REPORT_BYTES
from digest.deliver.reports.listener import Listener
from digest.errors import Refused
from digest.log import get_logger
from digest.model import BounceKind

MAX_A_ROUND = 500  #: messages that one round takes in, besides those that stay unread all the same

log = get_logger()


def fetch(app: App, course: Course | None = None) -> Iterator[Taken]:
    """Take in the unread messages of the mailbox, in their order, at most `MAX_A_ROUND`.

    Each is marked, moved or deleted once its consequences are committed. A round that ends in
    between loses nothing and counts nothing twice. What is no report of ours stays, marked as read;
    what the server cannot give costs itself, and stays unread; it keeps none behind it from being read.

    Args:
        app: The installation.
        course: Of the rounds before and after; None when there are none.

    Raises:
        Refused: No mailbox is set; nothing was asked.
        TransportError: The server cannot be reached or says no; while the result is read. At its end
            where it refused to mark, move or delete a message.
        StoreError: The database cannot be written; while the result is read.
    """
    settings = app.system.delivery.bounces.imap
    if settings.url is None:
        raise Refused(
            "no mailbox to fetch reports from",
            where="delivery.bounces.imap.url",
            hint="set it, or name files to `digest bounces take`",
        )
    folder = ImapFolder(settings, app.home.root, most_bytes=MAX_REPORT_BYTES, key="delivery.bounces.imap")
    return take_in(folder, MAX_A_ROUND, partial(_taken, app), _is_report, course)


def listener(app: App, on_taken: Callable[[Taken], None] | None = None) -> Listener:
    """Make the listener of the settings; it listens once it is started.

    Args:
        app: The installation, open while the listener runs.
        on_taken: Told of each message after it is committed, of one at a time.

    Raises:
        Refused: No place to listen is set.
    """
    url = app.system.delivery.bounces.listen.url
    if url is None:
        raise Refused(
            "no place to listen",
            where="delivery.bounces.listen.url",
            hint="set it to lmtp://127.0.0.1:2424 or another port that is free",
        )
    return Listener(url, app.home.root, _Desk(app, url, on_taken))


def _taken(app: App, message: bytes | None, file: str) -> Taken:
    if message is None:
        return Taken(file=file, outcome=Consequence.UNREADABLE)
    return take_message(app, message, file=file)


def _is_report(taken: Taken) -> bool:
    return taken.kind is not BounceKind.UNKNOWN and taken.outcome is not Consequence.STRANGER


class _Desk:
    """Who is asked by the listener's connections."""

    def __init__(self, app: App, url: str, on_taken: Callable[[Taken], None] | None) -> None:
        self._app = app
        self._url = url
        self._on_taken = on_taken
        self._telling = threading.Lock()
        self._domain = app.system.delivery.bounce_domain
        self._also = {address.lower() for address in app.system.delivery.bounces.listen.accept}

    def accepts(self, recipient: str) -> bool:
        """Tell whether an address is one of those we signed, or was named in the settings."""
        is_ours = recipient.rpartition("@")[2].lower() == self._domain
        is_signed = is_ours and read_bounce_address(self._app.keyring, recipient) is not None
        return is_signed or recipient.lower() in self._also

    def take(self, recipient: str, message: bytes) -> None:
        """Take a message in."""
        taken = take_message(self._app, message, file=self._url, recipient=recipient)
        log.info("report_taken", outcome=taken.outcome, kind=taken.kind, edition=taken.edition)
        if self._on_taken is not None:
            with self._telling:
                self._on_taken(taken)
