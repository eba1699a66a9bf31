"""The gate on dates of several words, and on years."""

from __future__ import annotations

import pytest

from digest.summarise.grounding import ground

ARTICLE = (
    "The fair of Vellmouth opens on March 20 and runs until the 5th of April, all said. Between April 2 "
    "and 4 the quay is closed. Blossoms come in mid-May. The board lost 40 members from 2013 to 2015, and 12 "
    "boats. In June 2012 the old quay burned; the new one was built in 2008."
)


def judge(sentence: str, article: str = ARTICLE, language: str = "en") -> str:
    """Return what is found against a sentence, as one text."""
    (verdict,) = ground(article, title="", byline="", sentences=[sentence], language=language)
    return "; ".join(verdict.reasons)


@pytest.mark.parametrize(
    "sentence",
    [
        "The fair of Vellmouth opens on March 20.",
        "The fair of Vellmouth opens on 20 March.",
        "The fair runs until April 5.",
        "The quay is closed from April 2 to April 4.",
        "The old quay burned in June 2012.",
        "Blossoms come in mid-May.",
    ],
)
def test_a_month_may_stand_with_what_it_has_in_the_article(sentence: str) -> None:
    """In whatever order, and where a day is named after another: 'April 2 and 4'."""
    assert judge(sentence) == ""


@pytest.mark.parametrize(
    ("sentence", "date"),
    [
        ("The fair of Vellmouth opens on April 20.", "April 20"),
        ("The fair of Vellmouth opens on 20 April.", "20 April"),
        ("The fair of Vellmouth runs until March 5.", "March 5"),
        ("The quay is closed on April 12, all said.", "April 12"),
        ("The old quay burned in June 2008.", "June 2008"),
    ],
)
def test_a_day_belongs_to_its_month(sentence: str, date: str) -> None:
    """Both stand in the article, but not together."""
    assert f"the date '{date}'" in judge(sentence)


def test_a_month_without_days_may_have_any_day() -> None:
    """'On the 9th' need not say again which month it speaks of."""
    article = "The ferry was built in March. It sailed first on the 9th with 30 people on board."

    assert judge("The ferry sailed first on March 9.", article) == ""


def test_months_joined_to_other_words_are_months() -> None:
    """'mid-March' is as wrong as 'March' where the article has another."""
    assert "the date 'mid-August'" in judge("Blossoms come in mid-August.")
    assert "the date 'mi-août'" in judge("La foire ouvre à la mi-août.", "La foire ouvre à la mi-mars.", "fr")
    assert judge("La foire ouvre à la mi-mars.", "La foire ouvre à la mi-mars.", "fr") == ""


@pytest.mark.parametrize(
    ("sentence", "is_backward"),
    [
        ("The board lost 40 members from 2013 to 2015.", False),
        ("The board lost 40 members from 2015 to 2013.", True),
        ("The board lost 40 members between 2013 and 2013.", True),
        ("Der Hafen verlor von 2015 bis 2013 viele Boote.", True),
    ],
)
def test_spans_of_years_run_forwards(sentence: str, is_backward: bool) -> None:
    """Whatever the article says of both years."""
    assert ("run backwards" in judge(sentence)) is is_backward


def test_a_span_may_run_as_the_article_has_it() -> None:
    """Who quotes a slip makes none."""
    slip = "The harbour went back from 2015 to 2013 in its own books."

    assert "run backwards" not in judge("The harbour went from 2015 to 2013.", slip)


def test_years_are_not_rounded() -> None:
    """2010 is no rounded 2008; 2,000 may be 2,008."""
    assert judge("The new quay was built in 2010.") == "the number '2010'"
    assert judge("The ferry took about 2,000 people.", "The ferry took 2,008 people.") == ""
    assert judge("Es kamen 2000 Leute.", "Es kamen 2008 Leute.", "de") == ""
