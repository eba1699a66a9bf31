"""Files of holidays: what they say, and that none can do harm."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from digest.almanac import HolidayCalendar, read_calendar
from digest.almanac.holidays import Recurrence, recur
from digest.almanac.ics import MAX_BYTES, MAX_EVENTS

BERLIN = ZoneInfo("Europe/Berlin")
XMAS = "SUMMARY:Christmas Day\nDTSTART;VALUE=DATE:20201225\nRRULE:FREQ=YEARLY"


def calendar(folder: Path, *events: str) -> HolidayCalendar:
    """Write a file of those events and read it."""
    body = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    path = folder / "de.ics"
    path.write_text(f"BEGIN:VCALENDAR\nVERSION:2.0\n{body}END:VCALENDAR\n", encoding="utf-8")
    return read_calendar(path, "holidays/de.ics")


def dates(folder: Path, *events: str, year: int = 2026, zone: ZoneInfo = BERLIN) -> dict[str, str]:
    """Read a file and list its holidays in a year, in the order of dates."""
    found = calendar(folder, *events).in_year(year, zone)
    return {str(day): found[day] for day in sorted(found)}


def test_a_holiday_of_every_year_is_on_its_date(tmp_path: Path) -> None:
    """The usual line of the usual file."""
    assert dates(tmp_path, XMAS) == {"2026-12-25": "Christmas Day"}
    assert dates(tmp_path, XMAS, year=2019) == {}


def test_days_without_an_end_and_with_one(tmp_path: Path) -> None:
    """DTEND is outside (RFC 5545, 3.6.1); a year's end cuts nothing off."""
    break_ = "SUMMARY:Break\nDTSTART;VALUE=DATE:20261230\nDTEND;VALUE=DATE:20270102"

    assert list(dates(tmp_path, break_)) == ["2026-12-30", "2026-12-31"]
    assert list(dates(tmp_path, break_, year=2027)) == ["2027-01-01"]
    assert list(dates(tmp_path, "DTSTART;VALUE=DATE:20261230\nDURATION:P1W", year=2027)) == [
        f"2027-01-0{day}" for day in range(1, 6)
    ]


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Europe/Berlin", ["2026-07-04"]),
        ("Asia/Tokyo", ["2026-07-04", "2026-07-05"]),
        ("America/Los_Angeles", ["2026-07-04"]),
    ],
)
def test_an_event_with_a_time_is_on_the_dates_of_the_digests_zone(
    tmp_path: Path, zone: str, expected: list[str]
) -> None:
    """14:00 to 16:00 UTC is 23:00 to 01:00 in Tokyo, and 07:00 to 09:00 in Los Angeles."""
    event = "DTSTART:20260704T140000Z\nDTEND:20260704T160000Z"

    assert list(dates(tmp_path, event, zone=ZoneInfo(zone))) == expected


def test_an_event_that_ends_at_midnight_does_not_take_the_next_day(tmp_path: Path) -> None:
    """The end is outside; and an event that is a moment only has its day."""
    evening = "DTSTART;TZID=Europe/Berlin:20260704T200000\nDTEND;TZID=Europe/Berlin:20260705T000000"
    moment = "DTSTART;TZID=Europe/Berlin:20260804T000000"

    assert list(dates(tmp_path, evening, moment)) == ["2026-07-04", "2026-08-04"]


def test_a_timed_event_recurs_on_its_own_clocks(tmp_path: Path) -> None:
    """20:00 in New York is 02:00 of the next day in Berlin, or 01:00 when only New York has changed."""
    event = "DTSTART;TZID=America/New_York:20260301T200000\nRRULE:FREQ=WEEKLY;UNTIL=20260330T000000Z"

    # Sundays in New York: 1, 8, 15, 22 and 29 March; UNTIL is 20:00 of the 29th there.
    assert list(dates(tmp_path, event)) == [f"2026-03-{day}" for day in ("02", "09", "16", "23", "30")]


def test_dates_come_and_go_by_rdate_exdate_and_changed_occurrences(tmp_path: Path) -> None:
    """RFC 5545, 3.8.5: what is listed is added, what is excepted falls out, what was changed moves."""
    master = (
        "UID:a\nSUMMARY:Club\nDTSTART;VALUE=DATE:20260105\nRRULE:FREQ=WEEKLY;COUNT=5\n"
        "RDATE;VALUE=DATE:20260310\nEXDATE;VALUE=DATE:20260112"
    )
    moved = "UID:a\nRECURRENCE-ID;VALUE=DATE:20260119\nSUMMARY:Moved\nDTSTART;VALUE=DATE:20260120"
    dropped = "UID:a\nRECURRENCE-ID;VALUE=DATE:20260126\nSTATUS:CANCELLED\nDTSTART;VALUE=DATE:20260126"
    other = "UID:b\nSTATUS:cancelled\nDTSTART;VALUE=DATE:20260601"

    assert dates(tmp_path, master, moved, dropped, other) == {
        "2026-01-05": "Club",
        "2026-01-20": "Moved",
        "2026-02-02": "Club",
        "2026-03-10": "Club",
    }


def test_a_changed_occurrence_is_found_on_the_clocks_of_the_series(tmp_path: Path) -> None:
    """Calendars write RECURRENCE-ID in UTC where the series has a zone."""
    master = "UID:a\nDTSTART;TZID=Asia/Tokyo:20260301T060000\nRRULE:FREQ=DAILY;COUNT=3"
    moved = "UID:a\nRECURRENCE-ID:20260301T210000Z\nDTSTART:20260310T120000Z"

    # 06:00 of 2 March in Tokyo is 21:00 of the 1st in UTC, on which calendar the dates are asked.
    assert list(dates(tmp_path, master, moved, zone=ZoneInfo("UTC"))) == [
        "2026-02-28",
        "2026-03-02",
        "2026-03-10",
    ]


def test_for_ever_may_be_written_as_a_date(tmp_path: Path) -> None:
    """The end of the year 9999 in UTC is no moment of clocks ahead of it."""
    event = "DTSTART;TZID=Asia/Tokyo:20260301T060000\nRRULE:FREQ=YEARLY;UNTIL=99991231T235959Z"

    assert list(dates(tmp_path, event, year=2030)) == ["2030-02-28"]


def test_holidays_by_weekday_and_leap_day(tmp_path: Path) -> None:
    """Memorial Day is the last Monday of May; who celebrates 29 February waits four years."""
    memorial = "SUMMARY:M\nDTSTART;VALUE=DATE:19710531\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO"
    leap = "SUMMARY:L\nDTSTART;VALUE=DATE:20000229\nRRULE:FREQ=YEARLY"

    assert dates(tmp_path, memorial, leap, year=2027) == {"2027-05-31": "M"}
    assert dates(tmp_path, memorial, leap, year=2028) == {"2028-02-29": "L", "2028-05-29": "M"}


def test_further_dates_may_be_of_any_kind(tmp_path: Path) -> None:
    """Periods count by their start; what has no zone of its own is on the event's clocks."""
    timed = (
        "DTSTART;TZID=Europe/Berlin:20260301T200000\nRDATE;VALUE=PERIOD:20260310T223000Z/PT1H\n"
        "RDATE:20260320T233000\nRDATE;VALUE=DATE:20260325"
    )
    anywhere = "DTSTART:20260401T100000\nRDATE:20260410T223000Z"

    # 22:30 UTC of 10 March is 23:30 in Berlin; an event without a zone has none to bring a moment to.
    assert list(dates(tmp_path, timed, anywhere)) == [
        "2026-03-01",
        "2026-03-10",
        "2026-03-20",
        "2026-03-25",
        "2026-04-01",
        "2026-04-10",
    ]


@pytest.mark.parametrize("rule", ["FREQ=YEARLY", "FREQ=SECONDLY"])
def test_zones_that_the_file_describes_are_not_worked_out(
    tmp_path: Path, rule: str, within: Callable[[float], AbstractContextManager[None]]
) -> None:
    """A rule of seconds would take hours, and an alien Europe/Berlin would count for files read later."""
    zone = (
        "BEGIN:VTIMEZONE\nTZID:{}\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0900\n"
        f"TZOFFSETTO:+0900\nRRULE:{rule}\nTZNAME:X\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
    path = tmp_path / "x.ics"
    event = "BEGIN:VEVENT\nDTSTART;TZID={}:20260302T060000\nEND:VEVENT\n"
    body = "".join(f"{zone}{event}".format(name, name) for name in ("Europe/Berlin", "Ours"))
    path.write_text(f"BEGIN:VCALENDAR\n{body}END:VCALENDAR\n", encoding="utf-8")

    with within(2), pytest.raises(ValueError, match="line 25, event 'a holiday': the zone 'Ours' is none"):
        read_calendar(path, "x.ics")

    path.write_text(f"BEGIN:VCALENDAR\n{body.replace('Ours', 'Asia/Tokyo')}END:VCALENDAR\n", encoding="utf-8")
    found = read_calendar(path, "x.ics").in_year(2026, ZoneInfo("UTC"))
    assert list(found) == [date(2026, 3, 2), date(2026, 3, 1)]


def test_windows_names_of_zones_are_understood(tmp_path: Path) -> None:
    """Exchange writes them."""
    event = "DTSTART;TZID=Tokyo Standard Time:20260302T060000"

    assert list(dates(tmp_path, event, zone=ZoneInfo("UTC"))) == ["2026-03-01"]


def test_titles_are_short_and_printable_and_the_first_of_a_day_stands(tmp_path: Path) -> None:
    """They stand in lists and pages."""
    day = "DTSTART;VALUE=DATE:2026010"

    assert dates(tmp_path, f"SUMMARY:A\\n \x1b[31mB{'x' * 99}\n{day}1", f"{day}1", f"{day}2") == {
        "2026-01-01": f"A [31mB{'x' * 73}",
        "2026-01-02": "a holiday",
    }


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ("SUMMARY:Xmas", "line 3, event 'Xmas': no DTSTART"),
        ("DTSTART;VALUE=DATE:20261340", "line 3, event 'a holiday': Wrong date format 20261340"),
        ("DTSTART:P1D", "line 3"),
        ("DTSTART;VALUE=DATE:20260101\nDTSTART;VALUE=DATE:20260102", "DTSTART twice"),
        ("DTSTART;VALUE=DATE:18991231", "before 1900 or after 2200"),
        ("DTSTART;TZID=Ours:20260101T000000", "the zone 'Ours' is none such as Europe/Berlin"),
        ("DTSTART;VALUE=DATE:20260102\nDTEND;VALUE=DATE:20260101", "an end before the start"),
        ("DTSTART;VALUE=DATE:20260102\nDTEND:20260103T000000Z", "not of the kind of DTSTART"),
        ("DTSTART;VALUE=DATE:20260102\nhello", "line 3"),
        ("DTSTART;VALUE=DATE:20260102\nRDATE:P1D", "a date is expected in RDATE, EXDATE and UNTIL"),
        (f"{XMAS}\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART:20260102\nRECURRENCE-ID:P1D", "a date is expected"),
        ("DTSTART;VALUE=DATE:20260102\nRECURRENCE-ID:hello", "line 3"),
        ("DTSTART;VALUE=DATE:20260101\nRRULE:20260101", "a rule without FREQ is not for holidays"),
        ("DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY,DAILY", "YEARLY,DAILY is not for holidays"),
        (f"{XMAS};BYHOUR=4", "BYHOUR is not for holidays"),
        ("DTSTART:20260101T000000Z\nRRULE:FREQ=SECONDLY", "SECONDLY is not for holidays"),
        (f"{XMAS};INTERVAL=0", "INTERVAL and COUNT are from 1 to 1000"),
        (f"{XMAS};COUNT=1001", "INTERVAL and COUNT are from 1 to 1000"),
        (f"{XMAS};COUNT=2;UNTIL=20300101", "either COUNT or UNTIL"),
        (f"{XMAS};UNTIL=20191231", "it never comes"),
        (f"{XMAS};BYMONTH=2;BYMONTHDAY=30", "it never comes"),
        (f"{XMAS}\nRRULE:FREQ=DAILY", "RRULE twice"),
        (f"{XMAS};BYMONTH=13", "line 3"),
        (f"{XMAS};BYDAY=9MO,XX", "line 3"),
        (f"{XMAS};BYDAY=0MO", "line 3"),
    ],
)
def test_an_event_that_makes_no_sense_is_named_with_its_line(
    tmp_path: Path, event: str, words: str, within: Callable[[float], AbstractContextManager[None]]
) -> None:
    """A holiday that silently falls out is a mail on the day of a funeral."""
    with within(5), pytest.raises(ValueError, match="line 3, event") as caught:
        calendar(tmp_path, event)

    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "no events"),
        (b"BEGIN:VCALENDAR\nEND:VCALENDAR\n", "no events"),
        (b"hello", "no calendar"),
        (b"\xff\xfe\x00", "no calendar"),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101T000000Z\n", "an event that does not end"),
        (b"BEGIN:VEVENT\n" * 2_001, "more than 2000 events"),
        (b"BEGIN:VALARM\n" * 30_000 + b"END:VALARM\n" * 30_000, "no events"),
        (b"x" * (MAX_BYTES + 1), "more than 1000000 bytes"),
    ],
)
def test_a_file_that_is_no_calendar_is_refused(
    tmp_path: Path, raw: bytes, words: str, within: Callable[[float], AbstractContextManager[None]]
) -> None:
    """Whatever it holds, it costs a fault and a moment."""
    path = tmp_path / "x.ics"
    path.write_bytes(raw)

    with within(10), pytest.raises(ValueError, match=words):
        read_calendar(path, "x.ics")


def test_a_file_at_its_bounds_is_read_in_good_time(
    tmp_path: Path, within: Callable[[float], AbstractContextManager[None]]
) -> None:
    """The bounds are there so that this holds."""
    with within(20):
        found = dates(tmp_path, *[XMAS.replace("2020", "1900")] * MAX_EVENTS)

    assert found == {"2026-12-25": "Christmas Day"}


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    """And a folder is no file."""
    for name in ("none.ics", "."):
        with pytest.raises(OSError, match="no such file"):
            read_calendar(tmp_path / name, name)


@given(
    seconds=st.integers(0, 70 * 366 * 86_400),
    frequency=st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY"]),
    interval=st.integers(1, 9),
    part=st.sampled_from(
        ["", ";BYDAY=MO,WE", ";BYMONTHDAY=1,31", ";BYMONTH=2,7", ";BYMONTH=2;BYMONTHDAY=29"]
    ),
)
def test_a_shortened_way_meets_the_same_dates(seconds: int, frequency: str, interval: int, part: str) -> None:
    """The rule is begun near the year that is asked for; the way from the start is the judge."""
    start = datetime(1950, 1, 1) + timedelta(seconds=seconds)  # noqa: DTZ001
    text = f"FREQ={frequency};INTERVAL={interval}{part}"
    early, late = datetime(2026, 1, 1), datetime(2030, 1, 1)  # noqa: DTZ001
    whole = rrulestr(f"RRULE:{text}", dtstart=start).between(early, late, inc=True)

    assert recur(start, Recurrence(rule=text), early).between(early, late, inc=True) == whole


def test_an_event_that_lasts_for_years_takes_a_year_at_most(tmp_path: Path) -> None:
    """Nobody stays away so long; a slip of the year must not cost millions of steps."""
    event = "DTSTART;VALUE=DATE:20260101\nDURATION:P9999999D"
    found = [calendar(tmp_path, event).in_year(year, BERLIN) for year in (2026, 2027, 2028)]

    assert [len(each) for each in found] == [365, 1, 0]
    assert max(found[1]) == date(2026, 1, 1) + timedelta(days=365)
