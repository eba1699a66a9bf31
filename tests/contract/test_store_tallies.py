"""What the store promises about counts of an edition on its way, on every back end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, func, insert, select, update

from digest.model import Books, BounceKind, DeliveryState, EditionState, HistoryEntry, Outcome, Settlement
from digest.store import NewBounce, Reason, RelayHour, RelayLook, Store, Transaction, deliveries_read
from digest.store.people_tables import deliveries, subscribers
from store_cast import HOUR, NOW, add_edition, ended, frozen_edition

SECOND = timedelta(seconds=1)
FIVE = 5 * SECOND


def end(tx: Transaction, edition_id: int, *ends: Outcome) -> tuple[int, ...]:
    """Let the next deliveries of an edition end so, in their order; return their numbers."""
    taken = tx.deliveries.claim(edition_id, "w", now=NOW, limit=len(ends), lease=HOUR)
    settled = [
        Settlement(delivery_id=one.id, attempt=one.attempt, outcome=outcome)
        for one, outcome in zip(taken, ends, strict=True)
    ]
    tx.deliveries.settle_all("w", settled)
    return tuple(one.id for one in taken)


def sent(after_s: float) -> Outcome:
    """Make the end of a mail that was taken so many seconds after `NOW`."""
    return Outcome(state=DeliveryState.SENT, at=NOW + after_s * SECOND, code=250, text="250 ok")


def failed(text: str, code: int = 550) -> Outcome:
    """Make the end of a mail that was refused."""
    return Outcome(state=DeliveryState.FAILED, at=NOW, code=code, text=text)


UNKNOWN = Outcome(state=DeliveryState.UNKNOWN, at=NOW, text="cut off after the final dot")


def test_a_tally_counts_books_and_when_mail_went_in_one_walk(store: Store) -> None:
    """Stretches begin at whole ones; those without mail are not there."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 7)
        end(tx, edition_id, sent(0), sent(4.9), sent(5), sent(12), failed("550 no"), UNKNOWN)
        found = tx.deliveries.tally(edition_id, each=FIVE)

        assert found.books == Books(frozen=7, sent=4, failed=1, expired=0, excluded=0, unknown=1, open=1)
        assert found.books == tx.deliveries.books(edition_id)
        assert found.sent == ((NOW, 2), (NOW + FIVE, 1), (NOW + 2 * FIVE, 1))
        assert tx.deliveries.tally(edition_id + 1, each=FIVE).sent == ()


def test_reasons_come_with_how_many_they_keep_from_their_mail(store: Store) -> None:
    """Unknown ones are a person's to decide on, and sent ones need no reason."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 6)
        no, full = "550 5.1.1 no such user", "452 4.2.2 full"
        end(tx, edition_id, failed(no), failed(full, 452), failed(no), UNKNOWN, sent(1))
        tx.deliveries.expire(edition_id, reason="ended by olu", at=NOW)
        found = tx.deliveries.reasons(edition_id, limit=10)

        assert found == (
            Reason(state=DeliveryState.FAILED, code=550, text=no, count=2),
            Reason(state=DeliveryState.EXPIRED, code=None, text="ended by olu", count=1),
            Reason(state=DeliveryState.FAILED, code=452, text=full, count=1),
        )
        assert tx.deliveries.reasons(edition_id, limit=1) == found[:1]


def test_an_edition_that_is_counted_piece_by_piece_is_counted_whole(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two people a piece: what is alike on both sides of a border is one, and nobody is left out."""
    monkeypatch.setattr(deliveries_read, "_PIECE", 2)
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 7)
        no = "550 5.1.1 no such user"
        end(tx, edition_id, sent(0), failed(no), sent(1), sent(6), failed(no), UNKNOWN)
        found = tx.deliveries.tally(edition_id, each=FIVE)

        assert found.books == Books(frozen=7, sent=3, failed=2, expired=0, excluded=0, unknown=1, open=1)
        assert found.sent == ((NOW, 2), (NOW + FIVE, 1))
        reason = Reason(state=DeliveryState.FAILED, code=550, text=no, count=2)
        assert tx.deliveries.reasons(edition_id, limit=10) == (reason,)
        assert [one.count for one in tx.deliveries.mixes(edition_id)] == [3]
        versions = tx.deliveries.books_by_version(edition_id)
        assert sum(one.frozen for one in versions.values()) == 7
        assert tx.deliveries.books_by_version(edition_id + 1) == {}


def test_numbers_that_nobody_has_cost_a_count_nothing(store: Store) -> None:
    """Those of people may be far apart, as where two lists were brought together."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 3)
        connection = tx.deliveries.connection
        row = {"id": 10**9, "uid": "far", "email": "f@x.example", "address": "f@x.example", "created_at": NOW}
        connection.execute(insert(subscribers), row)
        last = select(func.max(deliveries.c.subscriber_id)).scalar_subquery()
        connection.execute(
            update(deliveries).where(deliveries.c.subscriber_id == last).values(subscriber_id=10**9)
        )
        asked = list[str]()
        event.listen(connection, "before_cursor_execute", lambda _c, _cursor, said, *_: asked.append(said))
        found = tx.deliveries.tally(edition_id, each=FIVE)

        assert found.books.frozen == 3
        assert len(asked) <= 6


def test_unknown_ones_wait_until_somebody_decides(store: Store) -> None:
    """Page by page, of one edition or of all; who was left as they are is on record and waits no more."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 4)
        numbers = end(tx, edition_id, UNKNOWN, UNKNOWN, UNKNOWN)
        other = add_edition(tx, state=EditionState.SENDING, number=2, day=21)
        tx.deliveries.freeze(other)
        (last,) = end(tx, other, UNKNOWN)
        found = tx.deliveries.undecided([edition_id])

        assert [one.id for one in found] == list(numbers)
        assert (found[0].email, found[0].digest, found[0].at) == ("Reader1@example.org", "daily", NOW)
        both = tx.deliveries.undecided([edition_id, other], limit=3)
        assert [one.id for one in both] == [last, *numbers[:2]]
        assert tx.deliveries.undecided([]) == ()
        assert tx.deliveries.undecided_counts() == {edition_id: 3, other: 1}
        assert tx.deliveries.undecided_counts(other, digests=["daily"]) == {other: 1}
        assert tx.deliveries.undecided_counts(digests=["weekly"]) == {}
        assert tx.deliveries.accept_unknown(edition_id, numbers[:1], note="accepted by olu", at=NOW) == 1
        assert tx.deliveries.accept_unknown(edition_id, numbers[:1], note="accepted by eve", at=NOW) == 0
        assert tx.deliveries.undecided_counts(edition_id) == {edition_id: 2}
        assert tx.deliveries.resend_unknown(edition_id) == 2
        assert tx.deliveries.undecided_counts() == {other: 1}
        states = [one.state for one in tx.deliveries.list(edition_id)]
        assert states.count(DeliveryState.UNKNOWN) == 1
        assert states.count(DeliveryState.PENDING) == 3


def test_what_was_decided_on_an_unknown_one_outlives_its_reader(store: Store) -> None:
    """Else the edition is one day opened again for somebody who is no more, and the row never goes."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 4)
        numbers = end(tx, edition_id, UNKNOWN, UNKNOWN, failed("accepted by reader3@example.org, then not"))
        tx.deliveries.accept_unknown(edition_id, numbers[:1], note="accepted by olu", at=NOW)
        for number in (1, 2, 3):
            assert tx.people.erase(f"reader{number}@example.org", at=NOW)

        assert [one.reason for one in tx.deliveries.list(edition_id)][:3] == ["accepted by olu", None, None]
        assert tx.deliveries.undecided_counts() == {edition_id: 1}
        assert tx.deliveries.resend_unknown(edition_id) == 1


def test_editions_that_began_are_told_with_their_slot(store: Store) -> None:
    """The first beginning counts: one that was stopped and went on is no later for it."""
    with store.writing() as tx:
        edition_id = add_edition(tx, state=EditionState.APPROVED)
        add_edition(tx, state=EditionState.APPROVED, number=2, day=21)
        stored = tx.editions.get(edition_id)
        assert stored is not None
        due = stored.edition.slot.local
        for after, state in ((1, EditionState.SENDING), (2, EditionState.HELD), (9, EditionState.SENDING)):
            tx.editions.set_state(
                edition_id, state, expect=list(EditionState), by="worker", at=due + after * SECOND
            )
        (begun,) = tx.figures.begun(due - HOUR)

        assert (begun.edition_id, begun.digest, begun.at - begun.due) == (edition_id, "daily", SECOND)


def test_the_last_closing_of_each_edition_is_told_the_newest_first(store: Store) -> None:
    """With what its books said, and how long it took."""
    line = HistoryEntry(
        at=NOW, by="worker", event="send", outcome="ok", digest="daily", slot="s", edition_id=1
    )
    with store.writing() as tx:
        tx.history.add(replace(line, counts={"sent": 1}, seconds=2.5))
        tx.history.add(replace(line, edition_id=2, counts={"sent": 7}))
        tx.history.add(replace(line, counts={"sent": 3}))
        tx.history.add(replace(line, edition_id=3, outcome="failed"))
        found = tx.figures.closings(NOW - HOUR)

        assert [(one.edition_id, one.counts["sent"]) for one in found] == [(1, 3), (2, 7)]
        assert tx.figures.closings(NOW) == ()


def test_reports_are_counted_by_kind(store: Store) -> None:
    """Of the last days, and of the digests that one may look at."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 1)
        (mail,) = tx.deliveries.list(edition_id)
        for name, kind in (("a", BounceKind.HARD), ("b", BounceKind.HARD), ("c", BounceKind.COMPLAINT)):
            new = NewBounce(subscriber_id=mail.subscriber.id, edition_id=edition_id, kind=kind, digest=name)
            assert tx.bounces.add(new, at=NOW)
        assert tx.bounces.kinds(NOW - HOUR) == {BounceKind.HARD: 2, BounceKind.COMPLAINT: 1}
        assert tx.bounces.kinds(NOW - HOUR, digests=["daily"]) == tx.bounces.kinds(NOW - HOUR)
        assert tx.bounces.kinds(NOW - HOUR, digests=["weekly"]) == tx.bounces.kinds(NOW) == {}


def test_marks_change_with_whatever_happens_and_with_nothing_else(store: Store) -> None:
    """Equal marks let every open page rest."""
    with store.writing() as tx:
        first = tx.figures.marks()
        assert tx.figures.marks() == first
        tx.history.add(HistoryEntry(at=NOW, by="olu", event="pause", outcome="ok"))
        second = tx.figures.marks()
        assert second != first
        edition_id = add_edition(tx, state=EditionState.SENDING)
        third = tx.figures.marks()

        assert third.sending == (edition_id,)
        assert third.log > second.log


def test_lines_of_some_events_are_found_among_the_others(store: Store) -> None:
    """The newest first, at most so many."""
    with store.writing() as tx:
        for event in ("start", "build", "stop", "send", "start"):
            tx.history.add(HistoryEntry(at=NOW, by="service", event=event, outcome="ok"))
        found = tx.history.of_events(("start", "stop"), limit=2)

        assert [one.event for one in found] == ["start", "stop"]


def test_a_relay_is_up_or_down_since_the_first_look_that_found_it_so(store: Store) -> None:
    """A service that looks every five minutes must not make it look new each time."""
    later = NOW + HOUR
    with store.writing() as tx:
        tx.relays.put("main", at=NOW, trouble=None, ms=12)
        tx.relays.put("main", at=later, trouble=None, ms=15)
        assert tx.relays.all() == {"main": RelayLook(at=later, since=NOW, trouble=None, ms=15)}
        tx.relays.put("main", at=later + HOUR, trouble="421 later", ms=None)
        tx.relays.put("main", at=later + 2 * HOUR, trouble="no route", ms=None)

        found = tx.relays.all()["main"]
        assert (found.since, found.trouble, found.ms) == (later + HOUR, "no route", None)


def test_what_relays_answer_is_added_up_by_the_hour_and_kept_for_eight_days(store: Store) -> None:
    """Several senders tell of the same hour; what nobody looks back to any more goes with the next one."""
    hour = NOW.replace(minute=0)
    with store.writing() as tx:
        assert tx.relays.answers(NOW - HOUR) == ()
        tx.relays.heard("main", at=hour, replies={"2": 5, "4.7": 1}, times={16: 6})
        tx.relays.heard("main", at=hour + timedelta(minutes=59), replies={"2": 2}, times={16: 1, 40: 1})
        tx.relays.heard("spare", at=hour, replies={"none": 1}, times={})
        tx.relays.heard("main", at=hour + HOUR, replies={}, times={})
    main = RelayHour(hour=hour, relay="main", replies={"2": 7, "4.7": 1}, times={16: 7, 40: 1})
    spare = RelayHour(hour=hour, relay="spare", replies={"none": 1}, times={})
    with store.reading() as tx:
        assert tx.relays.answers(hour + timedelta(minutes=59)) == (main, spare)
        assert tx.relays.answers(hour + HOUR) == ()
    with store.writing() as tx:
        tx.relays.heard("main", at=hour + timedelta(days=8), replies={"2": 1}, times={0: 1})
        assert len(tx.relays.answers(hour)) == 3
        tx.relays.heard("main", at=hour + timedelta(days=8, hours=1), replies={"2": 1}, times={0: 1})
        assert [one.hour for one in tx.relays.answers(hour)] == [
            hour + timedelta(days=8),
            hour + timedelta(days=8, hours=1),
        ]


def test_what_is_used_of_a_limit_can_be_read_without_drawing(store: Store) -> None:
    """By whoever looks at a page, as often as they like."""
    with store.writing() as tx:
        tx.limits.draw_quota("relay main", limit=100, window=HOUR, count=7, now=NOW, hold=10 * SECOND)
        tx.limits.take_seats("relay main", "w", wanted=3, limit=8, now=NOW, lease=30 * SECOND)
    with store.reading() as tx:
        assert tx.limits.uses("relay main", window=HOUR, now=NOW + SECOND) == 7
        assert tx.limits.uses("relay main", window=HOUR, now=NOW + 2 * HOUR) == 0
        assert tx.limits.held("relay main", now=NOW + SECOND) == 3
        assert tx.limits.held("relay main", now=NOW + HOUR) == 0


def test_when_a_limit_has_room_again_is_told_without_drawing(store: Store) -> None:
    """As whoever draws is told, and by nobody's draw; None while there is room, and once it has passed."""
    with store.writing() as tx:
        tx.limits.draw_quota("relay main", limit=9, window=HOUR, count=7, now=NOW, hold=10 * SECOND)
        left = tx.limits.draw_quota("relay main", limit=9, window=HOUR, count=3, now=NOW, hold=10 * SECOND)
    with store.reading() as tx:

        def asked(limit: int, at: datetime) -> datetime | None:
            return tx.limits.room_at("relay main", limit=limit, window=HOUR, now=at)

        assert left.retry_at is not None
        assert (asked(9, NOW + SECOND), asked(10, NOW + SECOND)) == (left.retry_at, None)
        assert asked(9, left.retry_at) is None
        assert tx.limits.room_at("relay spare", limit=1, window=HOUR, now=NOW) is None


def test_mails_are_counted_by_what_they_were_put_together_from(store: Store) -> None:
    """Only what was sent counts; each delivery keeps the version that was last in hand for it."""
    with store.writing() as tx:
        edition = frozen_edition(tx, 4)
        rows = tx.deliveries.list(edition)
        for row, sections in zip(rows, (["world"], [], [], []), strict=True):
            chosen = update(deliveries).where(deliveries.c.id == row.id).values(sections=sections)
            tx.deliveries.connection.execute(chosen)
        lease = timedelta(minutes=20)
        first = tx.deliveries.claim(edition, "w", now=NOW, limit=2, lease=lease)
        tx.deliveries.settle_all("w", [ended(one, DeliveryState.SENT, "250") for one in first])
        later = tx.deliveries.claim(edition, "w", now=NOW, limit=1, lease=lease, version=3)
        tx.deliveries.settle_all("w", [ended(one, DeliveryState.UNKNOWN, "cut") for one in later])

        mixes = [(one.sections, one.at_most, one.version, one.count) for one in tx.deliveries.mixes(edition)]
        assert sorted(mixes) == [((), None, 0, 1), (("world",), None, 0, 1)]
        books = tx.deliveries.books_by_version(edition)
        assert {version: (one.sent, one.unknown, one.open) for version, one in books.items()} == {
            0: (2, 0, 0),
            3: (0, 1, 0),
            None: (0, 0, 1),
        }
        assert [one.version for one in tx.deliveries.list(edition)] == [0, 0, 3, None]
        people = [one.subscriber.id for one in rows]
        assert [tx.deliveries.version_for(edition, one) for one in people] == [0, 0, 3, None]
        tx.deliveries.expire(edition, reason="too late", at=NOW)
        assert tx.deliveries.version_for(edition, people[3]) is None
