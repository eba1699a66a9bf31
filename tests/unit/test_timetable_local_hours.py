"""The hour of each subscriber's own clocks, for one edition."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from digest.model import Slot, SlotState
from digest.timetable import LocalHours, first_look, planned, take_note
from timetable_cast import moment, scheduled

ZONES = (None, "Pacific/Auckland", "America/Los_Angeles", "Asia/Kathmandu", "Europe/Berlin", "Mars/Base")
LATENESS = timedelta(hours=12)
DAY = timedelta(days=1)
DAILY = scheduled("Europe/Berlin", {"at": "07:00"}, local_to="subscriber")


def test_each_zone_has_its_own_seven_o_clock() -> None:
    """Worked out by hand: UTC+13, -8, +5:45 and +1 in November."""
    (slot,) = planned(DAILY, moment("2026-11-19 00:00"), moment("2026-11-19 23:00"))
    hours = LocalHours.of(slot.slot, ZONES)

    assert {zone: f"{at.astimezone(ZoneInfo('UTC')):%d %H:%M}" for zone, at in hours.by_zone.items()} == {
        None: "19 06:00",
        "Pacific/Auckland": "18 18:00",
        "America/Los_Angeles": "19 15:00",
        "Asia/Kathmandu": "19 01:15",
        "Europe/Berlin": "19 06:00",
    }
    assert (hours.first, hours.last) == (moment("2026-11-18 18:00"), moment("2026-11-19 15:00"))


def test_a_slot_is_built_before_the_first_are_due() -> None:
    """Five minutes before seven in Auckland, which is the evening before in Berlin."""
    known = first_look("daily", moment("2026-11-18 12:00"))
    noted = take_note(known, DAILY, now=moment("2026-11-18 17:55"), max_lateness=LATENESS, zones=ZONES)

    (record,) = noted.slots
    assert (record.key, record.state) == ("2026-11-19T07:00", SlotState.DUE)
    assert record.build_at == moment("2026-11-18 17:55")
    assert (record.due, record.first, record.last) == (
        moment("2026-11-19 06:00"),
        moment("2026-11-18 18:00"),
        moment("2026-11-19 15:00"),
    )


def test_a_subscriber_from_the_east_makes_nobody_lose_a_slot() -> None:
    """In the evening somebody from Auckland joins: tomorrow's edition is at once as near as can be."""
    now = moment("2026-11-18 20:00")
    before = take_note(
        first_look("daily", now - DAY), DAILY, now=now, max_lateness=LATENESS, zones=("Europe/Berlin",)
    )
    after = take_note(before.known, DAILY, now=now + timedelta(minutes=1), max_lateness=LATENESS, zones=ZONES)

    assert [one.key for one in before.slots] == []
    assert [(one.key, one.state) for one in after.slots] == [("2026-11-19T07:00", SlotState.DUE)]


def test_it_is_too_late_when_it_is_for_the_last() -> None:
    """Twenty hours of outage: Auckland and Berlin are lost, Los Angeles is not."""
    seen = take_note(
        first_look("daily", moment("2026-11-18 03:00")),
        DAILY,
        now=moment("2026-11-18 03:00"),
        max_lateness=LATENESS,
        zones=ZONES,
    )
    for at, state in (("2026-11-20 02:00", SlotState.DUE), ("2026-11-20 03:01", SlotState.MISSED)):
        noted = take_note(seen.known, DAILY, now=moment(at), max_lateness=LATENESS, zones=ZONES)
        assert {one.key: one.state for one in noted.slots}["2026-11-19T07:00"] is state


@given(
    st.lists(st.sampled_from(ZONES), max_size=4),
    st.lists(st.integers(min_value=1, max_value=40), min_size=1, max_size=40),
)
def test_looks_at_any_moments_with_any_subscribers_find_every_day_once(
    zones: list[str | None], hours: list[int]
) -> None:
    """Whoever joins or leaves between two looks, no date is left out and none comes twice."""
    now = moment("2026-10-20 12:00")
    known, keys = first_look("daily", now), []
    hours = [0, *hours]  # what is due before the first look is not promised
    for turn, step in enumerate(hours):
        now += timedelta(hours=step)
        noted = take_note(
            known, DAILY, now=now, max_lateness=LATENESS, zones=tuple(zones[: turn % (len(zones) + 1)])
        )
        known = noted.known
        keys += [one.key for one in noted.slots]

    assert len(keys) == len(set(keys))
    first = moment("2026-10-20 12:00").astimezone(ZoneInfo("Europe/Berlin")).date()
    wanted = {f"{first + n * DAY:%Y-%m-%d}T07:00" for n in range(1, (now.date() - first).days)}
    assert wanted <= set(keys)


def test_who_chose_an_hour_is_due_when_their_clocks_next_show_it() -> None:
    """Of Berlin's seven o'clock: that evening in Berlin and Tokyo, else the next morning."""
    (slot,) = planned(DAILY, moment("2026-11-19 00:00"), moment("2026-11-19 23:00"))
    chosen = [(None, "18:30"), ("Asia/Tokyo", "18:30"), ("Europe/Berlin", "06:30"), ("Mars/Base", "07:00")]
    hours = LocalHours.of(slot.slot, []).with_hours(chosen)

    assert {place: f"{at.astimezone(ZoneInfo('UTC')):%d %H:%M}" for place, at in hours.by_place.items()} == {
        (None, None): "19 06:00",
        (None, "18:30"): "19 17:30",
        ("Asia/Tokyo", "18:30"): "19 09:30",
        ("Europe/Berlin", "06:30"): "20 05:30",
        ("Mars/Base", "07:00"): "19 06:00",
    }
    assert hours.last == moment("2026-11-20 05:30")


def test_an_hour_counts_from_the_hour_of_ones_zone() -> None:
    """Seven in Auckland is the evening before in Berlin; half past six comes after it there."""
    (slot,) = planned(DAILY, moment("2026-11-19 00:00"), moment("2026-11-19 23:00"))
    hours = LocalHours.of(slot.slot, ZONES).with_hours([("Pacific/Auckland", "18:30")])

    assert hours.by_place["Pacific/Auckland", "18:30"] == moment("2026-11-19 05:30")
    assert hours.by_place["Pacific/Auckland", None] == moment("2026-11-18 18:00")


@given(
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe"]),
    day=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    half=st.integers(0, 47),
)
def test_a_chosen_hour_is_within_a_day_after_the_slot(zone: str, day: date, half: int) -> None:
    """Also where clocks change; a gap gives the first minute after it, and no day has more than 25 hours."""
    local = datetime.combine(day, time(7), ZoneInfo("Europe/Berlin"))
    hours = LocalHours.of(Slot(local=local), []).with_hours([(zone, f"{half // 2:02}:{half % 2 * 30:02}")])
    (due,) = hours.by_hour.values()

    assert timedelta() <= due - local <= timedelta(hours=25)
