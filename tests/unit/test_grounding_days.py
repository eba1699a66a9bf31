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
        ("The board lost from 2015 to 2013 members.", False),
        ("Die Boote fuhren von 2015 bis 2013.", True),
    ],
)
def test_spans_of_years_run_forwards(sentence: str, is_backward: bool) -> None:
    """Unless something follows that they may count."""
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


@pytest.mark.parametrize(
    ("article", "sentence", "language"),
    [
        ("The mill cut its staff from 2,000 to 1,800.", "The mill cut its staff from 2000 to 1800.", "en"),
        (
            "Le loyer était de 2000 euros, il sera de 1800 euros.",
            "Le loyer passe de 2000 à 1800 euros.",
            "fr",
        ),
        ("The bar opens at 2000 and closes at 1930.", "The bar opens from 2000 to 1930.", "en"),
        ("From 2011 until 2010 prices fell.", "Prices fell from 2011 to 2010.", "en"),
        ("He left on March 3, as all had asked. Of us 14 were hurt.", "In March, 14 were hurt.", "en"),
        ("He left on March 3, as all had asked. Of us 14 people died.", "In March 14 people died.", "en"),
        (
            "Die Messe begann am 12.03.2015 und endete nach vielen Reden am 20. März.",
            "Die Messe begann am 12. März.",
            "de",
        ),
        ("Die Messe begann am 12.03.2015.", "Die Messe begann am 12. März 2015.", "de"),
        (
            "The deed of 12/03/2015 was found by chance and read on March 20.",
            "The deed is of 12 March 2015.",
            "en",
        ),
        (
            "The deed of 03/12/2015 was found by chance and read on March 20.",
            "The deed is of March 12, 2015.",
            "en",
        ),
        ("The first vote was on May 5. The next is on the 19th.", "The next vote is on May 19.", "en"),
        ("The vote is on May 5, the count two weeks later. All 19 came.", "The count is on May 19.", "en"),
        (
            "The pit opened in March 2015 and closed two years later. The year 2017 was bad.",
            "The pit closed in March 2017.",
            "en",
        ),
    ],
)
def test_counts_times_and_dates_told_otherwise_are_no_wrong_dates(
    article: str, sentence: str, language: str
) -> None:
    """In figures, as a day alone, or as so many weeks after another."""
    found = judge(sentence, article, language)

    assert "date" not in found
    assert "backwards" not in found


@pytest.mark.parametrize(
    ("sentence", "is_refused"),
    [
        ("Of cars they made about 1950.", False),
        ("They made 1950 cars.", False),
        ("They made cars in 1950.", True),
    ],
)
def test_what_is_counted_is_no_year(sentence: str, is_refused: bool) -> None:
    """Nor what a word before it makes a count."""
    assert ("the number '1950'" in judge(sentence, "They made 1,953 cars.")) is is_refused
