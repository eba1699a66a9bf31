"""What the store promises about editions that are still to go, on every back end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update

from digest.model import Decision, EditionState, Rule, Score, SubscriptionState
from digest.model.schedule import Alert, AlertKind, SlotState
from digest.store import NewSubscriber, Store
from digest.store.schedule_tables import slots
from store_cast import (
    HOUR,
    NOW,
    add_edition,
    add_readers,
    bar_fingerprint,
    content,
    edition,
    frozen_edition,
    put_on_schedule,
)

ENDED = {EditionState.SENT, EditionState.SKIPPED, EditionState.CANCELLED, EditionState.EXPIRED}


def test_open_editions_come_without_those_that_have_ended(store: Store) -> None:
    """A service of years asks every few seconds; the oldest slot is served first."""
    with store.writing() as tx:
        for number, state in enumerate(EditionState, 1):
            add_edition(tx, state=state, number=number, day=29 - number)
        found = tx.editions.open()

        assert [one.state for one in reversed(found)] == [one for one in EditionState if one not in ENDED]
        assert [one.due for one in found] == sorted(one.due for one in found)
        few = tx.editions.open([EditionState.HELD, EditionState.DRAFT, EditionState.SENT])
        assert [one.state for one in few] == [EditionState.HELD, EditionState.DRAFT]
        assert tx.editions.open_one(found[0].id) == found[0]
        assert tx.editions.open_one(list(EditionState).index(EditionState.SENT) + 1) is None
        assert tx.editions.open_one(99) is None


def test_an_open_edition_tells_what_steers_it(store: Store) -> None:
    """Its slot, whether the schedule wants it, whether mail began to go out, when editors were reminded."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 1)
        bare = add_edition(tx, number=2, day=21)
        put_on_schedule(tx, edition_id)
        for key, kind, at in (
            ("reminder:a", AlertKind.REMINDER, NOW - HOUR),
            ("reminder:b", AlertKind.REMINDER, NOW),
            ("held:a", AlertKind.HELD, NOW + HOUR),
        ):
            tx.alerts.add(Alert(key=key, kind=kind, title="t", text="t", edition_id=edition_id), at=at)
        first, second = tx.editions.open()

    assert (first.id, first.digest, first.slot, first.due) == (edition_id, "daily", "2026-11-20T07:00", NOW)
    assert (first.state, first.built_at, first.note) == (EditionState.SENDING, NOW, None)
    assert (first.is_scheduled, first.begun_at, first.reminded_at) == (True, NOW, NOW)
    assert (second.id, second.is_scheduled, second.begun_at, second.reminded_at) == (bare, False, None, None)


def test_a_slot_that_is_off_or_missed_wants_no_edition(store: Store) -> None:
    """What somebody builds for a holiday is theirs to send."""
    with store.writing() as tx:
        edition_id = add_edition(tx)
        put_on_schedule(tx, edition_id)
        wanted = {}
        for state in SlotState:
            tx.editions.connection.execute(update(slots).values(state=state))
            wanted[state] = tx.editions.open()[0].is_scheduled

    assert [state for state, is_wanted in wanted.items() if is_wanted] == [SlotState.DUE, SlotState.BUILT]


def test_past_editions_are_those_that_readers_get_newest_first(store: Store) -> None:
    """A held or cancelled edition says nothing of what is usual."""
    with store.writing() as tx:
        for number, state in enumerate(EditionState, 1):
            add_edition(tx, state=state, number=number, day=number)
        add_edition(tx, state=EditionState.SENT, number=20, day=20)
        add_edition(tx, state=EditionState.SENT, digest="weekly", day=2)
        found = tx.editions.past("daily", before=edition(day=20).slot.local, limit=20)

        told = [state for state in EditionState if state not in ENDED | {EditionState.HELD}]
        told.append(EditionState.SENT)
        assert [one.state for one in reversed(found)] == told
        assert found[0].plan == {}
        assert tx.editions.past("daily", before=edition(day=20).slot.local, limit=2) == found[:2]
        assert tx.editions.past("daily", before=edition(day=1).slot.local, limit=2) == ()


def test_a_decision_made_again_keeps_what_ranked_the_article(store: Store) -> None:
    """The record tells both: how it ranked, and why it went in the end."""
    score = Score(total=1.5, terms=(("fresh", 1.5),))
    kept = Decision(article_id=1, kept=True, rule=Rule.RANKED, value="1 of 2", section="world", score=score)
    gone = replace(kept, kept=False, rule=Rule.UNCLEAN, value="no address", carry=True, score=None)
    with store.writing() as tx:
        tx.articles.put([content(n, "world", published=NOW - HOUR) for n in (1, 2)], NOW)
        edition_id = tx.editions.add(
            edition(1, 2),
            state=EditionState.REVIEW,
            content_hash="abc",
            built_at=NOW,
            decisions=[kept, replace(kept, article_id=2)],
        )
        tx.editions.decide_again(edition_id, [gone])

        assert tx.editions.decision(edition_id, 1) == replace(gone, score=score)
        assert tx.editions.decision(edition_id, 2) == replace(kept, article_id=2)
        assert tx.editions.carried("daily", NOW - timedelta(days=1)) == (1,)


def test_the_audience_is_counted_as_it_would_be_frozen(store: Store) -> None:
    """Confirmed people, suppressed ones too; else a comparison with the last edition would be off."""
    with store.writing() as tx:
        add_readers(tx, 3)
        tx.people.suppress("reader1@example.org", "complaint", at=NOW)
        bar_fingerprint(tx, "reader2@example.org")
        pending = tx.people.put(NewSubscriber(email="new@example.org"), at=NOW)
        tx.people.subscribe(pending.id, "daily", state=SubscriptionState.PENDING, at=NOW)
        counted = tx.deliveries.audience("daily")
        edition_id = add_edition(tx, state=EditionState.APPROVED)

        assert counted == tx.deliveries.freeze(edition_id) == 3
        assert tx.deliveries.audience("weekly") == 0
