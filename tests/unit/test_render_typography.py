"""Typography: cuts, glue and wrapped lines."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from digest.render.typography import (
    apostrophes,
    clamp,
    columns,
    glue,
    lead_in,
    ledger,
    minutes_to_read,
    reading_words,
    stopped,
    wrap,
)


def test_a_runaway_headline_is_cut_at_a_word_without_a_dangling_article() -> None:
    """'… and the…' looks like an accident."""
    assert clamp("The council keeps the fish market and the old hall on Quay Street", 40) == (
        "The council keeps the fish market…"
    )
    assert clamp("short", 40) == "short"


def test_a_word_without_end_is_cut_between_letters() -> None:
    """Ten thousand letters without a space are still one line."""
    assert clamp("x" * 10_000, 20) == "x" * 19 + "…"


def test_short_last_words_are_glued_and_long_ones_are_not() -> None:
    """A glued pair of more than 13 letters could push a phone of 320 px sideways."""
    assert glue("The telescope that lets the sky move on") == "The telescope that lets the sky move\u00a0on"
    long = "The committee discussed responsibilities extensively"
    assert glue(long) == long
    assert glue("too short") == "too short"


def test_a_typewriter_s_mark_between_letters_becomes_an_apostrophe() -> None:
    """Sources type both; side by side in one paper they look careless. Quotations and figures stay."""
    assert apostrophes("Ilmarra's hills, l'été") == "Ilmarra\u2019s hills, l\u2019été"
    assert apostrophes("'Slow down', 5'11, ג'ירפה") == "'Slow down', 5'11, ג'ירפה"


def test_the_first_three_words_lead_in() -> None:
    """The rest of the sentence follows unchanged."""
    assert lead_in("For nine years the gates were a drawing.") == (
        "For nine years",
        "the gates were a drawing.",
    )
    assert lead_in("“Quoted words” come first here") == ("", "“Quoted words” come first here")
    assert lead_in("Too short") == ("", "Too short")


def test_a_question_needs_no_full_stop() -> None:
    """'Who moved the buoy?.' is a slip of the machine."""
    assert stopped("Who moved the buoy?", ".") == "Who moved the buoy?"
    assert stopped("Nobody did", ".") == "Nobody did."
    assert stopped("水門", "") == "水門"


def test_reading_time_counts_words_and_unspaced_letters() -> None:
    """220 words a minute; two letters of Japanese make a word."""
    assert minutes_to_read(0) == 1
    assert minutes_to_read(660) == 3
    assert reading_words("one two three") == 3
    assert reading_words("水門は閉じた") == 1 + 3


def test_lines_keep_76_columns_and_wide_letters_take_two() -> None:
    """A line of Japanese is as wide as twice its letters."""
    text = "Wash from the new pilot boats buries the beds at Long Sand, the growers say. " * 3
    assert all(len(line) <= 76 for line in wrap(text).split("\n"))
    wide = wrap("水門は九年のあいだ、図面であり、借金であり、裁判であった。" * 4)
    assert all(columns(line) <= 76 for line in wide.split("\n"))
    assert not any(line.startswith(("、", "。")) for line in wide.split("\n"))


def test_an_address_keeps_its_line_however_long() -> None:
    """A broken address is no address."""
    url = "https://example.com/" + "a" * 200
    assert wrap(f"See {url} for more").split("\n") == ["See", url, "for more"]


def test_indent_and_paragraphs_stay() -> None:
    """Summaries are set in under their headline."""
    assert wrap("one\n\ntwo", 20, "  ") == "  one\n\n  two"


def test_a_ledger_line_is_flush_on_both_sides() -> None:
    """Counts stand in one column."""
    assert ledger("World", "5", 20) == "World" + " " * 14 + "5"
    assert ledger("World", "", 20) == "World"
    assert ledger("x" * 30, "5", 20) == "x" * 30 + "  5"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
def test_wrapping_loses_no_letter(text: str) -> None:
    """Only white space may change."""
    assert "".join(wrap(text).split()) == "".join(text.split())
