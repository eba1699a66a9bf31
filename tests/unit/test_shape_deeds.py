"""What a hand can do to an edition, as functions of values."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import Refused
from digest.model import Edition, EditionSection, Image, Item, Slot, Summary, SummarySentence
from digest.shape import (
    Deed,
    Drop,
    Headline,
    Merge,
    Move,
    MoveSection,
    Picture,
    Retitle,
    Summarise,
    Take,
    Write,
    differences,
    provenance,
    summary_by_hand,
)


def item(number: int, title: str = "") -> Item:
    """Make an item of an article."""
    return Item(
        article_id=number,
        revision=1,
        rank=number,
        title=title or f"Headline {number}",
        url=None,
        source="Wire",
        minutes=1,
        summary=Summary(method="lead", sentences=(SummarySentence(text=f"Text {number}.", start=0, end=7),)),
        language="en",
    )


def edition(**sections: tuple[int, ...]) -> Edition:
    """Make an edition of sections with these articles."""
    return Edition(
        digest="daily",
        number=1,
        slot=Slot(local=datetime(2026, 11, 19, 7, tzinfo=ZoneInfo("Europe/Berlin"))),
        language="en",
        subject="Subject",
        preheader="Preheader",
        sections=tuple(
            EditionSection(
                key=key,
                title=key.title(),
                items=tuple(replace(item(number), rank=rank) for rank, number in enumerate(numbers, 1)),
            )
            for key, numbers in sections.items()
        ),
    )


def places(of: Edition) -> dict[str, list[int]]:
    """Show where the articles are."""
    return {section.key: [one.article_id for one in section.items] for section in of.sections}


def test_an_item_moves_within_its_section_and_ranks_follow() -> None:
    """The first is 1, whatever it was."""
    made = Move(article=3, section="town", to=1).apply(edition(town=(1, 2, 3)))
    assert places(made) == {"town": [3, 1, 2]}
    assert [one.rank for one in made.items] == [1, 2, 3]


def test_an_item_moves_to_another_section_and_an_empty_one_goes() -> None:
    """A mail shows no section without items; its title is named among the quiet ones."""
    made = Move(article=1, section="sea", to=99).apply(edition(town=(1,), sea=(2, 3)))
    assert places(made) == {"sea": [2, 3, 1]}
    assert made.quiet == ("Town",)
    back = Move(article=1, section="town", to=1, title="Town").apply(made)
    assert places(back) == {"sea": [2, 3], "town": [1]}
    assert back.quiet == ()


def test_the_last_item_stays() -> None:
    """An edition without items is no edition."""
    with pytest.raises(Refused, match="the last item stays"):
        Drop(article=1).apply(edition(town=(1,)))


def test_an_article_comes_in_once_and_may_take_anothers_place() -> None:
    """Replacing keeps the place."""
    before = edition(town=(1, 2), sea=(3,))
    assert places(Take(item=item(9), section="sea", to=1).apply(before)) == {"town": [1, 2], "sea": [9, 3]}
    swapped = Take(item=item(9), section="", to=1, instead_of=2).apply(before)
    assert places(swapped) == {"town": [1, 9], "sea": [3]}
    with pytest.raises(Refused, match="already"):
        Take(item=item(3), section="town", to=1).apply(before)


def test_texts_are_one_line_where_a_header_holds_them() -> None:
    """A subject with a line end would be another header."""
    made = Write(what="subject", text="Two\r\nBcc: eve@example.org").apply(edition(town=(1,)))
    assert made.subject == "Two Bcc: eve@example.org"
    assert Write(what="intro", text="  \n ").apply(made).intro is None
    assert Write(what="intro", text="One\nTwo").apply(made).intro == "One\nTwo"
    with pytest.raises(Refused, match="subject"):
        Write(what="subject", text=" ").apply(made)


def test_two_hands_collide_only_at_the_same_place() -> None:
    """Whoever writes a summary is not stopped by who moved another item or wrote another headline."""
    before = edition(town=(1, 2), sea=(3, 4))
    after = Headline(article=1, text="New").apply(Move(article=3, section="sea", to=2).apply(before))
    summary = Summary(method="editor", sentences=())
    for deed in (
        Summarise(article=1, summary=summary),
        Headline(article=2, text="x"),
        Write(what="subject", text="x"),
    ):
        assert deed.place(before) == deed.place(after)
    same: tuple[Deed, ...] = (
        Headline(article=1, text="x"),
        Move(article=4, section="town", to=1),
        Drop(article=1),
    )
    for deed in same:
        assert deed.place(before) != deed.place(after)


def test_differences_are_told_as_an_editor_would() -> None:
    """By name, with before and after."""
    before = edition(town=(1, 2), sea=(3,))
    after = edition(town=(2,), sea=(1, 3))
    after = Headline(article=2, text="Ferry late").apply(Write(what="subject", text="Other").apply(after))
    told = [(one.what, one.before, one.after) for one in differences(before, after)]
    assert told == [
        ("subject", "Subject", "Other"),
        ("headline", "Headline 2", "Ferry late"),
        ("moved “Headline 1”", "1st in Town", "1st in Sea"),
    ]


def test_neighbours_that_change_places_are_one_move() -> None:
    """The one that stands before the other now is the one that was moved."""
    told = differences(edition(town=(1, 2, 3)), edition(town=(1, 3, 2)))
    assert [(one.what, one.before, one.after) for one in told] == [
        ("moved “Headline 3”", "3rd in Town", "2nd in Town")
    ]


def test_what_a_hand_writes_keeps_its_place_where_the_article_has_it() -> None:
    """A sentence that the article has word for word is still the article's."""
    text = "The ferry is late.\n\nNobody knows why."
    made = summary_by_hand("Nobody knows why. It is a mess.", ("Nobody knows why.", "It is a mess."), text)
    assert [(one.text, one.start, one.end) for one in made.sentences] == [
        ("Nobody knows why.", 20, 37),
        ("It is a mess.", 0, 0),
    ]
    told = provenance(made, text.split("\n\n"), {"It is a mess.": ["the article has no mess"]})
    assert [(one.origin, one.paragraph) for one in told] == [("source", 2), ("nowhere", None)]


_ARTICLES = st.integers(1, 8)
_SECTIONS = st.sampled_from(["town", "sea", "sky"])
_DEEDS: st.SearchStrategy[Deed] = st.one_of(
    st.builds(Move, article=_ARTICLES, section=_SECTIONS, to=st.integers(-2, 9), title=st.just("T")),
    st.builds(Drop, article=_ARTICLES),
    st.builds(Take, item=_ARTICLES.map(item), section=_SECTIONS, to=st.integers(-2, 9), title=st.just("T")),
    st.builds(Headline, article=_ARTICLES, text=st.text(max_size=20)),
    st.builds(MoveSection, section=_SECTIONS, to=st.integers(-2, 5)),
    st.builds(Retitle, section=_SECTIONS, text=st.text(max_size=20)),
    st.builds(
        Write, what=st.sampled_from(["subject", "preheader", "intro", "outro"]), text=st.text(max_size=20)
    ),
)


@given(st.lists(_DEEDS, max_size=12))
def test_no_sequence_of_deeds_makes_an_edition_that_cannot_be(deeds: list[Deed]) -> None:
    """Each article stands once, no section is empty, ranks count from 1, the subject has words."""
    made = edition(town=(1, 2, 3), sea=(4, 5))
    for deed in deeds:
        try:
            made = deed.apply(made)
        except Refused:
            continue
        numbers = [one.article_id for one in made.items]
        assert len(numbers) == len(set(numbers)) > 0
        assert len({section.key for section in made.sections}) == len(made.sections)
        for section in made.sections:
            assert [one.rank for one in section.items] == list(range(1, len(section.items) + 1))
            assert section.items
        assert made.subject.strip()


@given(st.lists(_DEEDS, max_size=6))
def test_what_is_alike_has_no_differences_and_what_is_not_has_some(deeds: list[Deed]) -> None:
    """Or a history would hide a change."""
    before = after = edition(town=(1, 2, 3), sea=(4, 5))
    for deed in deeds:
        try:
            after = deed.apply(after)
        except Refused:
            continue
    shown = replace(after, quiet=before.quiet)
    assert bool(differences(before, after)) == (shown != before)


def test_a_merge_names_the_others_source_and_collides_with_who_wrote_there() -> None:
    """The other's own 'also' comes along, without repeats and without the item's own source."""
    before = edition(town=(1, 2), sea=(3,))
    other = replace(item(2), source="Post", also=("Argus", "Wire"), merged=(7,))
    town = replace(before.sections[0], items=(before.items[0], other))
    before = replace(before, sections=(town, before.sections[1]))
    deed = Merge(article=1, other=2)
    made = deed.apply(before)
    assert places(made) == {"town": [1], "sea": [3]}
    assert (made.items[0].also, made.items[0].merged) == (("Post", "Argus"), (2, 7))
    assert deed.place(before) == deed.place(Headline(article=3, text="New").apply(before))
    assert deed.place(before) != deed.place(Headline(article=2, text="New").apply(before))
    assert next(one.what for one in differences(before, made)) == "merged “Headline 2” into “Headline 1”"
    outside = Merge(article=1, other=9, source="Post").apply(made)
    assert [(one.what, one.after) for one in differences(made, outside)] == [
        ("merged article 9 into “Headline 1”", "also Post, Argus")
    ]
    assert [one.what for one in differences(outside, made)] == ["took article 9 out of “Headline 1”"]
    moved = Merge(article=3, other=9, source="Post").apply(outside)
    assert [one.merged for one in moved.items] == [(2, 7), (9,)]
    with pytest.raises(Refused, match="in that story already"):
        Merge(article=1, other=9).apply(outside)


def test_a_picture_is_words_or_decoration_or_gone() -> None:
    """Of a decoration the words go; without a picture nothing is decoration."""
    before = edition(town=(1,))
    image = Image(url="https://news.example.org/a.jpg", alt="A\nquay")
    shown = Picture(article=1, image=image).apply(before)
    assert shown.items[0].image == replace(image, alt="A quay")
    plain = Picture(article=1, image=image, is_decoration=True).apply(shown)
    assert (plain.items[0].image, plain.items[0].is_decoration) == (replace(image, alt=""), True)
    gone = Picture(article=1, image=None).apply(plain)
    assert (gone.items[0].image, gone.items[0].is_decoration) == (None, False)
    told = [
        (one.before, one.after)
        for two in ((before, shown), (shown, plain), (plain, gone))
        for one in differences(*two)
    ]
    assert told == [("none", "A quay"), ("A quay", "decoration"), ("decoration", "none")]
    other = Picture(article=1, image=Image(url="https://b.example.org/b.jpg", alt="")).apply(shown)
    assert differences(shown, other)[0].after == "not described (https://b.example.org/b.jpg)"
