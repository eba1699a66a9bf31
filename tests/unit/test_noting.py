"""What becomes of slots, decided from values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.almanac import HolidayCalendar
from digest.almanac.holidays import Holiday, Recurrence
from digest.model import KnownSchedule, Pause, SlotState
from digest.settings import DigestSettings
from digest.timetable import (
    SUPERSEDED,
    TOO_LATE,
    Noted,
    digest_of,
    first_look,
    lead_of,
    planned,
    rules_of,
    take_note,
)

NOW = datetime(2026, 11, 19, 6, 0, tzinfo=UTC)  # a Thursday, seven in Berlin
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LATE = 12 * HOUR


def digest(*schedule: dict[str, object], **more: object) -> DigestSettings:
    """Make a digest of Berlin with these rules."""
    plain = {
        "key": "daily",
        "title": "Daily",
        "from": "brief@news.example.org",
        "zone": "Europe/Berlin",
        "sections": [{"title": "World", "tags": ["world"]}],
        "schedule": schedule,
    }
    return DigestSettings.model_validate(plain | more)


HOURLY = digest({"at": [f"{hour:02}:00" for hour in range(24)]})
SEVEN = digest({"at": "07:00"})


def look(known: KnownSchedule, rules: DigestSettings | None, now: datetime) -> Noted:
    """Take a look twelve hours of lateness are allowed at."""
    return take_note(known, rules, now=now, max_lateness=LATE)


def seen(rules: DigestSettings, now: datetime) -> KnownSchedule:
    """Look at a digest for the first time."""
    return look(first_look("daily", now), rules, now).known


def states(noted: Noted) -> list[tuple[str, str]]:
    """Say what was found in short."""
    return [(one.key[5:], one.state.value) for one in noted.slots]


def test_a_new_digest_never_fires_for_the_past() -> None:
    """Whoever writes 'at 07:00' at half past seven means tomorrow."""
    noted = look(first_look("daily", NOW + HOUR / 2), SEVEN, NOW + HOUR / 2)

    assert noted.slots == ()
    assert noted.known.next_at == datetime(2026, 11, 20, 5, 55, tzinfo=UTC)


def test_a_slot_comes_near_when_it_is_time_to_prepare_it() -> None:
    """Five minutes before, or as long as the review takes."""
    known = seen(SEVEN, NOW - HOUR)
    assert known.next_at == NOW - 5 * MINUTE
    assert look(known, SEVEN, NOW - 6 * MINUTE).slots == ()

    noted = look(known, SEVEN, NOW - 5 * MINUTE)
    assert [(one.key, one.due, one.build_at, one.state) for one in noted.slots] == [
        ("2026-11-19T07:00", NOW, NOW - 5 * MINUTE, SlotState.DUE)
    ]
    reviewed = digest({"at": "07:00"}, review={"mode": "window", "minutes": 40})
    assert lead_of(reviewed) == 40 * MINUTE
    assert seen(reviewed, NOW - HOUR).next_at == NOW - 40 * MINUTE


def test_after_six_hours_the_newest_is_built_and_older_ones_are_missed() -> None:
    """Six old mornings in one mailbox help nobody."""
    noted = look(seen(HOURLY, NOW - 6 * HOUR), HOURLY, NOW + MINUTE)

    assert states(noted) == [
        *[(f"11-19T0{hour}:00", "missed") for hour in range(2, 7)],
        ("11-19T07:00", "due"),
    ]
    assert noted.slots[0].note == SUPERSEDED


def test_what_is_too_late_is_missed_even_when_it_is_the_newest() -> None:
    """Twelve hours after breakfast nobody wants the morning's news."""
    known = seen(SEVEN, NOW - HOUR)

    assert states(look(known, SEVEN, NOW + LATE)) == [("11-19T07:00", "due")]
    late = look(known, SEVEN, NOW + LATE + MINUTE)
    assert [(one.state, one.note) for one in late.slots] == [(SlotState.MISSED, TOO_LATE)]


def test_slots_of_the_same_minute_go_out_together_after_an_outage() -> None:
    """Two rules may mean the same minute; neither is older."""
    both = digest({"at": "07:00"}, {"at": "07:00", "name": "sport"})
    noted = look(seen(both, NOW - HOUR), both, NOW + HOUR)

    assert states(noted) == [("11-19T07:00", "due"), ("11-19T07:00#sport", "due")]


def test_what_was_promised_before_a_change_is_kept() -> None:
    """The rules were changed while nothing ran: until now the old ones count, from now on the new ones."""
    eight = digest({"at": "08:00"}, {"at": "06:30"})
    noted = look(seen(SEVEN, NOW - HOUR), eight, NOW + 30 * MINUTE)

    assert states(noted) == [("11-19T07:00", "due")]
    assert noted.keep == frozenset()
    assert noted.known.next_at == NOW + 55 * MINUTE
    assert noted.known.rules == rules_of(eight)


def test_a_change_close_to_the_hour_counts_at_once() -> None:
    """At two minutes to seven the operator moves the digest by three minutes."""
    known = look(seen(SEVEN, NOW - HOUR), SEVEN, NOW - 5 * MINUTE).known
    noted = look(known, digest({"at": "07:03"}), NOW - 2 * MINUTE)

    assert states(noted) == [("11-19T07:03", "due")]
    assert noted.keep == {"2026-11-19T07:03"}


def test_a_digest_without_a_file_is_new_when_it_comes_back() -> None:
    """What would have been due meanwhile was nobody's promise."""
    gone = look(seen(SEVEN, NOW - HOUR), None, NOW + MINUTE)
    assert states(gone) == []
    assert (gone.known.rules, gone.known.next_at, gone.keep) == ({}, None, frozenset())

    back = look(gone.known, SEVEN, NOW + 26 * HOUR)
    assert back.slots == ()
    assert back.known.next_at == NOW + 48 * HOUR - 5 * MINUTE


def test_a_paused_digest_records_what_it_leaves_out() -> None:
    """Only once it is past: whoever resumes in time gets it."""
    paused = replace(seen(SEVEN, NOW - HOUR), pause=Pause(at=NOW - HOUR, by="olu", note="strike"))
    assert look(paused, SEVEN, NOW - MINUTE).slots == ()

    noted = look(paused, SEVEN, NOW)
    assert [(one.state, one.note) for one in noted.slots] == [(SlotState.OFF, "paused by olu: strike")]


def test_a_pause_leaves_out_no_slot_that_is_to_come_anywhere() -> None:
    """In Tokyo it is past seven already; whoever resumes now gets what is to come in Berlin."""
    paused = replace(seen(SEVEN, NOW - 3 * HOUR), pause=Pause(at=NOW - 3 * HOUR, by="olu"))
    tokyo = ("Asia/Tokyo",)
    noted = take_note(paused, SEVEN, now=NOW - HOUR, max_lateness=LATE, zones=tokyo)
    assert noted.slots == ()

    resumed = replace(noted.known, pause=None)
    assert states(take_note(resumed, SEVEN, now=NOW - HOUR, max_lateness=LATE, zones=tokyo)) == [
        ("11-19T07:00", "due")
    ]


def test_a_blackout_says_why_and_is_not_the_newest() -> None:
    """The slot before a holiday still goes out after an outage."""
    rules = digest({"at": ["06:00", "07:00"]}, blackouts={"dates": ["2026-11-20"]})
    noted = look(seen(rules, NOW - 2 * HOUR), rules, NOW + 5 * MINUTE)
    assert states(noted) == [("11-19T06:00", "missed"), ("11-19T07:00", "due")]

    morrow = look(seen(rules, NOW), rules, NOW + 24 * HOUR)
    assert [(one.key, one.note) for one in morrow.slots] == [
        ("2026-11-20T06:00", "2026-11-20 (blackouts.dates)"),
        ("2026-11-20T07:00", "2026-11-20 (blackouts.dates)"),
    ]


def test_a_clock_that_goes_back_finds_nothing_again() -> None:
    """An hour back, it is five to seven a second time."""
    known = look(seen(SEVEN, NOW - HOUR), SEVEN, NOW + HOUR).known
    again = look(known, SEVEN, NOW - 5 * MINUTE)

    assert again.slots == ()
    assert again.known.seen_until == known.seen_until
    assert again.known.next_at == NOW + 24 * HOUR - 5 * MINUTE


def test_a_schedule_without_slots_near_is_looked_at_again() -> None:
    """A look goes 26 hours ahead; without any rules nobody looks."""
    monthly = digest({"at": "07:00", "month_days": ["1"]})

    assert seen(monthly, NOW).next_at == NOW + 26 * HOUR + 5 * MINUTE
    assert seen(digest(), NOW).next_at is None


@given(
    steps=st.lists(st.integers(min_value=-90, max_value=400), min_size=1, max_size=12),
    start=st.datetimes(datetime(2026, 10, 24), datetime(2026, 10, 26)),  # noqa: DTZ001 - put into UTC below
)
def test_every_slot_of_the_span_is_found_once(steps: list[int], start: datetime) -> None:
    """However the clock steps, forth or back, across the autumn hour: none is lost, none comes twice."""
    now = begin = start.replace(tzinfo=UTC)
    known = seen(HOURLY, begin)
    first = known.seen_until
    found: list[str] = []
    for step in steps:
        now = now + step * MINUTE
        noted = look(known, HOURLY, now)
        found += [one.key for one in noted.slots]
        assert noted.known.seen_until >= known.seen_until
        known = noted.known

    assert found == [one.slot.key for one in planned(HOURLY, first, known.seen_until)]


@given(steps=st.lists(st.integers(min_value=-90, max_value=400), min_size=1, max_size=12))
def test_blacked_out_slots_end_when_they_are_past_and_hide_none(steps: list[int]) -> None:
    """Two hours of review: slots behind the blackout are near before it is over, and none is lost."""
    rules = digest(
        {"at": [f"{hour:02}:00" for hour in range(24)]},
        blackouts={"dates": ["2026-11-19"]},
        review={"mode": "window", "minutes": 120},
    )
    begin = now = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
    known = seen(rules, begin)
    first, found = known.seen_until, dict[str, SlotState]()
    for step in steps:
        now = now + step * MINUTE
        noted = look(known, rules, now)
        for one in noted.slots:
            assert one.state is not SlotState.OFF or one.due <= now
            found.setdefault(one.key, one.state)
        assert noted.known.seen_until >= known.seen_until
        assert noted.known.next_at is not None
        assert noted.known.next_at > now
        known = noted.known

    wanted = {one.slot.key: one.off is not None for one in planned(rules, first, known.seen_until)}
    assert {key: found[key] is SlotState.OFF for key in wanted} == wanted
    ahead = {one.slot.key for one in planned(rules, known.seen_until, now + 2 * HOUR) if one.off is None}
    assert ahead <= found.keys()


@pytest.mark.parametrize(
    "rules",
    [
        SEVEN,
        digest(
            {"cron": "30 6 * * 1-5", "name": "early"}, {"at": "09:00", "from": "2026-01-05", "every_weeks": 2}
        ),
        digest({"at": "07:00"}, blackouts={"dates": ["2026-12-24..2026-12-31"]}, local_to="subscriber"),
        digest({"at": "07:00"}, prepare="20m", zone="UTC"),
    ],
)
def test_rules_can_be_kept(rules: DigestSettings) -> None:
    """What is read from the record is due when the file was, whatever the file says now."""
    kept = digest_of("daily", rules_of(rules))
    assert kept is not None
    span = NOW, NOW + 40 * 24 * HOUR

    assert planned(kept, *span) == planned(rules, *span)
    assert rules_of(kept) == rules_of(rules)
    assert lead_of(kept) == lead_of(rules)


def test_holidays_are_kept_with_the_rules() -> None:
    """The calendar's file may be gone or changed by then."""
    whole_day = Holiday(
        title="Name day",
        start=datetime(2020, 11, 23),  # noqa: DTZ001 - on clocks of anywhere
        length=timedelta(days=1),
        recurrence=Recurrence(rule="FREQ=YEARLY"),
        never=frozenset({datetime(2021, 11, 23), datetime(2022, 11, 23)}),  # noqa: DTZ001 - as start
    )
    calendar = HolidayCalendar(name="days.ics", holidays=(whole_day,))
    rules = digest({"at": "07:00"}, holidays=(calendar,))
    kept = digest_of("daily", rules_of(rules))
    assert kept is not None

    assert kept.holidays == (calendar,)
    assert rules_of(kept) == rules_of(rules)
    found = [one.off for one in planned(kept, NOW, NOW + 5 * 24 * HOUR)]
    assert found == [None, None, None, "Name day (days.ics)", None]


def test_rules_that_nobody_knows_plan_nothing() -> None:
    """A newer program wrote them, or a zone was taken from the machine."""
    assert digest_of("daily", {"zone": "Mars/Olympus"}) is None
    assert digest_of("daily", {"zone": "UTC", "phase_of_moon": "full"}) is None
    assert digest_of("daily", {"zone": "UTC", "holidays": 7}) is None
    assert digest_of("daily", {}) is None
