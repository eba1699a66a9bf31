"""Composing: subject, preheader, and what is taken out again."""

from __future__ import annotations

import pytest

from digest.pipeline.compose import PREHEADER_CHARS, preheader, shorten


def test_the_preheader_continues_with_whole_headlines() -> None:
    """Half a headline in an inbox looks like an accident; the line holds as many whole ones as fit."""
    titles = [
        "Quell Strait settled after 31 years",
        "One moss since the ice left",
        "Bank holds at 2.75 per cent",
    ]

    assert preheader(titles) == (
        "Quell Strait settled after 31 years · One moss since the ice left · Bank holds at 2.75 per cent"
    )
    assert preheader([*titles, "Puppets back at work"]) == preheader(titles)
    assert preheader([]) == ""


def test_a_short_preheader_takes_a_part_of_the_next_headline() -> None:
    """A line that ends half-way wastes what an inbox shows."""
    titles = [
        "Kestria and Ilmarra settle the Quell Strait",
        "A single moss has grown on Tarn Bog since the ice left us",
    ]

    assert preheader(titles) == f"{titles[0]} · A single moss has grown on Tarn Bog since the ice…"


def test_a_first_headline_too_long_for_a_preheader_is_cut_at_a_word() -> None:
    """It is better than none."""
    text = preheader(["word " * 40])

    assert len(text) <= PREHEADER_CHARS
    assert text.endswith("word…")


@pytest.mark.parametrize("text", ["The gates held", "x" * 78])
def test_what_fits_stays_as_it_is(text: str) -> None:
    """An ellipsis says that something is missing."""
    assert shorten(text, 78) == text
