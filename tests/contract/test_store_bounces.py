"""What the store promises about reports of mail that came back, on every back end."""

from __future__ import annotations

import pytest

from digest.errors import StoreError
from digest.model import BounceKind, EditionState
from digest.store import NewBounce, Store
from store_cast import HOUR, NOW, add_edition, add_readers


def report(
    subscriber_id: int, edition_id: int, name: str, kind: BounceKind = BounceKind.HARD, status: str = "5.1.1"
) -> NewBounce:
    """Make a report."""
    return NewBounce(
        subscriber_id=subscriber_id, edition_id=edition_id, kind=kind, digest=name, status=status
    )


def test_a_report_counts_once(store: Store) -> None:
    """A folder of reports is read again every night."""
    with store.writing() as tx:
        (sam,) = add_readers(tx, 1)
        edition_id = add_edition(tx, state=EditionState.SENT)

        assert tx.bounces.add(report(sam, edition_id, "first"), at=NOW)
        assert not tx.bounces.add(report(sam, edition_id, "first", BounceKind.SOFT), at=NOW + HOUR)
        (listed,) = tx.bounces.list()

    assert (listed.subscriber.email, listed.edition_id) == ("Reader1@example.org", edition_id)
    assert (listed.kind, listed.status, listed.at) == (BounceKind.HARD, "5.1.1", NOW)


def test_hard_reports_are_counted_by_edition_and_person(store: Store) -> None:
    """Two reports about one mail are one bad morning; soft ones are none."""
    with store.writing() as tx:
        sam, eve = add_readers(tx, 2)
        first = add_edition(tx, number=1, day=20)
        second = add_edition(tx, number=2, day=21)
        tx.bounces.add(report(sam, first, "a"), at=NOW)
        tx.bounces.add(report(sam, first, "b"), at=NOW)
        tx.bounces.add(report(sam, second, "c", BounceKind.SOFT, "4.2.2"), at=NOW)
        tx.bounces.add(report(eve, second, "d"), at=NOW)

        assert (tx.bounces.hard_editions(sam), tx.bounces.hard_editions(eve)) == (1, 1)
        tx.bounces.add(report(sam, second, "e"), at=NOW)
        assert tx.bounces.hard_editions(sam) == 2
        assert tx.bounces.hard_editions(10**30) == 0
        assert [one.kind for one in tx.bounces.list(limit=3)] == ["hard", "hard", "soft"]


def test_what_came_back_from_an_address_of_before_says_nothing_about_the_new_one(store: Store) -> None:
    """Who moves since the old mailbox is closed gives late reports of it; the new address is well."""
    with store.writing() as tx:
        (sam,) = add_readers(tx, 1)
        editions = [add_edition(tx, state=EditionState.SENDING, number=day, day=day) for day in (20, 21, 22)]
        for edition in editions[:2]:
            tx.deliveries.freeze(edition)
            tx.bounces.add(report(sam, edition, f"old {edition}"), at=NOW)
        assert tx.bounces.hard_editions(sam) == 2
        tx.people.move(sam, "sam@new.example.org")
        assert tx.bounces.hard_editions(sam) == 0
        tx.deliveries.freeze(editions[2])
        tx.bounces.add(report(sam, editions[2], "new"), at=NOW)

        assert tx.bounces.hard_editions(sam) == 1


def test_a_report_about_nobody_is_not_stored(store: Store) -> None:
    """Rows that point nowhere are damage."""
    with pytest.raises(StoreError), store.writing() as tx:
        tx.bounces.add(report(9, 9, "stray"), at=NOW)


def test_a_person_takes_their_reports_along_and_leaves_nameless_ones(store: Store) -> None:
    """People may ask what is known of them, and be forgotten."""
    with store.writing() as tx:
        (sam,) = add_readers(tx, 1)
        edition_id = add_edition(tx)
        tx.bounces.add(report(sam, edition_id, "a"), at=NOW)
        stored = tx.people.export("reader1@example.org")["bounces"]
        tx.people.erase("reader1@example.org", at=NOW)
        (left,) = tx.bounces.list()

    assert stored == [
        {"edition": edition_id, "kind": "hard", "status": "5.1.1", "at": "2026-11-20T06:00:00+00:00"}
    ]
    assert (left.subscriber.email, left.subscriber.name) == ("", None)
