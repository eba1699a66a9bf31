"""The gate beyond English: capitals that name nobody, and names that grow onto the word before them."""

from __future__ import annotations

import pytest

from digest.summarise.grounding import check

BRIDGES = {
    "de": (
        "Die Stadt Hafenburg hat am Montag die alte Brücke gesperrt, sagte Bürgermeisterin Anna Brandt. Die "
        "Arbeiten dauern drei Monate. Ein Schiff hatte im Sturm einen Pfeiler gerammt."
    ),
    "fr": (
        "La mairie de Quimper a fermé le vieux pont lundi, a annoncé la maire Anne Kervella. Les travaux "
        "dureront trois mois. Un bateau avait heurté une pile pendant la tempête."
    ),
    "es": (
        "El ayuntamiento de Cádiz cerró el viejo puente el lunes, anunció la alcaldesa Ana Ruiz. Las obras "
        "durarán tres meses. Un barco había golpeado un pilar en la tormenta."
    ),
    "it": (
        "Il comune di Genova ha chiuso il vecchio ponte lunedì, ha annunciato la sindaca Anna Rossi. I "
        "lavori dureranno tre mesi. Una barca aveva urtato un pilone nella tempesta."
    ),
    "pt": (
        "A câmara de Faro fechou a ponte velha na segunda-feira, anunciou a presidente Ana Sousa. As obras "
        "vão durar três meses. Um barco tinha batido num pilar na tempestade."
    ),
    "nl": (
        "De gemeente Delft sloot maandag de oude brug, zei burgemeester Anna de Wit. Het werk duurt drie "
        "maanden. Een schip had in de storm een pijler geraakt."
    ),
}
SIGNED = {
    "fr": (
        "Le maire d'Alger a signé lundi un accord avec l’Italie, a annoncé l'Élysée. L'usine d'Amiens "
        "emploie trois cents personnes et appartient à L'Oréal."
    ),
    "it": (
        "Il sindaco dell'Aquila ha firmato lunedì un accordo con l'Eni, ha detto il governo. L'impianto "
        "d'Ischia impiega trecento persone."
    ),
}
COURT = (
    "Ein 20-jährig geführter Rechtsstreit ist zu Ende: Die Stadt Hafenburg zahlt dem Werftbesitzer Karl "
    "Brandt 300.000 EUR. Das Landgericht gab am Montag der Klage des 54-jährigen statt. Rund 5 % der Kosten "
    "trägt das Land."
)


def judge(article: str, summary: str, language: str) -> str:
    """Return what is found against a summary, as one text."""
    return "; ".join(check(article, title="", byline="", summary=summary, language=language).reasons)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("de", "Nach dem Sturm hat Hafenburg die alte Brücke gesperrt."),
        ("de", "Laut Bürgermeisterin Anna Brandt dauern die Arbeiten drei Monate."),
        ("de", "Wegen der Arbeiten ist die alte Brücke gesperrt."),
        ("fr", "Après la tempête, la mairie de Quimper a fermé le vieux pont."),
        ("fr", "Selon la maire Anne Kervella, les travaux dureront trois mois."),
        ("fr", "Depuis lundi, le vieux pont de Quimper est fermé."),
        ("es", "Según la alcaldesa Ana Ruiz, las obras durarán tres meses."),
        ("es", "Tras la tormenta, el ayuntamiento de Cádiz cerró el viejo puente."),
        ("it", "Dopo la tempesta il comune di Genova ha chiuso il vecchio ponte."),
        ("it", "Secondo la sindaca Anna Rossi, i lavori dureranno tre mesi."),
        ("pt", "Depois da tempestade, a câmara de Faro fechou a ponte velha."),
        ("pt", "Segundo a presidente Ana Sousa, as obras vão durar três meses."),
        ("nl", "Volgens burgemeester Anna de Wit duurt het werk drie maanden."),
        ("nl", "Sinds maandag is de oude brug in Delft dicht."),
    ],
)
def test_a_small_word_at_the_beginning_names_nobody(language: str, sentence: str) -> None:
    """Models begin so in every language; the article may hold the word nowhere."""
    assert judge(BRIDGES[language], sentence, language) == ""


@pytest.mark.parametrize(
    ("language", "sentence", "name"),
    [
        ("de", "Seefeld hat die alte Brücke am Montag gesperrt.", "Seefeld"),
        ("fr", "Brest a fermé le vieux pont lundi.", "Brest"),
        ("es", "Málaga cerró el viejo puente el lunes.", "Málaga"),
        ("it", "Torino ha chiuso il vecchio ponte lunedì.", "Torino"),
        ("pt", "Braga fechou a ponte velha na segunda-feira.", "Braga"),
        ("nl", "Utrecht sloot maandag de oude brug.", "Utrecht"),
    ],
)
def test_a_name_at_the_beginning_is_still_looked_up(language: str, sentence: str, name: str) -> None:
    """Only words that are known to be small ones are passed over."""
    assert f"the name '{name}'" in judge(BRIDGES[language], sentence, language)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("fr", "L'accord entre le maire d'Alger et l'Italie a été signé lundi."),
        ("fr", "D'après l'Élysée, le maire d’Alger a signé un accord avec l'Italie."),
        ("fr", "L'Oréal possède l'usine d'Amiens, qui emploie trois cents personnes."),
        ("fr", "L'Italie a signé lundi un accord avec le maire d'Alger."),
        ("it", "L'accordo con l'Eni è stato firmato dal sindaco dell'Aquila."),
        ("it", "L’Aquila: il sindaco ha firmato lunedì un accordo con l’Eni."),
    ],
)
def test_a_word_counts_without_what_grew_onto_it(language: str, sentence: str) -> None:
    """'L'accord' is no name, and 'Italie' is one wherever it stands."""
    assert judge(SIGNED[language], sentence, language) == ""


@pytest.mark.parametrize(
    ("language", "sentence", "name"),
    [
        ("fr", "Le maire d'Alger a signé lundi un accord avec l'Espagne.", "Espagne"),
        ("fr", "Le maire d'Oran a signé lundi un accord avec l’Italie.", "Oran"),
        (
            "fr",
            "Le maire d'Alger a signé lundi un accord avec l'Italie, dit qu'Emmanuel Petit.",
            "Emmanuel Petit",
        ),
        ("it", "Il sindaco dell'Asinara ha firmato lunedì un accordo con l'Eni.", "Asinara"),
        ("it", "Il sindaco dell'Aquila ha firmato lunedì un accordo con l’Enel.", "Enel"),
    ],
)
def test_a_name_that_grew_onto_a_small_word_is_looked_up(language: str, sentence: str, name: str) -> None:
    """Half of the names of countries stand so in French: each of them could have been swapped."""
    assert f"the name '{name}'" in judge(SIGNED[language], sentence, language)


@pytest.mark.parametrize(
    "sentence",
    [
        "Der 54 Jahre alte Karl Brandt bekommt von der Stadt Hafenburg 300.000 Euro.",
        "Die Stadt Hafenburg zahlt dem Werftbesitzer Karl Brandt nach 20 Jahren 300.000 Euro.",
        "Das Land trägt 5 Prozent der Kosten.",
    ],
)
def test_german_units_are_no_names(sentence: str) -> None:
    """They have a capital, and the article may write a sign, or join them to the figure."""
    assert judge(COURT, sentence, "de") == ""


def test_a_german_unit_hides_no_name() -> None:
    """Franken is a place where no figure stands before it, and what follows a unit may be a name."""
    assert "the name 'Franken'" in judge(
        COURT, "Das Landgericht gab am Montag der Klage in Franken statt.", "de"
    )
    paid = "Die Stadt Hafenburg zahlt 300.000 Euro Otto Meier, dem Werftbesitzer."
    assert "the name 'Otto Meier'" in judge(COURT, paid, "de")
