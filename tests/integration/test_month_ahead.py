"""The coming days as a calendar has them: each day's slots, clock changes, and what does not take place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from commands import DAILY, furnish
from digest.actions.app import App
from digest.actions.planning.month_ahead import ClockChange, DayAhead, Month, month_ahead
from digest.actions.planning.pausing import pause, skip
from digest.bootstrap import open_app
from digest.web.daysheets import Row, rows

NOW = datetime(2026, 10, 13, 4, 31, tzinfo=UTC)  # 06:31 in Oslo, where clocks go back on 25 October
MORNING = DAILY.replace("Europe/Berlin", "Europe/Oslo") + (
    "schedule: [{at: 07:30, days: [mon, tue, wed, thu, fri]}]\nblackouts: {dates: [2026-10-30]}\n"
)
NIGHT = MORNING.replace("Daily Brief", "Night Desk").replace(
    "{at: 07:30, days: [mon, tue, wed, thu, fri]}", "{at: 02:30, days: [sun]}"
)
FUNDY = MORNING.replace("Daily Brief", "Fundy").replace("Europe/Oslo", "America/Halifax")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """Three digests, in two zones."""
    home = furnish(tmp_path / "home")
    for key, text in (("daily", MORNING), ("night", NIGHT), ("fundy", FUNDY)):
        (home / "config" / "digests" / f"{key}.yaml").write_text(text, "utf-8")
    with open_app(home, clock=lambda: NOW) as opened:
        yield opened


def day_of(month: Month, day: int, in_month: int = 10) -> DayAhead:
    return next(one for one in month.days if one.day == date(2026, in_month, day))


def row_of(drawn: tuple[Row, ...], day: int, in_month: int = 10) -> Row:
    return next(one for one in drawn if one.day == date(2026, in_month, day))


def test_thirty_days_begin_today(app: App) -> None:
    """The strip of today knows where now is; slots that are past today are not to come."""
    month = month_ahead(app, zone="Europe/Oslo", digests={"daily"})

    assert [month.days[0].day, month.days[-1].day] == [date(2026, 10, 13), date(2026, 11, 11)]
    assert month.now == 6 * 60 + 31
    assert [tick.minute for tick in month.days[0].ticks] == [7 * 60 + 30]
    # 22 weekdays, of which one is blacked out.
    assert month.runs == 21


def test_the_day_on_which_clocks_go_back_has_25_hours(app: App) -> None:
    """02:30 comes twice and runs once, the first time; what comes after is an hour further along."""
    day = day_of(month_ahead(app, zone="Europe/Oslo"), 25)

    assert day.minutes == 25 * 60
    assert day.changes == (ClockChange(zone="Europe/Oslo", at=180, forward=-60),)
    assert [(tick.slot.digest.key, tick.minute, tick.marks) for tick in day.ticks] == [
        ("night", 150, ("repeated",))
    ]


def test_clocks_of_another_zone_are_marked_where_a_digest_has_them(app: App) -> None:
    """Halifax goes back a week later: seen from Oslo its mail comes at another hour in between."""
    month = month_ahead(app, zone="Europe/Oslo")
    drawn = rows(month, "daily")

    assert day_of(month, 1, 11).changes == (ClockChange(zone="America/Halifax", at=6 * 60, forward=-60),)
    assert [word.text for word in row_of(drawn, 1, 11).words] == ["clocks change in Halifax"]
    assert [word.text for word in row_of(drawn, 26).words] == ["The Fundy at 11:30, not 12:30"]
    assert row_of(drawn, 25).words[0].text == "25 hours: 02:30 comes twice, runs once"
    # 0.4 units a minute: the repeated hour is 02:00 to 03:00, then once more; 06:00 is an hour later.
    assert row_of(drawn, 25).twice == (48.0, 72.0, 96.0)
    assert row_of(drawn, 25).lines == (168.0, 312.0, 456.0)


def test_what_does_not_take_place_says_why(app: App) -> None:
    """A blackout takes all, a skip one, a pause all that follow."""
    skip(app, "daily", "2026-10-22T07:30", by="olu")
    pause(app, "fundy", by="ada", note="ice")
    month = month_ahead(app, zone="Europe/Oslo")
    drawn = rows(month, None)
    whys = {tick.slot.digest.key: tick.why for tick in day_of(month, 22).ticks}

    assert whys == {"daily": "skipped", "fundy": "paused"}
    assert {tick.why for tick in day_of(month, 30).ticks} == {"blackout"}
    assert row_of(drawn, 30).is_off
    assert [word.text for word in row_of(drawn, 30).words] == ["no mail that day"]
    assert [word.text for word in row_of(drawn, 22).words] == ["The Daily Brief skipped by olu"]
    assert [word.text for word in row_of(drawn, 13).words] == ["The Fundy paused by ada: ice"]
    assert row_of(drawn, 14).words == ()
