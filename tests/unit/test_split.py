"""Sentences: where they end, in seven languages and in scripts without spaces."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.summarise import split


def pieces(text: str, language: str | None = "en") -> list[str]:
    return [text[span.start : span.end] for span in split(text, language)]


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ["Mr. Smith met U.S. officials on Monday.", "They talked at 5 p.m. Monday."]),
        ("en", ["He moved to the U.S.", "The town is small."]),
        ("en", ["The U.S. Navy came at 9 a.m.", "It left soon."]),
        ("en", ["It is No. 7 on the list.", "The answer was no.", "Nobody asked twice."]),
        ("en", ["J. K. Marlow paid $3.5 million.", "So did I.", "They won."]),
        ("en", ["Dr. Jane A. Brown Jr. of Acme Inc. said so.", "She left St. Paul in Jan. 2019."]),
        ("en", ["“We left.”", "She stayed (for now).", "(It was late.)", "Then it rained."]),
        ("en", ["“Why now?” she asked.", "“Why us?” Ms. Hale asked.", "Nobody knew!", "Really?!", "Yes…"]),
        ("en", ["They waited ... and waited.", "Then silence...", "Nothing."]),
        ("en", ["The vote (see fig. 3) was close, e.g. in Ohio.", "It passed 5-4."]),
        ("en", ["The (then U.S.) Army came.", "It stayed until 1805.[6]", "A student left."]),
        ("en", ["1. Introduction to ferries", "It works at example.com/a.b?c=d and costs 1.50."]),
        ("en", ["He wrote to iPhone makers.", "iPhone makers wrote back."]),
        (
            "de",
            [
                "Am 3. Oktober kam Dr. Müller z. B. nach Köln.",
                "Der 2. Weltkrieg endete 1945.",
                "Es war still.",
            ],
        ),
        (
            "de",
            [
                "„Das reicht.“",
                "Er kostet ca. 5 Mio. Euro, d. h. viel.",
                "Das sind Zahlen usw.",
                "Die stimmen.",
            ],
        ),
        ("fr", ["M. Dupont habite av. Foch.", "« C'est fini. »", "Il est parti à 5 h."]),
        ("es", ["El Sr. García llegó a EE. UU. ayer.", "¿Qué pasó?", "¡Nada!", "La Dra. López lo dijo."]),
        ("it", ["Il dott. Rossi e la sig.ra Bianchi arrivano.", "È tardi."]),
        ("pt", ["O Sr. Silva mora na Av. Paulista, p. ex. ali.", "É longe."]),
        ("nl", ["Dhr. Jansen woont bijv. in Amsterdam.", "Het regent."]),
        ("ru", ["Г. Иванов приехал.", "Это всё."]),
        ("ar", ["ذهب د. أحمد إلى السوق.", "هل عاد؟", "نعم."]),
        ("hi", ["वह आया।", "वह गया।"]),
    ],
)
def test_sentences_end_where_readers_say(language: str, sentences: list[str]) -> None:
    """A summary that stops at 'Mr.' is the first thing a reader laughs at."""
    separator = "\n\n" if sentences[0].startswith("1. ") else " "

    assert pieces(separator.join(sentences), language) == sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["今日は晴れです。", "明日は雨です。"],
        ["「行きます。必ず行きます。」と彼は言った。", "終わり。"],
        ["市長は「延期します。」と述べた。", "船は出ない！"],
        ["他来了。", "“你好吗？”", "她问。", "很好！"],
        ["他说：「走吧。现在走。」", "他们走了。"],
        ["開いた「括弧。", "続き。"],
        ["「『甲。』乙。」と言った。", "終。"],
    ],
)
@pytest.mark.parametrize("separator", ["", " "])
def test_wide_stops_end_sentences_with_and_without_white_space(sentences: list[str], separator: str) -> None:
    """Chinese and Japanese put no space after a stop, pasted text sometimes does."""
    assert pieces(separator.join(sentences), "ja") == sentences


def test_an_empty_line_ends_a_sentence_and_a_single_line_end_does_not() -> None:
    """Headings have no stop; wrapped lines have no end."""
    text = "A heading\n \nOne line\nand the next.\r\n\r\nLast words"

    assert pieces(text) == ["A heading", "One line\nand the next.", "Last words"]


def test_pieces_without_a_word_stay_with_the_sentence_before() -> None:
    """Dots alone are no sentence."""
    assert pieces("It ended. … It began.") == ["It ended. …", "It began."]


def test_region_and_case_of_the_language_do_not_matter() -> None:
    """Feeds write de-AT and DE."""
    text = "Er kam am 3. Oktober. Es war kalt."

    assert pieces(text, "DE-at") == ["Er kam am 3. Oktober.", "Es war kalt."]
    assert pieces(text, None) == ["Er kam am 3.", "Oktober.", "Es war kalt."]


@pytest.mark.parametrize("text", ["", "  \n\n ", "\u3000"])
def test_a_text_of_nothing_has_no_sentences(text: str) -> None:
    """An empty document is not an error here."""
    assert split(text, "en") == ()


@pytest.mark.parametrize(
    "text",
    [
        "." * 200_000 + "x",
        ". " * 100_000,
        '." ' * 60_000,
        "「" * 100_000 + "。" * 100_000,
        "「。」" * 60_000,
        "a" * 200_000 + ". B",
        "\n" * 100_000 + " \n" * 50_000 + "x",
        "A! " + "(" * 200_000,
    ],
    ids=["stops", "spaced stops", "quotes", "open brackets", "bracket pairs", "one word", "lines", "openers"],
)
def test_hostile_texts_cost_linear_time(
    text: str, within: Callable[[float], AbstractContextManager[None]]
) -> None:
    """One article must not hold up the edition."""
    with within(2):
        split(text, "ja")


_TEXTS = (
    st.text(alphabet=st.sampled_from(list("aB1 .!?…\"”“»()[]。「」と\n\t\u3000'’-")), max_size=60) | st.text()
)


@given(_TEXTS, st.sampled_from(["en", "de", "ja", None]))
def test_spans_are_ordered_and_cover_all_that_is_not_white_space(text: str, language: str | None) -> None:
    """No word of an article is lost or shown twice."""
    spans = split(text, language)
    covered = {place for span in spans for place in range(span.start, span.end)}

    assert all(one.end <= other.start for one, other in pairwise(spans))
    assert {place for place, letter in enumerate(text) if not letter.isspace()} <= covered
    for span in spans:
        assert text[span.start : span.end] == text[span.start : span.end].strip() != ""


@pytest.mark.parametrize(
    ("language", "text", "sentences"),
    [
        ("en", "Ferry prices rise:\n- Adults pay 14\n- Children sail free", 3),
        ("en", "HARBOUR REOPENS\nThe harbour of Sandholm reopened on Monday after the storm.", 2),
        ("en", "The crossing to Sandholm takes\ntwo hours and costs 14\ncrowns.", 1),
        ("en", "The crossing is led by the captain of the\nSandholm and costs 14 crowns.", 1),
    ],
)
def test_a_line_ends_a_sentence_where_it_was_not_full_or_a_bullet_follows(
    language: str, text: str, sentences: int
) -> None:
    """A headline above its text is no part of it; a wrapped line is."""
    assert len(pieces(text, language)) == sentences


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ["We sailed! 🎉", "Thank you all."]),
        ("en", ["All of them voted.12", "Nobody counted."]),
        ("en", ["Some rights are for all. 4", "Even so, few have them."]),
        ("en", ["He sang at 7 p.m.", "Police counted 300 people at 9 p.m. Monday."]),
        ("en", ["The list is longer than today's.", "Voters know it."]),
        ("fr", ["Voir l'art. 6 du code.", "C’est tout."]),
        ("nl", ["Het regent.", "'s Avonds is het koud."]),
        ("el", ["Ήρθε;", "Ναι, ήρθε χθες."]),
        ("ru", ["Он живёт на ул. Ленина.", "В 2010 г. город вырос."]),
        ("pl", ["Mieszka np. w Lublinie przy ul. Długiej.", "To daleko."]),
        ("sv", ["Han bor bl.a. i Lund.", "Hon bor i Malmö."]),
    ],
)
def test_what_follows_a_stop_decides(language: str, sentences: list[str]) -> None:
    """Footnotes and pictures belong to the sentence before, days to the hour before them."""
    assert pieces(" ".join(sentences), language) == sentences


def test_chinese_stops_within_quotation_marks_end_nothing() -> None:
    """What somebody says in two sentences is one with who says it."""
    text = "市长张小明说：“安全第一。工程将持续三个月。”这座桥建于1954年。"
    told = [text[span.start : span.end] for span in split(text, "zh")]

    assert told == ["市长张小明说：“安全第一。工程将持续三个月。”", "这座桥建于1954年。"]


def test_a_hebrew_abbreviation_is_no_initial() -> None:
    """Gershayim stand before its last letter, which is not a name's first."""
    text = 'העלות היא 14.5 מיליון ש"ח. מתי ייפתח הגשר? דובר צה"ל מסר כי הכביש ייפתח.'
    told = [text[span.start : span.end] for span in split(text, "he")]

    assert told == ['העלות היא 14.5 מיליון ש"ח.', "מתי ייפתח הגשר?", 'דובר צה"ל מסר כי הכביש ייפתח.']
