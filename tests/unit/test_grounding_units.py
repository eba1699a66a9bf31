"""The gate on what numbers count."""

from __future__ import annotations

import pytest

from digest.summarise.grounding import ground
from digest.summarise.grounding.facts import facts_of, words_of
from digest.summarise.grounding.units import unit_of


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("Ada, 18, steered the ferry", "age"),
        ("the 18-year-old captain", "age"),
        ("the 18 - year - old captain", "age"),
        ("she was aged 18 and alone", "age"),
        ("she is 18 years old today", "age"),
        ("girls of the Under-18 teams", "age"),
        ("an 18-year search", "year"),
        ("an eighteen year search", "year"),
        ("eighteen-year searches", "year"),
        ("it took 18 to 20 years", "year"),
        ("it took 18-20 years", "year"),
        ("18 full years passed", "year"),
        ("they paid $18 million for it", "money"),
        ("they paid 18 million euros", "money"),
        ("they paid 18 € for it", "money"),
        ("prices rose 18% again", "percent"),
        ("prices rose 18 per cent again", "percent"),
        ("um 18 Prozent gestiegen", "percent"),
        ("18 miles away", "mile"),
        ("18 people came", None),
        ("18 yearling horses", None),
        ("they were 18.", ""),
        ("they were 18", ""),
    ],
)
def test_the_word_beside_a_number_says_what_it_counts(text: str, unit: str | None) -> None:
    """Or a sign; where nothing follows it may be anything, and people have no unit."""
    language = "de" if "Prozent" in text else "en"
    tokens = words_of(text)
    fact = next(fact for fact in facts_of(text, tokens, language, str.istitle) if fact.kind == "number")

    assert unit_of(text, tokens, fact) == unit


ARTICLE = (
    "The 18-year-old captain steered the ferry for 40 minutes. The ferry cost $65 million, and 20 people "
    "were on board. Fares rose by 12 percent. The mate is 33. The crossing of Vellmouth takes 5 or 6 hours."
)


def judge(sentence: str) -> str:
    """Return what is found against a sentence, as one text."""
    (verdict,) = ground(ARTICLE, title="", byline="", sentences=[sentence], language="en")
    return "; ".join(verdict.reasons)


@pytest.mark.parametrize(
    ("sentence", "number"),
    [
        ("The captain, aged 20, steered the ferry for 40 minutes.", "20"),
        ("The captain steered the ferry for 40 years.", "40"),
        ("The captain steered the ferry for 20 minutes.", "20"),
        ("Fares rose by 18 percent.", "18"),
        ("The ferry cost $20 on board.", "20"),
    ],
)
def test_a_number_counts_what_it_counts_in_the_article(sentence: str, number: str) -> None:
    """20 people on board are no captain's age, however near they stand."""
    assert f"the number '{number}' is told of something else" in judge(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The captain, aged 18, steered the ferry for 40 minutes.",
        "The captain steered the ferry at 18 years.",
        "The ferry cost 65 million dollars.",
        "The mate is 33 years old.",
        "Fares rose by 12%.",
        "The crossing of Vellmouth takes 5 hours.",
    ],
)
def test_units_may_be_told_in_another_way(sentence: str) -> None:
    """An age in years, a sign as a word, a range by one end, and what the article leaves open."""
    assert judge(sentence) == ""
