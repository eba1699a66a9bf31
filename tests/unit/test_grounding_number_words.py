"""Numbers in words, as seven languages make them, and what multiplies figures."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from digest.summarise.grounding import check
from digest.summarise.grounding.numerals import numbers

WRITTEN = {
    "en": {"two hundred and fifty": 250, "twenty-five": 25, "seventy nine": 79, "twelve hundred": 1200},
    "de": {"siebenundzwanzig": 27, "dreihundertzehn": 310, "zwei Millionen": 2e6, "1,5 Billionen": 1.5e12},
    "fr": {"vingt-sept": 27, "trois cent dix": 310, "quatre-vingt-dix-sept": 97, "soixante et onze": 71},
    "es": {"veintisiete": 27, "trescientos diez": 310, "cuarenta y tres": 43, "dos mil millones": 2e9},
    "it": {"ventisette": 27, "trecentodieci": 310, "quarantatré": 43, "ventotto": 28, "duemila": 2000},
    "pt": {"vinte e sete": 27, "trezentos e dez": 310, "1,5 mil milhões": 1.5e9, "1,5 bilhão": 1.5e9},
    "nl": {"zevenentwintig": 27, "drieënveertig": 43, "driehonderdtien": 310, "1,5 miljard": 1.5e9},
}


@pytest.mark.parametrize(
    ("language", "written", "value"),
    [(language, written, value) for language, each in WRITTEN.items() for written, value in each.items()],
)
def test_words_that_make_one_number_are_read_as_one(language: str, written: str, value: float) -> None:
    """'310' of an article is 'trois cent dix' of its draft: neither 300 nor 10 stands there."""
    first = next(iter(numbers(written, language)))

    assert (first[:2], first[2][0]) == ((0, len(written)), value)


@pytest.mark.parametrize(
    ("language", "written", "values"),
    [
        ("en", "eighteen fifty", [18, 50]),
        ("fr", "dix et vingt", [10, 20]),
        ("es", "dos y tres", [2, 3]),
        ("pt", "dez e vinte", [10, 20]),
    ],
)
def test_numbers_beside_each_other_stay_several(language: str, written: str, values: list[float]) -> None:
    """Ones follow tens and tens hundreds, not the other way round."""
    assert [each[2][0] for each in numbers(written, language)] == values


@pytest.mark.parametrize("word", ["mer", "jeu"])
def test_french_words_that_shorten_days_are_no_dates(word: str) -> None:
    """'la mer' is the sea and 'le jeu' a game: drafts were refused for a Wednesday and a Thursday."""
    article = "La ville de Brest ouvre lundi un parc au bord de l'eau. Les enfants y passeront l'été."
    summary = f"La ville de Brest ouvre lundi un parc pour les enfants, {word} comprise ou compris."

    assert "date" not in "; ".join(
        check(article, title="", byline="", summary=summary, language="fr").reasons
    )


def test_a_scale_counts_for_both_numbers_of_a_pair() -> None:
    """'from 9.2 to 14.5 million': the first is millions, too."""
    readings = [each[2] for each in numbers("von 9,2 auf 14,5 Millionen", "de")]

    assert 9_200_000 in readings[0]
    assert readings[1][0] == 14_500_000


def test_a_long_row_of_number_words_takes_no_time(
    within: Callable[[float], AbstractContextManager[None]],
) -> None:
    """A hostile article may hold nothing but 'mil'."""
    with within(0.5):
        found = list(numbers("mil " * 8_000, "es"))

    assert len(found) > 600
