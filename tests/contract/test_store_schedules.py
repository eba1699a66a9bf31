"""What the store promises about the schedules that were seen, on every back end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

from digest.model import KnownSchedule, Pause
from digest.store import Store
from store_cast import HOUR, NOW

DAILY = KnownSchedule(
    digest="daily",
    rules={"zone": "Europe/Berlin", "schedule": [{"at": ["07:00"]}]},
    seen_until=NOW,
    next_at=NOW + HOUR,
)
WEEKLY = KnownSchedule(digest="weekly", rules={}, seen_until=NOW, next_at=None)


def test_what_is_known_comes_back_as_it_was_put(store: Store) -> None:
    """After a restart it is all that a scheduler knows of the time before."""
    paused = replace(WEEKLY, pause=Pause(at=NOW, by="olu", note="summer"))
    with store.writing() as tx:
        tx.schedules.put([paused, DAILY])
    with store.reading() as tx:
        assert tx.schedules.get("daily") == DAILY
        assert tx.schedules.get("weekly") == paused
        assert tx.schedules.get("monthly") is None


def test_putting_again_replaces(store: Store) -> None:
    """A row a digest, however often it is looked at."""
    later = replace(DAILY, rules={"zone": "UTC"}, seen_until=NOW + HOUR, next_at=None)
    with store.writing() as tx:
        tx.schedules.put([DAILY, WEEKLY])
        tx.schedules.put([later])
        tx.schedules.put([])
    with store.reading() as tx:
        assert tx.schedules.keys() == ("daily", "weekly")
        assert tx.schedules.get("daily") == later


def test_only_those_that_are_near_are_taken(store: Store) -> None:
    """An idle tick reads nothing of ten thousand digests."""
    with store.writing() as tx:
        tx.schedules.put([DAILY, WEEKLY, replace(DAILY, digest="late", next_at=NOW + 3 * HOUR)])
    with store.writing() as tx:
        assert tx.schedules.next_at() == NOW + HOUR
        assert tx.schedules.near(NOW) == ()
        assert tx.schedules.near(NOW + HOUR) == ("daily",)
        assert tx.schedules.take(["weekly", "monthly", "daily"]) == (DAILY, WEEKLY)
        assert tx.schedules.keys() == ("daily", "late", "weekly")


def test_without_plans_there_is_nothing_to_wake_up_for(store: Store) -> None:
    """A home whose digests are built by hand sleeps."""
    with store.writing() as tx:
        tx.schedules.put([WEEKLY])
        assert tx.schedules.next_at() is None


def test_of_two_who_meet_a_new_digest_the_second_sees_what_the_first_did(store: Store) -> None:
    """A scheduler looks at it for the first time, and in this moment somebody pauses it."""
    new = replace(WEEKLY, digest="daily")
    begun = Event()

    def pause() -> None:
        with store.writing() as tx:
            begun.set()
            tx.schedules.begin([new])
            (known,) = tx.schedules.take(["daily"])
            tx.schedules.put([replace(known, pause=Pause(at=NOW, by="olu"))])

    with ThreadPoolExecutor(1) as pool, store.writing() as tx:
        tx.schedules.begin([new])
        assert tx.schedules.take(["daily"]) == (new,)
        paused = pool.submit(pause)
        if tx.schedules.connection.dialect.name != "sqlite":  # whose second writer waits at the door
            assert begun.wait(30)
        tx.schedules.put([DAILY])
    paused.result(30)
    with store.reading() as tx:
        assert tx.schedules.get("daily") == replace(DAILY, pause=Pause(at=NOW, by="olu"))


def test_a_digest_that_was_seen_does_not_begin_again(store: Store) -> None:
    """What is known of it stays."""
    with store.writing() as tx:
        tx.schedules.put([DAILY])
        tx.schedules.begin([replace(WEEKLY, digest="daily"), WEEKLY])
        assert tx.schedules.take(["weekly", "daily"]) == (DAILY, WEEKLY)
