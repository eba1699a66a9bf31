"""When subscribers are due of a digest whose hour is meant on each one's own clocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from digest.model import Delivery, Slot, Subscriber
from digest.timetable.clocks import instant

_WALL = "%Y-%m-%dT%H:%M"
_WALL_LENGTH = len("2026-11-19T07:00")
_MARGIN = timedelta(hours=1)  #: offsets of two zones drift so far apart when their clocks change


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalHours:
    """The due moments of one slot, by zone."""

    by_zone: Mapping[str | None, datetime]  #: aware; None stands for everybody whose zone is not in it

    @classmethod
    def of(cls, slot: Slot, zones: Iterable[str | None]) -> Self:
        """Say when subscribers of these zones are due.

        A zone in which the slot's date does not exist, and one that nobody knows any more, goes by the
        digest's own.
        """
        wall = datetime.strptime(slot.key[:_WALL_LENGTH], _WALL)  # noqa: DTZ007  # why: of a wall clock, in any zone
        by_zone: dict[str | None, datetime] = {None: slot.local}
        for name in zones:
            moment = None if name is None else _moment(wall, name)
            if moment is not None:
                by_zone[name] = moment
        return cls(by_zone=by_zone)

    @property
    def first(self) -> datetime:
        """When the first are due."""
        return min(self.by_zone.values())

    @property
    def last(self) -> datetime:
        """When the last are due."""
        return max(self.by_zone.values())

    def at(self, subscriber: Subscriber) -> datetime:
        """When a subscriber is due."""
        return self.by_zone.get(subscriber.zone, self.by_zone[None])

    def until(self, lateness: timedelta) -> Callable[[Delivery], datetime]:
        """Say for a recipient when it is too late by so much."""
        return lambda delivery: self.at(delivery.subscriber) + lateness


def ahead(zones: Iterable[str | None], digest: ZoneInfo, now: datetime) -> timedelta:
    """Say how long before the digest's own hour the first subscribers can be due; an hour more than it takes.

    Zero when nobody's clocks are ahead of the digest's.
    """
    ours = now.astimezone(digest).utcoffset() or timedelta()
    known = [zone for name in zones if name is not None and (zone := _zone(name)) is not None]
    offsets = [now.astimezone(zone).utcoffset() or timedelta() for zone in known]
    farthest = max(offsets, default=ours) - ours
    return farthest + _MARGIN if farthest > -_MARGIN and known else timedelta()


def _moment(wall: datetime, name: str) -> datetime | None:
    zone = _zone(name)
    return None if zone is None else instant(wall, zone)


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
