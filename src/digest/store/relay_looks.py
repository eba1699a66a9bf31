"""How relays answer, to a look and to mail: what every process can read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from digest.store.dialects import add_up, upsert
from digest.store.limit_tables import relay_answers, relay_looks
from digest.store.part import Part
from digest.store.values import RelayHour, RelayLook

KEPT = timedelta(days=8)  #: what relays answered to mail
_REPLY, _TOOK = "reply ", "took "


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

    def heard(
        self, relay: str, *, at: datetime, replies: Mapping[str, int], times: Mapping[int, int]
    ) -> None:
        """Add what a relay answered to mail to the figures of an hour; those of eight days ago go.

        Args:
            relay: Its name.
            at: A moment of the hour.
            replies: Messages by kind of answer.
            times: Messages by step of the time to the final answer.
        """
        hour = at.replace(minute=0, second=0, microsecond=0)
        counts = {f"{_REPLY}{kind}": count for kind, count in replies.items()}
        counts |= {f"{_TOOK}{step}": count for step, count in times.items()}
        rows = [
            {"hour": hour, "relay": relay, "what": what, "messages": count}
            for what, count in sorted(counts.items())  # the same order everywhere: nobody waits in a circle
        ]
        if rows:
            self.connection.execute(add_up(self.connection, relay_answers, "messages"), rows)
        self.connection.execute(delete(relay_answers).where(relay_answers.c.hour < hour - KEPT))

    def answers(self, since: datetime) -> tuple[RelayHour, ...]:
        """Return what relays answered to mail in the hours that end after a moment, in their order."""
        first = since.replace(minute=0, second=0, microsecond=0)
        query = select(relay_answers).where(relay_answers.c.hour >= first)
        found: defaultdict[tuple[datetime, str], dict[str, int]] = defaultdict(dict)
        for row in self.connection.execute(query):
            found[row.hour, row.relay][row.what] = int(row.messages)
        return tuple(
            RelayHour(
                hour=hour,
                relay=relay,
                replies={key[len(_REPLY) :]: one for key, one in counts.items() if key.startswith(_REPLY)},
                times={int(key[len(_TOOK) :]): one for key, one in counts.items() if key.startswith(_TOOK)},
            )
            for (hour, relay), counts in sorted(found.items())
        )
