"""What is promised of recipients who are taken off the record, on every back end."""

from __future__ import annotations

import re
import threading
from collections.abc import Sized
from datetime import datetime, timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, update

from digest.errors import Refused
from digest.model import BounceKind, DeliveryState, EditionState, Outcome
from digest.store import NewBounce, OffRecord, Reason, Store, Transaction
from digest.store.people_tables import deliveries, delivery_totals
from store_cast import HOUR, NOW, add_edition, add_readers, close_edition, frozen_edition

LEASE = timedelta(minutes=10)
LATER = NOW + 100 * HOUR
SENT, FAILED, EXPIRED, EXCLUDED, UNKNOWN = (
    DeliveryState.SENT,
    DeliveryState.FAILED,
    DeliveryState.EXPIRED,
    DeliveryState.EXCLUDED,
    DeliveryState.UNKNOWN,
)


End = tuple[DeliveryState, int | None, str | None]
TAKEN, TOO_LATE, LEFT = (
    (SENT, 250, "250 ok"),
    (EXPIRED, None, "the hour of their zone was too long ago"),
    (EXCLUDED, None, "unsubscribed"),
)


def end_as(tx: Transaction, edition_id: int, *ends: End) -> None:
    """Let the readers of an edition end so, in their order, and the edition with them."""
    mails = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=len(ends), lease=LEASE, version=0)
    for mail, (state, code, words) in zip(mails, ends, strict=True):
        tx.deliveries.settle(mail.id, "w1", mail.attempt, Outcome(state=state, at=NOW, code=code, text=words))
    close_edition(tx, edition_id)


def ended_edition(tx: Transaction, *ends: End) -> int:
    """Store an edition that ended so for as many readers."""
    edition_id = frozen_edition(tx, len(ends))
    end_as(tx, edition_id, *ends)
    return edition_id


def prune(tx: Transaction, edition_id: int, *, limit: int = 1_000, at: datetime = LATER) -> int:
    """Take recipients off the record whose edition ended before LATER."""
    return tx.deliveries.prune(edition_id, before=LATER, limit=limit, at=at)


def test_the_books_say_the_same_after_each_bite(store: Store) -> None:
    """They are what an operator proves with that nobody was lost; also between two bites."""
    with store.writing() as tx:
        edition_id = ended_edition(
            tx,
            TAKEN,
            (FAILED, 550, "550 no reader2@example.org here"),
            TOO_LATE,
            LEFT,
            TAKEN,
            (FAILED, 550, "550 no reader6@example.org here"),
            (SENT, 250, "250 taken"),
        )
        before = tx.deliveries.books(edition_id)
    gone = []
    while not gone or gone[-1]:
        with store.writing() as tx:
            gone.append(prune(tx, edition_id, limit=3))
            assert tx.deliveries.books(edition_id) == before
            assert tx.deliveries.tally(edition_id, each=HOUR).books == before
            assert tx.deliveries.books_by_version(edition_id) == {0: before}
            assert sum(one.count for one in tx.deliveries.mixes(edition_id)) == 3

    assert gone == [3, 3, 1, 0]
    assert (before.frozen, before.sent, before.failed, before.expired, before.excluded) == (7, 3, 2, 1, 1)
    with store.reading() as tx:
        assert tx.deliveries.list(edition_id) == ()
        assert tx.deliveries.off_record(edition_id) == OffRecord(recipients=7, since=LATER)


def test_a_bite_writes_the_sums_of_its_own_recipients_alone(store: Store) -> None:
    """Others who write wait for it, and an edition has as many sums as readers have choices."""
    written: list[int] = []

    def note(_c: object, _k: object, statement: str, rows: Sized, _x: object, is_many: bool) -> None:
        if re.match("(INSERT INTO|UPDATE|DELETE FROM) delivery_totals", statement):
            written.append(len(rows) if is_many else 1)

    with store.writing() as tx:
        edition_id = ended_edition(tx, *[TAKEN] * 6)
        for mail, section in zip(tx.deliveries.list(edition_id), "abcabc", strict=True):
            chosen = update(deliveries).where(deliveries.c.id == mail.id).values(sections=[section])
            tx.deliveries.connection.execute(chosen)
        event.listen(tx.deliveries.connection, "before_cursor_execute", note)
        assert [prune(tx, edition_id, limit=2) for _ in range(4)] == [2, 2, 2, 0]
        sums = select(delivery_totals.c.sections, delivery_totals.c.recipients)
        kept = tx.deliveries.connection.execute(sums).all()

    assert written == [2, 2, 2]
    assert sorted(kept) == [(["a"], 2), (["b"], 2), (["c"], 2)]


def test_reasons_stay_in_our_words_and_never_in_a_relays(store: Store) -> None:
    """A relay quotes addresses: who is erased later must not be found in a sum."""
    with store.writing() as tx:
        edition_id = ended_edition(
            tx,
            (FAILED, 550, "550 no reader1@example.org here"),
            (FAILED, 550, "550 reader two has moved"),
            (FAILED, None, "reader3@example.org is no address"),
            TOO_LATE,
            LEFT,
        )
        assert prune(tx, edition_id) == 5

        assert tx.deliveries.reasons(edition_id, limit=9) == (
            Reason(state=FAILED, code=550, text="", count=2),
            Reason(state=EXCLUDED, code=None, text="unsubscribed", count=1),
            Reason(state=EXPIRED, code=None, text="the hour of their zone was too long ago", count=1),
            Reason(state=FAILED, code=None, text="", count=1),
        )


def test_the_unknown_stay_until_somebody_has_decided(store: Store) -> None:
    """They may still be mailed again; a decision, or the reader, would be lost."""
    with store.writing() as tx:
        edition_id = ended_edition(tx, (UNKNOWN, None, "cut off"), TAKEN, (UNKNOWN, None, None))
        assert prune(tx, edition_id) == 1
        first, last = tx.deliveries.list(edition_id)
        assert (first.state, last.state) == (UNKNOWN, UNKNOWN)
        assert tx.deliveries.undecided_counts(edition_id) == {edition_id: 2}

        tx.deliveries.accept_unknown(edition_id, [first.id], note="accepted by olu", at=NOW)
        assert prune(tx, edition_id) == 1
        assert [one.id for one in tx.deliveries.list(edition_id)] == [last.id]
        assert tx.deliveries.books(edition_id).unknown == 2


def test_only_what_ended_before_then_is_touched(store: Store) -> None:
    """By its last end: one whose failed were tried again yesterday is not old."""
    with store.writing() as tx:
        add_readers(tx, 2)
        sending = add_edition(tx, state=EditionState.SENDING, number=1, day=1)
        again = add_edition(tx, state=EditionState.SENDING, number=2, day=2)
        old = add_edition(tx, state=EditionState.SENDING, number=3, day=3)
        for edition_id in (sending, again, old):
            tx.deliveries.freeze(edition_id)
        for edition_id in (again, old):
            end_as(tx, edition_id, TAKEN, TAKEN)
        for state in (EditionState.SENDING, EditionState.SENT):
            either = (EditionState.SENDING, EditionState.SENT)
            tx.editions.set_state(again, state, expect=either, by="worker", at=LATER)

        assert tx.deliveries.prunable(LATER) == (old,)
        assert tx.deliveries.prunable(NOW) == ()
        assert [prune(tx, one) for one in (sending, again, old, old + 1)] == [0, 0, 2, 0]
        assert tx.deliveries.prunable(LATER) == ()
        assert len(tx.deliveries.list(sending)) == len(tx.deliveries.list(again)) == 2


def test_two_that_came_back_do_not_become_a_row_when_those_between_go(store: Store) -> None:
    """An outage of long ago says nothing about one of today, also when the mails between are gone."""
    with store.writing() as tx:
        (person,) = add_readers(tx, 1)
        editions = [
            add_edition(tx, state=EditionState.SENDING, number=number, day=number) for number in (1, 2, 3)
        ]
        for edition_id in editions:
            tx.deliveries.freeze(edition_id)
            end_as(tx, edition_id, TAKEN)
        for edition_id in (editions[0], editions[2]):
            new = NewBounce(
                subscriber_id=person,
                edition_id=edition_id,
                kind=BounceKind.HARD,
                status=None,
                digest=f"report {edition_id}",
            )
            tx.bounces.add(new, at=NOW)
        assert tx.bounces.hard_editions(person, most=2) == 1
        assert [prune(tx, edition_id) for edition_id in editions[:2]] == [1, 1]
        assert tx.bounces.hard_editions(person, most=2) == 1
        assert prune(tx, editions[2]) == 1
        assert tx.bounces.hard_editions(person, most=2) == 0


def test_an_edition_of_which_nobody_is_on_record_keeps_its_audience(store: Store) -> None:
    """Once per edition: freezing it again would mail everybody a second time; nor is the database new."""
    with store.writing() as tx:
        edition_id = ended_edition(tx, *[TAKEN] * 2)
        assert prune(tx, edition_id) == 2
        assert tx.deliveries.freeze(edition_id) == 0
        assert tx.deliveries.books(edition_id).frozen == 2
        assert tx.instances.is_fresh() is False


def test_what_would_go_is_weighed(store: Store) -> None:
    """An operator wants to know before; a row takes some hundred bytes."""
    with store.writing() as tx:
        edition_id = ended_edition(tx, *[TAKEN] * 10)
        assert tx.deliveries.prunable(LATER) == (edition_id,)
        found = tx.deliveries.weigh(edition_id)
        assert found.recipients == 10
        assert 10 * 100 < found.room_bytes < 10 * 1_000
        prune(tx, edition_id, limit=4)
        assert tx.deliveries.weigh(edition_id).recipients == 6
        assert tx.deliveries.off_record(edition_id) == OffRecord(recipients=4, since=LATER)
        prune(tx, edition_id, limit=4, at=LATER + HOUR)
        assert tx.deliveries.off_record(edition_id) == OffRecord(recipients=8, since=LATER)
        assert tx.deliveries.weigh(edition_id + 1).recipients == 0


def test_an_edition_that_begins_again_meanwhile_loses_nobody(store: Store) -> None:
    """--failed and a bite take turns at the edition: who comes second sees what the first did."""
    with store.writing() as tx:
        edition_id = ended_edition(tx, *[(FAILED, 550, "550 no")] * 2)
    gone: list[int] = []

    def bite() -> None:
        with store.writing() as tx:
            gone.append(prune(tx, edition_id))

    other = threading.Thread(target=bite)
    with store.writing() as tx:
        assert tx.editions.keep_state(edition_id) is EditionState.SENT
        other.start()
        other.join(0.3)
        assert other.is_alive()
        tx.editions.set_state(
            edition_id, EditionState.SENDING, expect=(EditionState.SENT,), by="olu", at=LATER
        )
        assert tx.deliveries.reopen_failed(edition_id) == 2
    other.join(30)

    assert gone == [0]
    with store.reading() as tx:
        assert tx.deliveries.books(edition_id).open == 2


ENDS = st.sampled_from(
    [
        TAKEN,
        (FAILED, 550, "550 no"),
        (FAILED, None, "no relay offers SMTPUTF8"),
        (EXPIRED, 450, "put off until it was too late: 450 later"),
        TOO_LATE,
        LEFT,
        (UNKNOWN, None, "cut off"),
    ]
)
_turn = count(1)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ends=st.lists(ENDS, min_size=1, max_size=9), limit=st.integers(1, 4), fails=st.sets(st.integers(0, 4)))
def test_whatever_ends_there_are_the_books_before_are_the_books_after(
    store: Store, ends: list[tuple[DeliveryState, int | None, str]], limit: int, fails: set[int]
) -> None:
    """Also where transactions fail after their bite, and whatever stays on record by itself."""
    turn = next(_turn)
    digest = f"d{turn}"
    with store.writing() as tx:
        add_readers(tx, len(ends), digest)
        edition_id = add_edition(tx, state=EditionState.SENDING, number=turn, digest=digest)
        tx.deliveries.freeze(edition_id)
        end_as(tx, edition_id, *ends)
        before = told(tx, edition_id)
    for bite in count():
        try:
            with store.writing() as tx:
                gone = prune(tx, edition_id, limit=limit)
                if bite in fails:
                    raise Refused("the machine fails here", hint="none")
        except Refused:
            continue
        with store.reading() as tx:
            assert told(tx, edition_id) == before
        if not gone:
            break
    with store.reading() as tx:
        left = len(tx.deliveries.list(edition_id))
        assert left == sum(state is UNKNOWN for state, *_ in ends)


def told(tx: Transaction, edition_id: int) -> tuple[object, ...]:
    """Return what books and sums say of an edition."""
    sums: dict[tuple[DeliveryState, int | None], int] = {}
    for one in tx.deliveries.reasons(edition_id, limit=99):
        sums[one.state, one.code] = sums.get((one.state, one.code), 0) + one.count
    books = tx.deliveries.books(edition_id)
    return books, tx.deliveries.books_by_version(edition_id), tx.deliveries.mixes(edition_id), sums
