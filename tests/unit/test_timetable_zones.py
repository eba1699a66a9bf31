"""A sample of the sweep that `benchmarks/zones.py` makes whole: every date has each of its slots once."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from digest.timetable import planned
from timetable_cast import moment, scheduled
from zone_sweep import QUARTERS, ZONES, faults, plan


@pytest.mark.parametrize("zone", ZONES)
def test_every_date_has_its_slots_once(zone: str) -> None:
    """The days around midnight and the hours in which clocks change, through one year."""
    times = [at for at in QUARTERS if at < "03:30" or at >= "23:00"]
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    slots = plan(zone, times, first, last)

    assert faults(zone, slots, times, first, last) == []
    assert len(slots) == 365 * len(times)


@pytest.mark.parametrize("zone", ["Pacific/Kwajalein", "Pacific/Apia"])
def test_zones_that_crossed_the_date_line_lack_one_date(zone: str) -> None:
    """Kwajalein had no 21 August 1993, Apia no 30 December 2011."""
    lost = {"Pacific/Kwajalein": date(1993, 8, 21), "Pacific/Apia": date(2011, 12, 30)}[zone]
    week = timedelta(days=7)
    first, last = lost - week, lost + week
    slots = plan(zone, QUARTERS, first, last)

    assert faults(zone, slots, QUARTERS, first, last) == [
        f"{zone}: {lost}T{at} is missing" for at in QUARTERS
    ]
    assert len(slots) == 14 * 96


def test_each_change_of_clocks_is_marked_once_a_year_and_direction() -> None:
    """Berlin changes its clocks on two days of 2026; nothing else is special."""
    digest = scheduled("Europe/Berlin", {"at": list(QUARTERS)})
    special = [
        each for each in planned(digest, moment("2026-01-01 00:00"), moment("2027-01-01 00:00")) if each.marks
    ]

    assert {each.slot.local.date() for each in special} == {date(2026, 3, 29), date(2026, 10, 25)}
    assert sum("gap" in each.marks for each in special) == 4
    assert sum("repeated" in each.marks for each in special) == 4
    assert len(special) == 2 * 96
    assert {each.slot.local.tzinfo for each in special} == {ZoneInfo("Europe/Berlin")}
