"""Read a file of holidays: iCalendar, RFC 5545. Whoever wrote it, its size and its rules are bounded.

Of events there is taken what says when they are: DTSTART, DTEND, DURATION, RRULE, RDATE, EXDATE,
RECURRENCE-ID, STATUS, and SUMMARY. Busy or free (TRANSP) does not matter; cancelled events are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest.almanac.holidays import Holiday, HolidayCalendar, Recurrence, recur

if TYPE_CHECKING:
    from icalendar import Component

MAX_BYTES = 1_000_000
MAX_EVENTS = 2_000
MAX_COUNT = 1_000  #: of a RRULE
MAX_LENGTH = timedelta(days=366)  #: of an event; what is beyond is cut
YEARS = range(1900, 2201)  #: in which an event may begin
_TITLE_CHARS = 80
_FREQUENCIES = {"YEARLY", "MONTHLY", "WEEKLY", "DAILY"}
_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"} | {
    f"BY{part}" for part in ("MONTH", "MONTHDAY", "DAY", "YEARDAY", "WEEKNO", "SETPOS")
}
_READ = {None, "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS"}


def read_calendar(path: Path, name: str) -> HolidayCalendar:
    """Read the holidays of a file.

    Args:
        path: Of the file.
        name: What the calendar is called, as the settings name the file.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is no calendar, too big, or an event of it cannot be understood; the words name the
            event with its line.
    """
    if not path.is_file():
        raise FileNotFoundError(2, "no such file")
    with path.open("rb") as stream:
        raw = stream.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise ValueError(f"more than {MAX_BYTES} bytes")
    return HolidayCalendar(name=name, holidays=tuple(_holidays(raw)))


def _holidays(raw: bytes) -> Iterator[Holiday]:
    text = raw.splitlines()
    lines = [at for at, line in enumerate(text, 1) if line.rstrip().upper() == b"BEGIN:VEVENT"]
    if len(lines) > MAX_EVENTS:
        raise ValueError(f"more than {MAX_EVENTS} events")
    events = _events(b"\n".join(_without_zones(text)))
    if not events or len(events) != len(lines):
        raise ValueError("an event that does not end" if lines else "no events")
    read: list[tuple[Component, Holiday]] = []
    changed: dict[str, list[object]] = defaultdict(list)  #: starts that have an event of their own, by UID
    for event, line in zip(events, lines, strict=True):
        with _named(event, line):
            read.append((event, _holiday(event)))
            if "RECURRENCE-ID" in event:
                changed[str(event.get("UID"))].append(_one(event, "RECURRENCE-ID").dt)
    for (event, holiday), line in zip(read, lines, strict=True):
        if str(event.get("STATUS")).upper() == "CANCELLED":
            continue
        moved = changed[str(event.get("UID"))] if "RECURRENCE-ID" not in event else []
        with _named(event, line):
            never = holiday.never.union(_wall(each, holiday) for each in moved)
        yield replace(holiday, never=never)


@contextmanager
def _named(event: Component, line: int) -> Iterator[None]:
    """Tell what is wrong with an event by its line and title."""
    try:
        yield
    except (ValueError, AttributeError, OverflowError, TypeError) as error:
        # A value of another kind than its name wants lacks what is asked of it.
        raise ValueError(f"line {line}, event '{_title(event)}': {_brief(error)}") from error


def _without_zones(lines: list[bytes]) -> Iterator[bytes]:
    """Leave out the file's own descriptions of zones; their names are known or the event is refused.

    The library would work out their rules, however long they take, and keep them for the next file.
    """
    inside = False
    for line in lines:
        words = line.rstrip().upper()
        inside = inside or words == b"BEGIN:VTIMEZONE"
        if not inside:
            yield line
        inside = inside and words != b"END:VTIMEZONE"


def _events(raw: bytes) -> list[Component]:
    from icalendar import Calendar  # noqa: PLC0415 - takes 0.1 s, and most homes have no such file

    try:
        return [event for one in Calendar.from_ical(raw, multiple=True) for event in one.walk("VEVENT")]
    except (ValueError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(f"no calendar: {_brief(error)}") from error


def _holiday(event: Component) -> Holiday:
    broken = [str(words) for name, words in event.errors if name in _READ]
    if broken:
        raise ValueError(broken[0])
    first = _one(event, "DTSTART")
    if first is None:
        raise ValueError("no DTSTART")
    start, zone = _start(first)
    holiday = Holiday(title=_title(event), start=start, length=_length(event, first.dt), zone=zone)
    return replace(
        holiday,
        also=tuple(_dates(event, "RDATE", holiday)),
        never=frozenset(_dates(event, "EXDATE", holiday)),
        recurrence=_recurrence(event, holiday) if "RRULE" in event else None,
    )


def _start(first: Any) -> tuple[datetime, str | None]:  # noqa: ANN401  # why: icalendar's values are made at run time
    value = first.dt
    if value.year not in YEARS:
        raise ValueError(f"a DTSTART before {YEARS[0]} or after {YEARS[-1]}")
    if not isinstance(value, datetime):
        return datetime.combine(value, time()), None
    if value.tzinfo is None and "TZID" in first.params:
        raise ValueError(f"the zone '{first.params['TZID']}' is none such as Europe/Berlin")
    return value.replace(tzinfo=None), None if value.tzinfo is None else str(value.tzinfo)


def _length(event: Component, start: date) -> timedelta:
    """Whole days without an end are one day, other events without one are a moment."""
    end, duration = _one(event, "DTEND"), _one(event, "DURATION")
    if end is not None:
        if isinstance(end.dt, datetime) != isinstance(start, datetime):
            raise ValueError("a DTEND that is not of the kind of DTSTART")
        length: timedelta = end.dt - start
    elif duration is not None:
        length = duration.dt
    else:
        length = timedelta(days=0 if isinstance(start, datetime) else 1)
    if length < timedelta():
        raise ValueError("an end before the start")
    return min(length, MAX_LENGTH)


def _recurrence(event: Component, holiday: Holiday) -> Recurrence:
    rule = _one(event, "RRULE")
    unknown = sorted(set(rule) - _PARTS)
    if unknown:
        raise ValueError(f"RRULE: {unknown[0]} is not for holidays")
    frequency = ",".join(map(str, rule.get("FREQ", ["a rule without FREQ"])))
    if frequency.upper() not in _FREQUENCIES:
        raise ValueError(f"RRULE: {frequency} is not for holidays")
    if not 1 <= rule.get("INTERVAL", [1])[0] <= MAX_COUNT or rule.get("COUNT", [1])[0] > MAX_COUNT:
        raise ValueError(f"RRULE: INTERVAL and COUNT are from 1 to {MAX_COUNT}")
    if "COUNT" in rule and "UNTIL" in rule:
        raise ValueError("RRULE: either COUNT or UNTIL")
    until = rule.get("UNTIL", [None])[0]
    if until is not None and until.year > YEARS[-1]:
        until = None  # some programs write 99991231T235959Z for ever, which has no local time everywhere
    parts = {name: values for name, values in rule.items() if name != "UNTIL"}
    text = type(rule)(parts).to_ical().decode()
    recurrence = Recurrence(rule=text, until=None if until is None else _wall(until, holiday, time.max))
    if next(iter(recur(holiday.start, recurrence, holiday.start)), None) is None:
        raise ValueError("RRULE: it never comes")
    return recurrence


def _dates(event: Component, key: str, holiday: Holiday) -> Iterator[datetime]:
    lists = event.get(key, [])
    for each in lists if isinstance(lists, list) else [lists]:
        for value in each.dts:
            yield _wall(value.dt, holiday)


def _wall(value: object, holiday: Holiday, at: time | None = None) -> datetime:
    """Bring a date, a moment or a period's start to the clocks of an event; a bare date is at its time."""
    if isinstance(value, tuple):
        value = value[0]
    if isinstance(value, datetime) and value.tzinfo is not None:
        zone = holiday.clocks
        return value.astimezone(zone).replace(tzinfo=None) if zone else value.replace(tzinfo=None)
    if isinstance(value, datetime):
        return value
    if not isinstance(value, date):
        raise ValueError("a date is expected in RDATE, EXDATE and UNTIL")
    return datetime.combine(value, at or holiday.start.time())


def _one(event: Component, key: str) -> Any:  # noqa: ANN401  # why: as above
    value = event.get(key)
    if isinstance(value, list):
        raise ValueError(f"{key} twice")
    return value


def _title(event: Component) -> str:
    value = event.get("SUMMARY")
    words = " ".join(str(value[0] if isinstance(value, list) else value or "").split())
    return "".join(filter(str.isprintable, words))[:_TITLE_CHARS] or "a holiday"


def _brief(error: Exception) -> str:
    words = " ".join(str(error).split())
    return "".join(filter(str.isprintable, words))[:160]
