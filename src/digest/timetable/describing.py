"""A digest's schedule in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from digest.almanac import LAST, WEEKDAYS, MonthDay, parse_cron, parse_month_day
from digest.settings import BlackoutSettings, DigestSettings, ScheduleSettings

_NAMES = dict(
    zip(WEEKDAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)
_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", LAST: "last"}
_MOST_DATES = 3  #: that are named one by one
_THEN = {"skip": "it does not come out", "next_working_day": "it moves to the next working day"}


def describe(digest: DigestSettings) -> tuple[str, ...]:
    """Say each rule of the schedule in a sentence of English, in the file's order.

    Without a schedule there is one sentence that says so.
    """
    if not digest.schedule:
        return ("No schedule: it is built when somebody says so.",)
    clocks = "each subscriber's own clocks" if digest.local_to == "subscriber" else digest.zone
    off = _off(digest.blackouts)
    return tuple(f"{_rule(rule)}, {clocks}{off}." for rule in digest.schedule)


def _rule(rule: ScheduleSettings) -> str:
    name = f"{rule.name}: " if rule.name is not None else ""
    if rule.cron is not None:
        said = f"{parse_cron(rule.cron).words} (cron '{rule.cron}')"
    else:
        said = f"{_days(rule)} at {_listed(rule.at)}"
    return f"{name}{said}{_weeks(rule)}{_span(rule)}"


def _days(rule: ScheduleSettings) -> str:
    if rule.month_days is None:
        return _weekdays(rule)
    days = tuple(map(parse_month_day, rule.month_days))
    rare = ", in months that have it," if any(day.is_rare for day in days) else ""
    return f"On the {_listed(tuple(map(_month_day, days)))} of the month{rare}"


def _weekdays(rule: ScheduleSettings) -> str:
    at = sorted({WEEKDAYS.index(day) for day in rule.days})
    names = [f"{_NAMES[WEEKDAYS[each]]}s" for each in at]
    if len(at) == 7:
        return "Every day"
    if len(at) > 2 and at[-1] - at[0] == len(at) - 1:
        return f"{names[0]} to {names[-1]}"
    return _listed(names)


def _month_day(day: MonthDay) -> str:
    if day.kind == "day":
        return "last day" if day.number == LAST else _ordinal(day.number)
    return f"{_ORDINALS[day.number]} {_NAMES.get(day.kind, 'working day')}"


def _weeks(rule: ScheduleSettings) -> str:
    if rule.every_weeks in {None, 1}:
        return ""
    return f" every {_ordinal(rule.every_weeks or 1)} week"


def _span(rule: ScheduleSettings) -> str:
    begin = f" from {rule.first}" if rule.first is not None else ""
    return begin + (f" until {rule.until}" if rule.until is not None else "")


def _off(blackouts: BlackoutSettings) -> str:
    days = [f"holidays of {name}" for name in blackouts.calendars]
    if len(blackouts.dates) > _MOST_DATES:
        days.append(f"{len(blackouts.dates)} dates or spans of them")
    else:
        days += [text.replace("..", " to ") for text in blackouts.dates]
    return f"; on {_listed(days)} {_THEN[blackouts.then]}" if days else ""


def _listed(words: Sequence[str]) -> str:
    return " and ".join([*([", ".join(words[:-1])] if len(words) > 1 else []), words[-1]])


def _ordinal(number: int) -> str:
    """Write 1st, 2nd, 3rd, 11th, 21st."""
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
