"""What the ledger promises, on every back end."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.errors import NotFound
from digest.model import Books, DeliveryState, EditionState, Outcome
from digest.store import Frozen, Recovered, Store
from store_cast import HOUR, NOW, add_edition, add_readers, frozen_edition

CLAIMED, DOTTED, PENDING = DeliveryState.CLAIMED, DeliveryState.DOTTED, DeliveryState.PENDING
SENT, FAILED, DEFERRED = DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.DEFERRED
EXCLUDED, EXPIRED, UNKNOWN = DeliveryState.EXCLUDED, DeliveryState.EXPIRED, DeliveryState.UNKNOWN
LEASE = timedelta(minutes=10)


def test_freezing_twice_is_freezing_once(store: Store) -> None:
    """A freeze that a crash cut short is finished by doing it again."""
    with store.writing() as tx:
        readers = add_readers(tx, 5)
        edition_id = add_edition(tx)
        half = [Frozen(subscriber_id=number, sections=("world",)) for number in reversed(readers[:3])]
        whole = [Frozen.of(one) for one in tx.people.audience("daily")]

        assert tx.deliveries.freeze(edition_id, half) == 3
        assert tx.deliveries.freeze(edition_id, whole) == 2
        assert tx.deliveries.freeze(edition_id, whole) == 0

        frozen = tx.deliveries.list(edition_id)
        assert [one.subscriber.id for one in frozen] == list(readers)
        assert [one.sections for one in frozen] == [("world",)] * 3 + [()] * 2
        assert tx.deliveries.get(frozen[4].id) == frozen[4]
        assert tx.deliveries.list(edition_id, limit=2, after_id=frozen[1].id) == frozen[2:4]


def test_who_gets_nothing_is_on_record_with_the_reason(store: Store) -> None:
    """'Why did I get no mail?' has an answer, and the sum holds."""
    with store.writing() as tx:
        readers = add_readers(tx, 4)
        edition_id = add_edition(tx)
        tx.people.suppress("reader1@example.org", "complaint", at=NOW)
        tx.people.erase("reader2@example.org", at=NOW)
        recipients = [Frozen(subscriber_id=number) for number in readers[:3]]
        odd = Frozen(subscriber_id=readers[3], excluded="needs SMTPUTF8")
        tx.deliveries.freeze(edition_id, [*recipients, odd])

        assert [(one.state, one.reason) for one in tx.deliveries.list(edition_id)] == [
            (EXCLUDED, "suppressed"),
            (EXCLUDED, "erased"),
            (PENDING, None),
            (EXCLUDED, "needs SMTPUTF8"),
        ]
        assert tx.deliveries.books(edition_id) == Books(
            frozen=4, sent=0, failed=0, expired=0, excluded=3, unknown=0, open=1
        )


def test_freezing_for_nobody_or_nothing_says_so(store: Store) -> None:
    """A wrong id must not become an edition that is never finished."""
    with store.writing() as tx:
        edition_id = add_edition(tx)
        with pytest.raises(NotFound, match="no edition 9"):
            tx.deliveries.freeze(9, [])
        with pytest.raises(NotFound, match="no subscriber 9"):
            tx.deliveries.freeze(edition_id, [Frozen(subscriber_id=9)])


def test_claims_come_in_order_and_never_twice(store: Store) -> None:
    """Two senders of one edition must not mail one reader twice."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 5)
        first = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=3, lease=LEASE)
        second = tx.deliveries.claim(edition_id, "w2", now=NOW, limit=3, lease=LEASE)

        assert [one.subscriber.email for one in (*first, *second)] == [
            f"Reader{number}@example.org" for number in range(1, 6)
        ]
        assert {(one.state, one.attempt) for one in (*first, *second)} == {(CLAIMED, 1)}
        assert tx.deliveries.claim(edition_id, "w3", now=NOW, limit=3, lease=LEASE) == ()


def test_senders_in_threads_share_the_work_without_overlap(store: Store) -> None:
    """The claim is one statement; no two transactions may see the same free row."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 40)
    taken: list[int] = []

    def work(name: str) -> None:
        while True:
            with store.writing() as tx:
                mine = tx.deliveries.claim(edition_id, name, now=NOW, limit=3, lease=LEASE)
            if not mine:
                return
            taken.extend(one.id for one in mine)

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(taken) == len(set(taken)) == 40


def test_the_way_of_a_message_that_arrives(store: Store) -> None:
    """Claimed, dotted, sent, with the relay's words on record."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 1)
        (mail,) = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=9, lease=LEASE)

        assert tx.deliveries.dotted(mail.id, "w1", 1) is True
        assert tx.deliveries.dotted(mail.id, "w1", 1) is False
        assert [one.state for one in tx.deliveries.list(edition_id, DOTTED)] == [DOTTED]
        assert (
            tx.deliveries.settle(
                mail.id, "w1", 1, Outcome(state=SENT, at=NOW, code=250, text="250 queued as 7F")
            )
            is True
        )

        (done,) = tx.deliveries.list(edition_id)
        assert (done.state, done.reply, done.reason) == (SENT, "250 queued as 7F", None)
        assert tx.deliveries.books(edition_id).balance


@pytest.mark.parametrize(("worker", "attempt"), [("w2", 1), ("w1", 2), ("w1", 0)])
def test_a_stranger_changes_nothing(store: Store, worker: str, attempt: int) -> None:
    """A sender that woke from the dead must not overwrite what its successor has done."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 1)
        (mail,) = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=9, lease=LEASE)

        assert tx.deliveries.dotted(mail.id, worker, attempt) is False
        assert tx.deliveries.settle(mail.id, worker, attempt, Outcome(state=SENT, at=NOW)) is False
        assert tx.deliveries.get(mail.id) == mail


def test_a_late_worker_changes_nothing(store: Store) -> None:
    """Its lease ran out, another has sent the mail; its own failure is no news."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 1)
        (mail,) = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=9, lease=LEASE)
        assert tx.deliveries.recover(edition_id, now=NOW + LEASE, policy="hold") == Recovered(
            released=0, resent=0, unknown=0
        )
        later = NOW + 2 * LEASE
        assert tx.deliveries.recover(edition_id, now=later, policy="hold").released == 1
        (again,) = tx.deliveries.claim(edition_id, "w2", now=later, limit=9, lease=LEASE)

        assert (again.id, again.attempt) == (mail.id, 2)
        assert tx.deliveries.settle(mail.id, "w1", 1, Outcome(state=FAILED, at=NOW)) is False
        assert tx.deliveries.dotted(mail.id, "w2", 2) is True
        assert tx.deliveries.settle(mail.id, "w2", 2, Outcome(state=SENT, at=NOW)) is True
        assert tx.deliveries.settle(mail.id, "w2", 2, Outcome(state=FAILED, at=NOW)) is False


@pytest.mark.parametrize(
    ("policy", "state", "counted"),
    [
        ("hold", UNKNOWN, Recovered(released=1, resent=0, unknown=1)),
        ("resend", PENDING, Recovered(released=1, resent=1, unknown=0)),
    ],
)
def test_what_was_dotted_when_its_sender_died_goes_by_the_policy(
    store: Store, policy: str, state: DeliveryState, counted: Recovered
) -> None:
    """RFC 1047: nobody can know whether it arrived; the operator decides which mistake is worse."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 3)
        mails = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=2, lease=LEASE)
        tx.deliveries.dotted(mails[0].id, "w1", 1)

        assert tx.deliveries.recover(edition_id, now=NOW + HOUR, policy=policy) == counted
        assert [one.state for one in tx.deliveries.list(edition_id)] == [state, PENDING, PENDING]


def test_a_clock_that_was_ahead_holds_nothing_back(store: Store) -> None:
    """A machine that woke up in the wrong year must not make the audience wait for that year."""
    ahead = NOW + 10_000 * HOUR
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 3)
        mails = tx.deliveries.claim(edition_id, "w1", now=ahead, limit=2, lease=LEASE)
        tx.deliveries.settle(
            mails[0].id, "w1", 1, Outcome(state=DEFERRED, at=NOW, text="450 later", next_at=ahead + HOUR)
        )

        assert tx.deliveries.recover(edition_id, now=NOW, policy="hold").released == 1
        assert len(tx.deliveries.claim(edition_id, "w2", now=NOW, limit=9, lease=LEASE)) == 3


def test_a_worker_that_is_heard_of_keeps_its_claims(store: Store) -> None:
    """A slow relay is no dead sender."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 2)
        tx.deliveries.claim(edition_id, "w1", now=NOW, limit=9, lease=LEASE)

        assert tx.deliveries.renew(edition_id, "w1", now=NOW + LEASE, lease=HOUR) == 2
        assert tx.deliveries.renew(edition_id, "w2", now=NOW + LEASE, lease=HOUR) == 0
        assert tx.deliveries.recover(edition_id, now=NOW + HOUR, policy="hold").released == 0


def test_what_is_deferred_comes_back_when_its_time_has_come(store: Store) -> None:
    """Greylisting asks to come later, not at once and not never."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 2)
        first, second = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=9, lease=LEASE)
        tx.deliveries.settle(
            first.id, "w1", 1, Outcome(state=DEFERRED, at=NOW, code=450, text="450 later", next_at=NOW + HOUR)
        )
        tx.deliveries.settle(
            second.id,
            "w1",
            1,
            Outcome(state=DEFERRED, at=NOW, code=450, text="450 later", next_at=NOW + 2 * HOUR),
        )

        assert tx.deliveries.next_due(edition_id) == NOW + HOUR
        assert tx.deliveries.claim(edition_id, "w1", now=NOW, limit=9, lease=LEASE) == ()
        (again,) = tx.deliveries.claim(edition_id, "w1", now=NOW + HOUR, limit=9, lease=LEASE)
        assert (again.id, again.attempt) == (first.id, 2)
        assert tx.deliveries.next_due(edition_id) == NOW + 2 * HOUR
        assert tx.deliveries.books(edition_id).open == 2


def test_what_is_given_back_has_lost_no_attempt(store: Store) -> None:
    """When the relay is down, no reader may be called undeliverable for it."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 1)
        for _ in range(9):
            (mail,) = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=9, lease=LEASE)
            assert mail.attempt == 1
            assert (
                tx.deliveries.settle(mail.id, "w1", 1, Outcome(state=PENDING, at=NOW, text="421 closing"))
                is True
            )


def test_failed_ones_can_be_tried_again(store: Store) -> None:
    """The relay refused all of them for a reason that is mended now."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 2)
        first, second = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=9, lease=LEASE)
        tx.deliveries.settle(first.id, "w1", 1, Outcome(state=FAILED, at=NOW, code=550, text="550 5.7.1 no"))
        tx.deliveries.settle(second.id, "w1", 1, Outcome(state=SENT, at=NOW))

        assert tx.deliveries.reopen_failed(edition_id) == 1
        (again,) = tx.deliveries.claim(edition_id, "w2", now=NOW, limit=9, lease=LEASE)
        assert (again.id, again.attempt, again.reason) == (first.id, 1, None)


def test_what_is_too_late_expires_and_is_counted(store: Store) -> None:
    """Yesterday's news is not sent tomorrow, and nobody vanishes from the books."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 3)
        (mail,) = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=1, lease=LEASE)

        assert tx.deliveries.expire(edition_id, reason="later than 12h", at=NOW) == 2
        assert not tx.deliveries.books(edition_id).balance
        tx.deliveries.settle(mail.id, "w1", 1, Outcome(state=SENT, at=NOW))
        assert tx.deliveries.books(edition_id) == Books(
            frozen=3, sent=1, failed=0, expired=2, excluded=0, unknown=0, open=0
        )
        assert {one.reason for one in tx.deliveries.list(edition_id, EXPIRED)} == {"later than 12h"}


def test_leaving_in_the_middle_of_an_edition_counts(store: Store) -> None:
    """Nothing whose MAIL begins a second after the click goes out."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 4)
        mails = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=3, lease=LEASE)
        for place, mail in enumerate(mails):
            assert tx.deliveries.barred(mail.id) is None, place
        tx.people.end(mails[0].subscriber.id, "daily", at=NOW, reason="one click")
        tx.people.suppress("reader2@example.org", "complaint", at=NOW)
        tx.people.erase("reader3@example.org", at=NOW)
        tx.people.suppress("reader4@example.org", "complaint", at=NOW)

        assert [tx.deliveries.barred(mail.id) for mail in mails] == ["unsubscribed", "suppressed", "erased"]
        assert [(one.state, one.reason) for one in tx.deliveries.list(edition_id)][3] == (
            EXCLUDED,
            "suppressed",
        )
        assert tx.deliveries.barred(99) == "erased"


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["claim", "dot", "sent", "failed", "deferred", "recover", "expire", "reopen"]),
            st.integers(0, 4),
        ),
        max_size=25,
    )
)
def test_whatever_happens_the_sum_holds(store: Store, steps: list[tuple[str, int]]) -> None:
    """Frozen is the sum of all ends and what is open, after every single step."""
    now = NOW
    with store.writing() as tx:
        readers = add_readers(tx, 5)
        edition_id = add_edition(tx, state=EditionState.SENDING, digest=f"digest-{uuid4()}")
        tx.deliveries.freeze(edition_id, [Frozen(subscriber_id=one) for one in readers])
        for step, place in steps:
            now += LEASE
            mail = tx.deliveries.list(edition_id)[place]
            end = {"sent": SENT, "failed": FAILED, "deferred": DEFERRED}.get(step)
            if end is not None:
                later = now + LEASE if end is DEFERRED else None
                tx.deliveries.settle(mail.id, "w", mail.attempt, Outcome(state=end, at=now, next_at=later))
            elif step == "claim":
                tx.deliveries.claim(edition_id, "w", now=now, limit=place + 1, lease=LEASE)
            elif step == "dot":
                tx.deliveries.dotted(mail.id, "w", mail.attempt)
            elif step == "recover":
                tx.deliveries.recover(edition_id, now=now, policy="hold")
            elif step == "expire":
                tx.deliveries.expire(edition_id, reason="late")
            else:
                tx.deliveries.reopen_failed(edition_id)
            books = tx.deliveries.books(edition_id)
            ended = books.sent + books.failed + books.expired + books.excluded + books.unknown
            assert books.frozen == 5 == ended + books.open
