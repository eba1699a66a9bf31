"""Clocks that change: every date that exists has its slot once, at the moment that a person would expect.

The expected moments are worked out by hand from the rules of the zones, not from what the program says.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from digest.timetable import CLOCK_CHANGE, GAP, REPEATED, instant, planned
from timetable_cast import due, marks, moment, scheduled, told

DAY = timedelta(days=1)


def test_an_hour_that_berlin_shows_twice_counts_once() -> None:
    """On 25 October 2026 03:00 CEST becomes 02:00 CET: 02:30 is 00:30 UTC and again 01:30 UTC."""
    digest = scheduled("Europe/Berlin", {"at": "02:30"})

    assert due(digest, "2026-10-24 12:00", "2026-10-26 12:00") == [
        ("2026-10-25T02:30", "2026-10-25 00:30"),
        ("2026-10-26T02:30", "2026-10-26 01:30"),
    ]
    assert marks(digest, "2026-10-24 12:00", "2026-10-26 12:00") == {
        "2026-10-25T02:30": (REPEATED, CLOCK_CHANGE),
        "2026-10-26T02:30": (),
    }


def test_a_minute_that_berlin_skips_comes_right_after_the_gap() -> None:
    """On 29 March 2026 02:00 CET becomes 03:00 CEST at 01:00 UTC; the key tells the wish."""
    digest = scheduled("Europe/Berlin", {"at": "02:30"})
    slots = planned(digest, moment("2026-03-28 12:00"), moment("2026-03-30 12:00"))

    assert due(digest, "2026-03-28 12:00", "2026-03-30 12:00") == [
        ("2026-03-29T02:30", "2026-03-29 01:00"),
        ("2026-03-30T02:30", "2026-03-30 00:30"),
    ]
    assert slots[0].marks == (GAP, CLOCK_CHANGE)
    assert slots[0].slot.local.replace(tzinfo=None) == datetime(2026, 3, 29, 3, 0)  # noqa: DTZ001


def test_a_wish_in_a_gap_and_the_minute_after_it_are_two_slots() -> None:
    """Two wishes are two editions, though both are due at once."""
    digest = scheduled("Europe/Berlin", {"at": ["02:30", "03:00"]})

    assert due(digest, "2026-03-28 12:00", "2026-03-29 12:00") == [
        ("2026-03-29T02:30", "2026-03-29 01:00"),
        ("2026-03-29T03:00", "2026-03-29 01:00"),
    ]


@pytest.mark.parametrize(
    ("zone", "key", "expected"),
    [
        # At midnight of Friday, 24 April 2026, Cairo goes from +2 to +3.
        ("Africa/Cairo", "2026-04-24T00:00", "2026-04-23 22:00"),
        ("Africa/Cairo", "2026-04-24T00:30", "2026-04-23 22:00"),
        ("Africa/Cairo", "2026-04-24T01:00", "2026-04-23 22:00"),
        # At midnight of Sunday, 29 March 2026, Beirut goes from +2 to +3.
        ("Asia/Beirut", "2026-03-29T00:15", "2026-03-28 22:00"),
        # At 24:00 of Saturday, 5 September 2026, Santiago goes from -4 to -3.
        ("America/Santiago", "2026-09-06T00:45", "2026-09-06 04:00"),
        # At 00:00 of Sunday, 29 March 2026, the Azores go from -1 to 0.
        ("Atlantic/Azores", "2026-03-29T00:30", "2026-03-29 01:00"),
        # Lord Howe's clocks change by half an hour: 02:00 (+10:30) becomes 02:30 (+11) on 4 October 2026.
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03 15:30"),
        ("Australia/Lord_Howe", "2026-10-04T02:30", "2026-10-03 15:30"),
        # And 02:00 (+11) becomes 01:30 (+10:30) on 5 April 2026: 01:45 comes twice.
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04 14:45"),
        # After Ramadan, on 22 March 2026, Casablanca goes from 0 back to +1 at 02:00.
        ("Africa/Casablanca", "2026-03-22T02:30", "2026-03-22 02:00"),
        # For Ramadan, on 15 February 2026, it goes from +1 to 0 at 03:00: 02:30 comes twice.
        ("Africa/Casablanca", "2026-02-15T02:30", "2026-02-15 01:30"),
        # Azores autumn: 01:00 (0) becomes 00:00 (-1) on 25 October 2026: 00:30 comes twice.
        ("Atlantic/Azores", "2026-10-25T00:30", "2026-10-25 00:30"),
        # Cairo autumn: 24:00 of 29 October 2026 (+3) becomes 23:00 (+2): 23:30 comes twice.
        ("Africa/Cairo", "2026-10-29T23:30", "2026-10-29 20:30"),
    ],
)
def test_the_odd_dates_have_their_slot(zone: str, key: str, expected: str) -> None:
    """Where the gap is at midnight, cron libraries lose the whole day."""
    day, at = key.split("T")
    noon = moment(f"{day} 12:00")
    around = told(planned(scheduled(zone, {"at": at}), noon - 2 * DAY, noon + 2 * DAY))

    assert [each for each in around if each[0] == key] == [(key, expected)]
    assert len(around) == 4


def test_a_date_that_apia_never_had_has_no_slot() -> None:
    """Samoa went from 29 to 31 December 2011 over the date line, from -10 to +14."""
    digest = scheduled("Pacific/Apia", {"at": ["00:00", "07:00"]})

    assert due(digest, "2011-12-29 12:00", "2011-12-31 12:00") == [
        ("2011-12-29T07:00", "2011-12-29 17:00"),
        ("2011-12-31T00:00", "2011-12-30 10:00"),
        ("2011-12-31T07:00", "2011-12-30 17:00"),
        ("2012-01-01T00:00", "2011-12-31 10:00"),
    ]
    assert instant(datetime(2011, 12, 30, 7), ZoneInfo("Pacific/Apia")) is None  # noqa: DTZ001


def test_a_gap_over_midnight_does_not_lose_the_evening_before() -> None:
    """Toronto's clocks went from 23:30 of 30 March 1919 to 00:30 of the 31st: 23:45 is half past midnight."""
    toronto = ZoneInfo("America/Toronto")
    evening = instant(datetime(1919, 3, 30, 23, 45), toronto)  # noqa: DTZ001
    morning = instant(datetime(1919, 3, 31, 0, 15), toronto)  # noqa: DTZ001

    assert evening == morning == datetime(1919, 3, 31, 4, 30, tzinfo=UTC)


def test_clocks_that_fall_back_over_midnight_lose_no_slot() -> None:
    """St John's went from 00:01 of 7 November 2010 (-2:30) to 23:01 of the 6th (-3:30) at 02:31 UTC.

    Midnight had been at 02:30 UTC; who looks at 02:45 UTC sees the 6th again on the clocks.
    """
    digest = scheduled("America/St_Johns", {"at": ["00:00", "23:30"]})

    assert due(digest, "2010-11-07 02:29", "2010-11-07 02:45") == [("2010-11-07T00:00", "2010-11-07 02:30")]
    assert due(digest, "2010-11-07 02:45", "2010-11-08 03:29") == [("2010-11-07T23:30", "2010-11-08 03:00")]


def test_instant_wants_a_wall_clock() -> None:
    """A zone in the wish would be a second answer to the same question."""
    with pytest.raises(ValueError, match="without a zone"):
        instant(moment("2026-01-01 07:00"), ZoneInfo("UTC"))


def test_a_zone_that_was_renamed_means_the_same() -> None:
    """Europe/Kiev became Europe/Kyiv; a digest that keeps the old name keeps its slots."""
    old, new = (
        due(scheduled(name, {"at": ["03:30", "07:00"]}), "2025-12-31 00:00", "2027-01-01 00:00")
        for name in ("Europe/Kiev", "Europe/Kyiv")
    )

    assert old == new
    assert ("2026-03-29T03:30", "2026-03-29 01:00") in new


def test_clocks_that_change_later_on_the_day_are_told() -> None:
    """Whoever looks at a day's slots sees why the hours between them are not the usual ones."""
    digest = scheduled("Europe/Berlin", {"at": "07:00"})

    assert marks(digest, "2026-10-24 00:00", "2026-10-26 00:00") == {
        "2026-10-24T07:00": (),
        "2026-10-25T07:00": (CLOCK_CHANGE,),
    }
