"""Summaries: the article's own sentences, the ones that tell it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Summary
from digest.summarise import split, summaries, summarise
from digest.summarise.dangling import leans

TITLE = "Mayor Ilse Brandt seeks talks with Nordlinie to bring the Sandholm ferry back"
PARAGRAPHS = (
    (
        "The mayor of Sandholm, Ilse Brandt, has made an unusual public plea to Karl Voss, the head of "
        "the shipping company Nordlinie, asking for a meeting in person to end the island’s longest "
        "quarrel — the ferry that stopped running in the storms of the 1990s."
    ),
    (
        "Nordlinie said in 2004 that it had sold 11 vessels because nobody paid for the crossing. The "
        "island, however, counts at least 16 — and many skippers think that some were never listed at "
        "all."
    ),
    (
        "Speaking on the quay at a day of remembrance, Mayor Brandt stressed her wish to close this "
        "chapter at last and to bring boats — and perhaps the young — back to the island."
    ),
    "“To give Sandholm a future, I am ready to meet Mr. Voss at any hour,” she said.",
    "So far, Nordlinie has not answered her letter.",
    (
        "This quarrel has shaped island life for decades. Former mayor Jens Holt crossed to Bremen twice "
        "— in 2005 and 2009 — and won the return of three boats. Nordlinie said the others were scrap, "
        "which islanders deny."
    ),
    "Brandt repeated what she wants clearly:",
    "“This is about roads over water. I will knock on every door. The ferry comes first.”",
    (
        "For people who have waited half their lives — some of them grown grey — her words bring new "
        "hope. And for all of us it is a reminder that timetables are not only figures — sometimes they "
        "are a promise."
    ),
    "Sometimes, a ship isn’t about steel — it’s about patience, courage, and never forgetting who waits.",
)
TEXT = "\n\n".join(PARAGRAPHS)


def shown(summary: Summary) -> list[str]:
    return [sentence.text for sentence in summary.sentences]


def test_the_facts_are_chosen_and_the_moral_is_not() -> None:
    """Who wants what, since when, and how many: that is the news; the sermon is not."""
    summary = summarise(TEXT, title=TITLE, language="en", sentences=3)

    assert summary.method == "weighted"
    assert len(summary.sentences) == 3
    assert len(summary.text.split()) <= 100
    for fact in ("Ilse Brandt", "Karl Voss", "meeting in person", "1990s", "11 vessels", "at least 16"):
        assert fact in summary.text
    for moral in ("Sometimes", "reminder", "patience"):
        assert moral not in summary.text


def test_every_sentence_has_its_place_in_the_text_and_the_terms_of_its_score() -> None:
    """'Why this sentence?' has an answer in figures."""
    first, second = summarise(TEXT, title=TITLE, language="en", sentences=2).sentences

    assert TEXT[first.start : first.end] == first.text == PARAGRAPHS[0]
    assert TEXT[second.start : second.end] == second.text
    terms = dict(first.terms)
    assert set(terms) >= {"position", "topic", "title", "length", "figures", "names"}
    assert terms["position"] == pytest.approx(1.19 - 0.26)
    assert terms["figures"] == pytest.approx(0.18)
    assert dict(first.terms)["matter"] > 0


def test_the_first_chosen_gains_by_what_it_introduces_and_the_next_does_not() -> None:
    """Who reads one sentence wants the one that names what the rest is about; the next tells more of it.

    Wardens, seahorses and Sandholm stand there first and come again; Bremen does not, and 'have' tells
    nothing.
    """
    told = "Wardens from Bremen have found the seahorses of Sandholm."
    text = (
        f"It rained all day on the quay. {told} "
        "The wardens have counted 14 seahorses near the ferry at Sandholm. Nobody on the ferry minds rain."
    )

    (alone,) = summarise(text, title="", language="en", sentences=1).sentences
    one, other = summarise(text, title="", language="en", sentences=2).sentences

    assert alone.text == one.text == told
    assert dict(alone.terms)["introduces"] == pytest.approx(3 * 0.11)
    assert dict(one.terms)["introduces"] == pytest.approx(2 * 3 * 0.11)
    assert "introduces" not in dict(other.terms)


@pytest.mark.parametrize("marks", ["“”", '""', "„“", "«»"])
def test_a_quotation_without_its_speaker_is_never_chosen(marks: str) -> None:
    """'The Sandholm ferry will sail on 12 May.' must not stand in a mail without a name."""
    text = (
        f"The mayor repeated her wish:\n\n{marks[0]}This is about the Sandholm ferry and Nordlinie. "
        f"The Sandholm ferry of Nordlinie will sail on 12 May 2027 to Bremen.{marks[1]} "
        "A crowd of some 300 people came to the quay on that cold evening. "
        "Some of them had brought lamps and old photographs from home."
    )

    summary = summarise(text, title="Sandholm ferry of Nordlinie to sail", language="en", sentences=2)

    assert shown(summary) == [
        "A crowd of some 300 people came to the quay on that cold evening.",
        "Some of them had brought lamps and old photographs from home.",
    ]


def test_a_quotation_that_nobody_closes_ends_with_its_paragraph() -> None:
    """A forgotten mark must not take the rest of the article away."""
    text = (
        "“The harbour was full on Monday, said a fisherman.\n\n"
        "The Sandholm ferry of Nordlinie sails again on 12 May.\n\nIt rains in Bremen and on the island too."
    )

    summary = summarise(text, title="Sandholm ferry sails again", language="en", sentences=1)

    assert shown(summary) == ["The Sandholm ferry of Nordlinie sails again on 12 May."]
    assert "quotation" not in dict(summary.sentences[0].terms)


@pytest.mark.parametrize(
    ("dateline", "kept"),
    [
        ("SANDHOLM, Nov 18 (Quay Wire) - ", ""),
        ("SANDHOLM, May 3 — ", ""),
        ("(Quay Wire) -- ", ""),
        ("(QW)", ""),
        ("NEW SANDHOLM, D.C. (QW) – ", ""),
        ("Port Sandholm, St. Ilse (QW)", ""),
        ("NATO said on Monday — and meant it — that ", "NATO said on Monday — and meant it — that "),
        ("NATO, Article 5 — ", "NATO, Article 5 — "),
        ("Sandholm (north) - ", "Sandholm (north) - "),
        ("Sandholm Quay Watch (SQW) said ", "Sandholm Quay Watch (SQW) said "),
        ("Sandholm Quay Watch (SQW) – the guard – said ", "Sandholm Quay Watch (SQW) – the guard – said "),
    ],
)
def test_a_dateline_is_no_part_of_the_first_sentence(dateline: str, kept: str) -> None:
    """An agency signs there; readers see the source below the item."""
    told = "The Sandholm ferry of Nordlinie sails again on 12 May."
    text = f"{dateline}{told} It rains in Bremen and on the island. Nobody on the quay minds the rain."

    (first,) = summarise(text, title="Sandholm ferry sails again", language="en", sentences=1).sentences

    assert first.text == kept + told == text[first.start : first.end]


def test_a_pronoun_early_in_a_sentence_leans_on_the_one_before() -> None:
    """'In the first year she counted 37' is nothing without her."""
    text = (
        "The cranes of Sandholm stay for the winter, a count by Renate Oldehoff has found. "
        "In the first year she counted 37 of them on the fields of Sandholm. "
        "Fields of maize feed the cranes of Sandholm until the end of March."
    )

    assert shown(summarise(text, title="Cranes stay on Sandholm", language="en", sentences=1)) == [
        "The cranes of Sandholm stay for the winter, a count by Renate Oldehoff has found."
    ]
    both = shown(summarise(text, title="Cranes counted on Sandholm fields", language="en", sentences=2))
    assert ("she counted" in both[1]) == ("Renate" in both[0])


def test_a_first_sentence_that_keeps_its_name_for_later_gives_way() -> None:
    """'They should have been gone by now' makes a reader wait for a word that a mail does not have."""
    text = (
        "They should have been gone long before the frost. "
        "Some 4,200 cranes were still standing on the fields of Sandholm on Monday. "
        "A count by Renate Oldehoff found 37 of them in the first year."
    )

    assert shown(summarise(text, title="Cranes stay on Sandholm", language="en", sentences=1)) == [
        "Some 4,200 cranes were still standing on the fields of Sandholm on Monday."
    ]


def test_a_name_before_it_is_not_what_it_stands_for() -> None:
    """'Ada Wells covered it with wax' leaves a reader asking what."""
    text = (
        "The crickets of Sandholm keep time by foot, a group in Bremen has found. "
        "Each hears with a membrane on its foreleg. "
        "Ada Wells covered it with wax in 48 crickets of Sandholm and set each beside a singing one. "
        "The crickets kept time all the same, and nobody in the group had expected that of them."
    )

    (alone,) = shown(summarise(text, title="Crickets of Sandholm", language="en", sentences=1))

    assert alone == "The crickets of Sandholm keep time by foot, a group in Bremen has found."
    assert leans("Ada Wells covered it with wax.", "en") > 0
    assert leans("Ada Wells said it would rain.", "en") == 0


def test_fewer_sentences_come_when_the_text_has_no_more_that_are_fit() -> None:
    """A weak sentence is not better than none."""
    text = (
        "Too short. The Sandholm ferry of Nordlinie sails again on 12 May. Read more here today "
        "please. No stop"
    )

    assert shown(summarise(text, title="", language="en", sentences=3)) == [
        "The Sandholm ferry of Nordlinie sails again on 12 May."
    ]


def test_a_sentence_that_leans_on_another_comes_with_it_or_not_at_all() -> None:
    """'He' is nobody when the sentence that names him is missing."""
    text = (
        "The council of Sandholm met on Monday to speak about the new harbour. "
        "It was raining outside the hall in the late afternoon when they began. "
        "He told the council of Sandholm that the harbour would cost 12 million crowns. "
        "The council of Sandholm will vote on the harbour next Friday in the old town hall."
    )

    chosen = shown(summarise(text, title="Sandholm council weighs harbour", language="en", sentences=2))

    assert chosen == [
        "The council of Sandholm met on Monday to speak about the new harbour.",
        "The council of Sandholm will vote on the harbour next Friday in the old town hall.",
    ]


def test_boilerplate_is_never_chosen() -> None:
    """Agencies sign their reports; readers need not know."""
    text = (
        "Anna Berg and Per Lund in Sandholm contributed to this report on the Sandholm ferry. "
        "Sign up for the Sandholm ferry newsletter to read more of the Sandholm ferry in the morning. "
        "The Sandholm ferry will sail again from 1 May after eleven years on dry land. "
        "Tickets for the ferry cost 14 crowns and are sold on the quay from Monday."
    )

    assert shown(summarise(text, title="Sandholm ferry sails again", language="en", sentences=2)) == [
        "The Sandholm ferry will sail again from 1 May after eleven years on dry land.",
        "Tickets for the ferry cost 14 crowns and are sold on the quay from Monday.",
    ]


def test_three_long_sentences_give_way_to_shorter_ones() -> None:
    """Three sentences are a hundred words at most when the text allows it."""
    fillers = ("red boats sail slowly east", "old ropes hang dry above", "cold rain falls hard below")
    long = [f"The Sandholm ferry of Nordlinie {f'{filler} ' * 7}on 12 May." for filler in fillers]
    short = "Some people waited for hours outside."

    summary = summarise(" ".join([*long, short]), title="Sandholm ferry", language="en", sentences=3)

    assert [len(each.split()) for each in (*long, short)] == [43, 43, 43, 6]
    assert shown(summary) == [long[0], long[1], short]


def test_a_budget_of_words_is_kept() -> None:
    """A narrow column has room for so many words, whatever the number of sentences."""
    for words in (50, 66, 70, 120):
        summary = summarise(TEXT, title=TITLE, language="en", sentences=3, words=words)

        assert summary.sentences
        assert len(summary.text.split()) <= words


def test_a_first_sentence_longer_than_the_budget_comes_alone() -> None:
    """One sentence too long is better than an item that says nothing."""
    long = (
        "The Sandholm ferry of Nordlinie sails again on 12 May after eleven long years in the port of Bremen."
    )

    summary = summarise(f"{long} {long}", title="", language="en", sentences=2, words=10)
    whole = summarise(f"{long} {long}", title="", language="en", sentences=2)

    assert shown(summary) == [long]
    assert shown(whole) == [long, long]


def test_three_lengths_at_once_are_what_each_is_alone() -> None:
    """The command that shows them side by side must not show others than the mail."""
    for text, language in (
        (TEXT, "en"),
        (TEXT, None),
        ("船は来た。港は静かだった。人々は待った。", None),
        ("", None),
    ):
        alone = [summarise(text, title=TITLE, language=language, sentences=count) for count in (1, 2, 3)]

        assert list(summaries(text, title=TITLE, language=language)) == alone


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("船は来た。港は静かだった。人々は待った。", "Japanese (ja)"),
        ("船来了。港口很安静。人们等着。", "Chinese (zh)"),
        ("배가 왔다. 항구는 조용했다. 사람들은 기다렸다.", "Korean (ko)"),
        ("Паром пришёл. Порт спал. Люди ждали.", "Russian (ru)"),
        ("وصلت السفينة. كان الميناء هادئا. انتظر الناس.", "Arabic (ar)"),
        ("הספינה הגיעה. הנמל היה שקט. אנשים חיכו.", "Hebrew (he)"),
        ("Το πλοίο ήρθε. Το λιμάνι κοιμόταν. Ο κόσμος περίμενε.", "Greek (el)"),
    ],
)
def test_a_script_tells_the_language_of_a_text_that_has_none(text: str, name: str) -> None:
    """Its stops and abbreviations are then the right ones."""
    summary = summarise(text, title="", language=None, sentences=1)

    assert summary.note == f"no method for {name}: the first sentences stand in"
    assert len(summary.sentences) == 1
    assert len(summary.text) < len(text) / 2


def test_a_short_text_is_shown_whole() -> None:
    """Choosing two of two sentences is no choice."""
    summary = summarise("It rains. Take a coat:", title="", language="en", sentences=2)

    assert (summary.method, shown(summary), summary.note) == ("whole", ["It rains.", "Take a coat:"], None)


def test_an_empty_text_has_an_empty_summary() -> None:
    """A picture without words is still an item."""
    summary = summarise(" \n\n ", title="Ferry", language="en", sentences=2)

    assert (summary.method, summary.sentences) == ("whole", ())


@pytest.mark.parametrize(
    ("language", "text", "note"),
    [
        (
            "ja",
            "船は来た。港は静かだった。人々は待った。",
            "no method for Japanese (ja): the first sentences stand in",
        ),
        (
            "zh-Hant",
            "船來了。港口很安靜。人們等著。",
            "no method for Chinese (zh): the first sentences stand in",
        ),
        (
            "ru",
            "Паром пришёл. Порт спал. Люди ждали.",
            "no method for Russian (ru): the first sentences stand in",
        ),
        (
            "ar",
            "وصلت السفينة. كان الميناء هادئا. انتظر الناس.",
            "no method for Arabic (ar): the first sentences stand in",
        ),
        (
            "he",
            "הספינה הגיעה. הנמל היה שקט. אנשים חיכו.",
            "no method for Hebrew (he): the first sentences stand in",
        ),
        (
            "sv",
            "Färjan kom. Hamnen sov. Alla väntade.",
            "no method for the language 'sv': the first sentences stand in",
        ),
        (None, "Xa ybu zo. Qir mo ta. Wen ak li.", "the language is not known: the first sentences stand in"),
    ],
)
def test_languages_without_a_method_get_their_first_sentences(
    language: str | None, text: str, note: str
) -> None:
    """The first sentences are honest; English rules on Arabic are not."""
    summary = summarise(text, title="", language=language, sentences=2)

    first, second = split(text, language)[:2]
    assert shown(summary) == [text[first.start : first.end], text[second.start : second.end]]
    assert (summary.method, summary.note) == ("lead", note)


@pytest.mark.parametrize(
    ("count", "chosen"),
    [(1, ["وقال:", "نعم."]), (2, ["وقال:", "نعم."]), (3, ["وقال:", "نعم.", "ثم ذهب."])],
)
def test_a_first_sentence_that_ends_in_a_colon_brings_the_next(count: int, chosen: list[str]) -> None:
    """'He said:' says nothing."""
    text = "وقال:\n\nنعم. ثم ذهب.\n\nوأضاف:\n\nلا."

    assert shown(summarise(text, title="", language="ar", sentences=count)) == chosen


def test_a_colon_at_the_end_of_the_first_sentences_stays_out() -> None:
    """What comes after it did not fit."""
    text = "نعم.\n\nوقال:\n\nلا. ثم ذهب."

    assert shown(summarise(text, title="", language="ar", sentences=2)) == ["نعم."]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Die Fähre nach Sandholm fährt ab Mai wieder, sagte die Reederei am Montag in Bremen. "),
        ("fr", "Le ferry de Sandholm reprendra la mer en mai, a dit la compagnie lundi dans un port. "),
        ("es", "El transbordador de Sandholm volverá en mayo, dijo la empresa en el puerto de la isla. "),
        ("it", "Il traghetto di Sandholm torna a maggio, ha detto la società nel porto della città. "),
        ("pt", "A balsa de Sandholm volta em maio, disse a empresa no porto da ilha para os moradores. "),
        (
            "nl",
            "De veerboot naar Sandholm vaart in mei weer, zei de rederij in de haven van het eiland. ",
        ),
        (
            "en",
            "The ferry to Sandholm sails again in May, said the company on Monday in the port of Bremen. ",
        ),
    ],
)
def test_seven_languages_are_weighed_also_when_nobody_names_them(language: str, text: str) -> None:
    """A pasted page carries no language."""
    other = text.replace("Sandholm", "Bornum")

    named = summarise(text + other + text, title="", language=language, sentences=1)
    guessed = summarise(text + other + text, title="", language=None, sentences=1)

    assert named == guessed
    assert named.method == "weighted"


def test_a_text_without_a_fit_sentence_gets_its_first_ones_cut_to_size() -> None:
    """A page without a single stop must not become the whole mail."""
    text = "word " * 5_000

    summary = summarise(text, title="", language="en", sentences=2)

    assert (summary.method, len(summary.sentences)) == ("lead", 1)
    assert summary.text == ("word " * 80).strip()
    assert summary.note == "no sentence is fit to stand alone: the first ones stand in"


def test_a_long_word_is_cut_where_no_boundary_is() -> None:
    """Scripts without spaces have no boundary to cut at."""
    assert len(summarise("港" * 5_000, title="", language="ja", sentences=1).text) == 400


@pytest.mark.parametrize(
    "text",
    [
        "AAA" + ".A" * 50_000,
        "AAA " + "A " * 50_000,
        "(" * 100_000,
        "“" * 100_000 + " a. B",
        "A (b c d e. " * 20_000,
        "‘ " * 100_000,
        "!" + " 🎉" * 50_000 + " A",
        ", he " * 50_000,
        "a " * 100_000 + "\n" + "B c\n" * 2_000,
        "x. 4 The " * 20_000,
    ],
    ids=[
        "initials",
        "capitals",
        "brackets",
        "quotation marks",
        "open brackets",
        "single marks",
        "pictures",
        "pronouns",
        "lines",
        "figures",
    ],
)
def test_hostile_texts_cost_seconds_at_most(
    text: str, within: Callable[[float], AbstractContextManager[None]]
) -> None:
    """An article can cost itself, never the edition."""
    with within(3):
        summarise(text, title=text[:300], language="en", sentences=3)


def test_a_hundred_articles_take_a_second_or_two(
    within: Callable[[float], AbstractContextManager[None]],
) -> None:
    """An edition's summaries must not keep an editor waiting."""
    text = "\n\n".join(PARAGRAPHS * 2)

    with within(3):
        for _ in range(100):
            summarise(text, title=TITLE, language="en", sentences=3)


@given(
    st.lists(st.sampled_from([*PARAGRAPHS, "***", "Sure:", "Ja. “", "(CNN)", "2 3 4."]), max_size=8).map(
        "\n\n".join
    )
    | st.text(),
    st.sampled_from(["en", "de", "ja", None]),
    st.integers(1, 3),
)
def test_a_summary_holds_only_what_the_text_says(text: str, language: str | None, count: int) -> None:
    """Sentences stand in text order, word for word, and not more of them than asked for."""
    summary = summarise(text, title=TITLE, language=language, sentences=count)

    assert len(summary.sentences) <= max(count, 2)
    assert [each.text for each in summary.sentences] == [
        text[each.start : each.end] for each in summary.sentences
    ]
    assert sorted(each.start for each in summary.sentences) == [each.start for each in summary.sentences]
    assert bool(summary.sentences) == bool(text.strip())
    assert summary == summarise(text, title=TITLE, language=language, sentences=count)
