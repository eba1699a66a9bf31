"""Tries to sign in: so many at once, then one after the other, whichever process counts them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from digest.store.account_tables import sign_in_tries
from digest.store.dialects import insert_new, locked, skip_locked
from digest.store.part import CHUNK, Part

_ODD = timedelta(minutes=1)  # more than the clocks of several machines may differ
_tries = sign_in_tries.c


class Tries(Part):
    """The tries of a transaction's accounts.

    Every try pays some time in advance, and who has paid for a whole burst of them waits. So
    nobody is ever locked out: one more is allowed after each interval.
    """

    def count_try(self, key: str, *, burst: int, interval: timedelta, now: datetime) -> datetime | None:
        """Count a try, unless it comes too early.

        Args:
            key: Who tries, or where from; who counts several counts them in one order always.
            burst: How many are allowed at once; at least 1.
            interval: How long until another one is allowed.
            now: The moment of trying.

        Returns:
            None when it is counted; else when the next one is allowed.
        """
        while (found := self._paid(key)) is None:
            new = insert_new(self.connection, sign_in_tries, ["key"]).values(key=key, paid_until=now)
            self.connection.execute(new)
        # Nobody has paid for more than a burst: that is from before the clock went back.
        paid = now if found > now + burst * interval + _ODD else max(found, now)
        if paid > now + (burst - 1) * interval:
            return paid - (burst - 1) * interval
        self._pay(key, paid + interval)
        return None

    def return_try(self, key: str, *, interval: timedelta) -> None:
        """Take back a try that was counted, since it was right."""
        found = self._paid(key)
        if found is not None:
            self._pay(key, found - interval)

    def forget_tries(self, *, before: datetime) -> None:
        """Remove some of the rows that hold nobody back any more; who is at work on one keeps it."""
        query = select(_tries.key).where(_tries.paid_until <= before).limit(CHUNK)
        free = skip_locked(self.connection.dialect.name, query)
        self.connection.execute(delete(sign_in_tries).where(_tries.key.in_(free)))

    def _paid(self, key: str) -> datetime | None:
        query = locked(self.connection, select(_tries.paid_until).where(_tries.key == key))
        paid: datetime | None = self.connection.execute(query).scalar_one_or_none()
        return paid

    def _pay(self, key: str, until: datetime) -> None:
        self.connection.execute(update(sign_in_tries).where(_tries.key == key).values(paid_until=until))
