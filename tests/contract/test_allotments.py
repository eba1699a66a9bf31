"""What every place promises that limits are drawn from: the store on each back end, and memory."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.actions.mailing.allotments import StoreAllotments
from digest.deliver.limits.allowance import Allowance
from digest.deliver.limits.limit import Allotments, Draw, Limit
from digest.store import Store
from limit_cast import HandTime, most_in
from store_cast import NOW

PACED = Limit(key="relay main", per_second=1.0)
HOURLY = Limit(key="relay main", per_hour=5)
BOTH = Limit(key="relay main", per_second=2.0, per_hour=3, per_day=4)
FREE = Limit(key="relay main")


def offsets(draw: Draw, time: HandTime) -> list[float]:
    """Say how many seconds ahead the moments are."""
    return [round(at - time.seconds, 6) for at in draw.at]


def test_a_pace_is_drawn_as_seconds_of_this_process(shared: Allotments, time: HandTime) -> None:
    """One a second, and 50 ms for those that begin late."""
    assert offsets(shared.draw(PACED, 2), time) == [0, 1.05]
    time.wait(0.5)
    assert offsets(shared.draw(PACED, 1), time) == [1.6]


def test_a_pace_is_not_drawn_far_ahead(shared: Allotments, time: HandTime) -> None:
    """A worker that dies takes nine seconds' worth along at most: 0, 1.05 ... 8.4; the next is 9.45."""
    draw = shared.draw(PACED, 1_000)

    assert len(draw.at) == 9
    assert draw.retry_at == pytest.approx(time.seconds + 0.45, abs=1e-4)


def test_moments_can_be_chosen_among_those_of_another_pace(shared: Allotments, time: HandTime) -> None:
    """A moment that nobody can use would be lost to all; what is not chosen stays free."""
    shared.draw(PACED, 1)
    wishes = [time.seconds + ahead for ahead in (0.5, 1.0, 1.2, 2.0, 2.3)]
    none = shared.draw(PACED, 1, wishes[:2])
    some = shared.draw(PACED, 9, wishes)

    assert none.at == ()
    assert none.retry_at == pytest.approx(time.seconds + 1.05, abs=1e-4)
    assert [round(at - time.seconds, 3) for at in some.at] == [1.2, 2.3]
    assert offsets(shared.draw(PACED, 1), time) == [pytest.approx(3.35, abs=1e-4)]


def test_wishes_that_are_not_granted_do_not_count_by_the_hour(shared: Allotments, time: HandTime) -> None:
    """Else a domain that waits for its relay would use up its hour by asking."""
    both = Limit(key="domain example.org", per_second=1.0, per_hour=2)
    shared.draw(both, 1)
    for _ in range(5):
        assert shared.draw(both, 1, [time.seconds + 0.5]).at == ()

    assert len(shared.draw(both, 1, [time.seconds + 1.5]).at) == 1


def test_a_draw_says_which_limit_is_used_up(shared: Allotments, time: HandTime) -> None:
    """The hour's three, then, an hour later, the one that the day has left."""
    assert shared.draw(BOTH, 3).spent is None
    hour = shared.draw(BOTH, 1)
    time.wait(3_700)
    day = shared.draw(BOTH, 3)

    assert hour.spent is not None
    assert (hour.spent.most, hour.spent.window) == (3, timedelta(hours=1))
    assert hour.spent.until == hour.retry_at
    assert len(day.at) == 1
    assert day.spent is not None
    assert (day.spent.most, day.spent.window) == (4, timedelta(days=1))
    assert day.spent.until == day.retry_at
    assert shared.draw(PACED, 99).spent is shared.draw(PACED, 1).spent is None


def test_an_hours_quota_is_drawn_at_once(shared: Allotments, time: HandTime) -> None:
    """Five an hour and no pace: five now, and no more until an hour and some seconds later."""
    draw = shared.draw(HOURLY, 9)
    none = shared.draw(HOURLY, 1)

    assert offsets(draw, time) == [0] * 5
    assert draw.retry_at is not None
    assert 3_600 < draw.retry_at - time.seconds <= 3_620
    assert none.at == ()
    assert none.retry_at == pytest.approx(draw.retry_at, abs=1e-4)
    time.wait(3_600)
    assert shared.draw(HOURLY, 1).at == ()
    time.wait(20)
    assert len(shared.draw(HOURLY, 9).at) == 5


def test_whichever_bound_is_reached_counts(shared: Allotments, time: HandTime) -> None:
    """Three by the hour; the fourth of the day an hour later; then the day is full."""
    assert len(shared.draw(BOTH, 9).at) == 3
    time.wait(3_620)
    last = shared.draw(BOTH, 9)

    assert len(last.at) == 1
    assert last.retry_at is not None
    assert last.retry_at - time.seconds > 80_000


def test_a_bound_that_is_not_reached_stops_nobody(shared: Allotments, time: HandTime) -> None:
    """The hour is full and the day is not: the next draw is in an hour, not tomorrow."""
    draw = shared.draw(Limit(key="relay main", per_hour=3, per_day=8), 9)

    assert len(draw.at) == 3
    assert draw.retry_at is not None
    assert draw.retry_at - time.seconds <= 3_620


def test_what_the_pace_does_not_reach_is_not_counted_by_the_hour(shared: Allotments) -> None:
    """Nine are within reach; the tenth of the hour is still there for another worker."""
    limit = Limit(key="relay main", per_second=1.0, per_hour=10)
    assert len(shared.draw(limit, 50).at) == 9
    assert len(shared.draw(Limit(key="relay main", per_hour=10), 50).at) == 1


def test_what_is_given_back_can_be_drawn_again(shared: Allotments, time: HandTime) -> None:
    """The run was paused after two of five."""
    draw = shared.draw(HOURLY, 5)
    time.wait(8)
    shared.give_back(HOURLY, draw.at[2:])

    assert len(shared.draw(HOURLY, 5).at) == 3


def test_what_is_given_back_counts_when_it_was_drawn(shared: Allotments, time: HandTime) -> None:
    """Of ten an hour: five begun at once, two of five half an hour later.

    When the first five have passed, the two are left.
    """
    limit = Limit(key="relay main", per_hour=10)
    shared.draw(limit, 5)
    time.wait(1_800)
    shared.give_back(limit, shared.draw(limit, 5).at[2:])
    time.wait(1_820)

    assert len(shared.draw(limit, 10).at) == 8


def test_what_is_given_back_late_stays_counted(shared: Allotments, time: HandTime) -> None:
    """By then its hour has passed, and what is counted now was begun by somebody."""
    late = shared.draw(HOURLY, 5)
    time.wait(5_000)
    assert len(shared.draw(HOURLY, 5).at) == 5
    shared.give_back(HOURLY, late.at)

    assert shared.draw(HOURLY, 1).at == ()


def test_giving_back_what_needs_none_is_harmless(shared: Allotments) -> None:
    """Whoever stops gives back without looking."""
    shared.give_back(HOURLY, ())
    shared.give_back(PACED, shared.draw(PACED, 1).at)
    shared.give_back(HOURLY, (5.0,))

    assert len(shared.draw(HOURLY, 9).at) == 5


def test_without_a_rate_all_is_granted(shared: Allotments, time: HandTime) -> None:
    """Nobody asks, and who does is not held up."""
    assert offsets(shared.draw(FREE, 3), time) == [0, 0, 0]


def test_connections_are_shared(shared: Allotments, time: HandTime) -> None:
    """The first worker is told to end one; the late one gets it within a round."""
    assert shared.seats("relay main", "first", 3, 3) == 3
    assert shared.seats("relay main", "late", 3, 3) == 0
    time.wait(10)
    assert shared.seats("relay main", "first", 3, 3) == 2
    assert shared.seats("relay main", "late", 3, 3) == 0
    shared.leave("relay main", "first", keep=2)
    assert shared.seats("relay main", "late", 3, 3) == 1
    assert shared.seats("domain gmail.com", "late", 3, 3) == 3


def test_connections_of_a_dead_worker_come_back(shared: Allotments, time: HandTime) -> None:
    """After thirty seconds without a call."""
    shared.seats("relay main", "dead", 3, 3)
    time.wait(29.9)
    assert shared.seats("relay main", "other", 3, 3) == 0
    time.wait(0.1)
    assert shared.seats("relay main", "other", 3, 3) == 3
    shared.leave("relay main", "other")
    assert shared.seats("relay main", "dead", 3, 3) == 3


@pytest.mark.parametrize("hours", [-3, 3])
def test_a_clock_that_is_set_stops_sending_for_seconds_at_most(
    shared: Allotments, time: HandTime, hours: int
) -> None:
    """And nothing of the process's own is begun twice in a second."""
    allowance, begun = Allowance(PACED), []
    for step in range(4_000):
        if step == 2_000:
            time.set_clock(timedelta(hours=hours))
        if wanted := allowance.wanted(time.seconds):
            allowance.fill(shared.draw(PACED, wanted))
        if allowance.take(time.seconds) is None:
            begun.append(time.seconds)
        time.wait(0.01)

    assert most_in(begun, 1) == 1
    assert len(begun) >= 26  # in 40 s, of which ten may be lost


def test_clocks_that_were_not_read_together_are_read_again(store: Store) -> None:
    """The machine did something else for a second in between: the moment would be a second off."""
    told = iter([1.0, 2.0, 2.0, 2.001])
    shared = StoreAllotments(
        store=store, clock=lambda: NOW, is_server_asked=False, monotonic=lambda: next(told)
    )

    assert shared.draw(PACED, 1).at == (2.001,)


DEEDS = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.03, 0.3, 1.06, 200.0]),
        st.integers(0, 1),
        st.sampled_from(["take", "draw", "give back"]),
    ),
    min_size=10,
    max_size=50,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=8)
@given(DEEDS, st.integers(0, 10**9))
def test_workers_together_never_begin_one_too_many(
    shared: Allotments, time: HandTime, deeds: list[tuple[float, int, str]], key: int
) -> None:
    """Counted over all windows, by brute force."""
    time.wait(100_000)
    limit = Limit(key=f"relay {key}", per_second=2.0, per_hour=9)
    workers, begun = [Allowance(limit), Allowance(limit)], []
    for seconds, number, deed in deeds:
        time.wait(seconds)
        worker = workers[number]
        if deed == "take" and worker.take(time.seconds) is None:
            begun.append(time.seconds)
        elif deed == "draw" and (wanted := worker.wanted(time.seconds)):
            worker.fill(shared.draw(limit, wanted))
        elif deed == "give back":
            shared.give_back(limit, worker.unused())

    assert most_in(begun, 1) <= 2
    assert most_in(begun, 3_600) <= 9
