"""Names and topics become tags only when the text makes much of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from digest.collect.names import name_tags
from digest.collect.topic import find_topic
from digest.model import TagOrigin


def tags(title: str, *paragraphs: str, language: str | None = "en") -> list[str]:
    return [tag.name for tag in name_tags(title, paragraphs, language)]


def test_mentions_of_one_person_become_the_full_name() -> None:
    """An editor who asks for 'Ines Duarte' must get the article that says 'PM Duarte' in its title."""
    found = tags(
        "PM Duarte opens the bridge",
        "Prime Minister Ines Duarte opened the bridge. Dr Duarte walked across it.",
        "Duarte said it was long.",
    )

    assert "Ines Duarte" in found
    assert not {"Duarte", "PM Duarte", "Dr Duarte"} & set(found)


def test_two_people_of_one_surname_stay_apart() -> None:
    """'Brandt' alone can be either, so it is added to neither."""
    found = tags(
        "Ada Brandt and Olu Brandt meet",
        "Ada Brandt met Olu Brandt. Ada Brandt laughed, and Olu Brandt did, too.",
    )

    assert {"Ada Brandt", "Olu Brandt"} <= set(found)


def test_a_capital_counts_for_its_country_when_the_country_is_named() -> None:
    """'Paris has not replied' is about France, a marathon in Paris is about Paris."""
    state = tags(
        "France weighs a reply to Kenya", "France was asked. Paris has not replied. Nairobi waits for Paris."
    )
    city = tags(
        "Marathon in Paris", "The runners met in Paris. Paris was wet, and the runners of Paris were, too."
    )

    assert state[0] == "France"
    assert "Paris" not in state
    assert city[0] == "Paris"


def test_adjectives_count_for_the_country() -> None:
    """'Kenyan' in three sentences is Kenya."""
    found = tags(
        "A navy and its files", "The Kenyan navy has files. Kenyan officers keep them. Kenya is silent."
    )

    assert found[0] == "Kenya"


def test_an_adjective_before_a_name_counts_for_its_country_and_the_name_is_whole() -> None:
    """'Kenyan President Daniel Otieno' names a country and a person."""
    found = tags(
        "A letter",
        "Kenyan President Daniel Otieno wrote. Kenyan voters read it, and Daniel Otieno left Kenya.",
    )

    assert found == ["Kenya", "Daniel Otieno"]


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Prime Minister Ines Duarte", {"Ines Duarte"}),
        ("the Attorney General Pia Mertens", {"Pia Mertens"}),
        ("Port Commissioner Rafe Ostrander", {"Rafe Ostrander", "Port"}),
        ("the Supreme Court", {"Supreme Court"}),
        ("General Tugs", {"General Tugs"}),
        ("the Bank of Ostermark", {"Bank of Ostermark"}),
        ("New Quay", {"New Quay"}),
        ("Ludwig van der Velde", {"Ludwig van der Velde"}),
        ("NATO", {"NATO"}),
        ("Kenyan Daniel Otieno", {"Daniel Otieno", "Kenya"}),
        ("North Korean Premier Kim Tok Hun", {"Kim Tok Hun", "North Korea"}),
        ("I’m", set()),
        ("Monday", set()),
    ],
)
def test_titles_go_and_names_stay_whole(written: str, names: set[str]) -> None:
    """'Court' or 'Motors' alone would be no name."""
    found = tags(
        "A letter", f"Today {written} was seen. They say {written} was seen again, and {written} knew."
    )

    assert set(found) == names


def test_a_name_said_once_in_passing_is_no_tag() -> None:
    """Eight tags are few; they go to what the article is about."""
    assert tags("A quiet day", "The keeper slept. His cousin Rafe Ostrander did not.") == []


def test_words_that_merely_begin_a_sentence_are_no_names() -> None:
    """Every sentence begins with a capital."""
    assert tags("Boats wait", "Boats wait. Nobody knows why. Boats wait again. Nobody asks.") == []


def test_a_title_in_capitals_gives_no_names_of_its_own() -> None:
    """In 'Minister Promises Third Inquiry' every word has a capital."""
    found = tags(
        "Minister Promises Third Inquiry Into Harbour",
        "Aurel Dombrec announced an inquiry. Aurel Dombrec spoke of the inquiry twice.",
    )

    assert found == ["Aurel Dombrec", "inquiry"]


def test_a_title_in_capitals_adds_weight_to_names_of_the_text() -> None:
    """The title still tells which of the names the article is about."""
    found = tags(
        "Ines Duarte Opens The Harbour Bridge",
        "Rafe Ostrander was there, and so was Ines Duarte, for Rafe Ostrander had come early.",
        "Then Ines Duarte left.",
    )

    assert found[:2] == ["Ines Duarte", "Rafe Ostrander"]


def test_a_surname_goes_to_the_person_mentioned_most() -> None:
    """One stray namesake must not split the main person in two."""
    found = tags(
        "The case of Mr Brandt",
        "Ada Brandt spoke. Then Ada Brandt and Ada Brandt’s dog left. Olu Brandt stayed.",
    )

    assert found == ["Ada Brandt"]


def test_a_country_that_is_a_surname_goes_to_the_person() -> None:
    """Not every Jordan has borders."""
    found = tags("Mina Jordan wins", "Mina Jordan won. Jordan ran well, and Jordan smiled.")

    assert found == ["Mina Jordan"]


def test_there_are_at_most_eight() -> None:
    """A list of everybody at a conference is no help."""
    surnames = ("Abel", "Bond", "Carr", "Dunn", "Eden", "Ford", "Gray", "Hale", "Ives")
    people = " and ".join(f"Nora {name}" for name in surnames)

    assert len(tags("They met", f"{people} met.", f"{people} parted.")) == 8


def test_german_nouns_are_no_names() -> None:
    """All German nouns have capitals; only full names in mid-sentence are safe."""
    found = tags(
        "Die Kraniche bleiben",
        "Am Fluss zählte Henrike Solms die Vögel. Der Winter, sagte Henrike Solms, war mild.",
        "Junge Kraniche rasten. Junge Kraniche fressen Mais.",
        "In Japan sei der Kranich heilig, in Japan und bei Japan.",
        language="de",
    )

    assert found == ["Henrike Solms", "Japan"]


@pytest.mark.parametrize("language", ["ja", "ar", "ru", "he"])
def test_other_scripts_and_languages_give_none(language: str) -> None:
    """Where capitals do not mark names, a guess would be an invention."""
    assert tags("Nora Abel", "Nora Abel met Nora Abel.", language=language) == []


def test_all_are_marked_as_names() -> None:
    """An editor must see that nobody but the program said so."""
    found = name_tags("Kenya votes", ("Kenya votes today. Kenya is calm.",), "en")

    assert {tag.origin for tag in found} == {TagOrigin.NAME}


@pytest.mark.parametrize(
    ("title", "text", "topic"),
    [
        (
            "Town seeks answers on flooding",
            "The flooding of May was bad. After the flooding came mud.",
            "flooding",
        ),
        (
            "Court hears of abductions",
            "The abduction was long ago. Every abduction hurts; abductees said so.",
            "abductions",
        ),
        ("Mayor opens bridge", "A day in town. A dog. Nothing else.", None),
        ("People say many things", "The people say things. Many people say things.", None),
        ("Prices rise quickly", "It went quickly, the crowd said, quickly indeed.", None),
    ],
)
def test_the_topic_is_a_noun_of_the_title_that_recurs(title: str, text: str, topic: str | None) -> None:
    """What the title says once and the text never again is not what it is about."""
    assert find_topic(title, text, ()) == topic


def test_a_text_of_nothing_but_names_is_read_quickly(
    within: Callable[[float], AbstractContextManager[None]],
) -> None:
    """Lists of names are hostile to pairwise comparison."""
    text = " ".join(f"Nnn{number:x} Mmm{number:x} said." for number in range(20_000))

    with within(1.5):
        tags("Names", text)
