"""The gate on texts made to take long: every bound is CPU time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import product

import pytest

from digest.summarise.grounding import check, ground

Within = Callable[[float], AbstractContextManager[None]]
CHARS = 30_000
NAMES = ["".join(letters) for letters in product("BCDFGHKLMNPRSTVW", "aeiou", "bcdfghklmnprstvwxz", "aeiou")]
SAW = [f"{name} saw" for name in NAMES]
COUNTED = " ".join(f"{number} dogs" for number in range(3, 60))


def draft(sentence: str) -> list[str]:
    """Return ten sentences."""
    return [sentence] * 10


@pytest.mark.parametrize(
    ("article", "sentences"),
    [
        (" ".join(NAMES), [" ".join(SAW[at : at + 60]) for at in range(0, 600, 60)]),
        (" ".join(SAW), [" ".join(SAW[at : at + 60]) for at in range(0, 600, 60)]),
        (" ".join(NAMES), draft(" ".join(NAMES[:119]))),
        (
            " ".join(["So Zed went. So", *NAMES[:2000], *["Bob"] * 4_400]),
            draft("So " + "Zed Bob " * 50 + "went"),
        ),
        ("1 " * 15_000, draft(f"He has {COUNTED}")),
        ("1 " * 15_000, draft("1 " * 119)),
        (" ".join(map(str, range(6_000))), draft(f"He has {COUNTED}")),
        ("one " * 7_500, draft(f"He has {COUNTED}")),
        ("March 1 2015 " * 2_300, draft("March 1 2016 " * 40)),
        ("1 to 2 - " * 3_300, draft("1 to 2 - years " * 30)),
        ("Bob " * 7_500, draft("Bob, " * 119 + "Zed")),
        ("I am Bob " * 3_300, draft("from 2015 to 2013 " * 30)),
        ("100m " * 6_000, draft("100m " * 119)),
        ("l'Italie d'Alger " * 1_800, draft("l'Italie d'Alger " * 59)),
    ],
    ids=[
        "capitals",
        "names",
        "run",
        "torn",
        "ones",
        "order",
        "figures",
        "words",
        "months",
        "units",
        "list",
        "spans",
        "metres",
        "elided",
    ],
)
def test_ten_sentences_take_two_seconds(article: str, sentences: list[str], within: Within) -> None:
    """Whatever the article is made of."""
    with within(2):
        ground(article[:CHARS], title="", byline=None, sentences=sentences, language="en")


def test_what_stands_before_each_figure_is_looked_for_near_it_alone(within: Within) -> None:
    """Looking through all that goes before would take a second for each 30,000 characters."""
    with within(1):
        ground("100m " * 6_000, title="", byline="", sentences=["100m " * 119], language="en")


def test_no_more_of_an_article_is_read_whoever_asks() -> None:
    """What stands beyond the first 30,000 characters bears nothing out."""
    article = "word " * (CHARS // 5) + "Ada Lovelace came."

    (verdict,) = ground(article, title="", byline="", sentences=["Ada Lovelace came."], language="en")

    assert "the name 'Ada Lovelace'" in verdict.reasons


@pytest.mark.parametrize("unit", ["\n ", "a-", "a.", " ", "1\n", "word "])
def test_drafts_of_any_length_are_refused_at_once(unit: str, within: Within) -> None:
    """The patterns of forms see the beginning only; its length alone is against it."""
    with within(1):
        verdict = check("Ada came.", title="", byline="", summary="a" + unit * 50_000 + "b", language="en")

    assert any("more than 60" in fault for fault in verdict.form)


def test_long_runs_of_capitals_are_several_names() -> None:
    """Of a headline each piece is looked up, so that one foreign word does not condemn all."""
    headline = " ".join(NAMES[:24])
    article = f"It was told that {headline} met."

    (verdict,) = ground(
        article, title="", byline="", sentences=[f"It was told that {headline} Zygmunt met."], language="en"
    )

    assert verdict.reasons == ("the name 'Zygmunt'",)
