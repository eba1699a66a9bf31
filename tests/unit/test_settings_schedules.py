"""What an operator may wish of a schedule, and what is refused with its line and a way out."""

from datetime import date, time
from pathlib import Path

import pytest

from digest.almanac import is_weekday
from digest.errors import Fault, SettingsError
from digest.settings import DigestSettings, ScheduleSettings, load_settings

SYSTEM = """\
site: {base_url: "https://news.example.org", postal_address: "1 Example Street, 10115 Berlin"}
relays: [{name: main, url: "smtp://127.0.0.1:2525"}]
"""
DAILY = """\
title: The Daily Brief
from: The Daily Brief <brief@news.example.org>
sections: [{title: World, tags: [world]}]
"""
HOLIDAYS = (
    "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Xmas\nDTSTART;VALUE=DATE:20261225\nEND:VEVENT\nEND:VCALENDAR\n"
)


def load(home: Path, more: str) -> DigestSettings:
    """Load a home whose only digest has those further lines, from its fourth line on."""
    (home / "config" / "digest.yaml").write_text(SYSTEM, encoding="utf-8")
    (home / "config" / "digests" / "daily.yaml").write_text(DAILY + more, encoding="utf-8")
    return load_settings(home, {}).digests["daily"]


def fault(home: Path, more: str) -> Fault:
    """Return the only fault of that digest."""
    with pytest.raises(SettingsError) as caught:
        load(home, more)

    assert len(caught.value.faults) == 1, caught.value
    return caught.value.faults[0]


def rule(**keys: object) -> ScheduleSettings:
    """Make a rule of the keys that a file has; `first` stands for from."""
    return ScheduleSettings.model_validate(
        {{"first": "from"}.get(key, key): value for key, value in keys.items()}
    )


def days(rule: ScheduleSettings, year: int, month: int) -> list[int]:
    """List the days of a month on which a rule comes; no day is blacked out."""
    span = range(1, 29 if month == 2 else 31)
    return [day for day in span if rule.is_on(date(year, month, day), is_weekday)]


def test_all_keys_together(home: Path) -> None:
    """The words of the reference page, as a file has them."""
    (home / "config" / "holidays").mkdir()
    (home / "config" / "holidays" / "de.ics").write_text(HOLIDAYS, encoding="utf-8")
    digest = load(
        home,
        """\
schedule:
  - {at: [12:30, 07:00], days: [mon, sun], every_weeks: 2, from: 2026-01-05, until: 2026-12-31, name: odd}
  - {at: 08:00, month_days: [1, last, first mon, 3rd  thu, last working]}
  - {cron: "30 6 * * 1-5", from: 2026-02-01}
blackouts: {dates: [2026-12-24, 2026-12-27..2026-12-31], calendars: [holidays/de.ics], then: next_working_day}
local_to: subscriber
""",
    )

    assert [each.times for each in digest.schedule] == [(time(7), time(12, 30)), (time(8),), (time(6, 30),)]
    assert digest.schedule[0].first == date(2026, 1, 5)
    assert [each.title for each in digest.holidays[0].holidays] == ["Xmas"]
    assert digest.holidays[0].name == "holidays/de.ics"
    assert digest.local_to == "subscriber"


@pytest.mark.parametrize(
    ("text", "key", "expected", "found"),
    [
        ("[{}]", "0.at", "a time of day such as 07:00, or a list of them, each once; or cron", "nothing"),
        ("[{at: []}]", "0.at", "a time of day", "a list of 0"),
        ("[{at: [07:00, 7:00]}]", "0.at", "a time of day", "a list of 2"),
        ("[{at: [07:00, 07:00]}]", "0.at", "each once", "a list of 2"),
        ("[{at: ٠٧:00}]", "0.at", "a time of day", "'٠٧:00'"),
        ("[{at: 07:00, days: []}]", "0.days", "a list of 1 to 7 items", "a list of 0"),
        ("[{at: 07:00, month_days: []}]", "0.month_days", "a list of 1 to 40 items", "a list of 0"),
        ("[{at: 07:00, month_days: [32]}]", "0.month_days.0", "a day of the month: 1 to 31", "'32'"),
        ("[{at: 07:00, month_days: [1, 0]}]", "0.month_days.1", "a day of the month", "'0'"),
        ("[{at: 07:00, month_days: [6th mon]}]", "0.month_days.0", "such as 'first mon'", "'6th mon'"),
        (
            "[{at: 07:00, days: [mon], month_days: [1]}]",
            "0.days",
            "either days of the week or month_days",
            "days and month_days",
        ),
        (
            "[{at: 07:00, month_days: [1], every_weeks: 2, from: 2026-01-01}]",
            "0.every_weeks",
            "either days of the week or month_days",
            "every_weeks and month_days",
        ),
        ("[{at: 07:00, every_weeks: 2}]", "0.from", "the first day, since every_weeks counts", "nothing"),
        ("[{at: 07:00, every_weeks: 0, from: 2026-01-01}]", "0.every_weeks", "from 1 to 52", "'0'"),
        (
            "[{at: 07:00, from: 2026-02-01, until: 2026-01-31}]",
            "0.until",
            "a day that is not before from (2026-02-01)",
            "'2026-01-31'",
        ),
        (
            "[{at: 07:00, days: [mon], from: 2026-02-03, until: 2026-02-08}]",
            "0.until",
            "a rule that comes at all",
            "one that never comes",
        ),
        ("[{cron: '7'}]", "0.cron", "five fields", "'7'"),
        ("[{cron: '0 30 6 * * 1'}]", "0.cron", "five fields", "'0 30 6 * * 1'"),
        ("[{cron: '0 7 31 2 *'}]", "0.cron", "a rule whose day-of-month exists", "'0 7 31 2 *'"),
        ("[{cron: '0 7 * * 8'}]", "0.cron", "a rule whose day-of-week exists", "'0 7 * * 8'"),
        ("[{cron: '0 24 * * *'}]", "0.cron", "a rule whose hour exists", "'0 24 * * *'"),
        ("[{cron: '0 7 * * 5-1'}]", "0.cron", "a rule whose day-of-week exists", "'0 7 * * 5-1'"),
        ("[{cron: '* * * * *'}]", "0.cron", "at least 15 minutes apart", "'* * * * *'"),
        ("[{cron: '55,5 0,23 * * *'}]", "0.cron", "at least 15 minutes apart", "'55,5 0,23 * * *'"),
        ("[{cron: '@daily'}]", "0.cron", "five fields", "'@daily'"),
        ("[{cron: '0 7 * * *', at: 07:00}]", "0.at", "nothing beside cron", "at and cron"),
        ("[{cron: '0 7 * * *', days: [mon]}]", "0.days", "nothing beside cron", "days and cron"),
        ("[{at: 07:00, name: odd}, {at: 08:00, name: odd}]", "1.name", "no other rule has", "'odd'"),
        ("[{at: 07:00, name: Odd one}]", "0.name", "lower-case letters", "'Odd one'"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_line(
    home: Path, text: str, key: str, expected: str, found: str
) -> None:
    """A schedule that never comes, or not when it was meant, is noticed by readers otherwise."""
    refused = fault(home, f"\n\nschedule: {text}\n")

    assert (refused.line, refused.key) == (6, f"schedule.{key}")
    assert expected in refused.expected
    assert refused.found == found


@pytest.mark.parametrize(
    ("text", "key", "expected", "found"),
    [
        ("{dates: [2026-02-30]}", "dates.0", "a date such as 2026-12-24, or two", "'2026-02-30'"),
        ("{dates: [2026-12-31..2026-12-24]}", "dates.0", "a date such as", "'2026-12-31..2026-12-24'"),
        ("{dates: [christmas]}", "dates.0", "a date such as", "'christmas'"),
        ("{then: move}", "then", "one of skip, next_working_day", "'move'"),
        ("{calendars: [none.ics]}", "calendars.0", "a readable file of holidays", "'none.ics': no such file"),
        ("{calendars: [bad.ics]}", "calendars.0", "a readable file of holidays", "'bad.ics': no events"),
        ("{calendars: [~]}", "calendars.0", "text of 1 to 255 characters", "nothing"),
    ],
)
def test_blackouts_that_cannot_be_read_are_refused(
    home: Path, text: str, key: str, expected: str, found: str
) -> None:
    """A missing calendar would send on a holiday."""
    (home / "config" / "bad.ics").write_text("BEGIN:VCALENDAR\nEND:VCALENDAR\n", encoding="utf-8")
    refused = fault(home, f"blackouts: {text}\n")

    assert (refused.line, refused.key) == (4, f"blackouts.{key}")
    assert expected in refused.expected
    assert refused.found == found


def test_what_the_program_fills_in_is_no_key(home: Path) -> None:
    """The calendars that were read travel with the settings, but are not written in the file."""
    refused = fault(home, "holidays: []\n")

    assert (refused.line, refused.key, refused.found) == (4, "holidays", "the unknown key 'holidays'")


def test_an_unknown_zone_is_refused(home: Path) -> None:
    """With the one that was probably meant."""
    refused = fault(home, "zone: Europe/Berln\n")

    assert (refused.line, refused.key, refused.hint) == (4, "zone", "did you mean 'Europe/Berlin'?")


def test_days_of_the_month() -> None:
    """2 November 2026 is a Monday, 1 November a Sunday; November has 30 days, the last of them a Monday."""
    assert days(rule(at="07:00", month_days=["1", "15", "last"]), 2026, 11) == [1, 15, 30]
    assert days(rule(at="07:00", month_days=["first mon", "3rd thu", "last fri"]), 2026, 11) == [2, 19, 27]
    assert days(rule(at="07:00", month_days=["first working", "last working"]), 2026, 11) == [2, 30]
    assert days(rule(at="07:00", month_days=["2nd working", "5th mon", "5th tue"]), 2026, 11) == [3, 30]
    assert days(rule(at="07:00", month_days=["31"]), 2026, 11) == []


def test_the_last_day_of_february() -> None:
    """2028 is a leap year, 2026 is none."""
    last = rule(at="07:00", month_days=["last"])

    assert last.is_on(date(2028, 2, 29), is_weekday)
    assert not last.is_on(date(2028, 2, 28), is_weekday)
    assert last.is_on(date(2026, 2, 28), is_weekday)


@pytest.mark.parametrize("year", [2026, 2032])
def test_every_second_week_does_not_stumble_over_years_of_53_weeks(year: int) -> None:
    """2026 and 2032 have 53 ISO weeks: by their numbers, two weeks in a row would come or fall out."""
    first = date(year, 1, 1)  # a Thursday in both years
    fortnight = rule(at="09:00", days=["thu"], every_weeks=2, first=str(first))
    found = [
        day
        for number in range(800)
        if fortnight.is_on(day := date.fromordinal(first.toordinal() + number), is_weekday)
    ]

    assert first.weekday() == 3
    assert date(year, 12, 31).isocalendar().week == 53
    assert found == [date.fromordinal(first.toordinal() + number) for number in range(0, 800, 14)]


def test_weeks_begin_on_monday() -> None:
    """From a Thursday on: that week's Monday has passed, so the first Monday is in the third week."""
    fortnight = rule(at="09:00", days=["mon", "sun"], every_weeks=2, first="2026-11-05")

    assert days(fortnight, 2026, 11) == [8, 16, 22, 30]


def test_a_rule_may_have_ended_long_ago() -> None:
    """Files are kept; that a rule is over is no fault."""
    assert days(rule(at="09:00", until="2000-11-02"), 2000, 11) == [1, 2]
    assert days(rule(at="09:00", first="9999-11-30"), 9999, 11) == [30]


def test_first_and_last_day_are_inside() -> None:
    """As `from` and `until` say."""
    assert days(rule(at="09:00", first="2026-11-05", until="2026-11-07"), 2026, 11) == [5, 6, 7]


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("0 7 * * 1", [2, 9, 16, 23, 30]),  # 1 is Monday
        ("0 7 * * 0", [1, 8, 15, 22, 29]),
        ("0 7 * * 7", [1, 8, 15, 22, 29]),
        ("0 7 * * fri", [6, 13, 20, 27]),
        ("0 7 1 * *", [1]),
        ("0 7 13 * 5", [6, 13, 20, 27]),  # days of both fields, as every cron does
        ("0 7 */10 * 1", []),  # 1, 11, 21, 31 are no Mondays: a star in front narrows
        ("0 7 * 12 *", []),
        ("0 7 L * *", [30]),
    ],
)
def test_cron_rules_count_weekdays_as_unix_does(cron: str, expected: list[int]) -> None:
    """November 2026 begins on a Sunday."""
    assert days(rule(cron=cron), 2026, 11) == expected


def test_cron_times_are_all_pairs_of_hour_and_minute() -> None:
    """And spaces around the fields do not matter."""
    found = rule(cron=" */30 8,20  * * * ").times

    assert found == (time(8), time(8, 30), time(20), time(20, 30))
