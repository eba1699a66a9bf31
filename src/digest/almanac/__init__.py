"""What words of a calendar mean: days of a month, spans of dates, cron rules, holidays. Asks no clock."""

from digest.almanac.cron import parse_cron
from digest.almanac.holidays import HolidayCalendar
from digest.almanac.ics import read_calendar
from digest.almanac.month_days import LAST, MonthDay, parse_month_day
from digest.almanac.spans import WEEKDAYS, Works, is_weekday, parse_span

__all__ = [
    "LAST",
    "WEEKDAYS",
    "HolidayCalendar",
    "MonthDay",
    "Works",
    "is_weekday",
    "parse_cron",
    "parse_month_day",
    "parse_span",
    "read_calendar",
]
