"""Look for mails that become articles, in a Maildir and in a mailbox, as often as the settings say."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from digest.actions.app import App
from digest.actions.content.inbox import Fate, Received, read_mailbox, read_maildir
from digest.log import get_logger
from digest.model import HistoryEntry
from digest.schedule.current import Current

log = get_logger()

Reader = Callable[[App], Iterator[Received]]


class Inbox:
    """Reads one place of mails.

    Args:
        current: The settings in force.
        beat: Called after each mail.
        name: Of the place: 'maildir' or 'imap'.
    """

    def __init__(self, current: Current, beat: Callable[[], None], name: str) -> None:
        self._current = current
        self._beat = beat
        self._name = name
        self._next: datetime | None = None

    def look(self, run: str) -> datetime | None:
        """Read the place when it is time; return when it will be time again, None while there is none.

        Raises:
            NotFound: The Maildir is not there.
            TransportError: The server cannot be reached or says no.
            StoreError: The database cannot be written.
        """
        app = self._current.app
        read, every = self._way(app)
        if read is None:
            return None
        now = app.clock()
        # A clock that was set back must not stop the looking.
        if self._next is not None and now < self._next <= now + every:
            return self._next
        self._read(app, read, run)
        self._next = now + every
        return self._next

    def _way(self, app: App) -> tuple[Reader | None, timedelta]:
        inbox = app.system.collect.inbox
        if self._name == "maildir":
            return (None if inbox.maildir is None else read_maildir), app.system.collect.every
        return (None if inbox.imap.url is None else read_mailbox), inbox.imap.every

    def _read(self, app: App, read: Reader, run: str) -> None:
        """Take in what is there; what came in before something failed stands in the history, too."""
        begun, outcome = time.monotonic(), "failed"
        counts: Counter[str] = Counter()
        try:
            for received in read(app):
                self._beat()
                counts[str(received.fate)] += 1
                if received.fate in {Fate.STRANGER, Fate.FAILED}:
                    log.warning("mail_left", place=received.place, reason=received.reason)
            outcome = "ok"
        finally:
            if counts:
                log.info("mails_read", way=self._name, **counts)
                line = HistoryEntry(
                    at=app.clock(),
                    by="service",
                    event="collect",
                    outcome=outcome,
                    run=run,
                    note=f"inbox, {self._name}",
                    seconds=time.monotonic() - begun,
                    counts=counts,
                )
                with app.store.writing() as tx:
                    tx.history.add(line)
