"""Weekdays, working days and spans of dates."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")  #: in the order of `date.weekday`
Works = Callable[[date], bool]  #: tells whether a day is a working day


def is_weekday(day: date) -> bool:
    """Tell whether a day is one of Monday to Friday."""
    return day.weekday() < 5


def parse_span(text: str) -> tuple[date, date]:
    """Read '2026-12-24' or '2026-12-27..2026-12-31' as first and last day, both inside.

    Raises:
        ValueError: The text is neither, or the last day is before the first.
    """
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)(?:\.\.(\d{4}-\d\d-\d\d))?", text, re.ASCII)
    if match is None:
        raise ValueError(text)
    first = date.fromisoformat(match[1])
    last = first if match[2] is None else date.fromisoformat(match[2])
    if last < first:
        raise ValueError(text)
    return first, last
