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


LAW = (
    "Der Bundesrat hat am Freitag dem Gesetz zugestimmt. Die Deutsche Bank begrüßte die Entscheidung. "
    "Peter Schmidt, Sprecher der Bank, sprach von einem guten Tag. Anna Müller, Lehrerin aus Kiel, war "
    "dagegen. Das Bundesverfassungsgericht prüft das Gesetz. Bei einem Unfall in Kiel starben am Montag "
    "zwei Menschen."
)
SENTENCED = (
    "De rechtbank in Bergen veroordeelde donderdag Klaas Jansen tot twee jaar cel. Peter de Vries zei dat "
    "het vonnis terecht was. Maurits Zelling gaat in beroep."
)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Bundestag",
            "Landtag",
            "Commerzbank",
            "Volksbank",
            "Sparkasse",
            "Bundesgerichtshof",
            "Landgericht",
        ),
        *(
            "Bundespräsident",
            "Verfassungsschutz",
            "Südwestrundfunk",
            "Weltbank",
            "Hypovereinsbank",
            "Volkswagen",
        ),
        *(
            "Bundeswehr",
            "Hisbollah",
            "Hamas",
            "Telekom",
            "Allianz",
            "Bayer",
            "Grünen",
            "Linke",
            "Tagesspiegel",
        ),
        *("Bundesregierung", "Bundesräte", "Weltgesundheitsorganisation", "Landesämter"),
    ],
)
def test_which_body_it_was_is_looked_up(name: str) -> None:
    """The Bundestag is not the Bundesrat, and after 'der' or 'die' stands a party as well as a noun."""
    for sentence in (f"Die {name} begrüßte die Entscheidung.", f"{name} begrüßte die Entscheidung."):
        assert f"'{name}'" in judge(LAW, sentence, "de")


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("Die Lehrerin König war dagegen.", "'König'"),
        ("Fischer war dagegen.", "'Fischer'"),
        ("Steiner war dagegen.", "'Steiner'"),
        ("Frau Richter war dagegen.", "'Richter'"),
        ("Der ehemalige Außenminister Fischer war dagegen.", "'Fischer'"),
        ("Jürgen Richter war dagegen.", "'Jürgen Richter'"),
        ("Dagegen war Peter Richter.", "'Peter Richter'"),
        ("Hans Peter Schmidt sprach von einem guten Tag.", "'Hans Peter Schmidt'"),
        ("Siemens Peter Schmidt sprach von einem guten Tag.", "'Siemens Peter Schmidt'"),
        ("Betrüger Peter Schmidt sprach von einem guten Tag.", "'Betrüger Peter Schmidt'"),
        ("Dieb Peter Schmidt sprach von einem guten Tag.", "'Peter Schmidt'"),
        ("Bundeskanzlerin Anna Müller war dagegen.", "'Anna Müller'"),
        ("Präsidentin Anna Müller war dagegen.", "'Anna Müller'"),
        ("Ministerin Anna Müller war dagegen.", "'Anna Müller'"),
        ("Bei einem Amoklauf in Kiel starben am Montag zwei Menschen.", "'Amoklauf'"),
        ("Bei einem Terroranschlag in Kiel starben am Montag zwei Menschen.", "'Terroranschlag'"),
        ("Bei einem Erdbeben in Kiel starben am Montag zwei Menschen.", "'Erdbeben'"),
    ],
)
def test_a_surname_a_rank_or_a_crime_is_no_common_noun(sentence: str, fault: str) -> None:
    """A noun after an office is a surname; what raises, blames or alarms must stand in the article."""
    assert fault in judge(LAW, sentence, "de")


@pytest.mark.parametrize(
    "sentence",
    [
        "Die Bank lobt den Beschluss.",
        "Das Gericht prüft das Gesetz.",
        "Nach Ansicht der Deutschen Bank war die Entscheidung über das Gesetz ein Fortschritt.",
        "Pressesprecher Peter Schmidt sprach von einem guten Tag.",
        "Die Expertin Anna Müller war dagegen.",
        "Zwei Einwohner starben am Montag bei einem Unglück in Kiel.",
    ],
)
def test_common_nouns_of_a_faithful_draft_pass(sentence: str) -> None:
    """'Bank' alone says no more than the article does."""
    assert judge(LAW, sentence, "de") == ""


def test_a_rank_without_what_it_is_of_passes() -> None:
    """An 'Innenministerin' is a 'Ministerin'; she is no 'Kanzlerin'."""
    told = "Petra Lindenau hat die Soforthilfe auf 14,5 Millionen Euro erhöht."

    assert judge(FLOOD, f"Ministerin {told}", "de") == ""
    assert judge(FLOOD, f"Innenministerin {told}", "de") == ""
    assert "before the name 'Petra Lindenau'" in judge(FLOOD, f"Kanzlerin {told}", "de")
    assert "before the name 'Petra Lindenau'" in judge(FLOOD, f"Präsidenten {told}", "de")
    assert "before the name 'Petra Lindenau'" in judge(FLOOD, f"Außenministerin {told}", "de")


@pytest.mark.parametrize(
    "sentence",
    [
        "Hans Peter de Vries zei dat het vonnis terecht was.",
        "Moordenaar Klaas Jansen kreeg twee jaar cel.",
        "Pieter Klaas Jansen kreeg twee jaar cel.",
    ],
)
def test_another_first_name_or_a_blame_is_no_dutch_office(sentence: str) -> None:
    """Only what is known to be an office is left out before a first name."""
    assert "the name '" in judge(SENTENCED, sentence, "nl")


@pytest.mark.parametrize(
    ("language", "article", "country"),
    [
        ("es", "La empresa australiana Fjordline ayuda a Lugo.", "Austria"),
        ("it", "La società australiana Fjordline aiuta Lugo.", "Austria"),
        ("pt", "A empresa australiana Fjordline ajuda Lugo.", "Áustria"),
        ("fr", "Une maladie maligne frappe Lugo, dit Fjordline.", "Mali"),
        ("de", "Fjordline dominiert den Markt in Lugo.", "Dominica"),
        ("de", "Die nigerianische Firma Fjordline hilft Lugo.", "Niger"),
    ],
)
def test_a_word_that_begins_as_a_country_holds_it_not(language: str, article: str, country: str) -> None:
    """'maligne' is no word for people of Mali, and 'australiana' none for those of Austria."""
    assert f"'{country}'" in judge(article, f"Fjordline, {country}, Lugo.", language)


@pytest.mark.parametrize(
    ("language", "article", "country"),
    [
        ("de", "Die norwegische Firma Fjordline hilft Lugo.", "Norwegen"),
        ("de", "Die italienischen Firmen bei Fjordline helfen Lugo.", "Italien"),
        ("fr", "La société norvégienne Fjordline aide Lugo.", "Norvège"),
        ("fr", "Les ports algériens aident Fjordline et Lugo.", "Algérie"),
        ("es", "La empresa australiana Fjordline ayuda a Lugo.", "Australia"),
        ("it", "La società norvegese Fjordline aiuta Lugo.", "Norvegia"),
        ("pt", "A empresa norueguesa Fjordline ajuda Lugo.", "Noruega"),
        ("nl", "De Belgische rederij Fjordline helpt Lugo.", "België"),
    ],
)
def test_a_country_is_held_by_its_people(language: str, article: str, country: str) -> None:
    """A draft may turn 'norwegisch' into 'aus Norwegen'."""
    assert f"'{country}'" not in judge(article, f"Fjordline, {country}, Lugo.", language)


def test_a_rank_in_another_case_is_the_same() -> None:
    """The article tells of the president's letter, the draft of the president."""
    article = "Der Brief des Bundespräsidenten Karl Brandt kam am Montag in Bergheim an, sagte die Stadt."

    assert judge(article, "Präsident Karl Brandt schickte der Stadt Bergheim einen Brief.", "de") == ""
    assert "before" in judge(article, "Kanzler Karl Brandt schickte der Stadt Bergheim einen Brief.", "de")
