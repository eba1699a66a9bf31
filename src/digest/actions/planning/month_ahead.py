"""What comes in the next 30 days, day by day, as a calendar shows it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from digest.actions.app import App
from digest.actions.planning.agenda import Coming, coming
from digest.model import SlotState
from digest.timetable import CLOCK_CHANGE

DAYS = 30
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)

Why = Literal["on", "paused", "skipped", "blackout", "missed"]


@dataclass(frozen=True, kw_only=True)
class Tick:
    """One slot on a day's strip."""

    slot: Coming
    at: datetime  #: when it is due, in the zone that is looked at
    minute: int  #: real minutes since that day began there
    why: Why  #: 'on' when it takes place

    @property
    def note(self) -> str:
        """Why it does not take place, in words of people or files; '' when it does."""
        if self.why == "paused":
            return str(self.slot.pause)
        if self.slot.planned.off is not None:
            return self.slot.planned.off
        return (self.slot.record.note or "") if self.slot.record and self.why != "on" else ""

    @property
    def marks(self) -> tuple[str, ...]:
        """What is special about it, but for clocks that change at another time of the day."""
        return tuple(mark for mark in self.slot.planned.marks if mark != CLOCK_CHANGE)


@dataclass(frozen=True, kw_only=True)
class ClockChange:
    """Clocks of a zone that change on a day."""

    zone: str
    at: int  #: real minutes since the day began when they do
    forward: int  #: minutes that they jump; below 0 they go back


@dataclass(frozen=True, kw_only=True)
class DayAhead:
    """One day."""

    day: date
    minutes: int  #: that it has: 1,440 unless clocks change
    ticks: tuple[Tick, ...]  #: in the order of the clock
    changes: tuple[ClockChange, ...]  #: of the zone that is looked at first, then of digests' other zones


@dataclass(frozen=True, kw_only=True)
class Month:
    """The days from today on."""

    zone: str
    now: int  #: real minutes since today began
    days: tuple[DayAhead, ...]

    @property
    def runs(self) -> int:
        """How many slots take place."""
        return sum(tick.why == "on" for day in self.days for tick in day.ticks)


def month_ahead(app: App, *, zone: str, digests: Collection[str] | None = None, days: int = DAYS) -> Month:
    """Return the coming days with their slots, those that do not take place too.

    Args:
        app: The installation.
        zone: Whose midnights part the days.
        digests: Only these digests; None is all.
        days: How many, today included.
    """
    now = app.clock()
    here = ZoneInfo(zone)
    today = now.astimezone(here).date()
    end = _midnight(today + days * _DAY, here)
    slots = [one for one in coming(app, end - _MINUTE / 60) if digests is None or one.digest.key in digests]
    zones = dict.fromkeys([zone, *(one.digest.zone for one in slots)])
    return Month(
        zone=zone,
        now=_minutes(_midnight(today, here), now),
        days=tuple(_day(today + step * _DAY, here, slots, list(zones)) for step in range(days)),
    )


def _day(day: date, zone: ZoneInfo, slots: Iterable[Coming], zones: Sequence[str]) -> DayAhead:
    begins, ends = _midnight(day, zone), _midnight(day + _DAY, zone)
    mine = [one for one in slots if begins <= one.planned.due < ends]
    return DayAhead(
        day=day,
        minutes=_minutes(begins, ends),
        ticks=tuple(
            Tick(
                slot=one,
                at=one.planned.due.astimezone(zone),
                minute=_minutes(begins, one.planned.due),
                why=_why(one),
            )
            for one in mine
        ),
        changes=tuple(found for name in zones if (found := _change(name, begins, ends)) is not None),
    )


def _why(one: Coming) -> Why:
    if one.planned.off is not None:
        return "blackout"
    if one.record is not None and one.record.state is SlotState.OFF:
        return "skipped"
    if one.record is not None and one.record.state is SlotState.MISSED:
        return "missed"
    return "paused" if one.pause is not None else "on"


def _change(name: str, begins: datetime, ends: datetime) -> ClockChange | None:
    """Find the minute between two moments at which the clocks of a zone change; None when they do not."""
    zone = ZoneInfo(name)

    def offset(minute: int) -> timedelta:
        return (begins + minute * _MINUTE).astimezone(zone).utcoffset() or timedelta()

    low, high = 0, _minutes(begins, ends)
    before, after = offset(low), offset(high)
    if before == after:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset(middle) == before else (low, middle)
    return ClockChange(zone=name, at=high, forward=(after - before) // _MINUTE)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment a day begins at, in UTC so that differences are real ones."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(ZoneInfo("UTC"))


def _minutes(begin: datetime, end: datetime) -> int:
    return (end - begin) // _MINUTE
