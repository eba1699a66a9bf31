"""When each subscriber is due of a digest whose hour is meant in their own zone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from digest.actions.app import App
from digest.model import Delivery, Slot, Subscriber
from digest.settings import DigestSettings
from digest.store import StoredEdition, Transaction
from digest.timetable import instant

_WALL = "%Y-%m-%dT%H:%M"
_WALL_LENGTH = len("2026-11-19T07:00")


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalHours:
    """The due moments of one edition, by zone."""

    by_zone: Mapping[str | None, datetime]  #: UTC; None stands for everybody whose zone is not in it

    @property
    def first(self) -> datetime:
        """When the first are due."""
        return min(self.by_zone.values())

    @property
    def last(self) -> datetime:
        """When the last are due."""
        return max(self.by_zone.values())

    def of(self, subscriber: Subscriber) -> datetime:
        """When a subscriber is due."""
        return self.by_zone.get(subscriber.zone, self.by_zone[None])

    def until(self, lateness: timedelta) -> Callable[[Delivery], datetime]:
        """Say for a recipient when it is too late by so much."""
        return lambda delivery: self.of(delivery.subscriber) + lateness


def edition_hours(app: App, stored: StoredEdition) -> LocalHours | None:
    """Say when the subscribers of each zone are due of an edition.

    None when all are due at once: the digest goes by its own clocks, or somebody built the edition by
    hand for a moment that is in no schedule.
    """
    digest, slot = app.digest(stored.edition.digest), stored.edition.slot
    with app.store.reading() as tx:
        is_planned = tx.slots.get(digest.key, slot.key) is not None
        return local_hours(tx, digest, slot) if is_planned else None


def local_hours(tx: Transaction, digest: DigestSettings, slot: Slot) -> LocalHours | None:
    """Say when subscribers of each zone are due; None when all are due with the digest's own clocks.

    A zone in which the slot's date does not exist, and one that nobody knows any more, goes by the
    digest's.
    """
    if digest.local_to != "subscriber":
        return None
    wall = datetime.strptime(slot.key[:_WALL_LENGTH], _WALL)  # noqa: DTZ007  # why: a wall clock's, in any zone
    by_zone: dict[str | None, datetime] = {None: slot.local}
    for zone in tx.deliveries.zones(digest.key):
        moment = _moment(wall, zone)
        if moment is not None:
            by_zone[zone] = moment
    return LocalHours(by_zone=by_zone)


def _moment(wall: datetime, zone: str | None) -> datetime | None:
    if zone is None:
        return None
    try:
        return instant(wall, ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
