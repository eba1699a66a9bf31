"""Days that a digest's operator takes out of its schedule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from digest.almanac import is_weekday, parse_span
from digest.settings import DigestSettings
from digest.timetable.clocks import exists

MOST_DAYS = 366  #: that a slot may move
_DAY = timedelta(days=1)


class Blackouts:
    """Tells why a day is blacked out, and where slots of it go."""

    def __init__(self, digest: DigestSettings) -> None:
        self._zone = digest.timezone
        self._spans = tuple((*parse_span(text), text) for text in digest.blackouts.dates)
        self._calendars = digest.holidays
        self._years: dict[int, dict[date, str]] = {}  #: reasons of the years that were asked for
        self._moves = digest.blackouts.then == "next_working_day"

    def reason(self, day: date) -> str | None:
        """Say why a day is blacked out; None when it is not."""
        for first, last, text in self._spans:
            if first <= day <= last:
                return f"{text} (blackouts.dates)"
        if self._calendars:
            if day.year not in self._years:
                self._years[day.year] = self._holidays(day.year)
            return self._years[day.year].get(day)
        return None

    def works(self, day: date) -> bool:
        """Tell whether it is one of Monday to Friday that is not blacked out and exists in the zone."""
        return is_weekday(day) and self.reason(day) is None and exists(day, self._zone)

    def target(self, day: date) -> date | None:
        """Return the day that slots of a blacked out day move to; None when they are left out."""
        if not self._moves:
            return None
        later = (day + number * _DAY for number in range(1, MOST_DAYS + 1))
        return next(filter(self.works, later), None)

    def days(self, first: date, last: date) -> Iterator[date]:
        """Give the days whose slots can be due between two days, both inside, ascending.

        Days before `first` are among them when their slots may move to `first` or later.
        """
        if self._moves:
            early = first - MOST_DAYS * _DAY
            while first > early and not self.works(first - _DAY):
                first -= _DAY
        return (first + number * _DAY for number in range((last - first).days + 1))

    def _holidays(self, year: int) -> dict[date, str]:
        found: dict[date, str] = {}
        for calendar in self._calendars:
            for day, title in calendar.in_year(year, self._zone).items():
                found.setdefault(day, f"{title} ({calendar.name})")
        return found
