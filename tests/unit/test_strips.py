"""Days as little columns: heights and looks that a reader compares by eye."""

from __future__ import annotations

from datetime import date

from digest.actions.figures import Yield
from digest.web.strips import Columns, large, small

TODAY = date(2026, 3, 4)  # four days end on it: 1, 2, 3 and 4 March


def drawn(daily: tuple[int, ...], used: tuple[int, ...] = (0, 0, 0, 0), *, refused: int = 0) -> Columns:
    """Draw what a source gave."""
    return large(Yield(daily=daily, used=used), TODAY, refused=refused)


def test_small_columns_share_one_scale_and_stand_on_one_line() -> None:
    """22 high, of which 2 are shown for nothing; the largest day fills it."""
    columns = small(Yield(daily=(0, 3, 6), used=(0, 0, 0)))

    assert [(one.x, one.height, one.look) for one in columns] == [(0, 2, "n"), (5, 11, "a"), (10, 20, "a")]
    assert {one.y + one.height for one in columns} == {22}


def test_a_source_that_gave_nothing_is_drawn_low_and_grey() -> None:
    """Nobody divides by its largest day."""
    assert {(one.height, one.look) for one in small(Yield(daily=(0, 0), used=(0, 0)))} == {(2, "n")}


def test_large_columns_fill_92_of_112_and_round_the_scale_up_to_an_even_number() -> None:
    """Half of the scale must be a whole number of articles: 5 a day are drawn on a scale of 6."""
    columns = drawn((0, 3, 5, 2))

    assert columns.lines == ((20, 6), (66, 3))
    assert [one.height for one in columns.columns] == [0, 46, 76.7, 30.7]
    assert {round(one.y + one.height, 1) for one in columns.columns} == {112}
    assert [one.x for one in columns.columns] == [4, 29, 54, 79]


def test_a_day_of_which_something_went_out_looks_different() -> None:
    """The eye finds what the source is good for."""
    assert [one.look for one in drawn((1, 1, 0, 2), (0, 1, 0, 2)).columns] == ["col", "col2", "col", "col2"]


def test_days_on_which_a_source_could_not_be_read_stand_out_though_they_are_empty() -> None:
    """The last ones, as many as were refused; a day that gave something keeps its look."""
    columns = drawn((2, 2, 0, 0), refused=2)

    assert [(one.look, one.height) for one in columns.columns[2:]] == [("bad", 3), ("bad", 3)]
    assert columns.title.endswith("and it couldn’t be read on the last 2 days")
    assert [one.look for one in drawn((2, 2, 0, 1), refused=2).columns[2:]] == ["bad", "col"]


def test_the_title_says_in_words_what_the_columns_show() -> None:
    """It is all that a screen reader has of them."""
    assert drawn((1, 4, 2, 2)).title == "Articles a day over 4 days: between 1 and 4"
    assert drawn((2, 2, 2, 2)).title == "Articles a day over 4 days: 2 each"


def test_the_first_and_the_middle_day_are_named_at_the_foot() -> None:
    """Under their own columns."""
    assert drawn((1, 1, 1, 1)).ticks == ((4, "1 Mar"), (54, "3 Mar"))
