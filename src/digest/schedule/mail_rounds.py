"""Rounds over a place of mails: at once while one was full, else as often as the settings say."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from digest.actions.app import App
from digest.log import get_logger
from digest.model import HistoryEntry

log = get_logger()


class MailRounds:
    """Reads the place; remembers where the last round ended, and when the next one begins.

    Args:
        beat: Called after each mail.
        event: Of the lines in the history: 'collect' or 'reports'.
        note: Of these lines.
    """

    def __init__(self, beat: Callable[[], None], event: str, note: str | None = None) -> None:
        self._beat = beat
        self._event = event
        self._note = note
        self._next: datetime | None = None
        self._ended: str | None = None

    def look(
        self, app: App, every: timedelta, mails: Iterable[tuple[str, str]], *, at_most: int, run: str
    ) -> datetime:
        """Take in the mails when it is time; return when it will be time again.

        A full round that ends where the full one before ended has come no further: it found mails that nobody
        can read or mark, and would find them for ever.

        Args:
            app: The installation.
            every: How often the place is read.
            mails: Where each lies, and what became of it; nothing is read before the first is asked for.
            at_most: So many make a round full.
            run: The service's run.

        Raises:
            DigestError: What `mails` raises; what came in before stands in the history, too.
            StoreError: The database cannot be written.
        """
        now = app.clock()
        # A clock that was set back must not stop the looking.
        if self._next is not None and now < self._next <= now + every:
            return self._next
        full_at = self._read(app, mails, at_most, run)
        is_more_there = full_at is not None and full_at != self._ended
        self._ended = full_at
        self._next = now if is_more_there else now + every
        return self._next

    def _read(self, app: App, mails: Iterable[tuple[str, str]], at_most: int, run: str) -> str | None:
        """Return where the last mail lies of a round that was full; else None."""
        begun, outcome, last = time.monotonic(), "failed", None
        counts: Counter[str] = Counter()
        try:
            for place, fate in mails:
                self._beat()
                counts[fate] += 1
                last = place
            outcome = "ok"
            return last if counts.total() >= at_most else None
        finally:
            if counts:
                log.info("mails_read", way=self._note or self._event, **counts)
                line = HistoryEntry(
                    at=app.clock(),
                    by="service",
                    event=self._event,
                    outcome=outcome,
                    run=run,
                    note=self._note,
                    seconds=time.monotonic() - begun,
                    counts=counts,
                )
                with app.store.writing() as tx:
                    tx.history.add(line)
