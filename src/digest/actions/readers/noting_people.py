"""Put on record what was done to subscribers; never who they are, since a record stays and people may go."""

from __future__ import annotations

from datetime import datetime

from digest.model import HistoryEntry, Subscriber
from digest.store import Transaction


def note(tx: Transaction, event: str, text: str, *, by: str, at: datetime, digest: str | None = None) -> None:
    """Write a line about subscribers.

    Args:
        tx: In which it is done.
        event: Such as 'import'.
        text: What was done to whom, by number.
        by: Who did it.
        at: When.
        digest: Which digest it is about; None: all.
    """
    tx.history.add(HistoryEntry(at=at, by=by, event=event, outcome="ok", note=text, digest=digest))


def numbered(person: Subscriber | None) -> str:
    """Name a person on record, where no address may stand."""
    return "an address that nobody has" if person is None else f"reader {person.id}"
