"""When somebody was away, what they missed, and what they have had of it all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from digest.model import (
    FULL_FORM,
    DeliveryState,
    EditionState,
    Letter,
    LetterKind,
    Outcome,
    SubscriptionState,
)
from digest.store import NewSubscriber, Store, Transaction
from store_cast import HOUR, NOW, add_edition, add_readers, content

DAY = timedelta(days=1)
LONG_AGO = NOW - 30 * DAY
CATCH_UP = Letter(
    uid="", kind=LetterKind.CATCH_UP, email="reader1@example.org", digest="daily", made_at=NOW + DAY
)


def pause(tx: Transaction, number: int, until: datetime | None, *, at: datetime = NOW) -> None:
    """Let somebody be away until a moment; None brings them back."""
    tx.people.choose(number, "daily", sections=(), hour=None, form=FULL_FORM, paused_until=until, at=at)


def away(tx: Transaction, number: int) -> tuple[datetime, datetime] | None:
    """Return when somebody was away last."""
    found = tx.people.subscription(number, "daily")
    assert found is not None
    return found.away


def missed(tx: Transaction, number: int, since: datetime, until: datetime) -> list[int]:
    """Return the numbers of the editions that somebody missed."""
    found = tx.absences.missed(number, "daily", under_way=since - 2 * DAY, since=since, until=until, limit=9)
    return [one.edition.number for one in found]


def test_a_pause_is_kept_with_its_beginning_and_its_end(store: Store) -> None:
    """Saved again it begins where it began; ended early it ends there; the next one is another."""
    with store.writing() as tx:
        (sam,) = add_readers(tx, 1)
        assert away(tx, sam) is None
        pause(tx, sam, NOW + 9 * DAY)
        pause(tx, sam, NOW + 8 * DAY, at=NOW + DAY)
        assert away(tx, sam) == (NOW, NOW + 8 * DAY)
        pause(tx, sam, None, at=NOW + 2 * DAY)
        pause(tx, sam, None, at=NOW + 3 * DAY)
        assert away(tx, sam) == (NOW, NOW + 2 * DAY)
        pause(tx, sam, NOW + 9 * DAY, at=NOW + 4 * DAY)
        assert away(tx, sam) == (NOW + 4 * DAY, NOW + 9 * DAY)


def test_who_comes_back_was_away_since_they_left(store: Store) -> None:
    """Or since the pause began in which they left; an import brings nobody back."""
    with store.writing() as tx:
        (sam,) = add_readers(tx, 1)
        for round_, began in ((0, 1), (10, 10)):
            if round_:
                pause(tx, sam, NOW + 20 * DAY, at=NOW + 10 * DAY)
            tx.people.end(sam, "daily", at=NOW + (round_ + 1) * DAY, reason="link")
            tx.people.subscribe(
                sam,
                "daily",
                state=SubscriptionState.CONFIRMED,
                at=NOW + (round_ + 2) * DAY,
                reopen=True,
            )
            assert away(tx, sam) == (NOW + began * DAY, NOW + (20 if round_ else 2) * DAY)


def test_what_was_missed_is_what_went_out_and_was_not_meant_for_them(store: Store) -> None:
    """Taken back as they paused, or never written down as they had left; not what is not out."""
    with store.writing() as tx:
        tx.articles.put([content(number) for number in range(1, 9)], LONG_AGO)
        sam, _ = add_readers(tx, 2)
        sending, sent = EditionState.SENDING, EditionState.SENT
        tx.deliveries.freeze(add_edition(tx, 1, state=sending, number=1, day=16))  # under way
        paused = add_edition(tx, 2, state=sending, number=2, day=17)
        pause(tx, sam, NOW, at=NOW - 4 * DAY)
        tx.deliveries.freeze(paused)
        add_edition(tx, 3, state=sent, number=3, day=18)  # nobody was written down for it
        add_edition(tx, 4, state=EditionState.HELD, number=4, day=19)
        add_edition(tx, 5, state=sent, number=5, day=20)  # of the moment of their return
        add_edition(tx, 6, state=sent, number=1, day=18, digest="weekly")

        assert missed(tx, sam, NOW - 4 * DAY, NOW) == [3, 2, 1]
        assert missed(tx, sam, NOW - 2 * DAY, NOW) == [3, 2, 1]
        assert missed(tx, sam, NOW - 1.5 * DAY, NOW) == [2]
        assert missed(tx, sam, NOW - 0.5 * DAY, NOW) == []
        copy = replace(CATCH_UP, kind=LetterKind.EDITION, subscriber_id=sam, edition_id=paused)
        letter = tx.letters.add(copy)
        assert missed(tx, sam, NOW - 4 * DAY, NOW) == [3, 1]
        tx.letters.drop(letter, note="refused")
        assert missed(tx, sam, NOW - 4 * DAY, NOW) == [3, 2, 1]


def test_what_somebody_has_had_is_told_by_article_and_story(store: Store) -> None:
    """Mailed, on its way, sent once more, or in a mail of that kind before; what failed they have not had."""
    with store.writing() as tx:
        tx.articles.put([content(number) for number in range(1, 9)], LONG_AGO)
        (sam,) = add_readers(tx, 1)
        mailed = add_edition(tx, 1, state=EditionState.SENDING, number=1, day=17)
        failed = add_edition(tx, 2, state=EditionState.SENDING, number=2, day=18)
        for edition_id, state in ((mailed, DeliveryState.SENT), (failed, DeliveryState.FAILED)):
            tx.deliveries.freeze(edition_id)
            claimed = tx.deliveries.claim(edition_id, "w", now=NOW, limit=9, lease=HOUR)
            for one in claimed:
                assert tx.deliveries.settle(one.id, "w", one.attempt, Outcome(state=state, at=NOW))
        tx.shapes.tell(mailed, {1: 1, 5: 1})
        copied = add_edition(tx, 3, state=EditionState.SENT, number=3, day=19)
        add_edition(tx, 4, state=EditionState.SENT, number=4, day=20)
        tx.letters.add(replace(CATCH_UP, kind=LetterKind.EDITION, subscriber_id=sam, edition_id=copied))
        tx.letters.add(replace(CATCH_UP, subscriber_id=sam, stories=((99, 6),)))

        assert tx.absences.had(sam, range(1, 8)) == {1, 3, 5, 6}
        assert tx.absences.had(sam, ()) == frozenset()


def test_a_catch_up_is_known_by_reader_digest_and_day(store: Store) -> None:
    """One that no relay took is none."""
    with store.writing() as tx:
        (sam,) = add_readers(tx, 1)
        eve = tx.people.put(NewSubscriber(email="eve@example.net"), at=NOW).id
        letter = tx.letters.add(replace(CATCH_UP, subscriber_id=sam, stories=((1, 2), (1, 3))))
        assert tx.letters.get(letter.uid) == letter
        assert letter.stories == ((1, 2), (1, 3))
        assert tx.absences.has_caught_up(sam, "daily", since=NOW)
        assert not tx.absences.has_caught_up(sam, "daily", since=NOW + 2 * DAY)
        assert not tx.absences.has_caught_up(sam, "weekly", since=NOW)
        assert not tx.absences.has_caught_up(eve, "daily", since=NOW)
        tx.letters.drop(letter, note="refused")
        assert not tx.absences.has_caught_up(sam, "daily", since=NOW)
