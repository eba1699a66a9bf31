"""What one process may begin, given what was drawn."""

from __future__ import annotations

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver.limits.allowance import Allowance
from digest.deliver.limits.limit import Draw, Limit
from digest.deliver.limits.local_allotments import LocalAllotments
from limit_cast import HandTime, most_in


def paced(per_second: float, **bounds: int) -> Allowance:
    """Make an allowance with a pace."""
    return Allowance(Limit(key="relay main", per_second=per_second, **bounds))


def test_without_a_rate_everything_may_begin() -> None:
    """A relay of one's own has no limits but its connections."""
    free = Allowance(Limit(key="relay main", connections=3))

    assert [free.take(0.0), free.take(0.0)] == [None, None]
    assert free.wanted(0.0) == 0
    assert free.unused() == ()


def test_nothing_begins_before_its_moment() -> None:
    """The loop sleeps until the second that it is told."""
    allowance = paced(1)
    allowance.fill(Draw(at=(10.0, 11.05)))

    assert allowance.take(9.9) == 10.0
    assert allowance.take(10.0) is None
    assert allowance.take(10.5) == 11.05
    assert allowance.take(11.06) is None


def test_looking_uses_nothing_up() -> None:
    """A message has a relay's limit and a domain's: both are looked at before either is used."""
    allowance = paced(1)
    allowance.fill(Draw(at=(10.0,)))

    assert (allowance.ready(10.0), allowance.ready(10.0), allowance.take(10.0)) == (None, None, None)
    assert allowance.ready(10.0) is not None


def test_a_moment_that_has_passed_is_nobodys() -> None:
    """Used late, it would stand beside another worker's moment: two in a second for a limit of one."""
    allowance = paced(1, per_hour=100)
    allowance.fill(Draw(at=(10.0, 11.05, 12.1)))

    assert allowance.take(11.0) == 11.05
    assert allowance.take(11.2) == 12.1
    assert allowance.lapsed() == (10.0, 11.05)
    assert allowance.unused() == (12.1,)
    assert allowance.unused() == ()


def test_a_quota_without_a_pace_may_be_used_for_nine_seconds() -> None:
    """The store counts what was drawn for ten seconds as begun; longer would be in nobody's books."""
    allowance = Allowance(Limit(key="relay main", per_hour=5))
    allowance.fill(Draw(at=(10.0, 10.0, 10.0)))

    assert (allowance.take(10.0), allowance.take(19.0)) == (None, None)
    assert allowance.take(19.1) is not None
    assert allowance.unused() == (10.0,)


@pytest.mark.parametrize(("per_second", "stock"), [(0.1, 1), (1, 1), (2.5, 3), (100, 100), (5_000, 1_000)])
def test_a_seconds_worth_is_wanted_once(per_second: float, stock: int) -> None:
    """Less would starve the loop, more would keep other workers from their part."""
    allowance = paced(per_second)

    assert allowance.wanted(0.0) == stock
    assert allowance.wanted(0.0) == 0  # it is on its way
    allowance.fill(Draw(at=tuple(1.0 + number / per_second * 1.05 for number in range(stock))))
    assert allowance.wanted(0.0) == 0


def test_more_is_wanted_when_half_is_gone() -> None:
    """The next draw comes back before the stock is empty."""
    allowance = paced(4)
    allowance.fill(Draw(at=(1.0, 1.3, 1.6, 1.9)))

    assert allowance.take(1.0) is None
    assert allowance.wanted(1.0) == 0
    assert allowance.take(1.3) is None
    assert allowance.wanted(1.3) == 2


def test_nothing_is_wanted_before_more_can_be_had() -> None:
    """A pace that others have reserved must not cost a transaction a millisecond."""
    allowance = paced(1)
    assert allowance.wanted(0.0) == 1
    allowance.fill(Draw(retry_at=7.0))

    assert allowance.take(1.0) == 7.0
    assert allowance.wanted(6.9) == 0
    assert allowance.wanted(7.0) == 1


def test_a_full_hour_is_asked_about_twice_a_minute() -> None:
    """Another worker may stop and give back what it has drawn."""
    allowance = paced(1, per_hour=1)
    allowance.wanted(100.0)
    allowance.fill(Draw(retry_at=3_700.0))

    assert allowance.take(101.0) == 130.0
    assert (allowance.wanted(129.0), allowance.wanted(130.0)) == (0, 1)


def test_a_quota_without_a_pace_is_drawn_in_growing_handfuls() -> None:
    """Nobody knows how fast the relay is; what was not used lets the next handful be small again."""
    allowance = Allowance(Limit(key="relay main", per_day=100_000))
    wanted = []
    for _ in range(9):
        wanted.append(allowance.wanted(0.0))
        allowance.fill(Draw(at=(0.0,) * wanted[-1]))
        assert [allowance.take(0.0) for _ in range(wanted[-1])] == [None] * wanted[-1]
    assert wanted == [10, 20, 40, 80, 160, 320, 640, 1_000, 1_000]
    assert allowance.wanted(0.0) == 1_000
    allowance.fill(Draw(at=(0.0,)))
    assert allowance.wanted(60.0) <= 20


def test_moments_that_overlap_after_the_clock_was_set_are_left_out() -> None:
    """A clock set forward makes the store think that all moments before have passed."""
    allowance = paced(1)
    allowance.fill(Draw(at=(10.0, 11.05)))
    allowance.fill(Draw(at=(10.2, 12.1)))

    assert [allowance.take(at) for at in (10.0, 11.05, 12.1)] == [None, None, None]
    assert allowance.take(10.2) is not None


def test_moments_that_are_too_dense_do_not_add_up() -> None:
    """A thousand a second for a limit of a hundred: whatever drew them was wrong."""
    allowance = paced(100)
    allowance.fill(Draw(at=tuple(10 + number / 1_000 for number in range(200))))

    assert [allowance.take(10 + number / 1_000) for number in range(200)].count(None) == 100


RATES = st.sampled_from([0.25, 1.0, 2.5, 3.7, 12.0])
#: seconds until the next visit; which worker's; whether its draw comes back at once; whether it has mail
VISITS = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.001, 0.01, 0.03, 0.039, 0.045, 0.2, 0.95, 0.961, 1.0, 1.06, 4.1, 3_000.0]),
        st.integers(0, 2),
        st.booleans(),
        st.booleans(),
    ),
    min_size=60,
    max_size=120,
)


@given(RATES, st.sampled_from([None, None, 1, 7]), VISITS)
def test_workers_together_never_begin_one_too_many(
    per_second: float, per_hour: int | None, visits: list[tuple[float, int, bool, bool]]
) -> None:
    """Whoever is late, idle or slow to draw: counted over all windows, by brute force."""
    time = HandTime()
    shared = LocalAllotments(time.monotonic)
    limit = Limit(key="relay main", per_second=per_second, per_hour=per_hour)
    workers = [Allowance(limit) for _ in range(3)]
    on_their_way: dict[int, Draw] = {}
    begun: list[float] = []
    for seconds, number, is_quick, has_mail in visits:
        time.wait(seconds)
        worker = workers[number]
        if number in on_their_way:
            worker.fill(on_their_way.pop(number))
        if wanted := worker.wanted(time.seconds):
            on_their_way[number] = shared.draw(limit, wanted)
            if is_quick:
                worker.fill(on_their_way.pop(number))
        if has_mail:
            begun += [time.seconds] * [worker.take(time.seconds) for _ in range(15)].count(None)
        shared.give_back(limit, worker.lapsed())

    window_s, most = {2.5: (2, 5), 3.7: (10, 37)}.get(per_second, (max(1, 1 / per_second), ceil(per_second)))
    assert most_in(begun, window_s) <= most
    assert per_hour is None or most_in(begun, 3_600) <= per_hour


@given(st.integers(1, 12), VISITS)
def test_workers_without_a_pace_never_begin_one_too_many(
    per_hour: int, visits: list[tuple[float, int, bool, bool]]
) -> None:
    """What they hoard and do not use lapses, and comes back."""
    time = HandTime()
    shared = LocalAllotments(time.monotonic)
    limit = Limit(key="relay main", per_hour=per_hour)
    workers = [Allowance(limit) for _ in range(3)]
    begun: list[float] = []
    for seconds, number, _, has_mail in visits:
        time.wait(seconds)
        if wanted := workers[number].wanted(time.seconds):
            workers[number].fill(shared.draw(limit, wanted))
        if has_mail and workers[number].take(time.seconds) is None:
            begun.append(time.seconds)
        shared.give_back(limit, workers[number].lapsed())

    assert most_in(begun, 3_600) <= per_hour


@given(RATES, st.lists(st.floats(0, 60), min_size=1, max_size=80))
def test_careless_draws_do_not_get_through(per_second: float, moments: list[float]) -> None:
    """Even moments that are no pace at all keep to the limit within one process."""
    allowance = paced(per_second)
    begun = []
    for at in sorted(moments):
        allowance.fill(Draw(at=(at, at)))
        begun += [at] * [allowance.take(at) for _ in range(3)].count(None)

    assert most_in(begun, max(1, 1 / per_second)) <= ceil(per_second)
