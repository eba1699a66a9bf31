"""Datelines of agencies in seven languages stay out of summaries, and only they."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from digest.summarise import summarise
from digest.summarise.datelines import past_dateline

SIGNED = {
    "de": [
        "BERLIN (dpa) – ",
        "Berlin (dpa) - ",
        "BERLIN/MÜNCHEN (dpa/lby) - ",
        "Frankfurt a. M. (AFP) - ",
        "(dpa) ",
    ],
    "fr": ["PARIS (AFP) - ", "Paris (AFP) — ", "PARIS, 12 mars (Reuters) - ", "Lyon, 1er mars 2026 (AFP) – "],
    "es": ["Madrid, 12 mar (EFE).- ", "San José, 3 oct. (EFE).- ", "MADRID, 12 Mar. (EUROPA PRESS) - "],
    "it": ["ROMA (ANSA) - ", "Roma, 12 mar. (askanews) - ", "(ANSA) - ROMA, 12 MAR - "],
    "pt": ["Lisboa, 03 out 2026 (Lusa) – ", "São Paulo, 12 mar (EFE) - ", "Brasília (Reuters) - "],
    "nl": ["DEN HAAG (ANP) - ", "AMSTERDAM (ANP/AFP) - ", "’s-Hertogenbosch (ANP) – "],
    "en": ["LONDON (Reuters) - ", "WASHINGTON, March 3 (AP) — "],
}
TOLD = {
    "de": "Die Stadt hat am Montag die alte Brücke über den Fluss gesperrt.",
    "fr": "La ville a fermé lundi le vieux pont sur la rivière.",
    "es": "La ciudad cerró el lunes el viejo puente sobre el río.",
    "it": "La città ha chiuso lunedì il vecchio ponte sul fiume.",
    "pt": "A cidade fechou na segunda-feira a ponte velha sobre o rio.",
    "nl": "De stad sloot maandag de oude brug over de rivier.",
    "en": "The city closed the old bridge over the river on Monday.",
}


@pytest.mark.parametrize(
    ("language", "dateline"), [(language, each) for language, all_of in SIGNED.items() for each in all_of]
)
def test_a_dateline_is_no_part_of_a_summary(language: str, dateline: str) -> None:
    """The reader is told what happened; the agency stands in the article."""
    text = dateline + TOLD[language] + "\n\n" + " ".join([TOLD[language]] * 12)
    told = summarise(text, title="", language=language, sentences=1)

    assert told.method == "weighted"
    assert told.sentences[0].text == TOLD[language]


@pytest.mark.parametrize(
    "text",
    [
        "Bürgermeister Karl Brandt (SPD) - seit 2019 im Amt - tritt im Mai zurück.",
        "Anne Petit (LR) – maire depuis 2019 – démissionne en mai.",
        "Pedro Ruiz (PSOE) - alcalde desde 2019 - dimite en mayo.",
        "Mario Rossi (PD) - sindaco dal 2019 - si dimette a maggio.",
        "Stuttgart, 12 Menschen (darunter drei Kinder) – so viele waren im Haus – sind gerettet.",
        "Paris, 2 morts (bilan provisoire) - L'accident a eu lieu lundi.",
        "Real Madrid 3 goles (dos de penalti) - el partido terminó.",
    ],
)
def test_a_person_or_a_number_of_things_is_no_dateline(text: str) -> None:
    """They stand as town, day and agency do: only months tell days, only known agencies sign so."""
    assert past_dateline(text, 0) == 0


@pytest.mark.parametrize(
    "text", ["A" * 5_000, "Aa " * 5_000, "Ab-" * 4_000, "A b. c " * 900, "A/" * 300 + "(dpa"]
)
def test_a_text_without_an_end_takes_no_time(
    text: str, within: Callable[[float], AbstractContextManager[None]]
) -> None:
    """Only its first two hundred characters are looked at."""
    with within(0.05):
        begin = past_dateline(text, 0)

    assert begin == 0
