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
        ("driving at 18mph again", "mile"),
        ("walls 18ft high", "foot"),
        ("they paid USD 18 for it", "money"),
        ("they paid € 18 for it", "money"),
        ("18 people came", None),
        ("18 yearling horses", None),
        ("18 per hour", None),
        ("18 last year", None),
        ("they were 18.", None),
        ("they were 18", None),
        ("an 18 $5 tickets deal", None),
    ],
)
def test_the_word_beside_a_number_says_what_it_counts(text: str, unit: str | None) -> None:
    """Or a sign; where nothing known follows it may be anything."""
    language = "de" if "Prozent" in text else "en"
    tokens = words_of(text)
    fact = next(fact for fact in facts_of(text, tokens, language, str.istitle) if fact.kind == "number")

    assert unit_of(text, tokens, fact) == unit


ARTICLE = (
    "The 18-year-old captain steered the ferry for 40 minutes. The ferry cost $65 million, and 20 people "
    "were on board. Fares rose by 12 percent. The mate is 33. The crossing of Vellmouth takes 5 or 6 hours."
)


def judge(sentence: str, article: str = ARTICLE) -> str:
    """Return what is found against a sentence, as one text."""
    (verdict,) = ground(article, title="", byline="", sentences=[sentence], language="en")
    return "; ".join(verdict.reasons)


@pytest.mark.parametrize(
    ("sentence", "number"),
    [
        ("The captain, aged 40, steered the ferry.", "40"),
        ("The captain steered the ferry for 40 years.", "40"),
        ("The captain steered the ferry for 18 minutes.", "18"),
        ("Fares rose by 18 percent.", "18"),
        ("The ferry cost $12 on board.", "12"),
    ],
)
def test_a_number_counts_what_it_counts_in_the_article(sentence: str, number: str) -> None:
    """40 minutes are no captain's age, however near they stand."""
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


@pytest.mark.parametrize(
    ("article", "sentence", "language"),
    [
        ("A driver was caught at 70mph.", "A driver was caught at 70 miles per hour.", "en"),
        ("A driver was caught at 90kph.", "A driver was caught at 90 kilometres an hour.", "en"),
        ("The wall is 12ft high.", "The wall is 12 feet high.", "en"),
        ("Shares fell 7pc after the news.", "Shares fell 7% after the news.", "en"),
        ("The power was off for 36 hrs.", "The power was off for 36 hours.", "en"),
        ("The alarm rang for 45 mins.", "The alarm rang for 45 minutes.", "en"),
        ("A ticket will cost 50p.", "A ticket will cost 50 pence.", "en"),
        ("A ticket will cost 500 CHF.", "A ticket will cost 500 francs.", "en"),
        ("Workers get USD 500 a month.", "Workers get $500 a month.", "en"),
        ("Workers get € 500 per month.", "Workers get 500 euros per month.", "en"),
        ("Workers get 500 bucks.", "Workers get $500.", "en"),
        ("Workers get 50 per hour.", "Workers get $50 per hour.", "en"),
        ("The shop is open 24/7.", "The shop is open 24 hours a day.", "en"),
        ("The man was 64 and from Vellmouth.", "The 64-year-old man was from Vellmouth.", "en"),
        ("At 16 she left Vellmouth.", "The 16-year-old left Vellmouth.", "en"),
        ("Victims were 23, 45 and 67.", "Victims were 23, 45 and 67 years old.", "en"),
        ("An 18-month-old boy was found.", "A boy of 18 months was found.", "en"),
        ("He was jailed for 12 long and hard years.", "He was jailed for 12 years.", "en"),
        ("In Vellmouth 40 of every hundred stayed away.", "In Vellmouth 40% stayed away.", "en"),
        ("Turnout was 61 last year, up from 50 percent.", "Turnout was 61 percent.", "en"),
        ("Die Karte kostet 500 EUR.", "Die Karte kostet 500 Euro.", "de"),
        ("Der 20-Jährige kam an.", "Der Mann kam mit 20 Jahren an.", "de"),
        ("La panne a duré 48h à Arles.", "La panne a duré 48 heures à Arles.", "fr"),
        ("Een 20-jarige man is gewond.", "Een man van 20 jaar is gewond.", "nl"),
    ],
)
def test_what_a_number_counts_may_be_told_in_words_unknown_here(
    article: str, sentence: str, language: str
) -> None:
    """Only what surely counts something else is refused."""
    (verdict,) = ground(article, title="", byline="", sentences=[sentence], language=language)

    assert not [reason for reason in verdict.reasons if reason.startswith("the number")]


RACES = (
    "Ada Voss won the 100m final in Lisbon on Sunday, ahead of Mia Brandt. The new stadium cost €40m and "
    "stands 250m from the sea. Some 30m people watched."
)


@pytest.mark.parametrize(
    "sentence",
    [
        "Ada Voss won the 100 metres final in Lisbon on Sunday.",
        "Ada Voss won the 100-metre final in Lisbon on Sunday.",
        "Ada Voss won the 100m final in Lisbon on Sunday.",
        "The new stadium stands 250 metres from the sea.",
        "The new stadium cost 40 million euros.",
        "Some 30 million people watched.",
    ],
)
def test_an_m_at_a_figure_may_be_metres_or_million(sentence: str) -> None:
    """Reports of races write '100m', reports of money '$100m'."""
    assert judge(sentence, RACES) == ""


@pytest.mark.parametrize(
    ("sentence", "number"),
    [
        ("The new stadium cost €40.", "40"),
        ("The new stadium stands 40 metres from the sea.", "40"),
        ("The new stadium cost 250 euros.", "250"),
        ("The 100-year-old Ada Voss won the final in Lisbon on Sunday.", "100"),
        ("Some 30 people watched.", "30"),
        ("Some 30 watched.", "30"),
        ("The club lost 7 metres.", "7"),
    ],
)
def test_an_m_at_a_figure_is_nothing_else(sentence: str, number: str) -> None:
    """Beside a currency it is million alone; what is in metres counts neither years nor money nor people."""
    assert f"the number '{number}'" in judge(sentence, f"{RACES} The club lost 7m euros.")


@pytest.mark.parametrize("sentence", ["Some 30m people watched.", "The club has 200m members."])
def test_a_million_is_not_what_the_article_has_without_an_m(sentence: str) -> None:
    """Three million customers are not three."""
    assert "the number" in judge(sentence, "Some 30 people watched. The club has 200 members in Lisbon.")
    assert "the number" in judge("The pool is 50m long.", "The pool holds 50 people.")
    assert judge("The pool is 50m long.", "The pool is 50 metres long.") == ""
