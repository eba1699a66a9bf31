"""The books tell where a mail went, whatever its reader's address is by now, on every back end."""

from __future__ import annotations

from datetime import timedelta

from digest.model import BounceKind, Delivery, DeliveryState
from digest.store import NewBounce, Store, Transaction
from store_cast import HOUR, NOW, ended, frozen_edition

PENDING, SENT, UNKNOWN = DeliveryState.PENDING, DeliveryState.SENT, DeliveryState.UNKNOWN
EXPIRED = DeliveryState.EXPIRED
LEASE = timedelta(minutes=10)


def claim(tx: Transaction, edition: int, worker: str = "w1") -> tuple[Delivery, ...]:
    """Take whoever waits."""
    return tx.deliveries.claim(edition, worker, now=NOW + HOUR, limit=9, lease=LEASE)


def move(tx: Transaction, one: Delivery, email: str) -> None:
    """Give a reader another address."""
    tx.people.move(one.subscriber.id, email)


def told(tx: Transaction, edition: int) -> list[tuple[str, str | None]]:
    """Return the addresses that the books tell."""
    return [(one.email, one.email_now) for one in tx.deliveries.list(edition)]


def lost_and_resent(tx: Transaction) -> tuple[int, tuple[Delivery, ...]]:
    """Let two readers wait for their second mail, since nobody can tell of the first."""
    edition = frozen_edition(tx, 2)
    both = claim(tx, edition)
    tx.deliveries.settle_all("w1", [ended(one, UNKNOWN, "lost") for one in both])
    assert tx.deliveries.resend_unknown(edition, None) == 2
    return edition, both


def report_hard(tx: Transaction, one: Delivery, name: str, *, is_refusal: bool = False) -> None:
    """Put on record that a reader's mail came back for good."""
    new = NewBounce(
        subscriber_id=one.subscriber.id,
        edition_id=one.edition_id,
        kind=BounceKind.HARD,
        status="5.1.1",
        digest=name,
        is_refusal=is_refusal,
    )
    tx.bounces.add(new, at=NOW)


def test_a_mail_is_told_with_the_address_that_it_went_to(store: Store) -> None:
    """A reader who asks what came to the old mailbox gets an answer; so does who asks about the new one."""
    with store.writing() as tx:
        edition = frozen_edition(tx, 2)
        one, two = claim(tx, edition)
        tx.deliveries.settle_all("w1", [ended(one, SENT, "250 ok"), ended(two, UNKNOWN, "lost")])
        move(tx, one, "Ada@new.example")
        move(tx, two, "Sam@new.example")

        assert told(tx, edition) == [
            ("reader1@example.org", "Ada@new.example"),
            ("reader2@example.org", "Sam@new.example"),
        ]
        assert [known.email for known in tx.deliveries.undecided([edition])] == ["reader2@example.org"]
        (mail,) = tx.people.export("ada@new.example")["deliveries"]
        assert mail["address"] == "reader1@example.org"


def test_who_may_have_a_copy_is_told_where_it_went_until_another_is_taken(store: Store) -> None:
    """They moved before the second mail: whoever looks for the first one asks the server of before."""
    with store.writing() as tx:
        edition = frozen_edition(tx, 2)
        first, second = claim(tx, edition)
        tx.deliveries.settle_all("w1", [ended(one, UNKNOWN, "lost") for one in (first, second)])
        assert tx.deliveries.resend_unknown(edition, None) == 2
        move(tx, first, "Ada@new.example")
        move(tx, second, "Sam@new.example")
        late, taken = claim(tx, edition, "w2")
        assert late.subscriber.email == "Ada@new.example"
        tx.deliveries.settle_all("w2", [ended(late, EXPIRED, "too late"), ended(taken, SENT, "250 ok")])

        assert [one.state for one in tx.deliveries.list(edition)] == [UNKNOWN, SENT]
        assert told(tx, edition) == [("reader1@example.org", "Ada@new.example"), ("Sam@new.example", None)]


def test_who_moves_while_their_second_mail_is_in_hand_is_told_with_no_address_that_none_went_to(
    store: Store,
) -> None:
    """It was made out to the old mailbox, and what comes back of it says nothing of the new one."""
    with store.writing() as tx:
        edition, (one, two) = lost_and_resent(tx)
        move(tx, two, "Sam@new.example")
        in_hand = claim(tx, edition, "w2")
        tx.deliveries.dotted_all("w2", [(again.id, again.attempt) for again in in_hand])
        move(tx, one, "Ada@new.example")
        move(tx, two, "Sam@third.example")
        tx.deliveries.settle_all("w2", [ended(again, SENT, "250 ok") for again in in_hand])
        report_hard(tx, one, "late report")

        assert told(tx, edition) == [
            ("reader1@example.org", "Ada@new.example"),
            ("reader2@example.org", "Sam@third.example"),
        ]
        assert tx.bounces.hard_editions(one.subscriber.id, most=5) == 0


def test_who_was_refused_in_between_is_told_where_the_third_mail_was_taken(store: Store) -> None:
    """A refusal says that nothing is there, so nothing keeps the books at the address of before."""
    with store.writing() as tx:
        edition, (one, _) = lost_and_resent(tx)
        move(tx, one, "Ada@new.example")
        refused, _ = claim(tx, edition, "w2")
        tx.deliveries.settle_all("w2", [ended(refused, DeliveryState.FAILED, "550 5.1.1 no such user")])
        report_hard(tx, one, "at the new one", is_refusal=True)
        move(tx, one, "Ada@third.example")
        tx.deliveries.resend_unknown(edition, [one.id])
        (again,) = claim(tx, edition, "w3")
        tx.deliveries.settle_all("w3", [ended(again, SENT, "250 ok")])

        assert told(tx, edition)[0] == ("Ada@third.example", None)
        assert tx.bounces.hard_editions(one.subscriber.id, most=5) == 0


def test_what_a_sender_of_before_says_names_no_other_address(store: Store) -> None:
    """It woke up late: what it says of a mail is not believed, nor where that one went."""
    with store.writing() as tx:
        edition = frozen_edition(tx, 1)
        (first,) = claim(tx, edition)
        tx.deliveries.settle_all("w1", [ended(first, UNKNOWN, "lost")])
        tx.deliveries.resend_unknown(edition, None)
        move(tx, first, "Ada@new.example")
        (late,) = claim(tx, edition, "w2")
        tx.deliveries.settle_all("w3", [ended(late, SENT, "250 ok")])

        assert told(tx, edition) == [("reader1@example.org", "Ada@new.example")]


def test_who_moves_before_their_mail_goes_is_told_with_the_new_address(store: Store) -> None:
    """While they wait, and while a sender has them in hand, who then gives them back."""
    with store.writing() as tx:
        edition = frozen_edition(tx, 2)
        waiting, in_hand = tx.deliveries.list(edition)
        move(tx, waiting, "Ada@new.example")
        _, taken = claim(tx, edition)
        move(tx, in_hand, "Sam@new.example")
        tx.deliveries.settle_all("w1", [ended(taken, PENDING, "")])
        (again,) = claim(tx, edition, "w2")
        tx.deliveries.settle_all("w2", [ended(again, SENT, "250 ok")])

        assert told(tx, edition) == [("Ada@new.example", None), ("Sam@new.example", None)]


def test_readers_who_take_over_an_address_stop_no_sender(store: Store) -> None:
    """An edition names no address twice: the second one keeps the name that it was frozen with."""
    with store.writing() as tx:
        edition = frozen_edition(tx, 3)
        one, two, _ = tx.deliveries.list(edition)
        (first, *_) = tx.deliveries.claim(edition, "w1", now=NOW, limit=1, lease=LEASE)
        tx.deliveries.settle_all("w1", [ended(first, SENT, "250 ok")])
        move(tx, one, "ada@new.example")
        move(tx, two, "reader1@example.org")

        assert [mail.subscriber.email for mail in claim(tx, edition, "w2")] == [
            "reader1@example.org",
            "Reader3@example.org",
        ]
        assert told(tx, edition)[0] == ("reader1@example.org", "ada@new.example")


def test_who_was_erased_is_told_with_no_address(store: Store) -> None:
    """Nothing of them comes back by the address of before."""
    with store.writing() as tx:
        edition = frozen_edition(tx, 1)
        (one,) = claim(tx, edition)
        tx.deliveries.settle_all("w1", [ended(one, UNKNOWN, "lost")])
        move(tx, one, "ada@new.example")
        tx.people.erase("ada@new.example", at=NOW)

        assert told(tx, edition) == [("", None)]
        assert [known.email for known in tx.deliveries.undecided([edition])] == [""]


def test_what_came_back_from_an_address_of_before_counts_nothing_against_the_new_one(store: Store) -> None:
    """Who moves since their mailbox was closed is tried again at the new one, which has refused nothing."""
    with store.writing() as tx:
        edition = frozen_edition(tx, 1)
        (one,) = claim(tx, edition)
        tx.deliveries.settle_all("w1", [ended(one, DeliveryState.FAILED, "550 5.1.1 no such user")])
        known = {"subscriber_id": one.subscriber.id, "edition_id": edition, "kind": BounceKind.HARD}
        tx.bounces.add(NewBounce(**known, digest="first", status="5.1.1"), at=NOW)
        move(tx, one, "Ada@new.example")
        tx.deliveries.reopen_failed(edition)
        (again,) = claim(tx, edition, "w2")
        tx.deliveries.settle_all("w2", [ended(again, SENT, "250 ok")])

        assert tx.bounces.hard_editions(one.subscriber.id, most=5) == 0
