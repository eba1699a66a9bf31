"""The arithmetic of shared limits."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model.allotting import Seat, bucket_of, reserve, reserve_among, seat, shares


def test_moments_stand_an_interval_apart_from_now_on() -> None:
    """The first message after a quiet night begins at once, and brings no crowd along."""
    reserved = reserve(100, interval=10, count=3, now=500, ahead=1_000)

    assert (reserved.at, reserved.retry_at) == ((500, 510, 520), None)


def test_moments_follow_the_newest_that_anybody_has() -> None:
    """Two workers share one pace."""
    assert reserve(500, interval=10, count=2, now=501, ahead=1_000).at == (510, 520)


def test_moments_too_far_ahead_are_left_for_later() -> None:
    """Nobody hoards; the one at 30 comes within reach at 30 - 25."""
    reserved = reserve(None, interval=10, count=9, now=0, ahead=25)

    assert (reserved.at, reserved.retry_at) == ((0, 10, 20), 5)


def test_nothing_is_reserved_when_all_within_reach_is_taken() -> None:
    """One message in 100 s: after that at 0 the next is at 100, seen from 75 on."""
    reserved = reserve(0, interval=100, count=1, now=1, ahead=25)

    assert (reserved.at, reserved.retry_at) == ((), 75)
    assert reserve(0, interval=100, count=1, now=75, ahead=25).at == (100,)


def test_of_wishes_those_are_reserved_that_stand_far_enough_apart() -> None:
    """What nobody could use stays free for others, and the next try comes no sooner than it can succeed."""
    some = reserve_among(100, [90, 104, 105, 109, 112, 117], interval=5, count=9, now=95)
    none = reserve_among(100, [101, 104], interval=5, count=1, now=95)
    first = reserve_among(None, [95, 96], interval=5, count=1, now=96)

    assert (some.at, some.retry_at) == ((105, 112, 117), 122)
    assert (none.at, none.retry_at) == ((), 105)
    assert (first.at, first.retry_at) == ((96,), None)


@given(st.lists(st.tuples(st.integers(-50, 200), st.integers(0, 9)), max_size=40), st.integers(1, 30))
def test_no_two_moments_are_nearer_than_the_interval(calls: list[tuple[int, int]], interval: int) -> None:
    """Whoever draws, whatever their clocks say."""
    now, last, everything = 0, None, []
    for step, count in calls:
        now += step
        reserved = reserve(last, interval=interval, count=count, now=now, ahead=60)
        assert all(now <= at <= now + 60 for at in reserved.at)
        assert (len(reserved.at) < count) == (reserved.retry_at is not None)
        everything += reserved.at
        last = reserved.at[-1] if reserved.at else last

    assert all(after - before >= interval for before, after in pairwise(everything))


@pytest.mark.parametrize(
    ("limit", "wanted", "given_out"),
    [
        (3, [3, 3], [2, 1]),
        (4, [4, 4, 4], [2, 1, 1]),
        (8, [1, 9], [1, 7]),
        (1, [1, 1], [1, 0]),
        (5, [0, 2], [0, 2]),
        (5, [], []),
    ],
)
def test_seats_are_shared_evenly(limit: int, wanted: list[int], given_out: list[int]) -> None:
    """A worker that comes late gets its part, and nobody gets what they cannot use."""
    assert shares(limit, wanted) == given_out


def test_who_holds_too_many_keeps_them_until_they_are_left() -> None:
    """Two connections that still stand must not be counted as gone."""
    first, second = Seat(worker="b", held=3, wanted=3), Seat(worker="a", held=0, wanted=3)

    assert seat(3, [first, second], "a") == (0, 0)
    assert seat(3, [first, second], "b") == (3, 2)


def test_parts_of_a_window_are_seconds_to_minutes() -> None:
    """An hour and a day, in 360 parts each; nothing is shorter than one."""
    assert (bucket_of(3_600), bucket_of(86_400), bucket_of(1)) == (10, 240, 1)
