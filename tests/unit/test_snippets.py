"""The part of an article that a search shows: around what was found, cut between words."""

from __future__ import annotations

from datetime import UTC, datetime

from digest.actions.content.article_search import snippet_of
from digest.model import Article, Source
from digest.words import phrases_of

LONG = " ".join(f"before{number}" for number in range(60)) + " the Übersee-Café burnt "
LONG += " ".join(f"behind{number}" for number in range(60))


def shown(text: str, *paragraphs: str) -> str:
    """Search for a text; return the snippet with what was found in brackets."""
    origin = Source(key="harbour", title="Harbour Wire")
    at = datetime(2026, 11, 19, tzinfo=UTC)
    article = Article(
        id=1,
        revision=1,
        origin=origin,
        collected_at=at,
        title="Of no account",
        paragraphs=paragraphs,
        html="",
        tags=(),
    )
    pieces = snippet_of(article, phrases_of(text))
    return "".join(f"[{one.text}]" if one.is_found else one.text for one in pieces)


def test_the_paragraph_that_says_it_is_shown_with_the_place_marked() -> None:
    """Accents and case count for nothing."""
    assert shown("bruhl", "Nothing here.", "They met at the Brühl.") == "They met at the [Brühl.]"


def test_a_phrase_of_several_words_is_marked_whole() -> None:
    """What a hyphen joins is typed without a gap, and stands so in the text."""
    found = shown("übersee-café", LONG)

    assert "[Übersee-Café]" in found
    assert found.startswith("…before")
    assert found.endswith("…")


def test_the_last_word_may_be_a_beginning_and_others_may_not() -> None:
    """Somebody is still typing it."""
    assert shown("harb", "The harbour opened.") == "The [harbour] opened."
    assert shown("harb open", "The harbour opened.") == "The harbour [opened.]"


def test_without_the_words_the_beginning_is_shown() -> None:
    """They may stand in the title only; an article without text shows nothing."""
    assert shown("unheard", "The harbour opened.") == "The harbour opened."
    assert shown("unheard") == ""


def test_a_cut_never_falls_into_a_word() -> None:
    """Before and behind what was found there are whole words, with a sign where the text goes on."""
    found = shown("burnt", LONG)
    before, _, behind = found.partition("[burnt]")

    assert set(before.strip("…").split()) <= {*LONG.split()}
    assert set(behind.strip("…").split()) <= {*LONG.split()}


def test_a_text_without_gaps_is_cut_all_the_same() -> None:
    """Nobody may be sent a page of a million signs for one line of a list."""
    assert len(shown("zzz", "z" * 1_000_000)) < 600
    assert len(shown("abc", "z" * 1_000_000)) < 600
