"""Who is due when of an edition: by each subscriber's own clocks, or at an hour of their own."""

from __future__ import annotations

from digest.actions.app import App
from digest.actions.figures import Chosen
from digest.clock import aware
from digest.model import Slot, SlotRecord, SlotState
from digest.settings import DigestSettings
from digest.store import StoredEdition, Transaction
from digest.timetable import LocalHours, lead_of


def zones_of(tx: Transaction, digest: DigestSettings | None) -> tuple[str | None, ...]:
    """Return the zones that subscribers of a digest are mailed by; () when it goes by its own clocks."""
    if digest is None or digest.local_to != "subscriber":
        return ()
    return tx.deliveries.zones(digest.key)


def record_of(tx: Transaction, digest: DigestSettings, slot: Slot) -> SlotRecord:
    """Make the record of a planned slot whose edition is still to be built."""
    zones, due = zones_of(tx, digest), aware(slot.local)
    hours = LocalHours.of(slot, zones)
    return SlotRecord(
        digest=digest.key,
        key=slot.key,
        due=due,
        span=(hours.first, hours.last) if zones else None,
        build_at=hours.first - lead_of(digest),
        state=SlotState.DUE,
    )


def edition_hours(app: App, stored: StoredEdition, *, shown: bool = False) -> LocalHours | None:
    """Say when the subscribers of each zone are due of an edition.

    None when all are due at once: the digest goes by its own clocks and nobody has chosen an hour, or
    somebody built the edition by hand for a moment that is in no schedule.

    Args:
        app: The installation.
        stored: The edition.
        shown: It is only told to somebody, so that the choices of some seconds ago do.
    """
    digest, slot = app.digest(stored.edition.digest), stored.edition.slot

    def count() -> Chosen:
        with app.store.reading() as tx:
            return tx.deliveries.hours(digest.key)

    chosen = app.figures.hours.of(digest.key, count) if shown else count()
    with app.store.reading() as tx:
        if digest.local_to != "subscriber" and not chosen:
            return None
        if tx.slots.get(digest.key, slot.key) is None:
            return None
        return LocalHours.of(slot, zones_of(tx, digest)).with_hours(chosen)
