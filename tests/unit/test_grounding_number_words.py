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
STORM = "The storm left {} people without power in Oslo."
PAIRS = "Ada Wells led Oslo on Sunday. {}"
FAITHFUL = [
    ("en", STORM, "between two hundred and three hundred", "between 200 and 300"),
    ("en", STORM, "two hundred and fifty", "250"),
    ("en", "Oslo holds its {} festival.", "twenty-fifth", "25th"),
    ("en", "Oslo holds its {} festival.", "25th", "twenty-fifth"),
    ("fr", "Lugo fête la {} édition du festival.", "vingt-cinquième", "25e"),
    ("fr", "Lugo fête la {} édition du festival.", "25e", "vingt-cinquième"),
    ("it", "Il comune di Bari ha assunto {} persone lunedì.", "180", "centottanta"),
    ("it", "Il comune di Bari ha assunto {} persone lunedì.", "382", "trecentottantadue"),
    ("de", "Das Land gibt den Opfern {} Euro.", "14,5 statt 9,2 Millionen", "14,5 Millionen"),
    ("en", "Oslo will spend {} dollars on trams.", "between 3 and 5 million", "3 million"),
    ("en", "Oslo will spend {} on trams.", "$40-50 billion", "$40 billion"),
    ("fr", "Lugo dépense {} d'euros.", "de 3 à 9 millions", "3 millions"),
]
UNFAITHFUL = [
    ("en", STORM, "between two hundred and three hundred", "20,300"),
    ("en", STORM, "three hundred and four hundred", "30,400"),
    ("en", "Oslo marks its {} festival.", "twenty-fifth", "twenty-eighth"),
    ("en", "Oslo marks its {} festival.", "twenty-fifth", "twentieth"),
    ("fr", "Lugo fête la {} édition du festival.", "vingt-cinquième", "vingt-huitième"),
    ("it", "Il comune di Bari ha assunto {} persone lunedì.", "trecentottantadue", "302"),
    ("it", "Il comune di Bari ha assunto {} persone lunedì.", "centottanta", "100"),
    ("en", "Oslo had {} men and women.", "twenty one-legged", "21"),
    ("en", PAIRS, "She won the cup by 3 and 2 million people watched.", "3 million people watched."),
    ("en", PAIRS, "She told 3 to 2 million people watched.", "3 million people watched."),
    ("en", PAIRS, "Only 40 of 12 million users complained.", "Some 40 million users complained."),
    ("en", PAIRS, "She beat 40 y 12 million dollars fell.", "Some 40 million dollars fell."),
    ("fr", "Le groupe Orion {} à Lugo.", "a vendu 3 et 9 millions ont été produits", "a vendu 3 millions"),
    ("de", "Das Team {} in Kiel.", "gewann 3 und 2 Millionen Euro flossen", "gewann 3 Millionen Euro"),
]


def _read(text: str, language: str) -> list[float]:
    return [values[0] for _, _, values, _ in numbers(text, language)]


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
    readings = [each[2] for each in numbers("von 9,2 auf 14,5 Millionen Euro", "de")]

    assert 9_200_000 in readings[0]
    assert readings[1][0] == 14_500_000


def test_a_long_row_of_number_words_takes_no_time(
    within: Callable[[float], AbstractContextManager[None]],
) -> None:
    """A hostile article may hold nothing but 'mil'."""
    with within(0.5):
        found = list(numbers("mil " * 8_000, "es"))

    assert len(found) > 600


@pytest.mark.parametrize(
    ("language", "text", "values"),
    [
        ("en", "between two hundred and three hundred", [200, 300]),
        ("en", "three hundred and four hundred", [300, 400]),
        ("en", "hundred and two hundred", [100, 200]),
        ("en", "two thousand and three thousand", [2000, 3000]),
        ("en", "eleven hundred and twelve hundred", [1100, 1200]),
        ("en", "between two hundred and three thousand", [200, 3000]),
        ("en", "between a hundred and fifty and two hundred", [150, 200]),
        ("en", "two hundred and fifty thousand", [250_000]),
        ("en", "twenty-five hundred", [2500]),
        ("en", "two thousand twelve hundred", [2000, 1200]),
        ("en", "thirty hundred", [30, 100]),
        ("en", "twenty-odd thousand", [20_000]),
        ("en", "twenty one-legged men", [20, 1]),
        ("en", "a hundred fifty-year-old oaks", [100, 50]),
        ("en", "two hundred third graders", [200, 3]),
        ("en", "a thirty-two-year-old", [32]),
        ("en", "sixty fifteen", [60, 15]),
        ("en", "three twenty", [3, 20]),
        ("en", "two dozen", [24]),
        ("es", "entre treinta y cinco y cuarenta", [35, 40]),
        ("es", "entre treinta y dos países", [32]),
        ("es", "mil quinientos millones", [1.5e9]),
        ("pt", "um milhão e duzentos mil", [1.2e6]),
        ("pt", "dois mil e três mil", [2000, 3000]),
        ("fr", "vingt et deux", [20, 2]),
        ("it", "centottanta", [180]),
        ("it", "trecentottantadue", [382]),
        ("nl", "vijfentwintighonderd", [2500]),
    ],
)
def test_words_are_one_number_only_where_they_make_one(language: str, text: str, values: list[float]) -> None:
    assert _read(text, language) == values


@pytest.mark.parametrize(
    "text",
    [
        "one-" * 40_000 + "x",
        "five and " * 8_000,
        "einhunderttausend" * 2_000,
        "centotto" * 4_000,
        "due " * 20_000,
    ],
)
def test_a_hostile_row_of_numbers_takes_no_time(
    text: str, within: Callable[[float], AbstractContextManager[None]]
) -> None:
    with within(1.0):
        for language in WRITTEN:
            list(numbers(text, language))


def _reasons(language: str, frame: str, told: str, said: str) -> str:
    verdict = check(frame.format(told), title="", byline="", summary=frame.format(said), language=language)
    return "; ".join(verdict.reasons)


@pytest.mark.parametrize(("language", "frame", "told", "said"), FAITHFUL)
def test_a_draft_may_write_a_number_another_way(language: str, frame: str, told: str, said: str) -> None:
    assert not _reasons(language, frame, told, said)


@pytest.mark.parametrize(("language", "frame", "told", "said"), UNFAITHFUL)
def test_a_draft_with_another_number_is_refused(language: str, frame: str, told: str, said: str) -> None:
    assert "number" in _reasons(language, frame, told, said)
