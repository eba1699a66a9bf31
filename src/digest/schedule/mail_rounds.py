"""When a place of mails is read again: at once while a round was full, else as often as the settings say."""

from __future__ import annotations

from datetime import datetime, timedelta


class MailRounds:
    """Remembers where the last round ended, and when the next one begins."""

    def __init__(self) -> None:
        self._next: datetime | None = None
        self._ended: str | None = None

    def waits(self, now: datetime, every: timedelta) -> datetime | None:
        """Return until when the place is left alone; None when it is time to read it."""
        # A clock that was set back must not stop the looking.
        is_early = self._next is not None and now < self._next <= now + every
        return self._next if is_early else None

    def ended(self, now: datetime, every: timedelta, *, full_at: str | None) -> datetime:
        """Take note of a round; return when the next one begins.

        A full one that ends where the full one before ended has come no further: it found mails that nobody
        can read or mark, and would find them for ever.

        Args:
            now: When the round began.
            every: How often the place is read.
            full_at: Where the last mail lies of a round that took in as many as it may; None of any other.
        """
        is_more_there = full_at is not None and full_at != self._ended
        self._ended = full_at
        self._next = now if is_more_there else now + every
        return self._next
