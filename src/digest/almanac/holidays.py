"""Holidays that recur, and the dates on which they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Recurrence:
    """How an event comes again, by RFC 5545."""

    rule: str  #: a checked RRULE without UNTIL, such as 'FREQ=YEARLY'
    until: datetime | None = None  #: the last moment of its clocks, naive


@dataclass(frozen=True, kw_only=True, slots=True)
class Holiday:
    """One event of a calendar."""

    title: str
    start: datetime  #: naive, on the clocks of `zone`; midnight for whole days
    length: timedelta  #: nothing to a year or so: each of its days is looked at
    zone: str | None = None  #: an IANA zone; None is wherever one is, as whole days are
    recurrence: Recurrence | None = None
    also: tuple[datetime, ...] = ()  #: further starts
    never: frozenset[datetime] = frozenset()  #: starts that are left out

    @property
    def clocks(self) -> ZoneInfo | None:
        """The zone, ready for arithmetic."""
        return None if self.zone is None else ZoneInfo(self.zone)

    def dates(self, year: int, zone: ZoneInfo) -> Iterator[date]:
        """Give its dates that touch a year, on a zone's clocks; neither sorted nor unique."""
        for start in self._starts(year):
            if start not in self.never:
                yield from self._days(start, zone)

    def _starts(self, year: int) -> Iterator[datetime]:
        early = datetime(year, 1, 1) - _DAY - self.length  # noqa: DTZ001 - of its zone
        late = datetime(year, 12, 31) + 2 * _DAY  # noqa: DTZ001 - of its zone
        yield from (start for start in (self.start, *self.also) if early <= start <= late)
        if self.recurrence is not None:
            yield from recur(self.start, self.recurrence, early).between(early, late, inc=True)

    def _days(self, start: datetime, zone: ZoneInfo) -> Iterator[date]:
        if self.clocks is not None:
            start = start.replace(tzinfo=self.clocks).astimezone(zone).replace(tzinfo=None)
        end = start + max(self.length, timedelta(microseconds=1))
        last = (end - timedelta(microseconds=1)).date()
        for number in range((last - start.date()).days + 1):
            yield start.date() + number * _DAY


@dataclass(frozen=True, kw_only=True, slots=True)
class HolidayCalendar:
    """The holidays of one file."""

    name: str  #: as the settings name the file
    holidays: tuple[Holiday, ...]  #: in the file's order

    def in_year(self, year: int, zone: ZoneInfo) -> Mapping[date, str]:
        """Return the titles of a year's holidays by date; the file's first title stands."""
        return _in_year(self, year, zone)


@lru_cache(maxsize=64)
def _in_year(calendar: HolidayCalendar, year: int, zone: ZoneInfo) -> Mapping[date, str]:
    found: dict[date, str] = {}
    for holiday in calendar.holidays:
        for day in holiday.dates(year, zone):
            if day.year == year:
                found.setdefault(day, holiday.title)
    return found


def recur(start: datetime, recurrence: Recurrence, early: datetime) -> rrule:
    """Make the rule that gives an event's starts from some moment on.

    Without a COUNT it begins shortly before `early`: the library walks from the beginning, which may be
    centuries ago. Starts before are then missing.
    """
    begin = start if "COUNT" in recurrence.rule else _nearer(start, recurrence.rule, early)
    return rrulestr(f"RRULE:{recurrence.rule}", dtstart=begin).replace(until=recurrence.until)


def _nearer(start: datetime, rule: str, early: datetime) -> datetime:
    """Bring a start forward by whole intervals of its rule, so that the same starts follow."""
    interval = int(found[1]) if (found := re.search(r"INTERVAL=(\d+)", rule)) else 1
    if "DAILY" in rule or "WEEKLY" in rule:
        step = interval * (7 if "WEEKLY" in rule else 1)
        return start + timedelta(days=max((early - start).days // step, 0) * step)
    step = interval * (12 if "YEARLY" in rule else 1)
    months = max(12 * (early.year - start.year) + early.month - start.month - 1, 0) // step * step
    year, month = divmod(12 * start.year + start.month - 1 + months, 12)
    try:
        return start.replace(year=year, month=month + 1)
    except ValueError:
        return start  # a month without the day; the way from the beginning is longer and as good
