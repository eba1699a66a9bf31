"""Domains that know none of their readers for many in a row: an outage there, of which people are told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from digest.deliver.run.held import domain_of
from digest.deliver.run.relay import Relay
from digest.model.people import Delivery, Outcome

MANY = 20  #: readers of a domain in a row
_PATIENCE_S = 60.0  #: by then most of those who follow have been asked for, and are counted


@dataclass
class _Row:
    """Readers of one domain whom relays do not know, while they take nobody of it."""

    counts: Counter[Relay] = field(default_factory=Counter)
    words: str = ""  #: what was said of the last
    tell_at: float | None = None
    is_told: bool = False


class Outages:
    """Counts such rows over all relays, and has people told of each domain once.

    Args:
        tell: Told the domain, how many are in a row by then and what was said of the last.
    """

    def __init__(self, tell: Callable[[str, int, str], None]) -> None:
        self._tell = tell
        self._rows: dict[str, _Row] = {}

    def add(self, relay: Relay, delivery: Delivery, outcome: Outcome) -> None:
        """Count one more whom a relay does not know."""
        row = self._rows.setdefault(domain_of(delivery), _Row())
        row.counts[relay] += 1
        row.words = f"{outcome.code} {outcome.text}"

    def taken(self, relay: Relay, delivery: Delivery) -> None:
        """Take note that a relay has taken a mail: its row of that domain is over. Others' are not."""
        row = self._rows.get(domain_of(delivery)) if self._rows else None
        if row is not None and relay in row.counts:
            self._told(domain_of(delivery), row)
            del row.counts[relay]

    def take_back(self, relay: Relay, delivery: Delivery) -> None:
        """Count somebody no more whom another relay is asked for."""
        row = self._rows.get(domain_of(delivery))
        if row is not None and row.counts[relay] > 0:
            row.counts[relay] -= 1

    def forget(self, relay: Relay) -> None:
        """Count no more what a relay said that turned out to know nobody."""
        for row in self._rows.values():
            row.counts.pop(relay, None)

    def tick(self, now: float) -> None:
        """Tell of what has gone on for a minute."""
        for domain, row in self._rows.items():
            if row.tell_at is None and row.counts.total() >= MANY:
                row.tell_at = now + _PATIENCE_S
            if row.tell_at is not None and now >= row.tell_at:
                self._told(domain, row)

    def tell(self) -> None:
        """Tell of all there is: nobody is left to ask, for now or in this run."""
        for domain, row in self._rows.items():
            self._told(domain, row)

    def _told(self, domain: str, row: _Row) -> None:
        count = row.counts.total()
        if count >= MANY and not row.is_told:
            row.is_told = True
            self._tell(domain, count, row.words)
