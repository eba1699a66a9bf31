"""What the store promises about slots: one row each, one builder at a time, one end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from digest.model import SlotRecord, SlotState
from digest.store import Store
from store_cast import HOUR, NOW, add_edition

LEASE = timedelta(minutes=2)
MINUTE = timedelta(minutes=1)


def slot(key: str = "2026-11-20T07:00", *, digest: str = "daily", due: datetime = NOW) -> SlotRecord:
    """Make a slot whose edition is to be built five minutes before it is due."""
    return SlotRecord(digest=digest, key=key, due=due, build_at=due - 5 * MINUTE, state=SlotState.DUE)


def added(store: Store, *records: SlotRecord) -> None:
    """Put slots on record."""
    with store.writing() as tx:
        assert tx.slots.add(records, at=NOW) == records


def claimed(store: Store, worker: str, now: datetime = NOW) -> SlotRecord | None:
    """Claim what is next."""
    with store.writing() as tx:
        return tx.slots.claim(worker, now=now, shared=now, lease=LEASE)


def ends(store: Store, record: SlotRecord) -> SlotRecord:
    """Read a slot."""
    with store.reading() as tx:
        found = tx.slots.get(record.digest, record.key)
    assert found is not None
    return found


def test_a_slot_is_put_on_record_once(store: Store) -> None:
    """Two schedulers, or one whose clock went back, note the same slot."""
    first, second = slot(), slot("2026-11-20T08:00", due=NOW + HOUR)
    added(store, first)
    with store.writing() as tx:
        assert tx.slots.add([replace(first, state=SlotState.OFF), second, second], at=NOW) == (second,)
        assert tx.slots.add([], at=NOW) == ()
    with store.reading() as tx:
        assert tx.slots.list(since=NOW - HOUR, until=NOW + HOUR) == (first, second)
        assert tx.slots.list(since=NOW, until=NOW + HOUR, digest="daily") == (second,)
        assert tx.slots.list(since=NOW, until=NOW + HOUR, digest="weekly") == ()
        assert tx.slots.get("daily", "2026-11-20T09:00") is None


def test_thousands_are_put_on_record_at_once(store: Store) -> None:
    """All digests of a house may be due at seven."""
    many = tuple(slot(digest=f"d{number}") for number in range(1_201))
    added(store, *many)
    with store.writing() as tx:
        assert tx.slots.add(many, at=NOW) == ()


def test_of_many_builders_one_gets_the_slot(store: Store) -> None:
    """Every scheduler sees that it is due; one builds it."""
    added(store, slot())
    barrier = Barrier(4)

    def claim(number: int) -> SlotRecord | None:
        barrier.wait()
        return claimed(store, f"w{number}")

    with ThreadPoolExecutor(4) as pool:
        found = [one for one in pool.map(claim, range(4)) if one is not None]

    assert [(one.key, one.tries) for one in found] == [("2026-11-20T07:00", 1)]


def test_a_slot_is_not_built_before_its_time(store: Store) -> None:
    """Articles of the last minutes are to be in it; the one that is due first is built first."""
    early, late = slot("2026-11-20T07:30", due=NOW + HOUR / 2), slot("2026-11-20T08:00", due=NOW + HOUR)
    added(store, late, early)
    with store.reading() as tx:
        assert tx.slots.next_at(NOW, shared=NOW) == early.build_at

    assert claimed(store, "w1", NOW + HOUR / 2 - 6 * MINUTE) is None
    first, second = claimed(store, "w1", NOW + HOUR), claimed(store, "w1", NOW + HOUR)
    assert (first and first.key, second and second.key) == (early.key, late.key)
    assert claimed(store, "w1", NOW + HOUR) is None


def test_a_builder_takes_one_slot_whatever_the_database_expects(store: Store) -> None:
    """A server that counted its rows while there was one plans as if there still were."""
    added(store, slot(digest="first"))
    with store.writing() as tx:
        tx.slots.connection.exec_driver_sql("ANALYZE slots")
    added(store, *[slot(digest=f"d{number}") for number in range(60)])
    taken = claimed(store, "w1")
    with store.reading() as tx:
        left = tx.slots.ready(NOW, shared=NOW)

    assert taken is not None
    assert (taken.digest, len(left)) == ("first", 60)


def test_a_builder_may_ask_for_one_digest(store: Store) -> None:
    """An operator builds one by hand while others wait; what could be claimed can be listed."""
    mine, other = slot(digest="sport"), slot(due=NOW - MINUTE)
    late = slot(digest="sport", key="2026-11-20T09:00", due=NOW + 2 * HOUR)
    added(store, mine, other, late)
    with store.writing() as tx:
        assert tx.slots.ready(NOW, shared=NOW) == (other, mine)
        assert tx.slots.ready(NOW, shared=NOW, digest="sport") == (mine,)
        taken = tx.slots.claim("w1", now=NOW, shared=NOW, lease=LEASE, digest="sport")
        assert tx.slots.claim("w2", now=NOW, shared=NOW, lease=LEASE, digest="sport") is None
        assert tx.slots.ready(NOW, shared=NOW) == (other,)

    assert taken is not None
    assert (taken.digest, taken.key) == ("sport", mine.key)


def test_a_builder_that_died_is_followed_when_its_lease_ends(store: Store) -> None:
    """Nobody else knows that it died."""
    added(store, slot())
    assert claimed(store, "w1") is not None
    with store.reading() as tx:
        assert tx.slots.next_at(NOW, shared=NOW) == NOW + LEASE

    assert claimed(store, "w2", NOW + LEASE - MINUTE) is None
    again = claimed(store, "w2", NOW + LEASE)
    assert again is not None
    assert (again.worker, again.tries) == ("w2", 2)


def test_a_lease_of_a_clock_that_went_back_does_not_hold(store: Store) -> None:
    """Set back by an hour, the clock would make the slot wait for an hour."""
    added(store, slot())
    assert claimed(store, "w1", NOW + HOUR) is not None
    with store.reading() as tx:
        assert tx.slots.next_at(NOW, shared=NOW) == NOW - 5 * MINUTE
    assert claimed(store, "w2", NOW) is not None


@pytest.mark.parametrize("worker", ["w1", "w2"])
def test_a_builder_that_fails_late_puts_off_nobody_else(store: Store, worker: str) -> None:
    """Its slot is in another hand, or in a later try of its own."""
    added(store, slot())
    slept = claimed(store, "w1")
    awake = claimed(store, worker, NOW + LEASE)
    assert slept is not None
    with store.writing() as tx:
        assert not tx.slots.put_off(slept, until=NOW + HOUR, note="broken", at=NOW + LEASE)
    assert ends(store, slept) == awake


def test_of_two_builders_the_first_one_counts(store: Store) -> None:
    """Slow is not dead: whoever is through first has built it, and nobody builds it again."""
    added(store, slot())
    slow, second = claimed(store, "w1"), claimed(store, "w2", NOW + LEASE)
    assert slow is not None
    assert second is not None
    with store.writing() as tx:
        edition = add_edition(tx)
        assert tx.slots.built(slow, edition, at=NOW + LEASE)
        assert not tx.slots.built(second, edition, at=NOW + LEASE)
        assert not tx.slots.put_off(second, until=NOW + HOUR, note="broken", at=NOW + LEASE)
    done = ends(store, slow)
    assert (done.state, done.edition_id, done.note) == (SlotState.BUILT, edition, None)
    assert claimed(store, "w3", NOW + HOUR) is None


def test_a_slot_that_was_put_off_waits_for_its_next_try(store: Store) -> None:
    """A broken template is not tried again at once."""
    added(store, slot())
    taken = claimed(store, "w1")
    assert taken is not None
    with store.writing() as tx:
        assert tx.slots.put_off(taken, until=NOW + 4 * MINUTE, note="broken", at=NOW)
        assert tx.slots.next_at(NOW, shared=NOW) == NOW + 4 * MINUTE

    assert ends(store, taken).note == "broken"
    assert claimed(store, "w1", NOW + 3 * MINUTE) is None
    again = claimed(store, "w1", NOW + 4 * MINUTE)
    assert again is not None
    assert again.tries == 2


def test_a_slot_that_is_being_built_is_not_ended(store: Store) -> None:
    """Its edition is on the way; one whose builder died is nobody's any more."""
    added(store, slot())
    taken = claimed(store, "w1")
    assert taken is not None
    with store.writing() as tx:
        assert tx.slots.overdue(NOW, shared=NOW) == ()
        assert not tx.slots.end(taken, SlotState.MISSED, note="too late", now=NOW, shared=NOW)
        assert tx.slots.overdue(NOW + LEASE, shared=NOW + LEASE) == ((taken, False),)
        assert tx.slots.end(taken, SlotState.MISSED, note="too late", now=NOW + LEASE, shared=NOW + LEASE)
        assert not tx.slots.end(taken, SlotState.OFF, note="paused", now=NOW + LEASE, shared=NOW + LEASE)
        assert not tx.slots.built(taken, 1, at=NOW + LEASE)
    missed = ends(store, taken)
    assert (missed.state, missed.note, missed.worker) == (SlotState.MISSED, "too late", None)


def test_a_slot_can_be_taken_out_of_its_builders_hand(store: Store) -> None:
    """Somebody said that the digest does not come out for now."""
    added(store, slot())
    taken = claimed(store, "w1")
    assert taken is not None
    with store.writing() as tx:
        assert tx.slots.end(taken, SlotState.OFF, note="paused", now=NOW, shared=NOW, in_hand=True)
        assert not tx.slots.built(taken, 1, at=NOW)
    assert ends(store, taken).state is SlotState.OFF


def test_an_overdue_slot_tells_whether_a_newer_one_took_its_place(store: Store) -> None:
    """After an outage only the newest goes out."""
    old, new = slot(), slot("2026-11-20T08:00", due=NOW + HOUR)
    twin, coming = slot("2026-11-20T08:00#sport", due=NOW + HOUR), slot("later", due=NOW + 3 * HOUR)
    off = replace(slot("2026-11-20T09:00", due=NOW + 2 * HOUR), state=SlotState.OFF, note="holiday")
    added(store, old, new, twin, off, coming, slot(digest="weekly"))
    with store.reading() as tx:
        found = [
            (one.digest, one.key, superseded)
            for one, superseded in tx.slots.overdue(NOW + 2 * HOUR, shared=NOW + 2 * HOUR)
        ]
        weekly = tx.slots.overdue(NOW + 2 * HOUR, ["weekly"], shared=NOW + 2 * HOUR)

    assert found == [
        ("daily", old.key, True),
        ("weekly", old.key, False),
        ("daily", new.key, False),
        ("daily", twin.key, False),
    ]
    assert [one.digest for one, _ in weekly] == ["weekly"]


def test_an_edition_built_by_hand_counts(store: Store) -> None:
    """Whatever the program had thought of the slot, near or not."""
    missed = replace(slot(), state=SlotState.MISSED, note="too late")
    added(store, missed)
    with store.writing() as tx:
        edition = add_edition(tx)
        by_hand = replace(slot(), state=SlotState.BUILT, edition_id=edition)
        coming = replace(by_hand, key="2026-11-21T07:00", due=NOW + 24 * HOUR)
        tx.slots.built_by_hand(by_hand, at=NOW)
        tx.slots.built_by_hand(coming, at=NOW)

    assert (ends(store, missed).state, ends(store, missed).note) == (SlotState.BUILT, None)
    assert (ends(store, coming).state, ends(store, coming).edition_id) == (SlotState.BUILT, edition)


def test_a_slot_that_is_off_can_come_back(store: Store) -> None:
    """Somebody thinks again."""
    off = replace(slot(), state=SlotState.OFF, note="skipped by olu")
    added(store, off, slot(digest="weekly"))
    with store.writing() as tx:
        assert tx.slots.bring_back("daily", off.key, now=NOW)
        assert not tx.slots.bring_back("daily", off.key, now=NOW)
        assert not tx.slots.forget("daily", off.key)
        assert tx.slots.end(off, SlotState.OFF, note="skipped again", now=NOW, shared=NOW)
        assert tx.slots.forget("daily", off.key)
        assert tx.slots.get("daily", off.key) is None


def test_coming_slots_of_an_old_schedule_are_forgotten(store: Store) -> None:
    """The operator moved them; what is past, kept or off stays, and who builds one stores nothing."""
    past, kept = slot(due=NOW - HOUR, key="past"), slot(due=NOW + MINUTE, key="kept")
    off = replace(slot(due=NOW + MINUTE, key="off"), state=SlotState.OFF)
    in_hand, gone = slot(due=NOW + MINUTE, key="in hand"), slot(due=NOW + 2 * MINUTE, key="gone")
    added(store, in_hand)
    in_work = claimed(store, "w1")
    assert in_work is not None
    added(store, past, kept, off, gone, slot(digest="weekly", due=NOW + MINUTE))
    with store.writing() as tx:
        tx.slots.withdraw("daily", after=NOW, keep={"kept"})
        assert not tx.slots.built(in_work, 1, at=NOW)
    with store.reading() as tx:
        left = tx.slots.list(since=NOW - 2 * HOUR, until=NOW + HOUR, digest="daily")

    assert sorted(one.key for one in left) == ["kept", "off", "past"]
