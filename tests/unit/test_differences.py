"""The difference of two texts as lines."""

from __future__ import annotations

from digest.actions.home.differences import DiffLine, difference


def test_a_changed_line_is_shown_among_its_neighbours() -> None:
    """Old ones go before new ones come; what is far is a gap with its number of lines."""
    old = "\n".join("abcdefgh")

    assert difference(old, old.replace("d", "D"), around=1) == (
        DiffLine(kind="gap", number=2),
        DiffLine(kind="same", text="c", number=3),
        DiffLine(kind="cut", text="d", number=4),
        DiffLine(kind="add", text="D", number=4),
        DiffLine(kind="same", text="e", number=5),
        DiffLine(kind="gap", number=3),
    )


def test_texts_that_are_the_same_have_none() -> None:
    """Nothing is shown, not even a gap."""
    assert difference("a\nb", "a\nb\n") == ()


def test_texts_of_many_lines_are_compared_in_no_time() -> None:
    """What differs in thousands of lines goes and comes as a whole: comparing each would take minutes."""
    old, new = "\n" * 100_000, "x\n" * 100_000
    found = difference(old, new)

    assert [line.kind for line in found].count("cut") == 100_000
    assert [line.kind for line in found].count("add") == 100_000
