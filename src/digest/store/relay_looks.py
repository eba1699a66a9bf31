"""How each relay answered when a service last looked at it: what every process can read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from digest.store.dialects import upsert
from digest.store.limit_tables import relay_looks
from digest.store.part import Part
from digest.store.values import RelayLook


class RelayLooks(Part):
    """The relays part of a transaction."""

    def put(self, relay: str, *, at: datetime, trouble: str | None, ms: int | None) -> None:
        """Write down how a relay answered; since when it is so is kept while nothing changes.

        Args:
            relay: Its name.
            at: When it was looked at.
            trouble: Why it took no connection; None: it did.
            ms: Milliseconds until it was ready for mail; None: it never was.
        """
        known = self.all().get(relay)
        is_same = known is not None and (known.trouble is None) == (trouble is None)
        since = known.since if known is not None and is_same else at
        row = {"relay": relay, "at": at, "since": since, "trouble": trouble, "ms": ms}
        self.connection.execute(upsert(self.connection, relay_looks, ["relay"]).values(row))

    def all(self) -> dict[str, RelayLook]:
        """Return the last look at each relay, by its name; also at those that the settings name no more."""
        return {
            row.relay: RelayLook(at=row.at, since=row.since, trouble=row.trouble, ms=row.ms)
            for row in self.connection.execute(select(relay_looks))
        }
