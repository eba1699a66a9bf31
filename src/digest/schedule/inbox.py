"""Look for mails that become articles, in a Maildir and in a mailbox, as often as the settings say."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from digest.actions.app import App
from digest.actions.content import inbox
from digest.actions.content.inbox import Fate, Received, read_mailbox, read_maildir
from digest.log import get_logger
from digest.model import HistoryEntry
from digest.schedule.current import Current
from digest.schedule.mail_rounds import MailRounds

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
        self._rounds = MailRounds()

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
        waits = self._rounds.waits(now, every)
        if waits is None:
            waits = self._rounds.ended(now, every, full_at=self._read(app, read, run))
        return waits

    def _way(self, app: App) -> tuple[Reader | None, timedelta]:
        settings = app.system.collect.inbox
        if self._name == "maildir":
            return (None if settings.maildir is None else read_maildir), app.system.collect.every
        return (None if settings.imap.url is None else read_mailbox), settings.imap.every

    def _read(self, app: App, read: Reader, run: str) -> str | None:
        """Take in what is there; what came in before something failed stands in the history, too.

        Returns:
            Where the last mail lies of a round that was full; else None.
        """
        begun, outcome, last = time.monotonic(), "failed", None
        counts: Counter[str] = Counter()
        try:
            for received in read(app):
                self._beat()
                counts[str(received.fate)] += 1
                last = received.place
                if received.fate in {Fate.STRANGER, Fate.FAILED}:
                    log.warning("mail_left", place=received.place, reason=received.reason)
            outcome = "ok"
            return last if counts.total() >= inbox.MAX_A_ROUND else None
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
