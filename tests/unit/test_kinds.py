"""What a name is of: a rule says so with its reason, or nothing is said."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from digest.collect import NameKind, kinds_of

PERSON, PLACE, ORGANISATION, UNKNOWN = (
    NameKind.PERSON, NameKind.PLACE, NameKind.ORGANISATION, NameKind.UNKNOWN,
)  # fmt: skip


def kind(name: str, text: str, language: str | None = "en") -> tuple[NameKind, str]:
    (found,) = kinds_of([name], "", text, language)
    return found.kind, found.why


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("Brandt", "It was Mr Brandt who came.", "“Mr” stands before it"),
        ("Brandt", "It was Dr. Brandt who came.", "“Dr.” stands before it"),
        ("Ines Duarte", "President Duarte opened it.", "“President” stands before it"),
        ("Ines Duarte", "The striker Ines Duarte is hurt.", "“striker” stands before it"),
        ("Ines Duarte", "Ines Duarte, 43, came.", "with an age: 43"),
        ("Ines Duarte", "Ines Duarte (43) came.", "with an age: 43"),
        ("Ines Duarte", "Ines Duarte, the harbour's former director, came.", "“director” stands behind it"),
        ("Ines Duarte", "Ines Duarte, head of the harbour, came.", "“head” stands behind it"),
        ("Ines Duarte", "It is late, Duarte said.", "“Duarte said” stands in the text"),
        ("Ines Duarte", "It is late. Duarte added that.", "“Duarte added” stands in the text"),
        ("Jordan", "It was Mr Jordan who came.", "“Mr” stands before it"),
    ],
)
def test_titles_callings_ages_and_speech_tell_people(name: str, text: str, why: str) -> None:
    """An editor who cuts a list of names wants to see why one is called a person."""
    assert kind(name, text) == (PERSON, why)


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("Quay Ltd", "", "“Ltd” is in the names of organisations"),
        ("University of Quay", "", "“University” is in the names of organisations"),
        ("HPA", "The Harbour Pilots Association (HPA) met.", "short for Harbour Pilots Association"),
        ("HPA", "The HPA (Harbour Pilots Association) met.", "short for Harbour Pilots Association"),
        ("Quayline", "A spokeswoman for Quayline came.", "it has “spokeswoman for” in the text"),
        ("Quayline", "Quayline's chief executive came.", "it has “chief executive” in the text"),
        ("Parliament", "", "“Parliament” is in the names of organisations"),
        ("European Union", "", "a union of states"),
    ],
)
def test_forms_acronyms_and_business_tell_organisations(name: str, text: str, why: str) -> None:
    """The words are those that only organisations have."""
    assert kind(name, text) == (ORGANISATION, why)


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("Portugal", "", "a country or territory"),
        ("Wales", "The Wales captain and captain Wales came.", "a country or territory"),
        ("Lisbon", "", "the capital of Portugal"),
        ("Europe", "", "a part of the world"),
        ("Barrel Quay", "In the town of Barrel Quay it rained.", "“town of” stands before it"),
        ("Barrel Quay", "It rained in Barrel Quay, Portugal.", "in Portugal"),
    ],
)
def test_countries_and_words_for_places_tell_places(name: str, text: str, why: str) -> None:
    """The names of countries are those of CLDR."""
    assert kind(name, text) == (PLACE, why)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Boeing", "He was its president. Boeing builds."),
        ("Premier League", "The Premier League began."),
        ("Quayline", "They invest in Quayline, and he believes in Quayline."),
        ("Office", "The Office ended."),
        ("Harbour Academy Awards", "They won Harbour Academy Awards."),
        ("SARS", "Severe Acute Respiratory Syndrome (SARS) spread."),
        ("Wright Brandt", "Ada Brandt said so."),
        ("Quayline", "Quayline said so."),
        ("Ines Duarte", "It was a long day for Ines Duarte."),
    ],
)
def test_what_no_rule_is_sure_of_stays_unknown(name: str, text: str) -> None:
    """A wrong kind is worse than none."""
    assert kind(name, text) == (UNKNOWN, "nothing around it tells for sure")


@pytest.mark.parametrize(
    ("language", "name", "text", "expected"),
    [
        ("de", "Olaf Brandt", "Bundeskanzler Olaf Brandt kam.", PERSON),
        ("de-AT", "Olaf Brandt", "Es sei spät, sagte Brandt.", PERSON),
        ("de", "Deutschland", "", PLACE),
        ("de", "Alt Kai", "In der Stadt Alt Kai regnete es.", PLACE),
        ("de", "Neues Hafenministerium", "", ORGANISATION),
        ("fr", "Inès Quai", "La ministre Inès Quai est venue.", PERSON),
        ("fr", "Allemagne", "", PLACE),
        ("fr", "Vieux Quai", "Dans la ville de Vieux Quai il pleut.", PLACE),
        ("fr", "Université du Quai", "", ORGANISATION),
        ("es", "Inés Muelle", "La alcaldesa Inés Muelle vino.", PERSON),
        ("es", "Alemania", "", PLACE),
        ("es", "Banco del Muelle", "", ORGANISATION),
        ("it", "Ines Molo", "Il sindaco Ines Molo viene.", PERSON),
        ("it", "Germania", "", PLACE),
        ("it", "Partito del Molo", "", ORGANISATION),
        ("pt", "Inês Cais", "O ministro Inês Cais veio.", PERSON),
        ("pt", "Alemanha", "", PLACE),
        ("pt", "Universidade do Cais", "", ORGANISATION),
        ("nl", "Ines Kade", "Burgemeester Ines Kade kwam.", PERSON),
        ("nl", "Duitsland", "", PLACE),
        ("nl", "Vereniging Kade", "", ORGANISATION),
        (None, "Germany", "", PLACE),
        ("xx-bad!", "Germany", "", PLACE),
    ],
)
def test_each_language_has_its_own_words(
    language: str | None, name: str, text: str, expected: NameKind
) -> None:
    """Where a language is unknown the words are English."""
    assert kind(name, text, language)[0] is expected


def test_the_topic_is_no_name() -> None:
    """It stands among the names that were found, in lower case."""
    assert kind("diplomacy", "Mr diplomacy")[0] is NameKind.TOPIC


@pytest.mark.parametrize(
    "text",
    [
        "Mr " * 20_000,
        "A" * 60_000 + " (AA)",
        "Aa " * 20_000 + "(AAAAAA)",
        "Ines Duarte, the " * 4_000,
        "in Ines Duarte, " + "A b." * 15_000,
    ],
)
def test_no_text_makes_it_slow(text: str, within: Callable[[float], AbstractContextManager[None]]) -> None:
    """A stranger wrote it, and the desk waits."""
    with within(1.0):
        kinds_of(["AAAAAA", "Ines Duarte", "A.*(B+)+$", "Aa Aa Aa"], "", text, "en")
