"""What the ledger promises, on every back end."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text

from digest.model import PARTICULAR, Books, DeliveryState, Outcome, Settlement, SubscriptionState
from digest.store import NewSubscriber, Store
from store_cast import HOUR, NOW, add_edition, add_readers, bar_fingerprint, ended, frozen_edition

CLAIMED, DOTTED, PENDING = DeliveryState.CLAIMED, DeliveryState.DOTTED, DeliveryState.PENDING
SENT, FAILED, DEFERRED = DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.DEFERRED
EXCLUDED, EXPIRED, UNKNOWN = DeliveryState.EXCLUDED, DeliveryState.EXPIRED, DeliveryState.UNKNOWN
LEASE = timedelta(minutes=10)


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


def test_a_claim_takes_no_more_than_was_asked_for_whatever_the_planner_thinks(store: Store) -> None:
    """With statistics of an almost empty table a server may run the inner query for each row anew."""
    with store.writing() as tx:
        add_readers(tx, 1)
        first = add_edition(tx, number=1, day=19)
        tx.deliveries.freeze(first)
        tx.deliveries.connection.execute(text("ANALYZE"))
    with store.writing() as tx:
        add_readers(tx, 60)
        second = add_edition(tx, number=2)
        tx.deliveries.freeze(second)

        assert len(tx.deliveries.claim(second, "w1", now=NOW, limit=2, lease=LEASE)) == 2
        assert tx.deliveries.books(second).open == 60
        query = text("SELECT count(*) FROM deliveries WHERE state = 'claimed'")
        assert tx.deliveries.connection.execute(query).scalar_one() == 2


def test_those_put_off_with_some_words_are_taken_before_their_time(store: Store) -> None:
    """A run that has room for them again finds them so; what a relay said keeps its own time."""
    words = "waits for the limit of example.org"
    said = [
        (words, None),
        ("waits for the limit of example.net", None),
        (words, 450),
        (f"{PARTICULAR}{words}", None),
    ]
    with store.writing() as tx:
        edition_id, other = frozen_edition(tx, 6), add_edition(tx, number=2, day=21)
        tx.deliveries.freeze(other)
        mails = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=5, lease=LEASE)
        for minutes, (mail, (text, code)) in enumerate(zip(mails, [*said, (words, None)], strict=True)):
            next_at = NOW + HOUR - timedelta(minutes=minutes)
            put_off = Outcome(state=DEFERRED, at=NOW, code=code, text=text, next_at=next_at, is_try=False)
            assert tx.deliveries.settle(mail.id, "w1", mail.attempt, put_off)

        assert tx.deliveries.put_off_with(other, [words], limit=9) == []
        assert tx.deliveries.put_off_with(edition_id, ["another"], limit=9) == []
        found = tx.deliveries.put_off_with(edition_id, [words], limit=9)
        assert found == [mails[4].id, mails[3].id, mails[0].id]  # the first due first
        assert tx.deliveries.put_off_with(edition_id, ["another", words], limit=2) == found[:2]
        taken = tx.deliveries.take(found[:2], "w2", now=NOW, lease=LEASE, version=3)
        assert [(one.id, one.state, one.attempt) for one in taken] == [
            (one, CLAIMED, 1) for one in sorted(found[:2])
        ]
        assert tx.deliveries.put_off_with(edition_id, [words], limit=9) == found[2:]
        assert tx.deliveries.take([], "w2", now=NOW, lease=LEASE) == ()


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
        assert [one.state for one in tx.deliveries.list(edition_id, states=[DOTTED])] == [DOTTED]
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


def test_who_waits_for_a_limit_is_not_told_as_put_off_by_a_relay(store: Store) -> None:
    """An operator who is told of a relay's words looks for a fault where there is none."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 3)

        def put_off(text: str, code: int | None) -> frozenset[DeliveryState]:
            (one, *_) = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=1, lease=LEASE)
            later = Outcome(state=DEFERRED, at=NOW, code=code, text=text, next_at=NOW + HOUR)
            tx.deliveries.settle(one.id, "w1", one.attempt, later)
            return tx.deliveries.put_off(edition_id, now=NOW, but_for="waits for the limit of ")

        assert put_off(f"{PARTICULAR}waits for the limit of example.org", None) == frozenset()
        assert put_off("450 waits for the limit of all", 450) == {DEFERRED}
        assert tx.deliveries.put_off(edition_id, now=NOW + HOUR, but_for="of") == frozenset()


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


def test_who_is_put_off_untried_has_lost_no_attempt(store: Store) -> None:
    """Waiting for a limit is nothing that a relay has said: the first greylisting is the first."""
    waits = Outcome(state=DEFERRED, at=NOW, text="waits for its limit", next_at=NOW, is_try=False)
    asked = Outcome(state=DEFERRED, at=NOW, code=450, text="450 greylisted", next_at=NOW)
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 1)
        for _ in range(3):
            (mail,) = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=9, lease=LEASE)
            assert tx.deliveries.settle(mail.id, "w1", 1, waits) is True
        (mail,) = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=9, lease=LEASE)
        assert tx.deliveries.settle(mail.id, "w1", 1, asked) is True
        (mail,) = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=9, lease=LEASE)

        assert mail.attempt == 2


def test_failed_ones_can_be_tried_again(store: Store) -> None:
    """The relay refused all of them for a reason that is mended now."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 2)
        first, second = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=9, lease=LEASE)
        tx.deliveries.settle(first.id, "w1", 1, Outcome(state=FAILED, at=NOW, code=550, text="550 5.7.1 no"))
        tx.deliveries.settle(second.id, "w1", 1, Outcome(state=SENT, at=NOW))

        assert tx.deliveries.reopen_failed(edition_id) == 1
        (again,) = tx.deliveries.claim(edition_id, "w2", now=NOW, limit=9, lease=LEASE)
        assert (again.id, again.attempt, again.reason) == (first.id, 2, None)


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
        assert {one.reason for one in tx.deliveries.list(edition_id, states={EXPIRED})} == {"later than 12h"}


def test_leaving_in_the_middle_of_an_edition_counts(store: Store) -> None:
    """Nothing whose MAIL begins a second after the click goes out."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 4)
        mails = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=3, lease=LEASE)
        for place, mail in enumerate(mails):
            assert tx.deliveries.barred(mail.id) is None, place
        assert tx.deliveries.barred_of(edition_id, "w1") == {}
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
        reasons = tx.deliveries.barred_of(edition_id, "w1")
        assert [reasons[mail.id] for mail in mails] == ["unsubscribed", "suppressed", "erased"]


def test_the_last_look_is_at_what_may_still_be_stopped(store: Store) -> None:
    """Once the dot is written a mail cannot be called back; others' mails are their senders' business."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 4)
        first, second, third = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=3, lease=LEASE)
        tx.deliveries.claim(edition_id, "w2", now=NOW, limit=1, lease=LEASE)
        tx.deliveries.dotted(first.id, "w1", 1)
        for mail in tx.deliveries.list(edition_id):
            if mail.id != third.id:
                tx.people.end(mail.subscriber.id, "daily", at=NOW, reason="one click")

        assert tx.deliveries.barred_of(edition_id, "w1") == {second.id: "unsubscribed"}
        assert tx.deliveries.barred_of(edition_id + 1, "w1") == {}


def test_who_was_erased_once_and_is_here_again_is_barred(store: Store) -> None:
    """The fingerprint bars the address, whoever brings it back."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 2)
        first, _ = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=9, lease=LEASE)
        bar_fingerprint(tx, "reader1@example.org")

        assert tx.deliveries.barred_of(edition_id, "w1") == {first.id: "suppressed"}
        assert tx.deliveries.barred(first.id) == "suppressed"


def test_dots_are_granted_to_whom_the_attempt_is(store: Store) -> None:
    """Many connections ask at once; each that is granted may write its dot, no other."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 4)
        first, second, third = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=3, lease=LEASE)
        (foreign,) = tx.deliveries.claim(edition_id, "w2", now=NOW, limit=3, lease=LEASE)
        tx.deliveries.dotted(third.id, "w1", 1)
        marks = [(first.id, 1), (second.id, 2), (third.id, 1), (foreign.id, 1), (99, 1), (-1, 1)]

        assert tx.deliveries.dotted_all("w1", marks) == {first.id}
        assert tx.deliveries.dotted_all("w1", []) == frozenset()
        assert [one.state for one in tx.deliveries.list(edition_id)] == [DOTTED, CLAIMED, DOTTED, CLAIMED]

        tx.deliveries.undotted_all("w2", [(first.id, 1)])
        tx.deliveries.undotted_all("w1", [(first.id, 1), (second.id, 1), (third.id, 2), (foreign.id, 1)])
        assert [one.state for one in tx.deliveries.list(edition_id)] == [CLAIMED, CLAIMED, DOTTED, CLAIMED]


def test_a_thousand_ends_are_written_at_once(store: Store) -> None:
    """The sender hands over what it has every second or so, however much that is."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 1001)
        for _ in range(3):
            mails = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=500, lease=LEASE)
        mails = tx.deliveries.list(edition_id)
        ends = [ended(mail, SENT, "250 queued") for mail in mails]

        assert len(tx.deliveries.dotted_all("w1", [(mail.id, 1) for mail in mails])) == 1001
        assert tx.deliveries.settle_all("w1", ends) == 1001
        assert tx.deliveries.settle_all("w1", ends) == 0
        assert tx.deliveries.settle_all("w1", []) == 0
        assert tx.deliveries.books(edition_id).sent == 1001


def test_ends_of_a_batch_are_fenced_one_by_one(store: Store) -> None:
    """One delivery that was taken away must not cost the others their ends."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 4)
        mails = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=3, lease=LEASE)
        (foreign,) = tx.deliveries.claim(edition_id, "w2", now=NOW, limit=3, lease=LEASE)
        late = Settlement(
            delivery_id=mails[2].id,
            attempt=1,
            outcome=Outcome(state=DEFERRED, at=NOW, code=450, text="450 later", next_at=NOW + HOUR),
        )
        ends = [ended(mails[0], SENT, "250 ok"), ended(foreign, FAILED, "550 no"), late]
        ends += [ended(mails[1], PENDING, "421 closing"), ended(mails[0], FAILED, "550 no")]

        assert tx.deliveries.settle_all("w1", ends) == 3
        assert [
            (one.state, one.attempt, one.reason, one.reply) for one in tx.deliveries.list(edition_id)
        ] == [
            (SENT, 1, None, "250 ok"),
            (PENDING, 0, None, "421 closing"),
            (DEFERRED, 1, "450 later", "450 later"),
            (CLAIMED, 1, None, None),
        ]
        assert tx.deliveries.next_due(edition_id) == NOW + HOUR


def test_what_a_relay_says_is_kept_letter_for_letter(store: Store) -> None:
    """Words that look like something else on their way: quotes, escapes, lists, a number, foreign letters."""
    words = ["""250 "o'k" \\u0041 \\n""", "[1, null]", "null", "0250", "250 größer 😀 \u2028 ok", "  250  "]
    with store.writing() as tx:
        edition_id = frozen_edition(tx, len(words))
        mails = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=len(words), lease=LEASE)

        assert tx.deliveries.settle_all("w1", list(map(ended, mails, [FAILED] * len(words), words))) == len(
            words
        )
        left = tx.deliveries.list(edition_id)
        assert [one.reply for one in left] == words
        assert [one.reason for one in left] == words


def test_words_that_no_database_takes_cost_nobody_their_end(store: Store) -> None:
    """Half a character and a NUL become signs that can be kept; what stands beside them stays."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 2)
        mails = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=2, lease=LEASE)
        ends = [ended(mails[0], FAILED, "550 a\ud800b"), ended(mails[1], FAILED, "550 a\0b é")]

        assert tx.deliveries.settle_all("w1", ends) == 2
        assert [one.reply for one in tx.deliveries.list(edition_id)] == ["550 a?b", "550 a b é"]


@pytest.mark.parametrize(
    ("state", "text", "reason"),
    [
        (FAILED, "550 5.1.1 <reader1@example.org> unknown", None),
        (SENT, "250 <reader1@example.org> ok", None),
        (EXCLUDED, "erased", "erased"),
    ],
)
def test_no_words_are_kept_of_who_was_erased_while_they_were_mailed(
    store: Store, state: DeliveryState, text: str, reason: str | None
) -> None:
    """The relay's answer comes in after the erasure, and quotes the address."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 1)
        (mail,) = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=1, lease=LEASE)
        tx.people.erase("reader1@example.org", at=NOW)

        assert tx.deliveries.settle_all("w1", [ended(mail, state, text)]) == 1
        (left,) = tx.deliveries.list(edition_id)
        assert (left.state, left.reason, left.reply, left.since) == (state, reason, None, NOW)


def test_a_sender_that_stops_gives_back_what_it_has_not_begun(store: Store) -> None:
    """Nobody waits for a lease when the sender could say goodbye."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 4)
        first, *_ = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=3, lease=LEASE)
        tx.deliveries.claim(edition_id, "w2", now=NOW, limit=3, lease=LEASE)
        tx.deliveries.dotted(first.id, "w1", 1)

        assert tx.deliveries.give_back("w1") == 2
        assert tx.deliveries.give_back("w1") == 0
        assert [(one.state, one.attempt) for one in tx.deliveries.list(edition_id)] == [
            (DOTTED, 1),
            (PENDING, 0),
            (PENDING, 0),
            (CLAIMED, 1),
        ]


def test_a_delivery_tells_since_when_its_reader_subscribes(store: Store) -> None:
    """Every mail says so; it must not cost a question for each."""
    with store.writing() as tx:
        person = tx.people.put(NewSubscriber(email="sam@example.org"), at=NOW)
        for digest, moment in (("daily", NOW - HOUR), ("weekly", NOW)):
            tx.people.subscribe(person.id, digest, state=SubscriptionState.CONFIRMED, at=moment)
        edition_id = add_edition(tx, digest="daily")
        tx.deliveries.freeze(edition_id)
        (mail,) = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=1, lease=LEASE)

        assert mail.since == NOW - HOUR
        assert tx.deliveries.get(mail.id) == mail
        assert tx.deliveries.list(edition_id) == (mail,)


def test_the_troubled_are_found_page_by_page(store: Store) -> None:
    """Seven in a million are shown without reading the million."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 9)
        mails = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=9, lease=LEASE)
        ends = [ended(mail, FAILED if mail.id % 3 == 0 else SENT, "said") for mail in mails]
        tx.deliveries.settle_all("w1", ends)
        tx.deliveries.freeze(add_edition(tx, number=2, day=21))
        failed = [mail.id for mail in mails if mail.id % 3 == 0]

        def page(after_id: int) -> list[int]:
            found = tx.deliveries.list(edition_id, states=[FAILED, UNKNOWN], limit=2, after_id=after_id)
            return [one.id for one in found]

        assert (page(0), page(failed[1]), page(failed[2])) == (failed[:2], failed[2:], [])
        assert len(tx.deliveries.list(edition_id, after_id=mails[3].id)) == 5
        assert tx.deliveries.list(edition_id, states=[]) == ()
        assert tx.deliveries.list(10**30) == ()


def test_those_put_off_come_before_those_not_tried(store: Store) -> None:
    """Their time has come already; the order of ids is kept in what is handed out."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 4)
        first, second = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=2, lease=LEASE)
        for mail, hours in ((first, 2), (second, 1)):
            later = Outcome(state=DEFERRED, at=NOW, next_at=NOW + hours * HOUR)
            tx.deliveries.settle(mail.id, "w1", 1, later)

        def claimed(hours: int) -> list[int]:
            moment = NOW + hours * HOUR
            found = tx.deliveries.claim(edition_id, "w2", now=moment, limit=2, lease=LEASE)
            return [one.id - first.id for one in found]

        assert (claimed(1), claimed(2), claimed(3)) == ([1, 2], [0, 3], [])


@pytest.mark.parametrize("state", [FAILED, DeliveryState.EXPIRED, DeliveryState.EXCLUDED, UNKNOWN, SENT])
def test_those_in_one_state_are_found_page_by_page(store: Store, state: DeliveryState) -> None:
    """Whichever index the page is read off: in order, none twice, and none of another edition or state."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 9)
        mails = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=9, lease=LEASE)
        rest = FAILED if state is SENT else SENT
        tx.deliveries.settle_all(
            "w1", [ended(mail, state if mail.id % 3 == 0 else rest, "said") for mail in mails]
        )
        tx.deliveries.freeze(add_edition(tx, number=2, day=21))
        wanted = [mail.id for mail in mails if mail.id % 3 == 0]

        def page(after_id: int) -> list[int]:
            found = tx.deliveries.list(edition_id, states=[state], limit=2, after_id=after_id)
            return [one.id for one in found]

        assert (page(0), page(wanted[1]), page(wanted[2])) == (wanted[:2], wanted[2:], [])


def test_who_waits_is_counted_among_some(store: Store) -> None:
    """Not who has an end, whom some sender has in hand, or who is none of them."""
    later = Outcome(state=DEFERRED, at=NOW, next_at=NOW + HOUR)
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 6)
        mails = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=5, lease=LEASE)
        sent, put_off, back, out, _ = mails
        ends = [ended(sent, SENT, ""), ended(back, PENDING, ""), ended(out, EXCLUDED, "")]
        ends.append(Settlement(delivery_id=put_off.id, attempt=put_off.attempt, outcome=later))
        tx.deliveries.settle_all("w1", ends)
        everybody = [one.id for one in tx.deliveries.list(edition_id, limit=9)]

        assert tx.deliveries.count_waiting([*everybody, 10**30, -1]) == 3
        assert tx.deliveries.count_waiting([mail.id for mail in mails]) == 2
        assert tx.deliveries.count_waiting([]) == 0
        assert tx.deliveries.count_waiting([put_off.id, *range(10**6, 10**6 + 2_000)]) == 1


def test_books_of_several_editions_are_those_of_each(store: Store) -> None:
    """A list of editions counts all of them at once; one that nobody gets has none."""
    with store.writing() as tx:
        first = frozen_edition(tx, 3)
        second = add_edition(tx, number=2, day=21)
        tx.deliveries.freeze(second)
        (mail, *_) = tx.deliveries.claim(first, "w1", now=NOW, limit=1, lease=LEASE)
        tx.deliveries.settle_all("w1", [ended(mail, SENT, "250 ok")])
        ends = {"failed": 0, "expired": 0, "excluded": 0, "unknown": 0}

        assert tx.deliveries.books_of_all([second, first, 10**30]) == {
            first: Books(frozen=3, sent=1, open=2, **ends),
            second: Books(frozen=3, sent=0, open=3, **ends),
            10**30: Books(frozen=0, sent=0, open=0, **ends),
        }
