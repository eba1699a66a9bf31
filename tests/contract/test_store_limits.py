"""What the store promises about limits that several workers share, on every back end."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from digest.store import Quota, Store
from digest.store.limit_tables import limit_uses, limits
from limit_cast import most_in
from store_cast import HOUR, NOW

KEY = "relay main"
SECOND = timedelta(seconds=1)
AHEAD = 9 * SECOND
HOLD = 10 * SECOND
LEASE = 30 * SECOND


def pace(store: Store, count: int, now: datetime, *, interval: timedelta = SECOND) -> tuple[datetime, ...]:
    """Reserve moments in a transaction of its own."""
    with store.writing() as tx:
        return tx.limits.pace(KEY, interval=interval, count=count, now=now, ahead=AHEAD).at


def draw(store: Store, count: int, now: datetime, *, limit: int = 10, window: timedelta = HOUR) -> Quota:
    """Draw of a quota in a transaction of its own."""
    with store.writing() as tx:
        return tx.limits.draw_quota(KEY, limit=limit, window=window, count=count, now=now, hold=HOLD)


def take(store: Store, worker: str, now: datetime, *, wanted: int = 3, limit: int = 3) -> int:
    """Ask for seats in a transaction of its own."""
    with store.writing() as tx:
        return tx.limits.take_seats(KEY, worker, wanted=wanted, limit=limit, now=now, lease=LEASE)


def leave(store: Store, worker: str, keep: int = 0) -> None:
    """Leave seats in a transaction of its own."""
    with store.writing() as tx:
        tx.limits.leave_seats(KEY, worker, keep)


def seconds(moments: Iterable[datetime]) -> list[float]:
    """Count the seconds since the test's beginning."""
    return [(moment - NOW).total_seconds() for moment in moments]


def test_moments_are_reserved_once(store: Store) -> None:
    """A limit of one a second is one for two workers too."""
    assert seconds(pace(store, 2, NOW)) == [0, 1]
    assert seconds(pace(store, 2, NOW)) == [2, 3]
    assert seconds(pace(store, 1, NOW + 10 * SECOND)) == [10]


def test_limits_do_not_meet(store: Store) -> None:
    """A slow domain slows no relay down."""
    pace(store, 9, NOW)
    with store.writing() as tx:
        other = tx.limits.pace("domain gmail.com", interval=SECOND, count=1, now=NOW, ahead=AHEAD)

    assert other.at == (NOW,)


def test_moments_beyond_reach_are_said_to_come_later(store: Store) -> None:
    """The one at 10 s comes into reach, 9 s ahead, after one second."""
    with store.writing() as tx:
        paced = tx.limits.pace(KEY, interval=SECOND, count=50, now=NOW, ahead=AHEAD)

    assert seconds(paced.at) == list(range(10))
    assert paced.retry_at == NOW + SECOND


def test_users_of_a_server_go_by_its_clock(store: Store) -> None:
    """Machines differ by seconds; those that share a file are on one machine and have one clock."""
    ahead = datetime.now(UTC) + 3 * HOUR
    with store.writing() as tx:
        is_server = tx.limits.connection.dialect.name != "sqlite"
        told = tx.shared_now(ahead)

    assert abs(told - (ahead - 3 * HOUR)) < HOUR if is_server else told == ahead


def test_a_clock_set_forward_does_not_stop_the_pace(store: Store) -> None:
    """What was reserved before has passed, as far as anybody can tell."""
    pace(store, 5, NOW)

    assert pace(store, 2, NOW + 3 * HOUR) == (NOW + 3 * HOUR, NOW + 3 * HOUR + SECOND)


def test_a_clock_set_back_stops_the_pace_for_seconds(store: Store) -> None:
    """Not for three hours: what was reserved before lies at most nine seconds ahead in truth."""
    pace(store, 5, NOW)
    back = NOW - 3 * HOUR

    assert pace(store, 1, back) == ()
    assert pace(store, 2, back + SECOND) == (back + 10 * SECOND,)
    assert pace(store, 1, back + 2 * SECOND) == (back + 11 * SECOND,)


STEPS = st.lists(st.tuples(st.floats(0, 4_000), st.integers(1, 30), st.integers(0, 12)), max_size=25)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=15)
@given(STEPS, st.integers(1, 20), st.randoms())
def test_no_window_sees_more_than_the_quota(
    store: Store, steps: list[tuple[float, int, int]], limit: int, chance: object
) -> None:
    """By brute force, with every use as early or late as it may be, and some given back unused."""
    key = f"hour {id(chance)} {len(steps)}"
    with store.writing() as tx:
        tx.limits.connection.execute(limit_uses.delete())
    begun, now = [], 0.0
    for step, count, unused in steps:
        now += step
        moment = NOW + timedelta(seconds=now)
        with store.writing() as tx:
            quota = tx.limits.draw_quota(key, limit=limit, window=HOUR, count=count, now=moment, hold=HOLD)
            back = min(unused, quota.granted)
            assert tx.limits.return_quota(key, window=HOUR, count=back, at=moment) == back
        assert quota.retry_at is None if quota.granted == count else quota.retry_at > moment
        begun += [now + (10.0 if number % 2 else 0.0) for number in range(quota.granted - back)]

    assert most_in(begun, 3_600) <= limit


def test_a_quota_is_one_for_all(store: Store) -> None:
    """Of ten an hour the second worker gets what the first has left."""
    assert draw(store, 7, NOW).granted == 7
    assert draw(store, 7, NOW + SECOND).granted == 3
    assert draw(store, 1, NOW + 2 * SECOND).granted == 0


def test_a_quota_says_when_there_is_more(store: Store) -> None:
    """An hour, the ten seconds that a message may take to begin, and one part of the window: 10 s."""
    draw(store, 10, NOW)
    none = draw(store, 1, NOW + SECOND)

    assert none == Quota(granted=0, retry_at=NOW + HOUR + 20 * SECOND)
    assert none.retry_at is not None
    assert draw(store, 1, none.retry_at - SECOND).granted == 0
    assert draw(store, 1, none.retry_at).granted == 1


def test_what_was_not_begun_can_be_drawn_again(store: Store) -> None:
    """A run that stops early must not use up the hour of the next one."""
    draw(store, 10, NOW)
    with store.writing() as tx:
        returned = tx.limits.return_quota(KEY, window=HOUR, count=4, at=NOW)

    assert returned == 4
    assert draw(store, 10, NOW + SECOND).granted == 4


def test_a_return_never_empties_a_later_part(store: Store) -> None:
    """Five of now and five of 50 s later; three of the first come back and count there.

    Were they taken out of the later part, it could be followed by eight more within its hour.
    """
    draw(store, 5, NOW)
    draw(store, 5, NOW + 50 * SECOND)
    with store.writing() as tx:
        tx.limits.return_quota(KEY, window=HOUR, count=3, at=NOW)

    assert draw(store, 10, NOW + HOUR + 20 * SECOND).granted == 5


def test_nothing_is_taken_back_that_was_not_drawn(store: Store) -> None:
    """A return that comes an hour late finds its part of the window gone."""
    draw(store, 10, NOW)
    with store.writing() as tx:
        assert tx.limits.return_quota(KEY, window=HOUR, count=4, at=NOW + 60 * SECOND) == 0
        assert tx.limits.return_quota(KEY, window=HOUR, count=40, at=NOW) == 10
        assert tx.limits.return_quota("never drawn", window=HOUR, count=1, at=NOW) == 0


def test_a_clock_set_back_gives_no_quota_twice(store: Store) -> None:
    """The three hours do not pass again either: the hour ends an hour after the draw."""
    draw(store, 6, NOW - HOUR / 2)
    draw(store, 4, NOW)
    back = NOW - 3 * HOUR

    none = draw(store, 10, back)
    assert none.granted == 0
    assert none.retry_at is not None
    assert none.retry_at <= back + HOUR / 2 + 30 * SECOND
    assert draw(store, 10, back + HOUR / 2 + 30 * SECOND).granted == 6
    assert draw(store, 10, back + HOUR + 30 * SECOND).granted == 4


def test_old_uses_leave_no_rows(store: Store) -> None:
    """A year of sending must not become a year of rows."""
    for hour in range(20):
        draw(store, 1, NOW + hour * HOUR, limit=1_000)
    with store.reading() as tx:
        rows = tx.limits.connection.execute(select(func.count()).select_from(limit_uses)).scalar_one()

    assert rows == 2


def test_seats_are_counted_for_all(store: Store) -> None:
    """Three connections are three, on however many machines."""
    assert [take(store, "a", NOW, wanted=2), take(store, "b", NOW)] == [2, 1]
    assert take(store, "c", NOW) == 0
    assert take(store, "a", NOW) == 1  # of three workers, each gets one
    leave(store, "a", keep=1)
    assert take(store, "c", NOW) == 1


def test_a_late_worker_gets_its_share_within_a_round(store: Store) -> None:
    """The first one ends a connection when it is told to, and not before is it anybody else's."""
    assert take(store, "first", NOW) == 3
    assert take(store, "late", NOW + SECOND) == 0
    assert take(store, "first", NOW + 10 * SECOND) == 2
    assert take(store, "late", NOW + 11 * SECOND) == 0
    leave(store, "first", keep=2)

    assert take(store, "late", NOW + 12 * SECOND) == 1
    assert take(store, "first", NOW + 20 * SECOND) == 2


def test_seats_of_the_dead_are_free_when_their_lease_is_over(store: Store) -> None:
    """A worker that was killed closes nothing."""
    take(store, "dead", NOW)
    assert take(store, "other", NOW + 29 * SECOND) == 0
    assert take(store, "other", NOW + 30 * SECOND) == 3
    assert take(store, "dead", NOW + 31 * SECOND) == 0


def test_seats_of_one_known_to_be_dead_are_free_at_once(store: Store) -> None:
    """Whoever takes over after a crash must not wait for a lease; the living keep theirs."""
    take(store, "dead", NOW, wanted=2)
    take(store, "alive", NOW, wanted=1)
    with store.writing() as tx:
        tx.limits.leave_all_seats("dead")

    assert take(store, "other", NOW) == 2


def test_a_lease_that_is_renewed_goes_on(store: Store) -> None:
    """Even when the worker itself is a little late, and nobody has noticed."""
    take(store, "a", NOW)
    assert take(store, "a", NOW + 31 * SECOND) == 3
    assert take(store, "b", NOW + 60 * SECOND) == 0


def test_who_wants_fewer_waits_for_no_more(store: Store) -> None:
    """An idle worker's share is the others'."""
    take(store, "a", NOW)
    assert take(store, "a", NOW, wanted=1) == 1
    leave(store, "a", keep=1)
    assert take(store, "b", NOW) == 2
    leave(store, "a")
    leave(store, "nobody")
    assert take(store, "b", NOW) == 3


def test_a_clock_set_back_makes_no_lease_longer(store: Store) -> None:
    """Or a dead worker's connections would be missing for three hours."""
    take(store, "dead", NOW)
    back = NOW - 3 * HOUR
    assert take(store, "other", back) == 0
    assert take(store, "other", back + 30 * SECOND) == 3


def test_threads_do_not_draw_the_same(store: Store) -> None:
    """Eight threads, each with a transaction a draw: a hundred moments, a quota of a hundred, three seats."""
    moments: list[datetime] = []
    granted, usable = [], []

    def work(number: int) -> None:
        for _ in range(25):
            moments.extend(pace(store, 1, NOW, interval=SECOND / 100))
            granted.append(draw(store, 1, NOW, limit=100).granted)
        usable.append(take(store, f"worker {number}", NOW))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(moments) == 200
    assert all(after - before >= SECOND / 100 for before, after in pairwise(sorted(moments)))
    assert (sum(granted), sum(usable)) == (100, 3)
    with store.reading() as tx:
        assert tx.limits.connection.execute(select(limits.c.key)).scalars().all() == [KEY]
