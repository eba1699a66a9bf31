"""Shaping a stored edition: what hands do is kept, undone, told apart, and needs approval again."""

from __future__ import annotations

from pathlib import Path

import pytest

from digest.actions.editing.approving import approve, hold
from digest.actions.editing.reasons import why
from digest.actions.editing.shaping import (
    Conflict,
    changes,
    difference,
    redo,
    redoable,
    shape,
    undo,
    undoable,
)
from digest.actions.editing.taking import take_in
from digest.actions.editions import find
from digest.actions.printing.presses import content_hash, render
from digest.errors import Refused
from digest.model import Edition, EditionState
from digest.shape import Drop, Headline, Move, Write
from newsroom import Newsroom, newsroom

REVIEW = "review: {mode: required}"


def order(edition: Edition) -> list[tuple[str, int]]:
    """Show where the articles of an edition are."""
    return [(section.key, item.article_id) for section in edition.sections for item in section.items]


def test_every_deed_is_undone_and_done_again(tmp_path: Path) -> None:
    """Undo to the beginning is the edition as built, bytes and decisions; redo to the end is the last."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        number = room.build()
        built = find(room.app, number)
        first, second = (item.article_id for item in built.edition.sections[0].items[:2])
        shape(room.app, number, Headline(article=first, text="Other words"), on_version=0, by="ada")
        shape(
            room.app,
            number,
            Move(article=second, section=built.edition.sections[0].key, to=1),
            on_version=1,
            by="ada",
        )
        last = shape(room.app, number, Drop(article=first), on_version=2, by="tomas").stored
        assert why(room.app, number, first).text.endswith("tomas dropped it.")
        for _ in range(3):
            undo(room.app, number, by="ada")
        back = find(room.app, number)
        assert back.edition == built.edition
        assert back.content_hash == built.content_hash
        assert why(room.app, number, first).decision == "kept"
        with pytest.raises(Refused, match="nothing is left to undo"):
            undo(room.app, number, by="ada")
        for _ in range(3):
            redo(room.app, number, by="ada")
        assert find(room.app, number).edition == last.edition
        assert why(room.app, number, first).rule == "cut"
        with pytest.raises(Refused, match="nothing to do again"):
            redo(room.app, number, by="ada")
        told = [(one.by, one.deed) for one in changes(room.app, number)]
        assert told[:4] == [("digest", "build"), ("ada", "headline"), ("ada", "move"), ("tomas", "drop")]
        assert [deed for _, deed in told[4:]] == ["undo"] * 3 + ["redo"] * 3


def test_a_new_deed_after_an_undo_ends_what_could_be_done_again(tmp_path: Path) -> None:
    """As in every editor."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        number = room.build()
        shape(room.app, number, Write(what="subject", text="One"), on_version=0, by="ada")
        undo(room.app, number, by="ada")
        shape(room.app, number, Write(what="subject", text="Two"), on_version=2, by="ada")
        made = changes(room.app, number)
        assert redoable(made) is None
        left = undoable(made)
        assert left is not None
        assert "Two" in left.note
        undo(room.app, number, by="ada")
        assert find(room.app, number).edition.subject not in {"One", "Two"}


def test_two_editors_at_different_places_both_have_their_way(tmp_path: Path) -> None:
    """A page that is one state behind saves what nobody else has touched."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        number = room.build()
        first, second = (item.article_id for item in find(room.app, number).edition.items[:2])
        shape(room.app, number, Headline(article=first, text="Ada's"), on_version=0, by="ada")
        shape(room.app, number, Headline(article=second, text="Tomas's"), on_version=0, by="tomas")
        titles = {item.article_id: item.title for item in find(room.app, number).edition.items}
        assert (titles[first], titles[second]) == ("Ada's", "Tomas's")


def test_two_editors_at_one_place_are_told_of_each_other(tmp_path: Path) -> None:
    """Nobody's words are overwritten by somebody who has not seen them."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        number = room.build()
        first = find(room.app, number).edition.items[0].article_id
        shape(room.app, number, Headline(article=first, text="Ada's"), on_version=0, by="ada")
        with pytest.raises(Conflict, match="ada changed item 1 while you wrote") as refused:
            shape(room.app, number, Headline(article=first, text="Tomas's"), on_version=0, by="tomas")
        assert "Ada's" in refused.value.theirs
        assert find(room.app, number).edition.items[0].title == "Ada's"


def test_a_change_after_approval_needs_approval_again(tmp_path: Path) -> None:
    """What is sent is what somebody approved, to the byte."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        number = room.build()
        approve(room.app, number, by="maret")
        changed = shape(room.app, number, Write(what="intro", text="Good morning."), on_version=0, by="ada")
        assert changed.stored.state is EditionState.REVIEW
        assert changed.stored.approved_hash is None
        assert [(one.what, one.after) for one in difference(room.app, number, since=0)] == [
            ("intro", "Good morning.")
        ]
        again = approve(room.app, number, by="maret")
        assert again.approved_hash == content_hash(render(room.app, again))


def test_a_held_edition_stays_held_when_it_is_shaped(tmp_path: Path) -> None:
    """Who holds it says when it goes."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        number = room.build()
        hold(room.app, number, by="olu", note="wait")
        made = shape(room.app, number, Write(what="subject", text="Other"), on_version=0, by="ada")
        assert made.stored.state is EditionState.HELD


def test_an_article_that_was_left_out_comes_in_with_a_summary_and_a_reason(tmp_path: Path) -> None:
    """One step, and the record says who."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        number = room.build()
        out = left_out(room, number)
        made = take_in(room.app, number, out, on_version=0, by="ada")
        taken = next(item for item in made.stored.edition.items if item.article_id == out)
        assert taken.summary.sentences
        reason = why(room.app, number, out)
        assert (reason.decision, reason.rule) == ("kept", "taken")
        assert "ada took it in" in reason.text
        undo(room.app, number, by="ada")
        assert why(room.app, number, out).decision == "dropped"


def test_what_was_sent_is_shaped_no_more(tmp_path: Path) -> None:
    """Readers have it."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        number = room.build()
        with room.app.store.writing() as tx:
            for state in (EditionState.APPROVED, EditionState.SENDING):
                tx.editions.set_state(number, state, expect=set(EditionState), by="t", at=room.clock())
        with pytest.raises(Refused, match="is sending and keeps its content"):
            shape(room.app, number, Write(what="subject", text="Other"), on_version=0, by="ada")


def left_out(room: Newsroom, number: int) -> int:
    """Return an article that a cap kept out."""
    with room.app.store.reading() as tx:
        return next(one.article_id for one in tx.editions.decisions(number) if not one.kept)
