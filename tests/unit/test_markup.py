"""Foreign text and HTML become harmless, and stay what their authors wrote."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest import markup
from digest.errors import DocumentError
from digest.markup import MAX_DEPTH, clean_line, clean_text, depth_of, sanitise

anything = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from(
            "\u200b\u200c\u200d\u202e\ufdd0\u2029\x00\x85\n\r \u0301\u0316\u0344\ud800\U000e0041"
        ),
    )
)


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("  Two\twords \n here ", "Two words here"),
        ("cafe\u0301", "caf\u00e9"),
        ("bad\x00bell\x07", "badbell"),
        ("next\x85line\u2028here", "next line here"),
        ("\u202egnp.exe", "gnp.exe"),
        ("slot\ufdd0email\ufdd1", "slotemail"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("soft\u00adhyphen", "softhyphen"),
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
        ("end\u200d \u200cstart", "end start"),
        ("\u200cstart and end\u200d", "start and end"),
        ("half\ud800surrogate", "halfsurrogate"),
        ("{{ config }} </mj-text>", "{{ config }} </mj-text>"),
        ("=?utf-8?q?=0D=0ABcc:x@y?=", "=?utf-8?q?=0D=0ABcc:x@y?="),
        ("", ""),
    ],
)
def test_a_line_loses_what_cannot_be_seen_and_nothing_else(given_text: str, expected: str) -> None:
    """Invisible characters forge slots and sender names; visible ones are the author's."""
    assert clean_line(given_text, 100) == expected


def test_letters_that_skip_the_normalising_have_no_need_of_it() -> None:
    """None is unseen or a mark, none is changed by NFC, and none is the later half of what NFC composes."""
    settled = [letter for code in range(0x110000) if markup._SETTLED.fullmatch(letter := chr(code))]
    composed = (unicodedata.decomposition(chr(code)).split() for code in range(0x110000))
    later = {chr(int(parts[1], 16)) for parts in composed if len(parts) == 2 and parts[0][0] != "<"}
    later |= {chr(code) for code in range(0x1161, 0x11C3)}  # Hangul is composed by rule

    assert len(settled) > 30_000
    assert not later & set(settled)
    assert not any(map(markup._JUNK.search, settled))
    assert not {"\u200c", "\u200d"} & set(settled)  # joiners, which stay between letters only
    assert not any(map(unicodedata.combining, settled))
    assert all(unicodedata.normalize("NFC", letter) == letter for letter in settled)


def test_paragraphs_stay_apart_by_one_empty_line() -> None:
    """A single line break is a wrapped line, an empty line is a new paragraph."""
    assert clean_text("One\nline.\r\n\r\n \n Two.\u2029Three.", 100) == "One line.\n\nTwo.\n\nThree."


def test_the_cut_leaves_no_space_at_the_end() -> None:
    """A cut text is as clean as any other."""
    assert clean_line("abc def", 4) == "abc"
    assert clean_text("abc\n\ndef", 5) == "abc"


def test_a_storm_of_marks_costs_little_time_and_ten_marks_stay(
    within: Callable[[float], AbstractContextManager[None]],
) -> None:
    """Normalising long runs of marks takes quadratic time, so the run is cut before."""
    with within(2):
        text = clean_line("a" + "\u0301\u0316" * 200_000, 1_000_000)

    assert sum(1 for mark in text if unicodedata.combining(mark)) <= 10


@given(anything, st.integers(min_value=0, max_value=40))
def test_cleaning_twice_is_cleaning_once(text: str, max_chars: int) -> None:
    """Identity of articles hangs on cleaned text: it must not change when read again."""
    line, paragraphs = clean_line(text, max_chars), clean_text(text, max_chars)

    assert clean_line(line, max_chars) == line
    assert clean_text(paragraphs, max_chars) == paragraphs


@given(anything, st.integers(min_value=0, max_value=40))
def test_clean_text_is_short_normal_and_free_of_controls(text: str, max_chars: int) -> None:
    """What the promise says, for any input."""
    for cleaned in (clean_line(text, max_chars), clean_text(text, max_chars).replace("\n\n", " ")):
        assert len(cleaned) <= max_chars
        assert unicodedata.is_normalized("NFC", cleaned)
        assert not any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in cleaned)
        assert not any(
            0xFDD0 <= ord(letter) <= 0xFDEF or ord(letter) & 0xFFFE == 0xFFFE for letter in cleaned
        )
        assert cleaned == cleaned.strip()


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p onclick=x>Hi <b>you</b></p>", "<p>Hi you</p>"),
        ("<a href='javascript:alert(1)'>a</a>", "<a>a</a>"),
        ("<a href='//evil.example/x'>a</a>", "<a>a</a>"),
        (
            "<a href='https://a.example/?x=1&y=2' title=t>a</a>",
            '<a href="https://a.example/?x=1&amp;y=2">a</a>',
        ),
        ("<script>alert(1)</script><style>p{}</style>text", "text"),
        ("<svg><style><img src=x onerror=alert(1)></style></svg>t", "t"),
        ("<ul><li>one<li>two</ul>", "<ul><li>one</li><li>two</li></ul>"),
        ("</mj-text><mj-raw>x</mj-raw>", "x"),
    ],
)
def test_html_keeps_the_allowed_tags_and_only_safe_links(html: str, expected: str) -> None:
    """Whatever a feed writes, no script, style or odd address comes through."""
    assert sanitise(html) == expected


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000,
        "<div title='</div>'>" * 50_000,
        "<!-->" + "<div>" * 5_000 + "-->",
        "<svg><style>" + "<div>" * 5_000 + "</style>",
        "".join(f"<p><b a={number}></p>" for number in range(5_000)),
        "&" * 100_000,
        "x" * 2_000_001,
    ],
)
def test_html_that_would_cost_too_much_is_refused_at_once(
    html: str, within: Callable[[float], AbstractContextManager[None]]
) -> None:
    """One hostile item must not hold up the others."""
    with within(1), pytest.raises(DocumentError):
        sanitise(html)


@pytest.mark.parametrize(
    ("html", "depth"),
    [
        ("plain", 0),
        ("<p>a<p>b<p>c", 1),
        ("<ul><li>a<li>b</ul><p>c", 2),
        ("<div><div><br><img></div></div>", 2),
        ("<div><!-- <div><div> --><script>'<div>'</script></div>", 2),
        ("<p><i>a<p>b", 2),
        ("</div></p><div>", 1),
        ("<!doctype html><?pi?><div>", 1),
        ("<table><tr><td>a<td>b<tr><td>c</table>", 3),
        ("a < b <3 <", 0),
        ("<div><a href='", 1),
    ],
)
def test_depth_counts_what_parsers_build(html: str, depth: int) -> None:
    """Unclosed paragraphs and list items are common on honest pages and are not deep."""
    assert depth_of(html, MAX_DEPTH) == depth


def test_depth_stops_one_above_the_limit() -> None:
    """The count is a verdict, so nobody pays for reading on."""
    assert depth_of("<div>" * 50, 10) == 11
