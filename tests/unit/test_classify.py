"""Sections of articles that no tag places."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from digest.classify import Choices, Chooser, Lesson, Record, Section, by_tag, choices_of, choose, learn
from digest.classify.lexicon import Lexicon
from digest.classify.topics import LANGUAGES, topics_named
from digest.classify.words import read
from digest.model import PlacedBy, Placement, Tag, TagOrigin
from digest.settings.digests import SoughtWord

MONEY = Section(key="money", title="Business", tags=("economy",))
SPORT = Section(key="sport", title="Sport", tags=("sport",))
MATCH = (
    "Late penalty sends Harbour United to the final",
    "The striker scored from the penalty spot and the goalkeeper had no chance in the semi-final.",
)
RESULTS = (
    "Cable maker lifts its dividend",
    "Shareholders will get a higher dividend after quarterly profits rose; the bank expects more earnings.",
)
SURGERY = (
    "Surgeons try a new vaccine on patients",
    "The hospital says that chemotherapy and surgery of its cancer patients went on; symptoms went.",
)


def placed(chooser: Chooser, text: tuple[str, str], language: str | None = "en") -> Placement:
    return chooser.choose(*text, language, nowhere="more")


def lessons(section: str, word: str, count: int) -> tuple[Lesson, ...]:
    return tuple(Lesson(section, f"{word} {number}", f"The {word} came again.") for number in range(count))


def test_a_tag_places_and_the_digests_order_decides() -> None:
    """What a source or editor says comes before any guess, and says whose word it is."""
    tags = [Tag(name="Sport", origin=TagOrigin.EDITOR), Tag(name="Economy", origin=TagOrigin.RULE)]

    found = by_tag(tags, (MONEY, SPORT))

    assert found == Placement(section="money", by=PlacedBy.RULE, why="tagged “Economy” by a rule")
    assert by_tag(tags[:1], (MONEY, SPORT)) == Placement(
        section="sport", by=PlacedBy.EDITOR, why="tagged “Sport” by an editor"
    )
    assert by_tag([], (MONEY, SPORT)) is None


def test_words_that_speak_clearly_for_a_section_place_and_are_named() -> None:
    """An editor must see at a glance why an article stands where it does."""
    chooser = Chooser(sections=(MONEY, SPORT))

    assert placed(chooser, MATCH).section == "sport"
    assert placed(chooser, RESULTS).section == "money"
    assert placed(chooser, MATCH).by is PlacedBy.KEYWORDS
    assert "“penalty”" in placed(chooser, MATCH).why


@pytest.mark.parametrize("text", [SURGERY, ("A quiet day", "Nothing much was said."), ("", "")])
def test_what_is_about_something_else_goes_nowhere(text: tuple[str, str]) -> None:
    """A digest of business and sport must not take medicine in because it must go somewhere."""
    found = placed(Chooser(sections=(MONEY, SPORT)), text)

    assert (found.section, found.by, found.confidence) == ("more", PlacedBy.NONE, 0.0)


def test_a_title_without_a_shipped_topic_and_own_keywords_count() -> None:
    """A section on a town or a hobby has no shipped list; its own name and words must do."""
    town = Section(key="aarburg", title="Aarburg", keywords=("tram depot",))
    chooser = Chooser(sections=(SPORT, town))

    assert placed(chooser, ("Aarburg opens its tram depot", "Aarburg waited long.")).section == "aarburg"


@pytest.mark.parametrize(
    ("word", "title"),
    [
        ("Ferr*", "Ferries rest"),
        ("*Ship", "The lightship sails"),
        ("tram depot", "A new tram depot opens"),
        ("sea-tr*", "Sea-trade grows"),
        ("C++", "Written in C++ again"),
        ("x", "Brand X fails"),
        ("渡船", "新渡船场"),
        ("2026*", "The 2026er wines"),
        ("anti-*", "Anti-war march"),
        ("covid-*", "Covid-19 rules"),
        ("*-based", "A Berlin-based firm"),
        ("U.S.*", "The U.S. vote"),
        ("#tag*", "Tagged by hand"),
        ("*ferry*", "The ferryman rests"),
        ("ferry boat*", "A ferry boat sails"),
        ("a*b", "Plan A, B or C"),
        ("渡船场*", "新渡船场"),
    ],
)
def test_a_word_that_the_settings_take_is_found(word: str, title: str) -> None:
    """Case does not count, nor what stands around it; scripts without spaces need no asterisk."""
    TypeAdapter(SoughtWord).validate_python(word)

    assert "it" in Lexicon([(word, "it", 1.0)]).weigh(read(title, ""))


@pytest.mark.parametrize(
    ("word", "found", "other"),
    [
        ("anti-*", "Anti-war march", "An antique clock"),
        ("e-b*", "E-bikes rest", "The ebb comes"),
        ("co-*", "A co-operative meets", "The cobbler rests"),
        ("*-based", "A Berlin-based firm", "The firm rebased it"),
        ("R&D*", "R&Ds grow", "Rds grow"),
        ("ant&*", "Ant&Dec sing", "Antlers fall"),
    ],
)
def test_a_sign_beside_the_star_joins_it_to_a_word(word: str, found: str, other: str) -> None:
    """Who writes 'anti-*' means words that are made so, not all that begin with these letters."""
    TypeAdapter(SoughtWord).validate_python(word)
    lexicon = Lexicon([(word, "it", 1.0)])

    assert "it" in lexicon.weigh(read(found, ""))
    assert "it" not in lexicon.weigh(read(other, ""))


CORES = st.text(st.sampled_from("abcsS0éßİ'’&-_. 渡船\u0301\u200d\u00ad"), max_size=7)


@settings(max_examples=1_000)
@example(core="渡船-", shape="{}*", other="x")
@given(
    core=CORES | CORES.map(lambda core: f"{'a' * 20}{core}"),
    shape=st.sampled_from(["{}", "{}*", "*{}", "*{}*", "a*{}", "#{}*"]),
    other=CORES,
)
def test_the_settings_take_each_word_that_could_be_found_and_no_other(
    core: str, shape: str, other: str
) -> None:
    """One would do nothing, for years, in silence; for want of the other a file would not load."""
    word = shape.format(core)
    lexicon = Lexicon([(word, "it", 1.0)])
    titles = (word, core, f"{core}x", f"x{core}", f"{core}{other}", f"{other}{core}", other)
    is_found = any("it" in lexicon.weigh(read(title, "")) for title in titles)
    try:
        TypeAdapter(SoughtWord).validate_python(word)
    except ValidationError:
        assert not is_found
    else:
        assert is_found


def test_sections_are_learned_from_twenty_articles_each_and_not_from_fewer() -> None:
    """With a handful of examples a classifier only repeats their accidents."""
    nineteen = lessons("money", "quince", 20) + lessons("sport", "medlar", 19)
    sections = (MONEY, SPORT)
    text = ("The medlar", "A medlar came.")

    assert learn(nineteen) is None
    knowing = Chooser(sections=sections, learned=learn((*nineteen, *lessons("sport", "medlar", 1))))
    found = placed(knowing, text)

    assert (found.section, found.by) == ("sport", PlacedBy.LEARNED)
    assert "20 articles" in found.why
    assert "“medlar”" in found.why
    assert placed(Chooser(sections=sections), text).by is PlacedBy.NONE


def test_a_record_keeps_its_one_section_and_chooses_among_several() -> None:
    """Labelled texts teach; the others choose among theirs, or among all that are named."""
    known = Record(title="x", text="y", sections=("Sport",))
    choices = choices_of([known, Record(title=MATCH[0], text=MATCH[1], sections=("Business", "Sport"))])

    assert choose(known, choices).by is PlacedBy.GIVEN
    assert choose(Record(title=MATCH[0], text=MATCH[1]), choices).section == "Sport"
    assert choices.names == ("Sport", "Business")
    assert choose(Record(title="", text="", sections=("A", "B")), choices).section == ""
    assert "Business" in choices_of([]).names


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Der Stürmer traf per Elfmeter, der Torwart war machtlos; die Bundesliga staunt."),
        ("fr", "Le gardien a sauvé un penalty et l'entraîneur salue le championnat."),
        ("es", "El delantero marcó dos goles y el entrenador celebra el campeonato."),
        ("it", "Il portiere para il rigore, l'allenatore sogna lo scudetto del campionato."),
        ("pt", "O guarda-redes defendeu o pênalti e o treinador festeja o campeonato."),
        ("nl", "De spits maakte een doelpunt, de keeper en de scheidsrechter zwegen in de eredivisie."),
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_seven_languages_have_words(language: str, text: str, known: bool) -> None:
    """Feeds declare no language as often as not, so an unknown one must do as well."""
    assert language in LANGUAGES
    found = placed(Chooser(sections=(MONEY, SPORT)), ("", text), language if known else None)

    assert found.section == "sport"


def test_names_of_sections_stand_for_topics_in_every_language() -> None:
    """Operators call their sections as their readers do."""
    assert topics_named("Wirtschaft") == topics_named("Économie") == topics_named("business") == ("business",)
    assert topics_named("Business & Tech") == ("business", "technology")
    assert topics_named("Aarburg") == ()


@given(
    title=st.text(max_size=80), text=st.text(max_size=400), language=st.sampled_from([None, *LANGUAGES, "ja"])
)
def test_any_text_gets_a_place_and_the_same_again(title: str, text: str, language: str | None) -> None:
    """Nothing that comes in can stop a build, and the same input gives the same edition."""
    chooser = Chooser(sections=(MONEY, SPORT))
    found = placed(chooser, (title, text), language)

    assert found == placed(chooser, (title, text), language)
    assert found.section in {"money", "sport", "more"}
    assert 0 <= found.confidence <= 1


def test_a_huge_text_is_read_in_bounds() -> None:
    """Only the first 8,000 characters count, so that a long text costs no more than a short one."""
    choices = Choices(names=("Business", "Sport"), learned=None)
    record = Record(title="a " * 200_000, text="goal-" * 80_000)

    assert choose(record, choices).section in {"Business", "Sport", ""}
