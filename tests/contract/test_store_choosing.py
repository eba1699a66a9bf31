"""What subscribers choose for themselves, and that mail is frozen and stopped by it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from digest.errors import Refused
from digest.model import FULL_FORM, MOVED, DeliveryState, EditionState, MailForm, Outcome
from digest.store import NewSubscriber, Store, Transaction
from store_cast import HOUR, NOW, add_edition, add_readers

SHORT = MailForm(is_plain=True, at_most=2)


def choose(tx: Transaction, number: int, **given: object) -> bool:
    """Choose all sections, with everyone, in full, at once, but for what is given."""
    usual = {"sections": (), "hour": None, "form": FULL_FORM, "paused_until": None}
    return tx.people.choose(number, "daily", at=NOW, **{**usual, **given})


def test_a_choice_is_frozen_with_the_edition(store: Store) -> None:
    """A retry must be the same mail, whatever the reader has changed meanwhile."""
    with store.writing() as tx:
        (sam,) = add_readers(tx, 1)
        assert choose(tx, sam, sections=("sport", "world"), hour="18:30", form=SHORT)
        edition_id = add_edition(tx, state=EditionState.SENDING)
        tx.deliveries.freeze(edition_id)
        choose(tx, sam)

        (mail,) = tx.deliveries.list(edition_id)
        assert (mail.sections, mail.hour, mail.form) == (("sport", "world"), "18:30", SHORT)


def test_who_does_not_get_a_digest_chooses_nothing_of_it(store: Store) -> None:
    """An old link must not bring a subscription back."""
    with store.writing() as tx:
        (sam,) = add_readers(tx, 1)
        tx.people.end(sam, "daily", at=NOW, reason="link")

        assert not choose(tx, sam, hour="18:30")


def test_an_hour_of_ones_own_is_waited_for(store: Store) -> None:
    """Two of three have chosen; the third is due at once with everyone."""
    with store.writing() as tx:
        usual, late, tokyo = add_readers(tx, 3)
        tx.people.describe(tokyo, name=None, language=None, zone="Asia/Tokyo")
        choose(tx, late, hour="18:30")
        choose(tx, tokyo, hour="18:30")
        edition_id = add_edition(tx, state=EditionState.SENDING)
        assert set(tx.deliveries.hours("daily")) == {(None, "18:30"), ("Asia/Tokyo", "18:30")}
        hours = {(None, None): NOW, (None, "18:30"): NOW + 11 * HOUR, ("Asia/Tokyo", "18:30"): NOW + 3 * HOUR}
        tx.deliveries.freeze(edition_id, hours=hours)

        due = [
            [
                one.subscriber.id
                for one in tx.deliveries.claim(edition_id, f"w{at}", now=at, limit=9, lease=HOUR)
            ]
            for at in (NOW, NOW + 2 * HOUR, NOW + 3 * HOUR, NOW + 11 * HOUR)
        ]
        assert due == [[usual], [], [tokyo], [late]]


@pytest.mark.parametrize(("days", "state"), [(1, DeliveryState.EXCLUDED), (0, DeliveryState.PENDING)])
def test_a_pause_holds_for_editions_that_are_due_before_its_end(
    store: Store, days: int, state: DeliveryState
) -> None:
    """The edition of the very moment is the first one again."""
    with store.writing() as tx:
        (sam,) = add_readers(tx, 1)
        choose(tx, sam, paused_until=NOW + timedelta(days=days))
        edition_id = add_edition(tx, state=EditionState.SENDING)  # due at NOW
        tx.deliveries.freeze(edition_id)

        (mail,) = tx.deliveries.list(edition_id)
        assert mail.state is state
        assert mail.reason == ("paused" if days else None)


def test_a_pause_takes_people_out_of_an_edition_under_way(store: Store) -> None:
    """One waits, one is in a sender's hand: neither is mailed."""
    with store.writing() as tx:
        waits, in_hand = add_readers(tx, 2)
        edition_id = add_edition(tx, state=EditionState.SENDING)
        tx.deliveries.freeze(edition_id)
        (first,) = tx.deliveries.claim(edition_id, "w", now=NOW, limit=1, lease=HOUR)
        assert first.subscriber.id == waits
        for number in (waits, in_hand):
            choose(tx, number, paused_until=NOW + timedelta(days=1))

        assert tx.deliveries.barred_of(edition_id, "w") == {first.id: "paused"}
        assert tx.deliveries.barred(first.id) == "paused"
        assert [one.reason for one in tx.deliveries.list(edition_id)] == [None, "paused"]


def test_a_person_moves_with_links_and_choices(store: Store) -> None:
    """The old address is nobody's afterwards."""
    with store.writing() as tx:
        (number,) = add_readers(tx, 1)
        before = tx.people.get(number)
        tx.people.move(number, "Sam@New.example")
        after = tx.people.get(number)

        assert before is not None
        assert after is not None
        assert (after.uid, after.email) == (before.uid, "Sam@new.example")
        assert tx.people.find("reader1@example.org") is None


def test_who_moves_is_claimed_anew_with_the_new_address(store: Store) -> None:
    """What a sender has in hand goes to the address of before, which may be barred or another's by now."""
    with store.writing() as tx:
        sam, dotted, waits, *_ = add_readers(tx, 4)
        edition_id = add_edition(tx, state=EditionState.SENDING)
        tx.deliveries.freeze(edition_id)
        first, second = tx.deliveries.claim(edition_id, "w", now=NOW, limit=2, lease=HOUR)
        tx.deliveries.dotted(second.id, "w", second.attempt)
        for number in (sam, dotted, waits):
            tx.people.move(number, f"moved{number}@example.net")
        tx.people.suppress("reader1@example.org", "complaint", at=NOW)

        assert tx.deliveries.barred_of(edition_id, "w") == {first.id: MOVED}
        assert tx.deliveries.barred(first.id) == MOVED
        tx.deliveries.settle(first.id, "w", first.attempt, Outcome(state=DeliveryState.PENDING, at=NOW))
        again = tx.deliveries.claim(edition_id, "w", now=NOW, limit=9, lease=HOUR)
        assert [(one.subscriber.email, one.attempt) for one in again] == [
            ("moved1@example.net", 1),
            ("moved3@example.net", 1),
            ("Reader4@example.org", 1),
        ]
        assert tx.deliveries.barred_of(edition_id, "w") == {}


def test_who_moves_and_leaves_is_not_claimed_anew(store: Store) -> None:
    """The last word of each counts."""
    with store.writing() as tx:
        readers = add_readers(tx, 4)
        edition_id = add_edition(tx, state=EditionState.SENDING)
        tx.deliveries.freeze(edition_id)
        tx.deliveries.claim(edition_id, "w", now=NOW, limit=4, lease=HOUR)
        for number in readers:
            tx.people.move(number, f"moved{number}@example.net")
        tx.people.suppress("moved1@example.net", "complaint", at=NOW)
        tx.people.end(readers[1], "daily", at=NOW, reason="one click")
        tx.people.erase("moved3@example.net", at=NOW)
        choose(tx, readers[3], paused_until=NOW + timedelta(days=1))

        barred = tx.deliveries.barred_of(edition_id, "w")
        assert [barred[number] for number in sorted(barred)] == [
            "suppressed",
            "unsubscribed",
            "erased",
            "paused",
        ]


def test_who_moves_waits_for_the_hour_of_their_own(store: Store) -> None:
    """A new address is no reason to be mailed at another hour."""
    with store.writing() as tx:
        (sam,) = add_readers(tx, 1)
        choose(tx, sam, hour="18:30")
        edition_id = add_edition(tx, state=EditionState.SENDING)
        hours = {(None, None): NOW, (None, "18:30"): NOW + HOUR}
        tx.deliveries.freeze(edition_id, hours=hours)
        tx.people.move(sam, "moved@example.net")

        assert tx.deliveries.next_due(edition_id) == NOW + HOUR


def test_nobody_moves_to_an_address_that_is_anothers_or_barred(store: Store) -> None:
    """Two people would be one, or a complaint be mailed."""
    with store.writing() as tx:
        (number,) = add_readers(tx, 1)
        tx.people.put(NewSubscriber(email="other@example.org"), at=NOW)
        tx.people.suppress("barred@example.org", "complaint", at=NOW)

        with pytest.raises(Refused, match="of its own"):
            tx.people.move(number, "OTHER@example.org")
        with pytest.raises(Refused, match="must not be mailed"):
            tx.people.move(number, "barred@example.org")


def test_a_person_sees_what_became_of_their_mail(store: Store) -> None:
    """The newest first, of the digests asked for and no others, and nothing that is not due yet."""
    with store.writing() as tx:
        (number,) = add_readers(tx, 1)
        for at, day in enumerate((18, 19, 20), 1):
            tx.deliveries.freeze(add_edition(tx, state=EditionState.SENDING, number=at, day=day))
        add_edition(tx, state=EditionState.SENDING, number=4, day=17)  # frozen without them

        found = tx.people.mails_of(number, "daily", before=NOW, limit=2)
        assert [(one.edition.number, one.state) for one in found] == [(2, "pending"), (1, "pending")]
        assert tx.people.mails_of(number, "weekly", before=NOW, limit=2) == ()


def test_the_next_mail_is_the_first_that_is_on_its_way(store: Store) -> None:
    """Of an edition that is going out, of that digest, to that person, until it has arrived."""
    with store.writing() as tx:
        usual, late, other = add_readers(tx, 3)
        choose(tx, late, hour="18:30")
        edition_id = add_edition(tx, state=EditionState.SENDING)
        assert tx.people.next_mail(late, "daily") is None
        tx.deliveries.freeze(edition_id, hours={(None, None): NOW, (None, "18:30"): NOW + 11 * HOUR})

        assert [tx.people.next_mail(one, "daily") for one in (usual, late)] == [NOW, NOW + 11 * HOUR]
        assert tx.people.next_mail(late, "weekly") is None
        choose(tx, other, paused_until=NOW + timedelta(days=1))
        assert tx.people.next_mail(other, "daily") is None
        tx.editions.set_state(edition_id, EditionState.HELD, expect=[EditionState.SENDING], by="ada", at=NOW)
        assert tx.people.next_mail(late, "daily") is None


def test_mail_that_everybody_gets_at_once_is_due_with_its_edition(store: Store) -> None:
    """Frozen without hours."""
    with store.writing() as tx:
        (sam,) = add_readers(tx, 1)
        tx.deliveries.freeze(add_edition(tx, state=EditionState.SENDING))
        assert tx.people.next_mail(sam, "daily") == NOW
