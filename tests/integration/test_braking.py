"""The anomaly brake on real editions: what is on record, what is held, and how people answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from digest.actions.editing.approving import approve
from digest.actions.making.facts import recall
from digest.model import EditionState
from digest.model.schedule import AlertKind
from newsroom import DUE, Newsroom, add_bare_articles, newsroom
from store_cast import add_readers


def build_five(room: Newsroom) -> tuple[int, ...]:
    """Build what tells the usual: five editions of the five hours before."""
    return tuple(room.build(hours=-hour) for hour in range(5, 0, -1))


def ban(room: Newsroom, *articles: int) -> None:
    """Take articles out of the digest."""
    with room.app.store.writing() as tx:
        for article in articles:
            tx.editions.set_pin("daily", article, "ban", by="ada", at=DUE)


def mark(room: Newsroom, edition: int, state: EditionState) -> None:
    """Move an edition wherever a test needs it."""
    with room.app.store.writing() as tx:
        tx.editions.set_state(edition, state, expect=list(EditionState), by="olu", at=DUE)


def test_the_facts_of_an_edition_are_on_record(tmp_path: Path) -> None:
    """Eight articles give five items of four sources; nobody subscribes yet."""
    with newsroom(tmp_path / "home") as room:
        edition = room.build()
        with room.app.store.reading() as tx:
            (facts,) = recall(tx, "daily", before=DUE + timedelta(minutes=1)).editions
            assert recall(tx, "daily", before=DUE).editions == ()
        stored = room.stored(edition).edition

        assert (facts.items, facts.audience, facts.fallbacks, facts.faults) == (5, 0, 0, ())
        assert facts.sources == {"argus": 1, "post": 1, "bench": 2, "crumb": 1}
        assert facts.subject == stored.subject
        assert 10_000 < facts.size < 100_000


@pytest.mark.parametrize("scheduled", [True, False])
def test_an_edition_unlike_the_last_ones_is_held_until_a_person_answers(
    tmp_path: Path, scheduled: bool
) -> None:
    """Six of eight articles are gone: something is wrong with the sources, or it is a holiday."""
    with newsroom(tmp_path / "home") as room:
        build_five(room)
        ban(room, 1, 2, 3, 6, 7, 8)
        edition = room.build(scheduled=scheduled)
        held = room.stored(edition)

        assert held.state is EditionState.HELD
        assert held.note is not None
        assert held.note.startswith("2 items where 5 are usual: 60 % fewer, over brake.items (50 %)")
        (alert,) = room.alerts(AlertKind.HELD)
        assert (alert.edition_id, alert.digest, alert.slot) == (edition, "daily", "2026-11-19T07:00")
        assert held.note in alert.text
        with room.app.store.reading() as tx:
            line = tx.history.list()[0]
        assert (line.event, line.outcome, line.note) == ("build", "held", held.note)
        room.at(0)
        assert edition not in room.sendable()
        approve(room.app, edition, by="ada")
        assert edition in room.sendable()


def test_the_brake_off_holds_nothing(tmp_path: Path) -> None:
    """The same, and the operator has said that it may be so."""
    with newsroom(tmp_path / "home", "brake: {active: false}") as room:
        build_five(room)
        ban(room, 1, 2, 3, 6, 7, 8)

        assert room.stored(room.build()).state is EditionState.DRAFT


def test_an_edition_like_the_others_passes_in_every_mode(tmp_path: Path) -> None:
    """The brake is for what is unlike."""
    with newsroom(tmp_path / "home", "review: {mode: window}") as room:
        build_five(room)

        assert room.stored(room.build()).state is EditionState.REVIEW
        assert room.alerts(AlertKind.HELD) == []


def test_the_subject_of_the_last_edition_is_not_told_twice(tmp_path: Path) -> None:
    """What only lay in a drawer was told to nobody; what went out was."""
    with newsroom(tmp_path / "home") as room:
        first = room.build(hours=-2)
        assert room.stored(room.build(hours=-1)).state is EditionState.DRAFT
        mark(room, first, EditionState.APPROVED)
        second = room.stored(room.build())

        assert second.state is EditionState.HELD
        assert second.note == f"its subject is the last edition's: “{second.edition.subject}”"


def test_an_audience_that_grew_by_an_import_is_looked_at(tmp_path: Path) -> None:
    """Twenty got the last one, forty would get this: was the wrong file imported?"""
    with newsroom(tmp_path / "home", "brake: {same_subject: false}") as room:
        last = build_five(room)[-1]
        with room.app.store.writing() as tx:
            add_readers(tx, 20)
            tx.deliveries.freeze(last)
        mark(room, last, EditionState.SENDING)
        with room.app.store.writing() as tx:
            add_readers(tx, 40)
        file = room.app.home.root / "config" / "digests" / "daily.yaml"
        assert "same_subject" in file.read_text()
        note = room.stored(room.build()).note

        assert note is not None
        assert "40 subscribers where 20 had the last edition: 100 % more, over brake.audience (20 %)" in note


def test_a_mail_that_is_too_large_is_held(tmp_path: Path) -> None:
    """Mail programs cut it, and the link to unsubscribe with it."""
    with newsroom(tmp_path / "home"):
        pass
    file = tmp_path / "home" / "config" / "digest.yaml"
    file.write_text(file.read_text() + "limits: {html_bytes: 10000}\n")
    with newsroom(tmp_path / "home") as room:
        note = room.stored(room.build()).note

        assert note is not None
        assert note.startswith("it must not go out with this: html: ")
        assert "more than 10,000" in note


def test_facts_of_another_program_are_left_alone(tmp_path: Path) -> None:
    """An upgrade or a step back must not stop tomorrow's edition."""
    with newsroom(tmp_path / "home") as room:
        stored = room.stored(room.build())
        with room.app.store.writing() as tx:
            for number, plan in enumerate([{}, {"facts": {"items": 3}}, {"facts": []}], 2):
                slot = stored.edition.slot
                local = slot.local - timedelta(hours=number)
                other = replace(stored.edition, number=number, slot=replace(slot, local=local))
                tx.editions.add(other, state=EditionState.SENT, content_hash="x", built_at=DUE, plan=plan)
        with room.app.store.reading() as tx:
            past = recall(tx, "daily", before=DUE)

    assert (past.editions, past.subject, past.audience) == ((), None, 0)


CLEAN = "review: {mode: required, at_deadline: send_clean}\nbrake: {same_subject: false, items: 30}"


def test_what_is_left_at_the_deadline_is_braked_like_what_was_built(tmp_path: Path) -> None:
    """Five items are usual; of the five that were built three are clean: a person looks first."""
    with newsroom(tmp_path / "home", CLEAN) as room:
        build_five(room)
        add_bare_articles(room, 2)
        edition = room.build()
        before = room.stored(edition)

        assert (before.state, len(before.edition.items)) == (EditionState.REVIEW, 5)
        assert room.at(0).held == (edition,)
        after = room.stored(edition)
        assert after.edition == before.edition
        assert after.note is not None
        assert after.note.startswith(
            "nobody approved it in time, and what is pinned or clean is unlike its last editions:"
            " 3 items where 5 are usual: 40 % fewer, over brake.items (30 %)"
        )


def test_the_facts_on_record_are_of_what_was_left_at_the_deadline(tmp_path: Path) -> None:
    """Tomorrow's edition is compared with what readers got."""
    with newsroom(tmp_path / "home", CLEAN) as room:
        add_bare_articles(room, 1)
        edition = room.build()
        window = room.stored(edition).plan["until"]

        assert room.at(0).approved == (edition,)
        stored = room.stored(edition)
        with room.app.store.reading() as tx:
            (facts,) = recall(tx, "daily", before=DUE + timedelta(minutes=1)).editions
        assert (facts.items, facts.subject) == (4, stored.edition.subject)
        assert stored.plan["until"] == window
