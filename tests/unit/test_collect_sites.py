"""Pages as common publishing systems write them: headline, author and day, and nothing invented."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from digest.collect import Context, Document, Format, Unreadable, extract
from digest.collect.blocks import parse_html
from digest.collect.bylines import clean_names
from digest.collect.linked import read_linked

PAGES = sorted((Path(__file__).parent.parent / "fixtures" / "sites").glob("*.html"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_title_author_and_day_are_read_from_common_markup(page: Path) -> None:
    """Each of these systems writes thousands of sites; each tells the truth in a comment."""
    html = page.read_text("utf-8")
    told = dict(re.findall(r"^(url|title|byline|day):[ ]*(.*)$", html, re.MULTILINE))
    document = Document(name=page.name, format=Format.HTML, data=html.encode(), url=told["url"])
    found = extract(document, Context())[0]

    assert not isinstance(found, Unreadable)
    day = found.published.date().isoformat() if found.published else ""
    assert (found.title, found.byline or "", day) == (told["title"], told["byline"], told["day"])
    assert len(found.paragraphs) == 2


@pytest.mark.parametrize(
    ("told", "names"),
    [
        (["By Ada Brandt"], ["Ada Brandt"]),
        (["Von Jana Kröger und Ole Petersen"], ["Jana Kröger", "Ole Petersen"]),
        (["Ein Gastbeitrag von Jana Kröger"], ["Jana Kröger"]),
        (["Par Jeanne Lefèvre, envoyée spéciale"], ["Jeanne Lefèvre"]),
        (["ADA BRANDT, AP Sports Writer"], ["ADA BRANDT"]),
        (["Ada Brandt | 4 March 2026"], ["Ada Brandt"]),
        (["Ada Brandt is a reporter in the capital"], ["Ada Brandt"]),
        (["Ada Brandt", "ada brandt"], ["Ada Brandt"]),
        (["https://a.example/ada", "admin", "x"], []),
    ],
)
def test_names_are_freed_of_what_stands_around_them(told: list[str], names: list[str]) -> None:
    """Sites put roles, dates and 'By' into the same field."""
    assert clean_names(told) == names


def test_a_line_of_text_is_no_name_when_only_names_are_wanted() -> None:
    """Near the headline stands much that begins with a capital."""
    assert clean_names(["The Russian, Syrian defence ministries"], is_strict=True) == []
    assert clean_names(["Ada Brandt"], is_strict=True) == ["Ada Brandt"]


def test_json_ld_in_comments_and_cdata_is_read() -> None:
    """Old systems hide scripts from browsers of the last century."""
    for before, after in (("<!--", "-->"), ("//<![CDATA[\n", "\n//]]>"), ("", ";")):
        tree = parse_html(
            f'<script type="application/ld+json">{before}{{"@type":"NewsArticle","headline":"Nine"}}{after}'
            "</script>x"
        )

        assert read_linked(tree).article.get("headline") == "Nine"


def test_blank_space_within_json_ld_costs_no_time(
    within: Callable[[float], AbstractContextManager[None]],
) -> None:
    """Templates leave lines of blanks where nothing is to say; 1,600 once took three seconds of computing."""
    told = f'{{"@type":"NewsArticle",{" " * 4_000}"headline":"Nine"}}'
    tree = parse_html(f'<script type="application/ld+json">{told}</script>x')
    with within(1):
        article = read_linked(tree).article

    assert article.get("headline") == "Nine"
