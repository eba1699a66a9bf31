"""German nouns and offices in drafts name nobody; names are looked up all the same."""

from __future__ import annotations

import pytest

from digest.summarise.grounding import check
from digest.summarise.grounding.nouns import is_noun

FLOOD = (
    "Nach dem Hochwasser an der Werle hat die Landesregierung die Soforthilfe auf 14,5 Millionen Euro "
    "erhöht. Das teilte Innenministerin Dr. h. c. Petra Lindenau am 3. Oktober in Bergheim mit. Bisher waren "
    "9,2 Millionen Euro vorgesehen.\n\nBei Altrode war der Damm auf einer Länge von 120 Metern gebrochen. "
    "Rund 2.400 Einwohner mussten ihre Häuser verlassen. Zwei Feuerwehrleute wurden verletzt. Die "
    "norwegische Firma Fjordline schickt Pumpen, sagte Einsatzleiter Jörg Kampmann."
)
TRIAL = (
    "De rechtbank in Bergen veroordeelde oud-directeur Klaas Jansen van scheepswerf Norval donderdag tot "
    "twee jaar cel. Zijn advocaat, mr. Maurits Zelling, gaat tegen het vonnis in beroep.\n\nNorval had ooit "
    "780 mensen in dienst en ging in maart 2019 failliet. De werf kwam in handen van de Noorse "
    "rederij Fjordline, die er nu 290 werknemers heeft. Vakbondsvrouw Gerda Ykema noemde het vonnis terecht."
)


def judge(article: str, summary: str, language: str) -> str:
    """Return what is found against a summary, as one text."""
    return "; ".join(check(article, title="", byline="", summary=summary, language=language).reasons)


@pytest.mark.parametrize(
    "word",
    [
        *(
            "Überschwemmung",
            "Unterstützungen",
            "Freiheit",
            "Mannschaft",
            "Politiker",
            "Züge",
            "Schäden",
            "Opfern",
        ),
        *(
            "Untersuchungsausschuss",
            "Schiffbaufirma",
            "Arbeitsplätzen",
            "Ministerin",
            "Helferinnen",
            "Gerichts",
        ),
    ],
)
def test_a_noun_is_known_by_its_ending_or_its_last_part(word: str) -> None:
    """In the plural, with an umlaut, and in cases as well: no list holds all compounds."""
    assert is_noun(word)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Marburg",
            "Rostock",
            "Karlsruhe",
            "Düsseldorf",
            "Saarbrücken",
            "Ludwigshafen",
            "Esslingen",
            "Koblenz",
        ),
        *(
            "Merkel",
            "Hoffmann",
            "Scholz",
            "Müller",
            "Dennis",
            "Siemens",
            "FDP",
            "NATO",
            "Türkei",
            "Weser",
            "Rhein",
        ),
    ],
)
def test_a_name_is_no_noun_though_it_ends_like_one(name: str) -> None:
    """Towns end in what compounds end in ('-ruhe', '-dorf', '-hafen'); as nouns they would pass."""
    assert not is_noun(name)


@pytest.mark.parametrize(
    "sentence",
    [
        "Wegen der Flut an der Werle stockt das Land seine Unterstützung auf 14,5 Millionen Euro auf.",
        "Die Landesregierung gibt den Opfern der Flut nun 14,5 statt 9,2 Millionen Euro.",
        "Bei Altrode brach der Deich auf 120 Metern; rund 2.400 Menschen verließen ihre Häuser.",
        "Zwei Helfer der Feuerwehr wurden bei Altrode verletzt.",
        "Siedler mussten in Altrode ihre Häuser verlassen.",
        "Pumpen schickt eine Firma aus Norwegen.",
        "Wie Feuerwehrchef Jörg Kampmann sagte, schickt Fjordline Pumpen.",
        "Krisenstabsboss Jörg Kampmann sagte, Fjordline schickt Pumpen.",
        "Unabhängige Fachleute der Firma Fjordline schicken Pumpen.",
    ],
)
def test_another_noun_is_no_foreign_name(sentence: str) -> None:
    """A model tells it in words of its own, and German writes all of them large."""
    assert judge(FLOOD, sentence, "de") == ""


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        (
            "Wegen der Überschwemmung an der Weser stockt das Land die Hilfe auf 14,5 Millionen Euro auf.",
            "'Weser'",
        ),
        ("Das teilte Innenministerin Helga Stein am 3. Oktober in Bergheim mit.", "'Helga Stein'"),
        ("Der Damm bei Karlsruhe war auf 120 Metern gebrochen.", "'Karlsruhe'"),
        ("Die FDP hat die Soforthilfe auf 14,5 Millionen Euro erhöht.", "'FDP'"),
        ("Pumpen schickt eine Firma aus Schweden.", "'Schweden'"),
        ("Die norwegische Firma Hurtigruten schickt Pumpen.", "'Hurtigruten'"),
        ("Die Landesregierung gibt nun 14,5 statt 8,2 Millionen Euro.", "'8,2 Millionen'"),
        ("Wie Feuerwehrchef Jörg Kaltmann sagte, schickt Fjordline Pumpen.", "Kaltmann"),
    ],
)
def test_a_foreign_name_beside_nouns_is_refused(sentence: str, fault: str) -> None:
    """Rivers and parties stand after 'der', 'die' as nouns do, and a name may follow a noun."""
    assert fault in judge(FLOOD, sentence, "de")


@pytest.mark.parametrize(
    "sentence",
    [
        "Raadsman Maurits Zelling gaat tegen het vonnis in beroep.",
        "Het Noorse Fjordline nam de werf over en heeft nog 290 mensen in dienst.",
    ],
)
def test_a_dutch_office_or_people_before_a_name_is_no_part_of_it(sentence: str) -> None:
    """The first word of a sentence is large, and 'Noorse' stood before another noun in the article."""
    assert judge(TRIAL, sentence, "nl") == ""


def test_a_dutch_first_name_that_the_article_has_otherwise_is_refused() -> None:
    """'Stefan' stands where the article has 'Maurits': that is no office."""
    assert "Stefan Zelling" in judge(TRIAL, "Stefan Zelling gaat tegen het vonnis in beroep.", "nl")


def test_a_short_sentence_is_not_taken_for_another_language() -> None:
    """'de', 'dos' and 'a' are Portuguese as well; two of them more tell nothing."""
    article = (
        "La Audiencia de Berrueco condenó al expresidente de Norval, Juan Jansen, a dos años y nueve meses "
        "de cárcel. La presidenta del tribunal, Beatriz Allende, le dijo que traicionó a sus trabajadores."
    )

    assert (
        judge(
            article, "Juan Jansen, antiguo presidente de Norval, irá dos años y nueve meses a prisión.", "es"
        )
        == ""
    )
    foreign = judge(
        article, "The court of Berrueco sent Juan Jansen to prison for two years and nine months.", "es"
    )
    assert "the language is 'en'" in foreign
