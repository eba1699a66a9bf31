"""Merging stories of an edition: also covered by, on record for later builds, undone to the letter."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from digest.actions.app import App
from digest.actions.content.stories import forget, merge, show, split
from digest.actions.editing.left_out import groups_of, left_out
from digest.actions.editing.merging import merge_in, mergeable, split_off
from digest.actions.editing.reasons import why
from digest.actions.editing.shaping import Conflict, changes, redo, shape, undo
from digest.actions.editing.taking import take_in
from digest.actions.editions import find
from digest.actions.printing.presses import render
from digest.errors import NotFound, Refused
from digest.model import ArticleContent, Edition, Tag, TagOrigin
from digest.shape import Headline
from newsroom import DUE, Newsroom, newsroom

REVIEW = "review: {mode: required}"


def together(app: App, article: int) -> list[tuple[tuple[int, int], str]]:
    """Return the pairs that people brought together with an article, and who did."""
    with app.store.reading() as tx:
        return [(one.pair, one.by) for one in tx.stories.about([article]) if one.kind == "together"]


def told(room: Newsroom, edition_id: int) -> dict[int, int]:
    """Return which articles readers will have had, each with its item."""
    with room.app.store.reading() as tx:
        return tx.shapes.told(edition_id)


def numbers(edition: Edition) -> list[int]:
    """Return the articles of the items."""
    return [item.article_id for item in edition.items]


def test_two_items_become_one_story_and_undo_makes_them_two(tmp_path: Path) -> None:
    """The item that stays names the other's source; undo brings back bytes, decisions and wishes."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        number = room.build()
        built = find(room.app, number)
        first, second = built.edition.items[0], built.edition.items[1]
        before = told(room, number)
        made = merge_in(room.app, number, first.article_id, second.article_id, on_version=0, by="ada")
        kept = made.stored.edition.items[0]
        assert numbers(made.stored.edition) == [
            one for one in numbers(built.edition) if one != second.article_id
        ]
        assert kept.merged == (second.article_id,)
        assert set(kept.also) == {*first.also, *({second.source} - {first.source, ""})}
        assert made.note.startswith(f"merged “{second.title}” into “{first.title}”")
        reason = why(room.app, number, second.article_id)
        assert (reason.decision, reason.rule, reason.value) == ("dropped", "story", str(first.article_id))
        assert f"ada brought it together with article {first.article_id}." in reason.text
        assert told(room, number)[second.article_id] == first.article_id
        pair = tuple(sorted((first.article_id, second.article_id)))
        assert together(room.app, first.article_id) == [(pair, "ada")]
        undo(room.app, number, by="ada")
        back = find(room.app, number)
        assert (back.edition, back.content_hash) == (built.edition, built.content_hash)
        assert why(room.app, number, second.article_id).decision == "kept"
        assert told(room, number) == before
        assert together(room.app, first.article_id) == []
        redo(room.app, number, by="ada")
        assert find(room.app, number).edition == made.stored.edition
        assert together(room.app, first.article_id) == [(pair, "ada")]
        assert [one.deed for one in changes(room.app, number)] == ["build", "merge", "undo", "redo"]


def test_a_left_out_candidate_is_merged_and_its_reason_comes_back(tmp_path: Path) -> None:
    """It was cut for want of room; then it is told by another; after undo it was cut again."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        number = room.build()
        built = find(room.app, number).edition
        item = built.items[0]
        out = next(one for one in left_out(room.app, number).told if one.group == "full")
        choice = mergeable(room.app, find(room.app, number), item.article_id)
        assert out.article_id in {one.article_id for one in choice.left_out}
        made = merge_in(room.app, number, item.article_id, out.article_id, on_version=0, by="ada")
        assert numbers(made.stored.edition) == numbers(built)
        assert made.note.startswith(f"merged article {out.article_id} into “{item.title}”")
        now = next(one for one in left_out(room.app, number).told if one.article_id == out.article_id)
        assert (now.group, now.leads, now.reason.short) == (
            "story",
            item.article_id,
            f"Same story as “{item.title}”",
        )
        choice = mergeable(room.app, made.stored, item.article_id)
        assert out.article_id not in {one.article_id for one in choice.left_out}
        undo(room.app, number, by="ada")
        again = next(one for one in left_out(room.app, number).told if one.article_id == out.article_id)
        assert again == out


def test_what_is_split_is_no_longer_named_and_undo_brings_all_of_it_back(tmp_path: Path) -> None:
    """The mail must not say that another paper covers what its editor says is another story."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        number = room.build()
        one, other = numbers(find(room.app, number).edition)[:2]
        merge_in(room.app, number, one, other, on_version=0, by="ada")
        room.clock.now += timedelta(minutes=1)
        merged = find(room.app, number)
        item = merged.edition.items[0]
        assert item.also != ()
        before = told(room, number)
        shaped, others = split_off(room.app, number, one, on_version=1, by="ada")
        alone = shaped.stored.edition.items[0]
        assert (alone.also, alone.merged, alone.apart) == ((), (), others)
        assert other in others
        assert shaped.note.startswith(f"split “{item.title}” from what was told with it: “also ")
        assert told(room, number) == {a: i for a, i in before.items() if a not in others}
        mails = [render(room.app, each).mjml for each in (merged, shaped.stored)]
        assert [mail.count(item.also[0]) for mail in mails] == [1, 0]
        assert set(show(room.app, one)[0].members).isdisjoint(others)
        assert together(room.app, one) == []
        undo(room.app, number, by="ada")
        back = find(room.app, number)
        assert (back.edition, back.content_hash) == (merged.edition, merged.content_hash)
        assert told(room, number) == before
        assert [by for _, by in together(room.app, one)] == ["ada"]
        redo(room.app, number, by="ada")
        assert find(room.app, number).edition == shaped.stored.edition
        assert set(show(room.app, one)[0].members).isdisjoint(others)
        with pytest.raises(Refused, match="stands alone"):
            split_off(room.app, number, one, on_version=4, by="ada")


def test_a_split_leaves_what_other_items_tell(tmp_path: Path) -> None:
    """Two items that somebody brought together after the build are both still sent, and count as had."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        number = room.build()
        one, other = numbers(find(room.app, number).edition)[:2]
        merge(room.app, [one, other], by="maret")
        room.clock.now += timedelta(minutes=1)
        split_off(room.app, number, one, on_version=0, by="ada")
        assert told(room, number)[other] == other
        assert set(numbers(find(room.app, number).edition)) >= {one, other}


def test_what_was_an_item_and_is_split_off_is_offered_and_weighed_again(tmp_path: Path) -> None:
    """Merging it had taken it out by hand; split, it stands where an editor looks for it."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        number = room.build()
        one, other = numbers(find(room.app, number).edition)[:2]
        merge_in(room.app, number, one, other, on_version=0, by="ada")
        shaped, others = split_off(room.app, number, one, on_version=1, by="ada")
        assert groups_of(room.app, shaped.stored, others) == ("hand",)
        out = next(each for each in left_out(room.app, number).told if each.article_id == other)
        assert (out.stands_again, out.leads) == (True, None)
        assert f"ada keeps it apart from article {one}." in why(room.app, number, other).text


def test_the_same_two_are_split_merged_and_split_again(tmp_path: Path) -> None:
    """Each of the three holds, here and for later builds."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        number = room.build()
        one, other = numbers(find(room.app, number).edition)[:2]
        merge_in(room.app, number, one, other, on_version=0, by="ada")
        split_off(room.app, number, one, on_version=1, by="ada")
        forget(room.app, one, by="ada")
        merged = merge_in(room.app, number, one, other, on_version=2, by="ada")
        item = merged.stored.edition.items[0]
        assert (item.merged, other in item.apart) == ((other,), False)
        again, _ = split_off(room.app, number, one, on_version=3, by="ada")
        assert other in again.stored.edition.items[0].apart
        assert "nothing changed" not in again.note
        assert together(room.app, one) == []


def test_undo_of_a_split_leaves_what_somebody_else_keeps_apart(tmp_path: Path) -> None:
    """The pair was said to be two stories before; that is not the desk's to take back."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        number = room.build()
        one, other = numbers(find(room.app, number).edition)[:2]
        merge_in(room.app, number, one, other, on_version=0, by="ada")
        room.clock.now += timedelta(minutes=1)
        split(room.app, one, from_id=other, by="maret")
        room.clock.now += timedelta(minutes=1)
        split_off(room.app, number, one, on_version=1, by="ada")
        with pytest.raises(Refused, match="kept apart"):
            undo(room.app, number, by="ada")
        with room.app.store.reading() as tx:
            assert [(wish.kind, wish.by) for wish in tx.stories.about([one])] == [("apart", "maret")]


def test_words_find_a_candidate_among_hundreds(tmp_path: Path) -> None:
    """Of 260 more candidates the oldest is found by its headline, though a page of them is 200."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        contents = [
            ArticleContent(
                title=f"{word} council meets about harbour number {number}",
                paragraphs=(f"The {word} council met about harbour number {number}.",),
                html="<p>A text.</p>",
                url=f"https://council.example/{number}",
                published=DUE - timedelta(hours=2, minutes=number),
                tags=(Tag(name="world", origin=TagOrigin.SOURCE),),
            )
            for number in range(260)
            for word in ["Zebra" if number == 259 else "Town"]
        ]
        with room.app.store.writing() as tx:
            tx.articles.put(contents, DUE - timedelta(hours=1))
        number = room.build()
        stored = find(room.app, number)
        choice = mergeable(room.app, stored, stored.edition.items[0].article_id, words="zebra council")
        assert [one.title for one in choice.left_out] == ["Zebra council meets about harbour number 259"]
        assert choice.found == 1
        assert left_out(room.app, number).total > 200


def test_later_builds_keep_merged_articles_together(tmp_path: Path) -> None:
    """The next edition weighs the two as one story, whoever leads it."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        number = room.build(scheduled=False)
        one, other = find(room.app, number).edition.items[:2]
        merge_in(room.app, number, one.article_id, other.article_id, on_version=0, by="ada")
        assert set(show(room.app, one.article_id)[0].members) >= {one.article_id, other.article_id}
        later = room.build(hours=1, scheduled=False)
        held = set(numbers(find(room.app, later).edition))
        assert len(held & {one.article_id, other.article_id}) == 1


def test_undo_leaves_what_somebody_said_elsewhere(tmp_path: Path) -> None:
    """The pair was brought together before by somebody else; that is not the desk's to take back."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        number = room.build()
        one, other = numbers(find(room.app, number).edition)[:2]
        merge(room.app, [one, other], by="maret")
        room.clock.now += timedelta(minutes=1)
        merge_in(room.app, number, one, other, on_version=0, by="ada")
        undo(room.app, number, by="ada")
        assert [by for _, by in together(room.app, one)] == ["maret"]


def test_what_is_kept_apart_is_not_merged(tmp_path: Path) -> None:
    """Somebody said that they are two stories; the way out is named, and nothing has changed."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        number = room.build()
        built = find(room.app, number)
        one, other = numbers(built.edition)[:2]
        split(room.app, one, from_id=other, by="maret")
        with pytest.raises(Refused, match="kept apart"):
            merge_in(room.app, number, one, other, on_version=0, by="ada")
        assert find(room.app, number) == built
        assert changes(room.app, number) == ()


def test_a_merged_article_that_is_taken_in_again_stands_for_itself(tmp_path: Path) -> None:
    """It is in no story's drawer any more, and dropping the one that held it leaves it."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        number = room.build()
        one, other = numbers(find(room.app, number).edition)[:2]
        merge_in(room.app, number, one, other, on_version=0, by="ada")
        taken = take_in(room.app, number, other, on_version=1, by="ada").stored.edition
        assert other in numbers(taken)
        assert all(not item.merged for item in taken.items)
        assert told(room, number)[other] == other
        assert why(room.app, number, other).decision == "kept"


def test_two_hands_at_a_merged_item_are_told_of_each_other(tmp_path: Path) -> None:
    """Nobody's new headline is lost in a merge by somebody who has not seen it."""
    with newsroom(tmp_path / "home", REVIEW) as room:
        number = room.build()
        one, other = numbers(find(room.app, number).edition)[:2]
        shape(room.app, number, Headline(article=other, text="New words"), on_version=0, by="tomas")
        with pytest.raises(Conflict, match="tomas changed item 1"):
            merge_in(room.app, number, one, other, on_version=0, by="ada")
        with pytest.raises(Refused, match="in that story already"):
            merge_in(room.app, number, one, one, on_version=1, by="ada")
        with pytest.raises(NotFound, match="is not in edition"):
            mergeable(room.app, find(room.app, number), 9_999)
