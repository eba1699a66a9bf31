"""Schedules in words: an operator reads back what was wished."""

import pytest

from digest.timetable import describe
from timetable_cast import Rule, scheduled


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"at": "07:00"}, "Every day at 07:00, Europe/Berlin."),
        (
            {"at": ["18:00", "07:00", "12:30"], "days": ["mon", "tue", "wed", "thu", "fri"]},
            "Mondays to Fridays at 07:00, 12:30 and 18:00, Europe/Berlin.",
        ),
        ({"at": "07:00", "days": ["sun", "sat"]}, "Saturdays and Sundays at 07:00, Europe/Berlin."),
        (
            {"at": "07:00", "days": ["mon", "wed", "fri"]},
            "Mondays, Wednesdays and Fridays at 07:00, Europe/Berlin.",
        ),
        (
            {"at": "09:00", "days": ["thu"], "every_weeks": 2, "from": "2026-01-05", "until": "2026-12-31"},
            "Thursdays at 09:00 every 2nd week from 2026-01-05 until 2026-12-31, Europe/Berlin.",
        ),
        (
            {"at": "09:00", "days": ["thu"], "every_weeks": 1, "from": "2026-01-05"},
            "Thursdays at 09:00 from 2026-01-05, Europe/Berlin.",
        ),
        (
            {"at": "08:00", "month_days": ["1", "22", "last", "last working"]},
            "On the 1st, 22nd, last day and last working day of the month at 08:00, Europe/Berlin.",
        ),
        (
            {"at": "08:00", "month_days": ["first mon", "3rd thu"]},
            "On the first Monday and third Thursday of the month at 08:00, Europe/Berlin.",
        ),
        (
            {"at": "08:00", "month_days": ["31"]},
            "On the 31st of the month, in months that have it, at 08:00, Europe/Berlin.",
        ),
        (
            {"cron": "30 6 * * 1-5", "name": "early"},
            "early: At 06:30 on Monday through Friday (cron '30 6 * * 1-5'), Europe/Berlin.",
        ),
    ],
)
def test_a_rule_is_a_sentence(rule: Rule, words: str) -> None:
    """In the order of the file, with what was written."""
    assert describe(scheduled("Europe/Berlin", rule)) == (words,)


@pytest.mark.parametrize(
    ("blackouts", "words"),
    [
        (
            {"calendars": ["holidays/de.ics"], "then": "next_working_day"},
            "on holidays of holidays/de.ics it moves to the next working day",
        ),
        (
            {"calendars": ["a.ics", "b.ics"], "dates": ["2026-12-27..2026-12-31"]},
            "on holidays of a.ics, holidays of b.ics and 2026-12-27 to 2026-12-31 it does not come out",
        ),
        (
            {"dates": [f"2026-12-0{day}" for day in range(1, 5)]},
            "on 4 dates or spans of them it does not come out",
        ),
    ],
)
def test_blackouts_are_told_with_every_rule(blackouts: dict[str, object], words: str) -> None:
    """Somebody who reads one rule must not miss them."""
    digest = scheduled("UTC", {"at": "07:00"}, {"at": "08:00"}, blackouts=blackouts)

    assert describe(digest) == (f"Every day at 07:00, UTC; {words}.", f"Every day at 08:00, UTC; {words}.")


def test_whose_clocks_are_meant_is_told() -> None:
    """With subscribers' own clocks the digest's zone would mislead."""
    digest = scheduled("UTC", {"at": "07:00"}, local_to="subscriber")

    assert describe(digest) == ("Every day at 07:00, each subscriber's own clocks.",)


def test_no_schedule_is_told() -> None:
    """Silence would look like a fault."""
    assert describe(scheduled("UTC")) == ("No schedule: it is built when somebody says so.",)
