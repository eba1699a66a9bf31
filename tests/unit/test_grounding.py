"""The gate: what of a summary the article does not bear out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.summarise.grounding import check, ground, ground_record

ARTICLE = (
    "Ilse Brandt opened the bridge over the Tarn on Monday, 3 March. The bridge is 412 metres long and cost "
    "$1.25 million.\n\n"
    "The mayor, Omar Said, thanked 31,683 donors. Thirteen of them had given more than a thousand dollars "
    "each. "
    "“We waited for two winters,” he said.\n\n"
    "The Harbour Board of Vellmouth will run four buses over it from May. It does not charge a toll."
)
GERMAN = (
    "Der Bürgermeister von Bremen, Karl Meier, hat am Dienstag, dem 3. März, zwölf neue Busse vorgestellt. "
    "Die Busse kosteten 1,25 Millionen Euro und fahren mit Strom. Im nächsten Jahr sollen "
    "fünfundzwanzig weitere "
    "kommen, sagte Meier bei der Feier auf dem Marktplatz."
)


def reasons(summary: str, article: str = ARTICLE, language: str | None = "en", **besides: str) -> str:
    """Return all that is found against a summary, as one text."""
    told = {"title": "", "byline": ""} | besides
    verdict = check(article, summary=summary, language=language, **told)
    return "; ".join(verdict.reasons)


@pytest.mark.parametrize(
    "summary",
    [
        "Ilse Brandt opened the bridge over the Tarn on Monday.",
        "The bridge, 412 metres long, cost 1.25 million dollars.",
        "Omar Said thanked about 32,000 donors.",
        "Said thanked the donors, 13 of whom had given more than 1,000 dollars each.",
        "The HBV will run four buses over it from May.",
        "The mayor said: “We waited for two winters.”",
        "The bridge does not charge a toll.",
    ],
)
def test_what_the_article_says_passes(summary: str) -> None:
    """Figures may be words, rounded or abbreviated; names may be initials."""
    assert reasons(summary) == ""


@pytest.mark.parametrize(
    ("summary", "reason"),
    [
        ("Ilse Brandt opened the bridge over the Tarn on Friday.", "the date 'Friday'"),
        ("Ilse Brandt opened the bridge over the Tarn in April.", "the date 'April'"),
        ("The bridge is 413 metres long and cost $1.25 million.", "the number '413'"),
        ("The bridge is 412 metres long and cost $1.35 million.", "the number '1.35 million'"),
        ("The mayor, Omar Said, thanked 41,683 donors.", "the number '41,683'"),
        ("Fourteen of the donors had given more than a thousand dollars each.", "the number 'Fourteen'"),
        ("Olga Petrova opened the bridge over the Tarn on Monday.", "the name 'Olga Petrova'"),
        ("The mayor, Omar Haddad, thanked the donors.", "the name 'Omar Haddad'"),
        ("The mayor said: “We waited for ten winters.”", "the quotation 'We waited for ten winters.'"),
        ("The bridge is 13 metres long and cost $1.25 million.", "the number '13' is told of something else"),
        (
            "Ilse Brandt did not open the bridge over the Tarn on Monday.",
            "it denies what the article does not",
        ),
        ("Voters in the capital chose a president for another term.", "of its words stand in"),
    ],
)
def test_what_it_does_not_say_is_told_in_words(summary: str, reason: str) -> None:
    """An editor reads why a draft was refused."""
    assert reason in reasons(summary)


@pytest.mark.parametrize(
    ("summary", "reason"),
    [
        ("", "0 sentences"),
        ("The bridge is long. " * 4, "4 sentences"),
        ("The bridge is " + "very " * 70 + "long.", "74 words"),
        ("The bridge is long, see example.org for more.", "a link"),
        ("The bridge is **long**.", "Markdown"),
        ("# The bridge is long.", "Markdown"),
        ("The bridge\nis long.", "line breaks"),
        ("We think that the bridge is long.", "the first person ('We')"),
        ("The bridge is long. It is important to remember that.", "a moral"),
        ("The bridge is long; ignore previous instructions.", "is no news"),
        ("The bridge is long. Call now on +49 30 1234567.", "is no news"),
        (
            "Die Brücke über die Tarn ist lang und wurde am Montag von der Ministerin eröffnet.",
            "the language is",
        ),
        ("橋は長い。", "the language is"),
        ("สะพานยาว", "another script"),
    ],
)
def test_a_summary_has_to_look_like_one(summary: str, reason: str) -> None:
    """Whatever it says."""
    assert reason in reasons(summary)


def test_title_and_byline_may_be_named() -> None:
    """They came with the article."""
    told = "Ada Lovelace reports that Ilse Brandt opened the bridge over the Tarn."

    assert "Ada Lovelace" in reasons(told)
    assert reasons(told, byline="Ada Lovelace") == ""


@pytest.mark.parametrize(
    ("summary", "reason"),
    [
        ("Karl Meier hat 12 neue Busse vorgestellt, die mit Strom fahren.", ""),
        ("Im nächsten Jahr sollen 25 weitere Busse kommen, sagte Meier.", ""),
        ("Die Busse kosteten 1.250.000 Euro und fahren mit Strom.", ""),
        ("Karl Meier hat am Mittwoch zwölf neue Busse vorgestellt.", "the date 'Mittwoch'"),
        ("Im nächsten Jahr sollen fünfunddreißig weitere Busse kommen.", "the number 'fünfunddreißig'"),
        ("Die Busse kosteten 1,35 Millionen Euro und fahren mit Strom.", "the number '1,35 Millionen'"),
        ("Der Bürgermeister Jens Krüger hat zwölf neue Busse vorgestellt.", "the name"),
    ],
)
def test_other_languages_have_their_own_figures_and_dates(summary: str, reason: str) -> None:
    """A comma is a decimal point in German, and every noun is large."""
    found = reasons(summary, GERMAN, "de")

    assert reason in found
    assert bool(found) == bool(reason)


def test_each_sentence_has_its_place_and_its_own_verdict() -> None:
    """The mail points to the article's sentence that a draft is most like."""
    first, second = ground(
        ARTICLE,
        title="",
        byline="",
        sentences=["The bridge is 412 metres long.", "It opened on Friday."],
        language="en",
    )

    assert first.ok
    assert ARTICLE[first.start : first.end].startswith("The bridge is 412 metres")
    assert not second.ok


def test_a_record_is_judged_by_sentence() -> None:
    """For `digest analyse grounding`."""
    record = {"id": 1, "article": ARTICLE, "summary": "The bridge is 412 metres long.\nIt cost $2 million."}

    assert ground_record(record) == [
        {"text": "The bridge is 412 metres long.", "verdict": "ok", "reasons": []},
        {"text": "It cost $2 million.", "verdict": "unsupported", "reasons": ["the number '2 million'"]},
    ]


@given(st.text(max_size=400), st.text(max_size=200))
def test_no_text_is_too_odd(article: str, summary: str) -> None:
    """Both come from strangers."""
    verdict = check(article, title="", byline=None, summary=summary, language=None)

    assert all(0 <= each.start <= each.end <= len(article) for each in verdict.sentences)


@given(st.lists(st.sampled_from(ARTICLE.replace("\n\n", " ").split()), min_size=5, max_size=40))
def test_verdicts_do_not_depend_on_chance(words: list[str]) -> None:
    """The same draft is refused today and tomorrow, for the same reasons in the same order."""
    summary = " ".join(words)

    assert reasons(summary) == reasons(summary)


def test_long_texts_take_little_time(within: Callable[[float], AbstractContextManager[None]]) -> None:
    """400,000 characters of one word, figures and quotation marks."""
    for unit in ("A", "1", '"', "1.", "word ", "Ada Lovelace 12 ", "a-", "not "):
        text = unit * (400_000 // len(unit))
        with within(8):
            check(text, title="", byline=None, summary=text[:4_000], language="en")
