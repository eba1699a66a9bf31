"""When subscribers are due: by their own clocks where the digest says so, and by an hour of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from digest.model import Delivery, Slot
from digest.timetable.clocks import instant

_WALL = "%Y-%m-%dT%H:%M"
_WALL_LENGTH = len("2026-11-19T07:00")
_MARGIN = timedelta(hours=1)  #: offsets of two zones drift so far apart when their clocks change


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalHours:
    """The due moments of one slot, by zone."""

    by_zone: Mapping[str | None, datetime]  #: aware; None stands for everybody whose zone is not in it
    #: Of those who chose an hour: by their zone and that hour, such as '18:30'.
    by_hour: Mapping[tuple[str | None, str | None], datetime] = field(default_factory=dict)

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

    def with_hours(self, chosen: Iterable[tuple[str | None, str]]) -> Self:
        """Add those who chose an hour: due when their clocks next show it, and not before the others.

        Args:
            chosen: Their zones and hours. Without a zone that anybody knows the digest's clocks count.
        """
        home, usual = self.by_zone[None].tzinfo, self.by_zone[None]
        by_hour: dict[tuple[str | None, str | None], datetime] = {}
        for name, hour in chosen:
            clocks = (None if name is None else _zone(name)) or home
            due = self.by_zone.get(name, usual).astimezone(clocks)
            wall = datetime.combine(due.date(), time.fromisoformat(hour))
            day = (
                timedelta(days=1) if wall < due.replace(tzinfo=None, second=0, microsecond=0) else timedelta()
            )
            zone = clocks if isinstance(clocks, ZoneInfo) else None
            moment = instant(wall + day, zone) if zone else (wall + day).replace(tzinfo=clocks)
            by_hour[name, hour] = max(due, moment or due)
        return replace(self, by_hour=by_hour)

    @property
    def by_place(self) -> Mapping[tuple[str | None, str | None], datetime]:
        """All of them, by zone and hour; no hour is with everyone of the zone."""
        return {(zone, None): moment for zone, moment in self.by_zone.items()} | dict(self.by_hour)

    @property
    def first(self) -> datetime:
        """When the first are due, in UTC: whoever reckons on from there must not meet a clock that is set."""
        return min(self.by_zone.values()).astimezone(UTC)

    @property
    def last(self) -> datetime:
        """When the last are due, in UTC."""
        return max((*self.by_zone.values(), *self.by_hour.values())).astimezone(UTC)

    def at(self, delivery: Delivery) -> datetime:
        """When a recipient is due, in UTC."""
        return self.of_reader(delivery.subscriber.zone, delivery.hour)

    def of_reader(self, zone: str | None, hour: str | None) -> datetime:
        """When somebody of a zone is due who chose an hour, or none; in UTC."""
        usual = self.by_zone.get(zone, self.by_zone[None])
        return (usual if hour is None else self.by_hour.get((zone, hour), usual)).astimezone(UTC)

    def until(self, lateness: timedelta) -> Callable[[Delivery], datetime]:
        """Say for a recipient when it is too late by so much."""
        return lambda delivery: self.at(delivery) + lateness


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
