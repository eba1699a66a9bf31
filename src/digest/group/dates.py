"""What an article says of the time it was written, where no date of its own is known."""

from __future__ import annotations

import re
from dataclasses import dataclass

from digest.model import Article

_READ_CHARS = 12_000
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = f"({'|'.join(_MONTHS)})[a-z]{{0,6}}"
_YEAR = re.compile(r"\b(19[5-9]\d|20[0-4]\d)\b")
_DAY = re.compile(rf"\b(?:{_MONTH}\.? ?(\d\d?)|(\d\d?)(?:st|nd|rd|th)? {_MONTH})\b", re.IGNORECASE)
_WEEKDAY = re.compile(r"\b(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b")
_DAYS = 365  #: of a year, as far as two dates are compared
_NEAR, _FAR = 3, 10  #: days


@dataclass(frozen=True, kw_only=True, slots=True)
class Dates:
    """When an article was written, as far as that can be told."""

    is_known: bool  #: it has a date of its own
    year: int | None = None  #: its own, or the latest that it names and that was not still to come
    days: frozenset[int] = frozenset()  #: of the year, counted from 0: its own, or all that it names
    weekdays: frozenset[str] = frozenset()  #: that it names; none beside a date of its own


NO_DATES = Dates(is_known=False)


def dates_of(article: Article) -> Dates:
    """Read the dates of an article; only English names of months and weekdays are known."""
    at = article.published
    if at is not None and at == article.effective_at:
        return Dates(is_known=True, year=at.year, days=frozenset((_day(at.month, at.day),)))
    text = "\n".join((article.title, *article.paragraphs))[:_READ_CHARS]
    years = [year for year in map(int, _YEAR.findall(text)) if year <= article.effective_at.year]
    days = frozenset(
        _day(_MONTHS.index((before or after).casefold()[:3]) + 1, int(first or second))
        for before, first, second, after in _DAY.findall(text)
    )
    weekdays = frozenset(_WEEKDAY.findall(text))
    return Dates(is_known=False, year=max(years, default=None), days=days, weekdays=weekdays)


def same_year(one: Dates, other: Dates) -> float:
    """Return 1 when two articles speak of one year, -1 when of two; 0 when that cannot be told.

    Two that have dates of their own are compared by these, and not here.
    """
    if (one.is_known and other.is_known) or one.year is None or other.year is None:
        return 0.0
    return 1.0 if one.year == other.year else -1.0


def same_days(one: Dates, other: Dates) -> float:
    """Return 1 when two articles name days that lie close together, -1 when only far ones; else 0."""
    if (one.is_known and other.is_known) or not one.days or not other.days:
        return 0.0
    apart = min(_apart(day, another) for day in sorted(one.days)[:20] for another in sorted(other.days)[:20])
    return 1.0 if apart <= _NEAR else -1.0 if apart > _FAR else 0.0


def same_weekdays(one: Dates, other: Dates) -> float:
    """Return 1 when two articles name a weekday in common, -1 when only other ones; else 0."""
    if not one.weekdays or not other.weekdays:
        return 0.0
    return -1.0 if one.weekdays.isdisjoint(other.weekdays) else 1.0


def _day(month: int, day: int) -> int:
    return round((month - 1) * _DAYS / 12) + day


def _apart(day: int, other: int) -> int:
    apart = abs(day - other)
    return min(apart, _DAYS - apart)
