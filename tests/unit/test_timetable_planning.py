"""From rules and blackouts to slots: moved, left out, taken together, and the same wherever spans are cut."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.almanac import HolidayCalendar, read_calendar
from digest.settings import DigestSettings
from digest.timetable import MOVED, Planned, after, planned
from timetable_cast import due, moment, scheduled, told

WORKDAYS = ["mon", "tue", "wed", "thu", "fri"]
DAY = timedelta(days=1)


def days(digest: DigestSettings, since: str, until: str) -> list[tuple[str, str | None, str | None]]:
    """List each slot between two dates as day, the day it was moved from, and why it is off."""
    found = planned(digest, moment(f"{since} 00:00"), moment(f"{until} 00:00"))
    return [
        (each.slot.key[:10], None if each.moved_from is None else str(each.moved_from), each.off)
        for each in found
    ]


def blackouts(*dates: str, then: str = "next_working_day") -> dict[str, object]:
    """Take dates out."""
    return {"blackouts": {"dates": dates, "then": then}}


@pytest.fixture
def holidays(tmp_path: Path) -> HolidayCalendar:
    """Christmas, 25 and 26 December of every year, and New Year's Day."""
    events = [("Christmas Day", "1225"), ("St Stephen's Day", "1226"), ("New Year's Day", "0101")]
    body = "".join(
        f"BEGIN:VEVENT\nSUMMARY:{title}\nDTSTART;VALUE=DATE:2000{day}\nRRULE:FREQ=YEARLY\nEND:VEVENT\n"
        for title, day in events
    )
    path = tmp_path / "x.ics"
    path.write_text(f"BEGIN:VCALENDAR\n{body}END:VCALENDAR\n", encoding="utf-8")
    return read_calendar(path, "holidays/x.ics")


def test_a_slot_is_due_at_its_end_of_the_span() -> None:
    """The span begins after its first moment and holds its last: a tick's end is the next one's beginning."""
    digest = scheduled("UTC", {"at": "07:00"})

    assert due(digest, "2026-11-18 07:00", "2026-11-19 07:00") == [("2026-11-19T07:00", "2026-11-19 07:00")]
    assert due(digest, "2026-11-19 07:00", "2026-11-19 07:00") == []
    assert due(digest, "2026-11-19 07:00", "2026-11-18 07:00") == []


def test_a_moment_without_a_zone_is_refused() -> None:
    """The machine's own zone must not slip in."""
    bare = datetime(2026, 1, 1)  # noqa: DTZ001
    digest = scheduled("UTC", {"at": "07:00"})

    for span in ((bare, moment("2026-01-02")), (moment("2025-12-31"), bare)):
        with pytest.raises(ValueError, match="need a zone"):
            planned(digest, *span)


def test_slots_have_the_digests_zone_and_the_moment_in_utc() -> None:
    """What mails show is local, what is compared is UTC."""
    (slot,) = planned(
        scheduled("Asia/Kathmandu", {"at": "07:00"}), moment("2026-11-19 00:00"), moment("2026-11-20 00:00")
    )

    # Kathmandu is 5:45 ahead.
    assert slot.due == moment("2026-11-19 01:15")
    assert slot.due.tzinfo is UTC
    assert slot.slot.local == slot.due
    assert f"{slot.slot.local:%H:%M %z}" == "07:00 +0545"


def test_rules_of_one_minute_are_one_slot_unless_they_have_names() -> None:
    """Who wants two editions at once gives them names; who overlaps by accident gets one."""
    rules = [{"at": "07:00"}, {"cron": "0 7 * * 4"}, {"at": "07:00", "days": ["thu"], "name": "weekly"}]
    found = planned(scheduled("UTC", *rules), moment("2026-11-18 12:00"), moment("2026-11-19 12:00"))

    assert [(each.slot.key, each.rule) for each in found] == [
        ("2026-11-19T07:00", ""),
        ("2026-11-19T07:00#weekly", "weekly"),
    ]


def test_a_slot_of_a_blackout_is_shown_as_off(holidays: HolidayCalendar) -> None:
    """People who miss an edition find the reason where they look for it."""
    digest = scheduled(
        "Europe/Berlin", {"at": "07:00"}, holidays=(holidays,), **blackouts("2026-12-24", then="skip")
    )

    assert days(digest, "2026-12-23", "2026-12-28") == [
        ("2026-12-23", None, None),
        ("2026-12-24", None, "2026-12-24 (blackouts.dates)"),
        ("2026-12-25", None, "Christmas Day (holidays/x.ics)"),
        ("2026-12-26", None, "St Stephen's Day (holidays/x.ics)"),
        ("2026-12-27", None, None),
    ]


def test_a_slot_moves_over_a_chain_of_holidays_and_the_weekend(holidays: HolidayCalendar) -> None:
    """A weekly of Fridays: 25 December 2026 is one, the 26th a holiday on Saturday; Monday is the 28th."""
    digest = scheduled("Europe/Berlin", {"at": "07:00", "days": ["fri"]}, holidays=(holidays,), **blackouts())
    found = planned(digest, moment("2026-12-20 00:00"), moment("2027-01-03 00:00"))

    assert told(found) == [("2026-12-28T07:00", "2026-12-28 06:00")]
    assert found[0].moved_from == date(2026, 12, 25)
    assert found[0].marks == (MOVED,)
    # New Year's Day 2027 is a Friday, too: it moves to Monday, the 4th.
    assert days(digest, "2027-01-01", "2027-01-07") == [("2027-01-04", "2027-01-01", None)]


def test_a_slot_moves_across_a_years_end() -> None:
    """Thursday, 31 December 2026, and Friday, 1 January 2027, are out; the next working day is the 4th."""
    digest = scheduled(
        "Europe/Berlin", {"at": "07:00", "days": ["thu"]}, **blackouts("2026-12-31", "2027-01-01")
    )

    assert days(digest, "2026-12-26", "2027-01-08") == [
        ("2027-01-04", "2026-12-31", None),
        ("2027-01-07", None, None),
    ]


def test_a_slot_that_moves_onto_another_is_one_with_it() -> None:
    """A daily must not come twice on the first working day; a named one keeps its own."""
    rules = [{"at": "07:00"}, {"at": "07:00", "days": ["thu"], "name": "weekly"}]
    digest = scheduled("UTC", *rules, **blackouts("2026-11-19..2026-11-20"))
    found = planned(digest, moment("2026-11-18 12:00"), moment("2026-11-23 12:00"))

    assert [(each.slot.key, each.moved_from) for each in found] == [
        ("2026-11-21T07:00", None),
        ("2026-11-22T07:00", None),
        ("2026-11-23T07:00", None),
        ("2026-11-23T07:00#weekly", date(2026, 11, 19)),
    ]


def test_slots_that_move_together_are_one_and_tell_the_first_day() -> None:
    """Wednesday and Thursday are out: Friday has one edition, not three."""
    digest = scheduled("UTC", {"at": "07:00", "days": ["wed", "thu"]}, **blackouts("2026-11-18..2026-11-19"))

    assert days(digest, "2026-11-17", "2026-11-25") == [("2026-11-20", "2026-11-18", None)]


def test_the_last_working_day_is_no_holiday() -> None:
    """31 December 2026 is a Thursday; with it out, the last working day of the month is the 30th."""
    rule = {"at": "07:00", "month_days": ["last working"]}

    assert days(scheduled("UTC", rule), "2026-12-20", "2027-01-02") == [("2026-12-31", None, None)]
    assert days(scheduled("UTC", rule, **blackouts("2026-12-31")), "2026-12-20", "2027-01-02") == [
        ("2026-12-30", None, None)
    ]


def test_slots_move_a_year_at_most() -> None:
    """A calendar that takes every day must end the search, and say so."""
    digest = scheduled("UTC", {"at": "07:00"}, **blackouts("2026-01-01..2030-12-31"))

    assert days(digest, "2026-06-01", "2026-06-02") == [
        ("2026-06-01", None, "2026-01-01..2030-12-31 (blackouts.dates)")
    ]
    assert days(digest, "2031-01-01", "2031-01-02") == [("2031-01-01", None, None)]


def test_a_slot_does_not_move_to_a_date_that_does_not_exist() -> None:
    """In Apia, Thursday, 29 December 2011, was followed by Saturday, the 31st."""
    digest = scheduled("Pacific/Apia", {"at": "07:00", "days": ["thu"]}, **blackouts("2011-12-29"))

    assert [each[:2] for each in days(digest, "2011-12-29", "2012-01-04")] == [("2012-01-02", "2011-12-29")]


def test_a_moved_slot_in_a_gap_comes_after_it() -> None:
    """Cairo's clocks skip 00:30 on Friday, 24 April 2026."""
    digest = scheduled("Africa/Cairo", {"at": "00:30", "days": ["thu"]}, **blackouts("2026-04-23"))
    found = planned(digest, moment("2026-04-22 00:00"), moment("2026-04-26 00:00"))

    assert told(found) == [("2026-04-24T00:30", "2026-04-23 22:00")]
    assert found[0].marks == ("gap", "clock-change", "moved")


def test_the_next_slots_are_found_however_far_they_are() -> None:
    """A leap day is up to eight years off; five are looked at."""
    leap = scheduled("UTC", {"cron": "0 7 29 2 *"})

    assert told(after(leap, moment("2026-11-19 07:00"), 3)) == [("2028-02-29T07:00", "2028-02-29 07:00")]
    assert after(leap, moment("2028-03-01 00:00"), 3)[0].slot.key == "2032-02-29T07:00"
    assert after(leap, moment("2096-03-01 00:00"), 3) == ()
    assert after(scheduled("UTC"), moment("2026-11-19 07:00"), 3) == ()
    daily = after(scheduled("UTC", {"at": "07:00"}), moment("2026-11-19 07:00"), 100)
    assert [each.due for each in daily] == [moment("2026-11-20 07:00") + n * DAY for n in range(100)]


TIMES = st.lists(st.sampled_from(["00:00", "00:30", "02:30", "07:00", "23:59"]), min_size=1, unique=True)
RULES = st.one_of(
    st.fixed_dictionaries(
        {
            "at": st.lists(
                st.sampled_from(["00:00", "00:30", "02:30", "07:00", "23:59"]), min_size=1, unique=True
            )
        },
        optional={"days": st.lists(st.sampled_from([*WORKDAYS, "sat", "sun"]), min_size=1, max_size=7)},
    ),
    st.fixed_dictionaries(
        {
            "at": st.just("02:30"),
            "month_days": st.lists(
                st.sampled_from(["31", "last", "first working", "last fri"]), min_size=1, max_size=4
            ),
        }
    ),
    st.just({"at": "07:00", "days": ["thu"], "every_weeks": 2, "from": "2026-01-01"}),
    st.just({"cron": "*/30 0-3 * * *"}),
)
SPANS = st.tuples(
    st.integers(0, 400).map(lambda number: date(2026, 1, 1) + number * DAY), st.integers(0, 20)
).map(lambda span: f"{span[0]}..{span[0] + span[1] * DAY}")
ZONES = st.sampled_from(
    ["Europe/Berlin", "Africa/Cairo", "Atlantic/Azores", "Australia/Lord_Howe", "America/Santiago", "UTC"]
)


@st.composite
def digests(draw: st.DrawFn) -> DigestSettings:
    """Draw a digest with any schedule and any blackouts."""
    rules = draw(st.lists(RULES, min_size=1, max_size=3))
    named = [{**rule, "name": f"r{at}"} if draw(st.booleans()) else rule for at, rule in enumerate(rules)]
    dates = draw(st.lists(SPANS, max_size=6))
    return scheduled(
        draw(ZONES), *named, **blackouts(*dates, then=draw(st.sampled_from(["skip", "next_working_day"])))
    )


MOMENTS = st.integers(0, 400 * 96).map(lambda number: moment("2026-01-01 00:00") + number * DAY / 96)


@given(digest=digests(), cuts=st.lists(MOMENTS, min_size=3, max_size=6).map(sorted))
def test_a_span_may_be_cut_anywhere(digest: DigestSettings, cuts: list[datetime]) -> None:
    """Schedulers look from tick to tick: nothing may fall between two of them, and nothing come twice."""
    whole = planned(digest, cuts[0], cuts[-1])
    parts: tuple[Planned, ...] = ()
    for since, until in pairwise(cuts):
        parts += planned(digest, since, until)

    assert parts == whole


@given(digest=digests(), since=MOMENTS, length=st.integers(0, 90))
def test_slots_are_in_order_and_unique_and_inside(
    digest: DigestSettings, since: datetime, length: int
) -> None:
    """The store has a row for each key; what is off keeps its own day, what has moved is on a working day."""
    found = planned(digest, since, since + length * DAY)

    assert [each.due for each in found] == sorted(each.due for each in found)
    assert len({each.slot.key for each in found}) == len(found)
    assert all(since < each.due <= since + length * DAY for each in found)
    # Not `local == due`: by PEP 495 a minute that comes twice equals none of another zone.
    assert all(each.slot.local.astimezone(UTC) == each.due for each in found)
    for each in found:
        if each.moved_from is not None:
            assert each.off is None
            assert date.fromisoformat(each.slot.key[:10]).weekday() < 5
            assert MOVED in each.marks


@settings(max_examples=80)  # each is a plan of four hundred days
@given(digest=digests(), now=MOMENTS, limit=st.integers(0, 4))
def test_the_next_ones_are_the_first_of_the_plan(digest: DigestSettings, now: datetime, limit: int) -> None:
    """However the search is cut into spans."""
    assert after(digest, now, limit) == planned(digest, now, now + 400 * DAY)[:limit]
