"""When a digest is due, as its operator says it: `schedule` and `blackouts`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from digest.almanac import (
    WEEKDAYS,
    Works,
    is_weekday,
    parse_cron,
    parse_month_day,
    parse_span,
)
from digest.settings.fields import KEY_SHAPE, Day, Settings, Shaped, clash

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

_TIME = r"([01]\d|2[0-3]):[0-5]\d"
_TIMES = "a time of day such as 07:00, or a list of them, each once"
_MONTH_DAY = "a day of the month: 1 to 31, last, or such as 'first mon', '3rd thu', 'last working'"
_SPAN = "a date such as 2026-12-24, or two such as 2026-12-24..2026-12-31"
_CRON = "a cron rule of five fields such as '30 6 * * 1-5'"
_CYCLE_DAYS = 28 * 366  #: weekdays and dates repeat within


def _times(value: object) -> object:
    times = (value,) if isinstance(value, str) else value
    if (
        not isinstance(times, list | tuple)
        or not 1 <= len(times) <= 96
        or len(set(map(str, times))) < len(times)
    ):
        raise ValueError(_TIMES)
    if not all(isinstance(each, str) and re.fullmatch(_TIME, each, re.ASCII) for each in times):
        raise ValueError(_TIMES)
    return tuple(sorted(times))


def _month_day(value: str) -> str:
    try:
        parse_month_day(value)
    except ValueError as error:
        raise ValueError(_MONTH_DAY) from error
    return value


def _span(value: str) -> str:
    try:
        parse_span(value)
    except ValueError as error:
        raise ValueError(_SPAN) from error
    return value


Times = Annotated[
    tuple[str, ...], BeforeValidator(_times), WithJsonSchema({"type": "string", "expected": _TIMES})
]
MonthDays = tuple[
    Annotated[str, AfterValidator(_month_day), WithJsonSchema({"type": "string", "expected": _MONTH_DAY})],
    ...,
]
Span = Annotated[str, AfterValidator(_span), WithJsonSchema({"type": "string", "expected": _SPAN})]


class ScheduleSettings(Settings):
    """One rule: at which times of which days the digest is due."""

    at: Times = ()
    days: Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)] = get_args(Weekday)
    month_days: Annotated[MonthDays, Field(min_length=1, max_length=40)] | None = None
    every_weeks: Annotated[int, Field(ge=1, le=52)] | None = None
    first: Annotated[Day | None, Field(alias="from")] = None
    until: Day | None = None
    cron: Annotated[str, Shaped(r"[0-9A-Za-z*,/# -]{1,100}", _CRON)] | None = None
    name: Annotated[str, KEY_SHAPE] | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        for fault in self._clashes():
            raise fault
        return self

    @property
    def times(self) -> tuple[time, ...]:
        """The times of day of each of its days, ascending."""
        if self.cron is not None:
            return parse_cron(self.cron).times
        return tuple(map(time.fromisoformat, self.at))

    def is_on(self, day: date, works: Works) -> bool:
        """Tell whether the rule comes on a day.

        Args:
            day: On the calendar of the digest's zone.
            works: Tells working days, for 'last working' and its like.
        """
        if (self.first is not None and day < self.first) or (self.until is not None and day > self.until):
            return False
        if self.cron is not None:
            return parse_cron(self.cron).is_on(day)
        if self.month_days is not None:
            return any(parse_month_day(word).is_on(day, works) for word in self.month_days)
        return WEEKDAYS[day.weekday()] in self.days and self._is_its_week(day)

    def _is_its_week(self, day: date) -> bool:
        """Weeks are counted from the week of the first day, so that years and their numbers do not matter."""
        if self.every_weeks is None or self.first is None:
            return True
        weeks = (day - self.first + timedelta(days=self.first.weekday())).days // 7
        return weeks % self.every_weeks == 0

    def _clashes(self) -> Iterator[Exception]:
        yield from self._cron_clashes() if self.cron is not None else self._day_clashes()
        if self.first is not None and self.until is not None and self.until < self.first:
            yield clash("until", f"a day that is not before from ({self.first})", f"'{self.until}'")
        if not self._comes():
            key = "cron" if self.cron is not None else "until"
            yield clash(key, "a rule that comes at all", "one that never comes")

    def _comes(self) -> bool:
        last = (self.until or date(2052, 1, 1)).toordinal()
        first = max(last - _CYCLE_DAYS, 1) if self.first is None else self.first.toordinal()
        if self.until is None:
            last = min(first + _CYCLE_DAYS, date.max.toordinal())
        return any(self.is_on(date.fromordinal(day), is_weekday) for day in range(first, last + 1))

    def _cron_clashes(self) -> Iterator[Exception]:
        for key in ("at", "days", "month_days", "every_weeks"):
            if key in self.model_fields_set:
                yield clash(key, "nothing beside cron, which says times and days", f"{key} and cron")
        try:
            parse_cron(self.cron or "")
        except ValueError as error:
            yield clash("cron", str(error), f"'{self.cron}'")

    def _day_clashes(self) -> Iterator[Exception]:
        if not self.at:
            yield clash("at", f"{_TIMES}; or cron", "nothing")
        if self.month_days is not None:
            for key in ("days", "every_weeks"):
                if key in self.model_fields_set:
                    yield clash(key, "either days of the week or month_days", f"{key} and month_days")
        if self.every_weeks is not None and self.first is None:
            yield clash("from", "the first day, since every_weeks counts from its week", "nothing")


class BlackoutSettings(Settings):
    """Days on which the digest does not come out."""

    dates: Annotated[tuple[Span, ...], Field(max_length=1_000)] = ()
    calendars: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=255)], ...], Field(max_length=20)
    ] = ()
    then: Literal["skip", "next_working_day"] = "skip"


def check_names(schedule: tuple[ScheduleSettings, ...]) -> None:
    """Refuse a schedule whose rules share a name.

    Raises:
        PydanticCustomError: For the second one.
    """
    taken = Counter[str]()
    for at, rule in enumerate(schedule):
        if rule.name is not None and taken[rule.name]:
            raise clash(f"schedule.{at}.name", "a name that no other rule has", f"'{rule.name}'")
        taken[rule.name or ""] += 1
