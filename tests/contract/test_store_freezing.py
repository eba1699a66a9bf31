"""What freezing an audience promises, on every back end."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest

from digest.errors import NotFound
from digest.model import Books, DeliveryState, SubscriptionState
from digest.store import Enrolment, NewSubscriber, Store, Transaction
from store_cast import HOUR, NOW, add_edition, add_readers, bar_fingerprint

CONFIRMED = SubscriptionState.CONFIRMED
EXCLUDED, PENDING = DeliveryState.EXCLUDED, DeliveryState.PENDING


def subscribe(tx: Transaction, name: str, *sections: str, digest: str = "daily") -> int:
    """Store a confirmed subscriber with a choice of sections; return their id."""
    person = tx.people.put(NewSubscriber(email=f"{name}@example.org"), at=NOW)
    tx.people.subscribe(person.id, digest, state=CONFIRMED, at=NOW, sections=sections)
    return person.id


def subscribe_in(tx: Transaction, name: str, zone: str | None) -> None:
    """Store a confirmed subscriber who lives in a zone."""
    person = tx.people.put(NewSubscriber(email=f"{name}@example.org", zone=zone), at=NOW)
    tx.people.subscribe(person.id, "daily", state=CONFIRMED, at=NOW)


def test_whoever_has_confirmed_is_frozen_in_order_with_their_choice(store: Store) -> None:
    """Nobody is mailed who has not said yes; what they chose is what they get."""
    with store.writing() as tx:
        waiting = tx.people.put(NewSubscriber(email="waiting@example.org"), at=NOW)
        tx.people.subscribe(waiting.id, "daily", state=SubscriptionState.PENDING, at=NOW)
        sam, olu, ada = (subscribe(tx, name) for name in ("sam", "olu", "ada"))
        subscribe(tx, "weekly", digest="weekly")
        tx.people.subscribe(olu, "daily", state=CONFIRMED, at=NOW, sections=("world", "sport"))
        tx.people.end(sam, "daily", at=NOW, reason="one click")
        edition_id = add_edition(tx)

        assert tx.deliveries.freeze(edition_id) == 2
        frozen = tx.deliveries.list(edition_id)
        assert [(one.subscriber.id, one.sections) for one in frozen] == [
            (olu, ("world", "sport")),
            (ada, ()),
        ]
        assert {(one.state, one.attempt, one.reason) for one in frozen} == {(PENDING, 0, None)}


def test_an_edition_that_is_frozen_gains_nobody(store: Store) -> None:
    """Whoever subscribes while it is sent waits for the next; going on after a stop is no new audience."""
    with store.writing() as tx:
        add_readers(tx, 3)
        edition_id = add_edition(tx)
        assert tx.deliveries.freeze(edition_id) == 3
        subscribe(tx, "late")

        assert tx.deliveries.freeze(edition_id) == 0
        assert tx.deliveries.books(edition_id).frozen == 3
        assert tx.deliveries.freeze(add_edition(tx, number=2, day=21)) == 4


def test_a_freeze_that_was_cut_short_is_done_by_doing_it_again(store: Store) -> None:
    """All or nobody: half an audience would be taken for the whole."""
    with store.writing() as tx:
        add_readers(tx, 3)
        edition_id = add_edition(tx)

    def killed() -> None:
        with store.writing() as tx:
            assert tx.deliveries.freeze(edition_id) == 3
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed()

    with store.writing() as tx:
        assert tx.deliveries.books(edition_id).frozen == 0
        assert tx.deliveries.freeze(edition_id) == 3


def test_who_gets_nothing_is_on_record_with_the_reason(store: Store) -> None:
    """'Why did I get no mail?' has an answer, and the sum holds."""
    with store.writing() as tx:
        for name, sections in (
            ("sam", ("sport",)),
            ("olu", ("world",)),
            ("ada", ()),
            ("eve", ("sport",)),
            ("max", ("sport", "arts")),
            ("gone", ()),
        ):
            subscribe(tx, name, *sections)
        tx.people.suppress("eve@example.org", "complaint", at=NOW)
        tx.people.suppress("ada@example.org", "complaint", at=NOW)
        tx.people.erase("gone@example.org", at=NOW)
        edition_id = add_edition(tx)
        nothing = [("sport",), ("sport", "arts"), ("nobody", "chose"), ('"', "ü")]

        assert tx.deliveries.freeze(edition_id, chosen_nothing=nothing) == 5
        assert [(one.state, one.reason) for one in tx.deliveries.list(edition_id)] == [
            (EXCLUDED, "nothing in their sections"),
            (PENDING, None),
            (EXCLUDED, "suppressed"),
            (EXCLUDED, "suppressed"),
            (EXCLUDED, "nothing in their sections"),
        ]
        assert tx.deliveries.books(edition_id) == Books(
            frozen=5, sent=0, failed=0, expired=0, excluded=4, unknown=0, open=1
        )


def test_who_was_erased_and_came_back_is_excluded_until_allowed(store: Store) -> None:
    """Only a fingerprint is left of them, and it bars the address."""
    with store.writing() as tx:
        for name in ("sam", "olu", "eve"):
            subscribe(tx, name, *(["sport"] if name == "eve" else []))
        bar_fingerprint(tx, "olu@example.org")
        bar_fingerprint(tx, "eve@example.org")
        bar_fingerprint(tx, "stranger@example.org")
        first, second = add_edition(tx), add_edition(tx, number=2, day=21)
        tx.deliveries.freeze(first, chosen_nothing=[("sport",)])
        assert tx.people.unsuppress("olu@example.org")
        tx.deliveries.freeze(second)

        assert [one.reason for one in tx.deliveries.list(first)] == [None, "suppressed", "suppressed"]
        assert [one.reason for one in tx.deliveries.list(second)] == [None, None, "suppressed"]


def test_a_large_audience_comes_whole(store: Store) -> None:
    """Pages of addresses must neither lose nor repeat the people at their seams."""
    entries = [
        Enrolment(new=NewSubscriber(email=f"reader{number}@example.org"), consent="import:members.csv")
        for number in range(1501)
    ]
    with store.writing() as tx:
        tx.people.enrol(entries, "daily", at=NOW)
        for number in (0, 499, 500, 501, 1500):
            bar_fingerprint(tx, f"reader{number}@example.org")
        edition_id = add_edition(tx)

        assert tx.deliveries.freeze(edition_id) == 1501
        barred = tx.deliveries.list(edition_id, states=[EXCLUDED])
        assert [one.subscriber.email for one in barred] == [
            f"reader{number}@example.org" for number in (0, 499, 500, 501, 1500)
        ]


def test_the_choices_of_an_audience_are_told_once_each(store: Store) -> None:
    """An edition is cut to each of them before anybody is written down."""
    with store.writing() as tx:
        assert tx.deliveries.choices("daily") == ()
        for place, choice in enumerate([("world",), (), ("sport", "world"), ("world",), ("arts",)]):
            left = subscribe(tx, f"reader{place}", *choice)
        tx.people.end(left, "daily", at=NOW + HOUR, reason="one click")
        subscribe(tx, "other", "money", digest="weekly")

        assert tx.deliveries.choices("daily") == ((), ("sport", "world"), ("world",))


def test_freezing_for_nobody_or_nothing_says_so(store: Store) -> None:
    """A wrong id must not become an edition that is never finished."""
    with store.writing() as tx:
        edition_id = add_edition(tx)
        for number in (9, 10**30, -1):
            with pytest.raises(NotFound, match=f"no edition {number}"):
                tx.deliveries.freeze(number)
        assert tx.deliveries.freeze(edition_id) == 0


def test_of_two_that_freeze_at_once_one_finds_it_done(store: Store) -> None:
    """Two operators press the same key."""
    with store.writing() as tx:
        add_readers(tx, 30)
        edition_id = add_edition(tx)
    counts: list[int] = []
    start = threading.Barrier(3)

    def work() -> None:
        start.wait()
        with store.writing() as tx:
            counts.append(tx.deliveries.freeze(edition_id))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(counts) == [0, 0, 30]


def test_everybody_waits_for_the_hour_of_their_zone(store: Store) -> None:
    """One edition, seven o'clock where each reader is; who has no zone that counts goes by the digest's."""
    tokyo, berlin, york = NOW - 9 * HOUR, NOW - HOUR, NOW + 5 * HOUR
    with store.writing() as tx:
        for name, zone in (
            ("kei", "Asia/Tokyo"),
            ("sam", None),
            ("ada", "Europe/Berlin"),
            ("joe", "Mars/Base"),
        ):
            subscribe_in(tx, name, zone)
        subscribe_in(tx, "ned", "America/New_York")
        edition_id = add_edition(tx)
        zones = {None: berlin, "Asia/Tokyo": tokyo, "America/New_York": york, "Europe/Berlin": berlin}
        hours = {(zone, None): due for zone, due in zones.items()}
        assert tx.deliveries.zones("daily") == (
            None, "America/New_York", "Asia/Tokyo", "Europe/Berlin", "Mars/Base",
        )  # fmt: skip
        assert tx.deliveries.freeze(edition_id, hours=hours) == 5

    def claimed(now: datetime) -> list[str]:
        with store.writing() as tx:
            found = tx.deliveries.claim(edition_id, f"w{now}", now=now, limit=9, lease=HOUR)
        return sorted(one.subscriber.email.partition("@")[0] for one in found)

    assert claimed(tokyo - HOUR) == []
    assert claimed(tokyo) == ["kei"]
    with store.reading() as tx:
        assert tx.deliveries.next_due(edition_id) == berlin
        assert tx.deliveries.put_off(edition_id, now=tokyo, but_for="a limit") == {DeliveryState.PENDING}
    assert claimed(york - HOUR) == ["ada", "joe", "sam"]
    assert claimed(york) == ["ned"]


def test_who_is_excluded_waits_for_no_hour(store: Store) -> None:
    """Else the sender would wake up for nobody."""
    with store.writing() as tx:
        subscribe_in(tx, "sam", "Asia/Tokyo")
        tx.people.suppress("sam@example.org", reason="asked", at=NOW)
        edition_id = add_edition(tx)
        tx.deliveries.freeze(edition_id, hours={(None, None): NOW, ("Asia/Tokyo", None): NOW + HOUR})

        assert tx.deliveries.next_due(edition_id) is None
        assert tx.deliveries.books(edition_id).excluded == 1


def test_a_clock_that_was_ahead_brings_nobody_before_their_hour(store: Store) -> None:
    """What a relay put off is brought forward when it lies too far ahead; the hour of a zone may lie so."""
    with store.writing() as tx:
        subscribe_in(tx, "sam", "America/New_York")
        edition_id = add_edition(tx)
        tx.deliveries.freeze(
            edition_id, hours={(None, None): NOW, ("America/New_York", None): NOW + 6 * HOUR}
        )

        assert tx.deliveries.bring_forward(edition_id, now=NOW) == 0
        assert tx.deliveries.next_due(edition_id) == NOW + 6 * HOUR
