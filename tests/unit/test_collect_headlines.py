"""Headlines lose what shouts and pads, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect.headlines import trim_headline

SITES = ("Quay Times",)


@pytest.mark.parametrize(
    ("title", "trimmed"),
    [
        ("BREAKING: Storm closes the harbour", "Storm closes the harbour"),
        ("Exclusive | Storm closes the harbour", "Storm closes the harbour"),
        ("Eilmeldung: Sturm schließt den Hafen", "Sturm schließt den Hafen"),
        ("[VIDEO] Storm closes the harbour (PHOTOS)", "Storm closes the harbour"),
        ("Storm closes the harbour (mit Video)", "Storm closes the harbour"),
        ("Storm closes the harbour!!!", "Storm closes the harbour!"),
        ("Storm closes the harbour?!?!", "Storm closes the harbour?"),
        ("🔥🔥 Storm closes the harbour 🌊", "Storm closes the harbour"),
        ("Storm closes the harbour - Quay Times", "Storm closes the harbour"),
        ("Quay Times | Storm closes the harbour", "Storm closes the harbour"),
        ("Harbour: Harbour: Storm closes it again", "Harbour: Storm closes it again"),
        ("Storm closes the harbour – you won't believe what came next", "Storm closes the harbour"),
        ("Storm closes the harbour: here's what we know", "Storm closes the harbour"),
        ("UPDATE 2: Storm closes the harbour", "Storm closes the harbour"),
        ("BREAKING: -5 degrees in the harbour", "-5 degrees in the harbour"),
        ("- Storm closes the harbour -", "Storm closes the harbour"),
        ("Storm closes the harbour |", "Storm closes the harbour"),
    ],
)
def test_labels_marks_and_padding_go(title: str, trimmed: str) -> None:
    """A reader of twenty headlines in a row needs none of it."""
    assert trim_headline(title, (), SITES, "en") == trimmed


@pytest.mark.parametrize(
    "title",
    [
        "Storm closes the harbour",
        "Breaking: dawn",  # nothing whole would be left
        "You won't believe what the harbour looks like now",  # padding, but all there is
        "Opinion: The harbour should stay closed",  # says what kind of text it is
        "Storm - a history of the harbour",
        "Live music returns to the harbour",
        "Video games in the harbour museum",
        "Why the harbour is closed: the keeper explains",
        "Yes! The harbour is open",
        "-5 degrees in the harbour tonight",
        "Agency cuts the harbour to BBB-",
        "NATO and the EU meet in the harbour",
        "港は嵐のため閉鎖された",
    ],
)
def test_what_belongs_to_a_headline_stays(title: str) -> None:
    """Trimmed, never rewritten."""
    assert trim_headline(title, ("The harbour is closed.",), SITES, "en") == title


def test_capitals_throughout_become_those_of_the_text() -> None:
    """The text itself shows which words are names."""
    text = (
        "In Kiel the storm closes what is open, the police and NATO say. Nobody in the harbour complains.",
    )

    assert trim_headline("STORM CLOSES THE HARBOUR IN KIEL, NATO SAY", text, (), "en") == (
        "Storm closes the harbour in Kiel, NATO say"
    )


def test_capitals_stay_when_the_text_does_not_show_a_word() -> None:
    """A guess would write names small."""
    title = "STORM CLOSES THE HARBOUR OF ECKERNFÖRDE"

    assert trim_headline(title, ("The storm closes the harbour of a town.",), (), "en") == title


@given(st.text(max_size=200), st.lists(st.text(max_size=80), max_size=3))
def test_trimming_only_takes_away(title: str, paragraphs: list[str]) -> None:
    """No letter comes out that did not go in, apart from its case."""
    trimmed = trim_headline(title, paragraphs, SITES, None)

    left = iter(title.casefold())
    assert all(sign in left for sign in trimmed.casefold())
