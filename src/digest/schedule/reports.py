"""Take in mail that came back: what a mailbox holds, and what a mail server hands over."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from digest.actions.app import App
from digest.actions.mailing import intake
from digest.deliver.reports.listener import Listener
from digest.log import get_logger
from digest.model import HistoryEntry
from digest.schedule.current import Current
from digest.schedule.mail_rounds import MailRounds
from digest.settings import BounceSettings

log = get_logger()


class Fetching:
    """Reads the mailbox as often as the settings say.

    Args:
        current: The settings in force.
        beat: Called after each message.
    """

    def __init__(self, current: Current, beat: Callable[[], None]) -> None:
        self._current = current
        self._beat = beat
        self._rounds = MailRounds()

    def look(self, run: str) -> datetime | None:
        """Read the mailbox when it is time; return when it will be time again.

        Raises:
            TransportError: The server cannot be reached or says no.
            StoreError: The database cannot be written.
        """
        app = self._current.app
        settings = app.system.delivery.bounces.imap
        now = app.clock()
        if settings.url is None:
            return None
        waits = self._rounds.waits(now, settings.every)
        if waits is None:
            waits = self._rounds.ended(now, settings.every, full_at=self._fetch(app, run))
        return waits

    def _fetch(self, app: App, run: str) -> str | None:
        """Take in what is there; what came in before something failed stands in the history, too.

        Returns:
            Where the last message lies of a round that was full; else None.
        """
        begun, outcome, last = time.monotonic(), "failed", None
        counts: Counter[str] = Counter()
        try:
            for taken in intake.fetch(app):
                self._beat()
                counts[str(taken.outcome)] += 1
                last = taken.file
            outcome = "ok"
            return last if counts.total() >= intake.MAX_A_ROUND else None
        finally:
            if counts:
                log.info("reports_fetched", **counts)
                line = HistoryEntry(
                    at=app.clock(),
                    by="service",
                    event="reports",
                    outcome=outcome,
                    run=run,
                    seconds=time.monotonic() - begun,
                    counts=counts,
                )
                with app.store.writing() as tx:
                    tx.history.add(line)


class Listening:
    """Keeps the listener of the settings open, and another one after the settings have changed."""

    def __init__(self, current: Current) -> None:
        self._current = current
        self._listener: Listener | None = None
        self._of: tuple[str | None, BounceSettings] | None = None

    def look(self, _run: str) -> None:
        """See to it that the right listener listens.

        Raises:
            TransportError: Nobody can listen there.
        """
        app = self._current.app
        wanted = app.system.delivery.bounce_domain, app.system.delivery.bounces
        if self._listener is not None and self._of == wanted:
            return
        self.stop()
        if wanted[1].listen.url is not None:
            opened = intake.listener(app)
            opened.start()
            self._listener, self._of = opened, wanted
            log.info("listening_for_reports", url=opened.url)

    def stop(self) -> None:
        """Take no more, and finish what has come in whole."""
        opened, self._listener = self._listener, None
        if opened is not None:
            opened.stop()
