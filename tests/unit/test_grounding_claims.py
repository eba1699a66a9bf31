"""The gate on claims that stand in an article in another form, and on those that only seem to stand there."""

from __future__ import annotations

import pytest

from digest.summarise.grounding import SentenceVerdict, ground
from digest.summarise.grounding.facts import facts_of, words_of
from digest.summarise.grounding.roles import Roles, describes
from digest.summarise.grounding.source import Source

ARTICLE = (
    "The Harbour Board of Vellmouth opened a ferry to Saint-Cloud Castle on Monday. Ilse Brandt steered the "
    "ferry, and Omar Said of the Republican Party thanked her. The crossing takes 412 minutes, and 97 people "
    "were on board. Seventy-nine others waited for more than thirty years, she said. “It was a long winter. "
    "We sang on the quay,” Said told the crowd in Pennsylvania.\n\n"
    "A Belgian engineer, Piet Maes, had drawn the ferry in Antwerp. The old one sank alone near Dunmore in "
    "2004. Judge Anna Quist has a house in Dunmore."
)
ESSAY = (
    "I think that the ferry to Vellmouth comes late. My neighbours waited for it for years, and the Harbour "
    "Board never answered our letters. A bridge would have cost less than the ferry does."
)


def judge(sentence: str, article: str = ARTICLE, byline: str | None = "") -> str:
    """Return what is found against a sentence, as one text."""
    return "; ".join(judge_all([sentence], article, byline)[0].reasons)


def judge_all(sentences: list[str], article: str, byline: str | None) -> tuple[SentenceVerdict, ...]:
    """Judge the sentences of one summary."""
    return ground(article, title="", byline=byline, sentences=sentences, language="en")


@pytest.mark.parametrize(
    "sentence",
    [
        "The Harbour Board of Vellmuoth opened a ferry.",
        "The Harbor Board of Vellmouth opened a ferry.",
        "The GOP's Omar Said thanked Ilse Brandt.",
        "The ferry goes to the SCC.",
        "Omar Said told the crowd in Pa. that it was a long winter.",
        "Piet Maes of Belgium had drawn the ferry.",
        "Sen. Omar Said thanked Ilse Brandt.",
        "Justice Anna Quist has a house in Dunmore.",
        "The Judge has a house in Dunmore.",
    ],
)
def test_names_may_stand_in_another_form(sentence: str) -> None:
    """Misspelt, abbreviated, as a country and its people; a title may be new."""
    assert judge(sentence) == ""


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("Omar Crossings thanked Ilse Brandt.", ""),
        ("The ferry was steered by Ilse Alonso.", "Ilse Alonso"),
        ("The ferry was steered by Ilse Brandy.", "Ilse Brandy"),
        ("The ferry to Mulhouse was opened on Monday.", "Mulhouse"),
        ("Ilse Brandt called the ferry 'Parliament' on Monday.", "Parliament"),
        ("On Monday Gen opened a ferry.", "Gen"),
        ("On Monday Rosa Karvonen opened a ferry.", "Rosa Karvonen"),
        ("On Monday Harbourne opened a ferry.", "Harbourne"),
        ("The ferry went from Sheriff to Vellmouth on Monday.", "Sheriff"),
        ("Omar Said told the crowd in America that it was a long winter.", "America"),
    ],
)
def test_names_only_like_a_word_of_the_article_are_foreign(sentence: str, name: str) -> None:
    """'Alonso' is no form of 'alone', a short word with another letter is another name, 'Gen.' is nobody."""
    found = judge(sentence)

    assert f"the name '{name}'" in found if name else found


@pytest.mark.parametrize(
    "sentence",
    [
        "Seventy nine others waited for three decades.",
        "The crossing takes more than 400 minutes.",
        "The crossing takes at least 410 minutes.",
        "Nearly 100 people were on board.",
        "Some 410 minutes is what the crossing takes.",
        "Almost 80 others waited.",
    ],
)
def test_numbers_may_be_rounded_the_way_they_say(sentence: str) -> None:
    """412 is more than 400, 97 is nearly 100."""
    assert judge(sentence) == ""


@pytest.mark.parametrize(
    ("sentence", "number"),
    [
        ("The crossing takes less than 400 minutes.", "400"),
        ("The crossing takes more than 420 minutes.", "420"),
        ("The crossing takes 410 minutes.", "410"),
        ("More than 100 people were on board.", "100"),
        ("Nearly 90 people were on board.", "90"),
        ("Nearly 110 people were on board.", "110"),
        ("Seventy eight others waited.", "Seventy eight"),
    ],
)
def test_numbers_rounded_the_other_way_are_wrong(sentence: str, number: str) -> None:
    """A word that says which way has to be right; without one a number is exact."""
    assert judge(sentence) == f"the number '{number}'"


def test_quotations_may_join_sentences_and_name_works() -> None:
    """People quote two sentences as one; marks around a title say nothing about who spoke."""
    assert judge("Said told the crowd: “It was a long winter. We sang on the quay.”") == ""
    assert judge("Said told the crowd: “It was a long winter, we sang on the quay.”") == ""
    assert "the quotation" in judge("Said told the crowd: “It was a long summer. We sang on the quay.”")
    assert "the quotation" not in judge("Said told the crowd of “The Harbour of Vellmouth” on the quay.")


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("Ilse Quist told the crowd that it was a long winter.", "Ilse Quist"),
        ("Piet Said steered the ferry.", "Piet Said"),
        ("Dunmore has a house in Dunmore.", "Dunmore"),
        ("The old ferry sank near Maes in 2004.", "Maes"),
    ],
)
def test_names_have_to_stand_as_the_article_has_them(sentence: str, name: str) -> None:
    """A first name joined with another's surname, a person where a place should be."""
    assert f"the name '{name}' is told of something else" in judge(sentence)


def test_an_ordinary_word_may_be_large_where_the_article_has_it() -> None:
    """The same company, or marks around a work's name, or a headline: it is spelling and no new name."""
    assert judge("Ilse Brandt steered the ferry to Winter on Monday.") == "the name 'Winter'"
    assert judge("The crossing of the Ferry to the castle takes 412 minutes.") == ""
    assert "Winter" not in judge('Said told the crowd in Pennsylvania of "A dark Winter".')
    assert "the name 'Winter'" not in judge("Ilse Brandt and the Board Told of Winter and the Ferry.")


def test_people_of_a_calling_begin_sentences_and_name_nobody() -> None:
    """'Oarsmen' is no name, though no list has it."""
    assert "the name" not in judge("Oarsmen waited for more than thirty years.")


def test_a_country_is_looked_up_in_all_its_spellings() -> None:
    """'America' stands where the article has 'U.S.', and is out of place where that is far off."""
    article = (
        "Ilse Brandt steered the ferry from Vellmouth to Dunmore with 97 people on board, and Omar Said "
        "thanked her on the quay. The board of the harbour met on Monday. It has no money for a bridge.\n\n"
        "The engine came from a yard in the U.S. that closed long ago."
    )

    assert judge("The engine of the ferry came from a yard in America.", article) == ""
    assert "'America' is told of something else" in judge("America steered the ferry to Dunmore.", article)


def test_a_small_word_is_no_country() -> None:
    """'us' is not the US."""
    assert "'America'" in judge(
        "The board of Vellmouth thanked America.", "The board of Vellmouth thanked us."
    )
    assert judge("The board of Vellmouth thanked America.", "The board of Vellmouth thanked the US.") == ""


@pytest.mark.parametrize(
    ("name", "torn"),
    [("George Quist", False), ("Ada Lovelace", False), ("George Maes", True), ("Ada Maes", True)],
)
def test_a_name_may_be_told_without_its_middle(name: str, torn: bool) -> None:
    """Nicknames and initials stand between a first name and the last; other words do not."""
    article = (
        'George "The Anchor" Quist steered the ferry to Dunmore. Ada B. Lovelace drew it with Piet Maes.'
    )
    source = Source(article, (), "en")
    sentence = f"The captain was {name}."
    tokens = words_of(sentence)
    (fact,) = facts_of(sentence, tokens, "en", source.is_name)

    assert Roles(source).is_torn(tokens, fact)[0] is torn


def test_who_has_something_is_a_name_apart() -> None:
    """Of 'Vellmouth's Ilse Brandt' both are looked up, and only what is foreign is named."""
    assert judge("Vellmouth's Ilse Brandt steered the ferry.") == ""
    assert judge("Dunholm's Ilse Brandt steered the ferry.") == "the name 'Dunholm's'"


@pytest.mark.parametrize(
    ("sentence", "described"),
    [
        ("The race was won by Dunmore, Antwerp and Kiel.", ["Dunmore", "Antwerp", "Kiel"]),
        ("The race was won by Dunmore and Antwerp.", []),
        ("The race was won by Dunmore, says Antwerp of Kiel.", []),
        ("The race was won by an Italian rower.", ["Italian"]),
        ("The race was won by an Italian.", []),
    ],
)
def test_what_describes_need_not_stand_in_place(sentence: str, described: list[str]) -> None:
    """Names of a list are told of apart in an article; 'the Italian rower' has a name there."""
    tokens = words_of(sentence)
    facts = facts_of(sentence, tokens, "en", str.istitle)

    assert [fact.shown for fact in facts if describes(sentence, tokens, facts, fact)] == described


def test_names_suit_places_like_their_own() -> None:
    """Dunmore stands after 'near' and 'in', and people never do; before a verb it is the other way."""
    source = Source(ARTICLE, (), "en")
    roles = Roles(source)

    def suits(sentence: str, name: str) -> float:
        tokens = words_of(sentence)
        claim = next(fact for fact in facts_of(sentence, tokens, "en", source.is_name) if fact.kind == "name")
        return roles.suits(sentence, tokens, claim, source.claims[f"name {name}"][0][0])

    assert suits("They waited in Dunmore.", "dunmore") > 0 > suits("They waited in Said.", "said")
    assert suits("There Said was heard.", "said") > suits("There Dunmore was heard.", "dunmore")


def test_who_wrote_an_article_may_speak_where_no_byline_is_known() -> None:
    """Collections of articles often come without; the essay itself never says the author's name."""
    sentence = "Kohlmar Vanterpool: The ferry to Vellmouth comes late."

    assert judge(sentence, ESSAY, None) == ""
    assert "Kohlmar Vanterpool" in judge(sentence, ESSAY, "Ada Lovelace")
    assert judge("A bridge would have cost less, says Kohlmar Vanterpool.", ESSAY, None) == ""
    assert judge("Vanterpool: The ferry to Vellmouth comes late.", ESSAY, None) == ""


@pytest.mark.parametrize(
    "sentence",
    [
        "England: The ferry to Vellmouth comes late.",
        "London: The ferry to Vellmouth comes late.",
        "Cold War: The ferry to Vellmouth comes late.",
        "A bridge would have cost less, says Vanterpool.",
        "The letters of Kohlmar Vanterpool were never answered.",
    ],
)
def test_not_every_name_before_a_colon_is_an_author(sentence: str) -> None:
    """Places, well-known words, and whoever does more than speak."""
    assert "the name" in judge(sentence, ESSAY, None)


REPORT = (
    "The ferry to Vellmouth comes late, the board said. It will be mended, the mayor told the crowd. "
) * 20
COMMENT = (
    "The ferry to Vellmouth comes late. A bridge would have cost less than the ferry does every year. "
) * 20


def test_a_report_has_no_author_who_speaks() -> None:
    """It says every few words who said so; a comment says it of nobody."""
    sentence = "Kohlmar Vanterpool: The ferry to Vellmouth comes late."

    assert judge(sentence, COMMENT, None) == ""
    assert judge("A bridge would have cost less, says Kohlmar Vanterpool.", COMMENT, None) == ""
    assert "Kohlmar Vanterpool" in judge(sentence, REPORT, None)


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("Grant Johnson: The ferry to Vellmouth comes late.", ""),
        ("Popular singer Kohlmar Vanterpool says the ferry to Vellmouth comes late.", ""),
        ("The Kohlmar Vanterpool ferry: A bridge would have cost less.", "Kohlmar Vanterpool"),
    ],
)
def test_authors_speak_alone(sentence: str, name: str) -> None:
    """A first name may be a word as well; a label that holds more than names says what it is about."""
    found = judge(sentence, ESSAY, None)

    assert found == (f"the name '{name}'" if name else "")


def test_who_says_i_may_be_told_by_name_anywhere() -> None:
    """She names herself once, and what she tells is hers."""
    article = (
        f"{ESSAY} Rosa Karvonen rowed over the river to Dunmore for thirty winters. The quay is empty. {{}}"
    )
    sentence = "Ilse Brandt rowed over the river to Dunmore for thirty winters."

    assert judge(sentence, article.format("I am Ilse Brandt."), None) == ""
    assert "'Rosa Karvonen' stands there" in judge(sentence, article.format("Nobody sees Ilse Brandt."), None)


def test_surnames_of_authors_follow_their_full_name() -> None:
    """A summary introduces who speaks; another surname in it is somebody from nowhere."""
    first = "Kohlmar Vanterpool: The ferry to Vellmouth comes late."
    second = "A bridge would have cost less, says {}."

    _, known = judge_all([first, second.format("Vanterpool")], ESSAY, None)
    _, foreign = judge_all([first, second.format("Rasmunder")], ESSAY, None)

    assert known.ok
    assert foreign.reasons == ("the name 'Rasmunder'",)


def test_figures_of_an_event_are_its_name() -> None:
    """9/11 is said of what articles call the attacks, or September 11."""
    article = "The remains of two victims of the attacks of September 11 were named on Tuesday in Vellmouth."

    assert judge("The remains of two victims of 9/11 were named on Tuesday.", article) == ""


def test_novelty_is_what_no_one_sentence_holds() -> None:
    """Of three pairs a sentence holds one, of four words two in order: 1 - 1/3 * 1/2."""
    article = "One two three four. Five six seven eight."
    copied, joined, new = judge_all(["Five six seven.", "One two seven eight.", "Nine ten."], article, "")

    assert copied.novelty == 0
    assert joined.novelty == pytest.approx(5 / 6)
    assert new.novelty == 1


@pytest.mark.parametrize("joined", ["NATO-s", "CPU-s", "HARBOUR-S"])
def test_hyphened_endings_are_no_words(joined: str) -> None:
    """Inflected abbreviations, of Hungarian for one, leave nothing after their hyphen to compare with."""
    article = f"The {joined} board opened a ferry in Vellmouth on Monday."

    assert judge("Centurion opened a ferry in Vellmouth on Monday.", article) == "the name 'Centurion'"


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("Thailand", "Thai"),
        ("Peru", "Peruvian"),
        ("Congo", "Congolese"),
        ("Togo", "Togolese"),
        ("Panama", "Panamanian"),
        ("Scotland", "Scots"),
        ("Kazakhstan", "Kazakh"),
        ("Swaziland", "Swazi"),
        ("Kosovo", "Kosovar"),
        ("Bosnia", "Bosniak"),
        ("Spaniards", "Spain's"),
        ("Quebec", "Quebecois"),
        ("Brexit", "Brexiteers"),
        ("Christian", "Christianity"),
        ("Buddhist", "Buddhism"),
        ("Communist", "Communism"),
        ("Marxist", "Marxism"),
        ("Islamist", "Islamism"),
        ("Olympics", "Olympian"),
        ("Dickens", "Dickensian"),
        ("Yorkshire", "Yorkshireman"),
    ],
)
def test_peoples_and_creeds_stand_for_where_they_come_from(told: str, name: str) -> None:
    """And the other way round."""
    assert judge(f"They wrote of {name} quays.", f"They wrote of {told} quays.") == ""
    assert judge(f"They wrote of {told} quays.", f"They wrote of {name} quays.") == ""


@pytest.mark.parametrize(
    ("told", "name"),
    [("Congress", "Congo"), ("Nova", "Novak"), ("Martin", "Martinez"), ("Peter", "Petersen")],
)
def test_names_that_only_begin_alike_are_others(told: str, name: str) -> None:
    """'Congo' is no 'Congress'."""
    assert f"the name '{name}'" in judge(f"They wrote of {name}.", f"They wrote of {told}.")
