"""Dates as documents write them; what can be read in two ways is unknown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

__all__ = ["find_date", "read_date"]

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            (
                "january jan januar jänner janvier janv enero ene gennaio gen janeiro januari "
                "января січня stycznia يناير جانفي ינואר בינואר"
            ),
            (
                "february feb februar février févr febrero febbraio fevereiro fev februari "
                "февраля лютого lutego فبراير فيفري פברואר בפברואר"
            ),
            ("march mar märz mär mrz mars marzo março maart mrt марта березня marca مارس מרץ במרץ מרס במרס"),
            "april apr avril avr abril abr aprile апреля квітня kwietnia أبريل ابريل أفريل אפריל באפריל",
            "may mai mayo maggio mag maio mei мая травня maja مايو ماي מאי במאי",
            "june jun juni juin junio giugno giu junho июня червня czerwca يونيو جوان יוני ביוני",
            "july jul juli juillet juil julio luglio lug julho июля липня lipca يوليو جويلية יולי ביולי",
            "august aug août agosto ago augustus августа серпня sierpnia أغسطس اغسطس أوت אוגוסט באוגוסט",
            (
                "september sep sept septembre septiembre settembre set setembro "
                "сентября вересня września سبتمبر ספטמבר בספטמבר"
            ),
            (
                "october oct oktober okt octobre octubre ottobre ott outubro out "
                "октября жовтня października أكتوبر اكتوبر אוקטובר באוקטובר"
            ),
            "november nov novembre noviembre novembro ноября листопада listopada نوفمبر נובמבר בנובמבר",
            (
                "december dec dezember dez décembre déc diciembre dic dicembre dezembro "
                "декабря грудня grudnia ديسمبر דצמבר בדצמבר"
            ),
        ),
        start=1,
    )
    for name in names.split()
}
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?)?",
    re.IGNORECASE,
)
_DAY_FIRST = (
    r"(?P<d>\d{1,2})(?:st|nd|rd|th|er|[º°.])?\s+(?:de\s+)?(?P<m>[^\W\d_]{3,10})\.?,?\s+(?:de\s+)?(?P<y>\d{4})"
)
_MONTH_FIRST = r"(?P<m>[^\W\d_]{3,10})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})"
_NUMBERS = r"(?P<d>\d{1,2})[./](?P<m>\d{1,2})[./](?P<y>\d{4})"
_CLOCK = (
    r"(?:[,\s–—|-]+(?:at\s+|um\s+|às?\s+|a las\s+|(?:alle )?ore\s+|alle\s+|om\s+)?"
    r"(?P<hour>\d{1,2})(?:[:.]|\s?h\s?)(?P<minute>\d\d)(?::(?P<second>\d\d))?\s*"
    r"(?P<half>[ap]\.?m\.?)?(?:\s*uhr)?(?:\s*\(?(?P<zone>UTC|GMT|Z|[+-]\d\d:?\d\d)\)?)?)?"
)
_YEAR_FIRST = (
    r"(?P<y>\d{4})\s?[年년]\s?(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日일](?:\s?[(（][^()（）\s]{1,4}[)）])?"
    r"(?:\s?(?P<hour>\d{1,2})\s?[:時时시]\s?(?P<minute>\d\d)\s?[分분]?)?(?P<second>(?!))?(?P<half>(?!))?(?P<zone>(?!))?"
)
_WEEKDAY = r"(?:[^\W\d_]{2,10}(?:-feira)?\.?,?\s+)?"
_WRITTEN = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        *(_WEEKDAY + each + _CLOCK for each in (_DAY_FIRST, _MONTH_FIRST, _NUMBERS)),
        _YEAR_FIRST,
    )
)
_WITHIN = (
    *tuple(
        re.compile(rf"(?<![\w/.-]){form}(?!\w)", re.IGNORECASE)
        for form in (_ISO.pattern, _DAY_FIRST + _CLOCK, _MONTH_FIRST + _CLOCK, _NUMBERS + _CLOCK)
    ),
    re.compile(rf"(?<!\d){_YEAR_FIRST}"),
)
_NAMED_ZONE = re.compile(r"\s([A-Z]{2,5})$")
#: As Java writes dates: 'Fri Nov 27 10:00:00 CET 2026'. Those of GMT are read as mails' are.
_YEAR_LAST = re.compile(
    r"(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2} \d{1,2}) (\d\d:\d\d:\d\d) (?!GMT|UTC)([A-Z]{2,5}|[+-]\d{4}) (\d{4})"
)
# Zones by the letters that programs write, as far as one place comes to mind: CST and IST are several.
_ZONES = {
    letters: offset
    for offset, zones in {
        "+0000": "WET",
        "+0100": "CET MEZ WEST BST",
        "+0200": "CEST MESZ EET SAST",
        "+0300": "EEST MSK",
        "+0800": "HKT SGT",
        "+0900": "JST KST",
        "+1000": "AEST",
        "+1100": "AEDT",
        "+1200": "NZST",
        "+1300": "NZDT",
        "-0300": "BRT",
        "-0400": "EDT",
        "-0500": "EST",
        "-0600": "MDT",
        "-0700": "MST PDT",
        "-0800": "PST",
    }.items()
    for letters in zones.split()
}
_TWICE = re.compile(r"\b(?:GMT|UTC)([+-]\d\d):?")  #: as Java and JavaScript write an offset: 'GMT+0100'
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)  #: what programs write that have no date
_DAY = timedelta(days=1)


def read_date(written: str, *, is_day_first: bool = False) -> datetime | None:
    """Read a date of ISO 8601, of a mail header, or in words: '4. März 2026', '2026年3月12日'.

    A day without a time is its first moment in UTC, a time without a zone is taken as UTC.
    Numbers are read only when they say one thing: '25/12/2026' and '03.04.2026' (points stand between
    day, month and year, never the other way) are dates, '03/04/2026', a two-digit year, a time in
    a zone whose letters mean several ('IST') and the zero of computers' clocks, in 1970, are not.

    Args:
        written: The whole text must be the date.
        is_day_first: The language is known to write 03/04/2026 for a day in April.

    Returns:
        An aware moment, in the zone that was written; None when the text is anything else.
    """
    written = _TWICE.sub(r"\1", " ".join(written.split())[:80])
    if found := _YEAR_LAST.fullmatch(written):
        written = f"{found[1]} {found[4]} {found[2]} {found[3]}"
    written = _NAMED_ZONE.sub(lambda found: f" {_ZONES.get(found[1], found[1])}", written)
    for moment in (*_read_iso(written), *_read_written(written, is_day_first), *_read_mail(written)):
        if 1900 <= moment.year <= 2999 and abs(moment - _ZERO) > _DAY:
            return moment
    return None


def find_date(text: str, *, is_day_first: bool = False) -> datetime | None:
    """Find the first date that stands in a short text such as 'Veröffentlicht am 4. März 2026'.

    Reads what `read_date` reads; None when the first 200 characters hold none.
    """
    text = " ".join(text[:400].split())[:200]
    for pattern in _WITHIN:
        for found in pattern.finditer(text):
            moment = read_date(found[0].rstrip(" ,"), is_day_first=is_day_first)
            if moment is not None:
                return moment
    return None


def _read_iso(written: str) -> Iterator[datetime]:
    found = _ISO.fullmatch(written)
    if found is not None:
        year, month, day = int(found[1]), int(found[2]), int(found[3])
        clock = (int(found[4] or 0), int(found[5] or 0), int(found[6] or 0))
        yield from _moment((year, month, day), clock, found[7])


def _read_mail(written: str) -> Iterator[datetime]:
    try:
        moment = parsedate_to_datetime(written)
    except (ValueError, TypeError, IndexError, OverflowError):
        return
    year = re.search(r"\b\d{4}\b", written)
    if year is not None and int(year[0]) == moment.year and not _is_unknown_zone(written, moment):
        yield moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_unknown_zone(written: str, moment: datetime) -> bool:
    return moment.tzinfo is None and _NAMED_ZONE.search(written) is not None


def _read_written(written: str, is_day_first: bool) -> Iterator[datetime]:
    for pattern in _WRITTEN:
        found = pattern.fullmatch(written)
        if found is None:
            continue
        day, year = int(found["d"]), int(found["y"])
        month = int(found["m"]) if found["m"].isdigit() else _MONTHS.get(found["m"].casefold(), 0)
        if found["m"].isdigit() and found.start("m") < found.start("y"):
            if month > 12 >= day:
                day, month = month, day
            elif day <= 12 and day != month and not is_day_first and "/" in found[0]:
                continue
        hour = int(found["hour"] or 0)
        half = (found["half"] or "").lower()
        if half:
            hour = hour % 12 + (12 if half.startswith("p") else 0)
        clock = (hour, int(found["minute"] or 0), int(found["second"] or 0))
        yield from _moment((year, month, day), clock, found["zone"])


def _moment(day: tuple[int, int, int], clock: tuple[int, int, int], zone: str | None) -> Iterator[datetime]:
    offset = timedelta()
    if zone and zone[0] in "+-":
        digits = zone[1:].replace(":", "").ljust(4, "0")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:])) * (-1 if zone[0] == "-" else 1)
    try:
        yield datetime(*day, *clock, tzinfo=timezone(offset))
    except (ValueError, OverflowError):
        return
