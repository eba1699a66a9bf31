"""What the store promises about reports of mail that came back, on every back end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from digest.errors import StoreError
from digest.model import BounceKind, DeliveryState, EditionState
from digest.store import NewBounce, Store, Transaction
from store_cast import HOUR, NOW, add_edition, add_readers, close_edition, ended


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


def hard(tx: Transaction, subscriber_id: int, most: int = 5) -> int:
    """Count the editions in a row that came back."""
    return tx.bounces.hard_editions(subscriber_id, most=most)


def sent(tx: Transaction, *days: int, state: DeliveryState = DeliveryState.SENT) -> list[int]:
    """Store editions of these days that have gone to everybody."""
    editions = []
    for day in days:
        editions.append(add_edition(tx, state=EditionState.SENDING, number=day, day=day))
        tx.deliveries.freeze(editions[-1])
        claimed = tx.deliveries.claim(editions[-1], "one", now=NOW, limit=9, lease=HOUR)
        tx.deliveries.settle_all("one", [ended(mail, state, "") for mail in claimed])
    return editions


def test_hard_reports_are_counted_by_edition_and_person(store: Store) -> None:
    """Two reports about one mail are one bad morning; soft ones are none."""
    with store.writing() as tx:
        sam, eve = add_readers(tx, 2)
        first, second = sent(tx, 20, 21)
        tx.bounces.add(report(sam, first, "a"), at=NOW)
        tx.bounces.add(report(sam, first, "b"), at=NOW)
        tx.bounces.add(report(sam, second, "c", BounceKind.SOFT, "4.2.2"), at=NOW)
        tx.bounces.add(report(eve, second, "d"), at=NOW)

        assert (hard(tx, sam), hard(tx, eve)) == (1, 1)
        tx.bounces.add(report(sam, second, "e"), at=NOW)
        assert hard(tx, sam) == 2
        assert hard(tx, sam, most=1) == 1
        assert hard(tx, 10**30) == 0
        assert [one.kind for one in tx.bounces.list(limit=3)] == ["hard", "hard", "soft"]


@pytest.mark.parametrize(
    ("came_back", "count"),
    [
        ("hh", 2),
        ("hshh", 3),  # what was put off, or refused for the sender's sake, proves no mailbox
        ("hrh", 2),
        ("h-h", 1),
        ("h--------hh", 2),
        ("hh-h--", 1),
        ("hh--", 2),  # of the newest a report may be on its way
        ("--", 0),
        ("hch", 1),  # who complains has got it
    ],
)
def test_edition_that_never_came_back_begins_the_count_anew(store: Store, came_back: str, count: int) -> None:
    """An outage of two years ago and one of today are not two in a row."""
    kinds = {
        "h": BounceKind.HARD,
        "s": BounceKind.SOFT,
        "r": BounceKind.REFUSED,
        "c": BounceKind.COMPLAINT,
    }
    with store.writing() as tx:
        sam, eve = add_readers(tx, 2)
        editions = sent(tx, *range(1, len(came_back) + 1))
        # The newest report comes in first: they count in the order of the editions.
        for edition, sign in reversed(list(zip(editions, came_back, strict=True))):
            tx.bounces.add(report(eve, edition, f"eve's {edition}"), at=NOW)
            if sign != "-":
                tx.bounces.add(report(sam, edition, f"sam's {edition}", kinds[sign]), at=NOW)

        assert hard(tx, sam, most=9) == count


def test_late_report_joins_the_row_that_it_belongs_to(store: Store) -> None:
    """Servers try for five days before they give up."""
    with store.writing() as tx:
        (sam,) = add_readers(tx, 1)
        first, second, third = sent(tx, 1, 2, 3)
        tx.bounces.add(report(sam, first, "first"), at=NOW)
        tx.bounces.add(report(sam, third, "third"), at=NOW)
        assert hard(tx, sam) == 1
        tx.bounces.add(report(sam, second, "late"), at=NOW + 99 * HOUR)

        assert hard(tx, sam) == 3


@pytest.mark.parametrize("state", [DeliveryState.FAILED, DeliveryState.EXCLUDED, DeliveryState.UNKNOWN])
def test_edition_that_was_not_sent_to_them_for_certain_proves_nothing(
    store: Store, state: DeliveryState
) -> None:
    """They were away, or nobody knows."""
    with store.writing() as tx:
        (sam,) = add_readers(tx, 1)
        (first,), _, (third,) = sent(tx, 1), sent(tx, 2, state=state), sent(tx, 3)
        for edition in (first, third):
            tx.bounces.add(report(sam, edition, f"of {edition}"), at=NOW)

        assert hard(tx, sam) == 2


def refused(tx: Transaction, subscriber_id: int, edition_id: int) -> None:
    """Note that the relay did not take a mail."""
    new = replace(report(subscriber_id, edition_id, f"refused {edition_id}"), is_refusal=True)
    assert tx.bounces.add(new, at=NOW)
    assert not tx.bounces.add(new, at=NOW + HOUR)


def again(tx: Transaction, edition_id: int, state: DeliveryState) -> None:
    """Try those once more who failed."""
    tx.deliveries.reopen_failed(edition_id)
    claimed = tx.deliveries.claim(edition_id, "one", now=NOW, limit=9, lease=HOUR)
    assert claimed
    tx.deliveries.settle_all("one", [ended(mail, state, "") for mail in claimed])


def test_refusal_of_an_edition_that_was_sent_after_all_proves_nothing(store: Store) -> None:
    """The relay was mended, and `send --failed` mailed whoever it had not known."""
    with store.writing() as tx:
        (sam,) = add_readers(tx, 1)
        editions = sent(tx, 1, 2, 3, state=DeliveryState.FAILED)
        for edition in editions:
            refused(tx, sam, edition)
        assert hard(tx, sam) == 3
        again(tx, editions[2], DeliveryState.SENT)
        assert hard(tx, sam) == 2  # of that one a report may be on its way
        newest = sent(tx, 4, state=DeliveryState.FAILED)
        refused(tx, sam, *newest)
        assert hard(tx, sam) == hard(tx, sam, most=1) == 1
        tx.bounces.add(report(sam, editions[2], "soft", BounceKind.SOFT), at=NOW)
        assert hard(tx, sam) == 3  # it is not known any more that the edition got through
        tx.bounces.add(report(sam, editions[2], "late"), at=NOW)

        assert hard(tx, sam) == 4


@pytest.mark.parametrize("state", [DeliveryState.FAILED, DeliveryState.EXPIRED, DeliveryState.UNKNOWN])
def test_refusal_counts_until_the_edition_is_sent(store: Store, state: DeliveryState) -> None:
    """A second try that comes to nothing takes nothing back."""
    with store.writing() as tx:
        (sam,) = add_readers(tx, 1)
        (edition,) = sent(tx, 1, state=DeliveryState.FAILED)
        refused(tx, sam, edition)
        again(tx, edition, state)

        assert hard(tx, sam) == 1


def test_what_came_back_from_an_address_of_before_says_nothing_about_the_new_one(store: Store) -> None:
    """Who moves since the old mailbox is closed gives late reports of it; the new address is well."""
    with store.writing() as tx:
        (sam,) = add_readers(tx, 1)
        for edition in sent(tx, 20, 21):
            tx.bounces.add(report(sam, edition, f"old {edition}"), at=NOW)
        assert hard(tx, sam) == 2
        tx.people.move(sam, "sam@new.example.org")
        assert hard(tx, sam) == 0
        tx.bounces.add(report(sam, *sent(tx, 22), "new"), at=NOW)

        assert hard(tx, sam) == 1


def test_rows_do_not_join_over_what_went_off_the_record(store: Store) -> None:
    """An edition that was stopped keeps its rows, and the one after it, which got through, does not."""
    with store.writing() as tx:
        (sam,) = add_readers(tx, 1)
        stopped, well = sent(tx, 1, 2)
        close_edition(tx, well)
        tx.bounces.add(report(sam, stopped, "of a year ago"), at=NOW)
        assert hard(tx, sam) == 1
        assert tx.deliveries.prune(well, before=NOW + HOUR, limit=9, at=NOW + HOUR) == 1
        assert tx.deliveries.holds(stopped, sam)
        (last, newest) = sent(tx, 3, 4)
        tx.bounces.add(report(sam, last, "of today"), at=NOW)

        assert hard(tx, sam) == 1
        tx.bounces.add(report(sam, newest, "of tomorrow"), at=NOW)
        assert hard(tx, sam) == 2


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
