"""Who may have a copy already is told as unknown, whatever ends their delivery, on every back end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from digest.model import FULL_FORM, Delivery, DeliveryState, Outcome
from digest.store import ACCEPTED, Store, Transaction
from store_cast import HOUR, NOW, ended, frozen_edition

SENT, FAILED, DEFERRED, UNKNOWN = (
    DeliveryState.SENT,
    DeliveryState.FAILED,
    DeliveryState.DEFERRED,
    DeliveryState.UNKNOWN,
)
EXPIRED, EXCLUDED, PENDING = DeliveryState.EXPIRED, DeliveryState.EXCLUDED, DeliveryState.PENDING
LEASE = timedelta(minutes=10)
SILENT = "the sender went silent after the final dot; they may have a copy"
AGAIN = "mailed again on somebody's word; they may have a copy"
Way = Callable[[Transaction, Delivery], None]


def lost(tx: Transaction, policy: str = "resend") -> Delivery:
    """Have somebody mailed by a sender that dies behind the final dot, beside one who was never begun."""
    edition_id = frozen_edition(tx, 2)
    mail, _ = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=2, lease=LEASE)
    tx.deliveries.dotted(mail.id, "w1", 1)
    tx.deliveries.recover(edition_id, now=NOW + HOUR, policy=policy)
    return mail


def settled(state: DeliveryState, text: str) -> Way:
    """Make the way of a sender that ends whoever it has claimed."""

    def way(tx: Transaction, mail: Delivery) -> None:
        both = tx.deliveries.claim(mail.edition_id, "w2", now=NOW + HOUR, limit=2, lease=LEASE)
        assert tx.deliveries.settle_all("w2", [ended(one, state, text) for one in both]) == 2

    return way


def _suppressed(tx: Transaction, mail: Delivery) -> None:
    for one in tx.deliveries.list(mail.edition_id):
        tx.people.suppress(one.subscriber.email, "asked", at=NOW)


def _left(tx: Transaction, mail: Delivery) -> None:
    people = [one.subscriber.id for one in tx.deliveries.list(mail.edition_id)]
    assert len(tx.people.end_all(people, "daily", at=NOW, reason="one click")) == 2


def _paused(tx: Transaction, mail: Delivery) -> None:
    for one in tx.deliveries.list(mail.edition_id):
        until = NOW + 99 * HOUR
        tx.people.choose(
            one.subscriber.id, "daily", sections=(), hour=None, form=FULL_FORM, paused_until=until, at=NOW
        )


def _expired(tx: Transaction, mail: Delivery) -> None:
    assert tx.deliveries.expire(mail.edition_id, reason="ended by olu", at=NOW) == 2


WAYS = [
    (_suppressed, EXCLUDED, "suppressed"),
    (_left, EXCLUDED, "unsubscribed"),
    (_paused, EXCLUDED, "paused"),
    (_expired, EXPIRED, "ended by olu"),
    (settled(EXCLUDED, "suppressed"), EXCLUDED, "suppressed"),  # as the last look found them
    (settled(EXPIRED, "too late"), EXPIRED, "too late"),
    (settled(FAILED, "550 no"), FAILED, "550 no"),
]


@pytest.mark.parametrize(("way", "state", "why"), WAYS)
def test_who_may_have_a_copy_is_unknown_whatever_ends_them(
    store: Store, way: Way, state: DeliveryState, why: str
) -> None:
    """Somebody says "you mailed me": the books must not answer that they never did."""
    with store.writing() as tx:
        mail = lost(tx)
        way(tx, mail)
        mailed, other = tx.deliveries.list(mail.edition_id)

        assert (mailed.state, mailed.reason) == (UNKNOWN, f"{SILENT}; {why}")
        assert (other.state, other.reason) == (state, why)
        assert tx.deliveries.books(mail.edition_id).balance


def test_who_left_after_somebody_had_them_mailed_again_is_unknown_anew(store: Store) -> None:
    """They get nothing more, the word for it changes nothing about the first mail, and it can be accepted."""
    with store.writing() as tx:
        mail = lost(tx, "hold")
        assert tx.deliveries.resend_unknown(mail.edition_id) == 1
        _suppressed(tx, mail)
        assert tx.deliveries.resend_unknown(mail.edition_id) == 1
        (again,) = tx.deliveries.claim(mail.edition_id, "w2", now=NOW + HOUR, limit=2, lease=LEASE)
        assert tx.deliveries.barred_of(mail.edition_id, "w2") == {mail.id: "suppressed"}
        tx.deliveries.settle_all("w2", [ended(again, EXCLUDED, "suppressed")])
        mailed = tx.deliveries.get(mail.id)

        assert mailed is not None
        assert (mailed.state, mailed.reason) == (UNKNOWN, f"{AGAIN}; suppressed")
        assert tx.deliveries.accept_unknown(mail.edition_id, note="accepted by olu", at=NOW) == 1
        assert tx.deliveries.undecided_counts() == {}


@pytest.mark.parametrize("in_hand", [False, True])
def test_who_may_have_a_copy_and_is_erased_stays_unknown_without_a_relays_words(
    store: Store, *, in_hand: bool
) -> None:
    """What is left of them is that they may have been mailed, and no word that may quote their address."""
    put_off = Outcome(state=DEFERRED, at=NOW, text="450 reader1@example.org later", next_at=NOW + HOUR)
    with store.writing() as tx:
        mail = lost(tx)
        tx.deliveries.claim(mail.edition_id, "w2", now=NOW, limit=1, lease=LEASE)
        tx.deliveries.settle(mail.id, "w2", 2, put_off)
        if in_hand:
            tx.deliveries.claim(mail.edition_id, "w3", now=NOW + HOUR, limit=1, lease=LEASE)
        tx.people.erase("reader1@example.org", at=NOW)
        if in_hand:
            failed = Outcome(state=FAILED, at=NOW, code=550, text="550 reader1@example.org is no more")
            assert tx.deliveries.settle(mail.id, "w3", 3, failed)
        mailed = tx.deliveries.get(mail.id)

    assert mailed is not None
    assert (mailed.state, mailed.reason) == (UNKNOWN, "erased; they may have a copy")
    assert "reader1" not in (mailed.reply or "")


@pytest.mark.parametrize("state", [SENT, DEFERRED, PENDING])
def test_who_may_have_a_copy_is_known_so_until_a_mail_is_taken(store: Store, state: DeliveryState) -> None:
    """Put off and given back in between, and once it was taken, nothing is left to tell."""
    next_at = NOW if state is DEFERRED else None
    with store.writing() as tx:
        mail = lost(tx)
        (again,) = tx.deliveries.claim(mail.edition_id, "w2", now=NOW, limit=1, lease=LEASE)
        tx.deliveries.settle(mail.id, "w2", 2, Outcome(state=state, at=NOW, text="450 x", next_at=next_at))
        found = tx.deliveries.get(mail.id)

    assert again.may_have_it
    assert found is not None
    reasons = {SENT: None, DEFERRED: "450 x; they may have a copy", PENDING: SILENT}
    assert (found.state, found.reason) == (state, reasons[state])


@pytest.mark.parametrize("words", ["accepted by the queue, come back", "Accepted By olu"])
def test_a_relays_words_are_nobodys_decision(store: Store, words: str) -> None:
    """Whom nobody has decided on stays on the list of those to decide on."""
    put_off = Outcome(state=DEFERRED, at=NOW, text=words, next_at=NOW + HOUR)
    with store.writing() as tx:
        mail = lost(tx)
        tx.deliveries.claim(mail.edition_id, "w2", now=NOW, limit=1, lease=LEASE)
        tx.deliveries.settle(mail.id, "w2", 2, put_off)
        _suppressed(tx, mail)

        assert tx.deliveries.undecided_counts() == {mail.edition_id: 1}
        assert tx.deliveries.accept_unknown(mail.edition_id, note=f"{ACCEPTED}olu", at=NOW) == 1
        assert tx.deliveries.undecided_counts() == {}


def test_who_is_erased_while_their_dot_is_lost_may_have_a_copy(store: Store) -> None:
    """The sender says so of a row that has no name any more; of the relay's words nothing stays."""
    cut = Outcome(state=DEFERRED, at=NOW, text="reader1 cut; they may have a copy", next_at=NOW + HOUR)
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 1)
        (mail,) = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=1, lease=LEASE)
        tx.people.erase("reader1@example.org", at=NOW)
        tx.deliveries.settle(mail.id, "w1", 1, cut)
        mailed = tx.deliveries.get(mail.id)

    assert mailed is not None
    assert (mailed.state, mailed.reason) == (DEFERRED, "erased; they may have a copy")
