"""The books of one edition, as a run asks for them and writes in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from digest.deliver.run.answers import Heard
from digest.model.people import Books, Delivery, Settlement


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What a look at the ledger says about the deliveries in hand."""

    #: Who must not be mailed as they were claimed, and why, by delivery id: `MOVED`, or else not at all.
    barred: Mapping[int, str]
    halted: str | None = None  #: why the whole edition must stop; None when it goes on
    #: Until when all may be mailed, by the word of a person who let it go late; None: as the rules say.
    let_go_until: datetime | None = None


class Ledger(Protocol):
    """The books of one edition for one sender. Every call is a transaction.

    One thread calls, and where it can be asked several things at once others look and step on meanwhile.
    """

    def claim(self, limit: int) -> tuple[Delivery, ...]:
        """Take up to `limit` deliveries that are due; empty when there are none."""

    def claim_early(self, limit: int, words: Sequence[str]) -> tuple[Delivery, ...]:
        """Take up to `limit` that were put off untried with one of some words, due or not."""

    def look(self) -> Look:
        """Take the last look at all that this sender has claimed."""

    def settle(self, ends: Sequence[Settlement]) -> None:
        """Write down how attempts ended."""

    def renew(self) -> None:
        """Keep what is claimed for another while."""

    def step_on(self) -> None:
        """Put all copies of the ledger behind that were made until now; raise when it is such a copy."""

    def books(self) -> Books:
        """Return the sum over all deliveries of the edition."""

    def count_waiting(self, delivery_ids: Collection[int]) -> int:
        """Count those of some deliveries that have no end and are in nobody's hands."""

    def next_due_s(self) -> float | None:
        """Return after how many seconds the next delivery may be tried; None when nobody waits.

        Asked only while this sender holds nothing.
        """

    def heard(self, heard: Sequence[Heard]) -> None:
        """Add to the figures of relays what they answered."""

    def tell_outage(self, domain: str, count: int, words: str) -> None:
        """Tell people that a domain knows none of so many readers in a row, and what was said of the last."""

    def release(self) -> None:
        """Let go of what is still claimed by this sender, which holds nothing.

        Such are claims that were made and whose confirmation never came.
        """
