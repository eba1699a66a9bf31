"""What each kind of analysis makes of one record, without the processes that run it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from digest.actions.making.analyse import Analysis, record_of
from digest.actions.making.analyse_records import analyse_batch, place_batch, sectioned
from digest.classify import choices_of

GATE = (
    "Ines Duarte opened the flood gate of Vellmouth on Tuesday. It had been shut for 41 days. "
    "The harbour office counts 212 boats that could not leave. Fishermen had asked for it in October."
)
PAGE = (
    '<html lang="en"><head><title>Flood gate opens</title></head><body><nav>Home | News</nav><article>'
    f"<h1>Flood gate opens</h1><p>{GATE}</p></article></body></html>"
)


def made(what: str, **record: object) -> dict[str, Any]:
    """Analyse one record."""
    (result,) = analyse_batch(what, [{"id": "a", **record}])
    return result


@pytest.mark.parametrize("what", ["text", "extract", "sentences", "summary", "grounding"])
def test_a_record_that_could_not_be_read_is_passed_on(what: str) -> None:
    """One bad line costs itself."""
    assert made(what, error="is no object") == {"id": "a", "error": "is no object"}


def test_a_page_without_an_article_says_so_and_the_next_is_analysed() -> None:
    """One bad page costs itself."""
    bad, good = analyse_batch("extract", [{"id": 1, "html": "<p>"}, {"id": 2, "html": PAGE}])

    assert set(bad) == {"id", "error"}
    assert bad["error"]
    assert (good["title"], good["language"], good["text"]) == ("Flood gate opens", "en", GATE)


def test_a_text_with_a_title_keeps_its_first_line_and_what_is_known_of_it() -> None:
    """Without one it is a pasted page, whose first line is the headline."""
    known = {"title": "Flood gate opens", "published": "2026-11-03T08:00:00Z", "language": "en"}
    found = made("extract", text=GATE, **known)

    assert (found["title"], found["text"], found["language"]) == ("Flood gate opens", GATE, "en")
    assert found["published"] == "2026-11-03T08:00:00+00:00"
    pasted = made("extract", text=f"Flood gate opens\n\n{GATE}")
    assert (pasted["title"], pasted["text"]) == ("Flood gate opens", GATE)


def test_a_text_beside_its_page_is_no_article_of_its_own() -> None:
    """The page is what is to be cleaned; who has the text already does not ask for it."""
    found = made("extract", html=PAGE, text="Other words.", title="Other title")

    assert (found["title"], found["text"]) == ("Flood gate opens", GATE)


@pytest.mark.parametrize("name", ["a", "", 7, -1, 1.5])
def test_an_id_is_text_or_a_number_and_comes_back(name: str | float) -> None:
    """Whatever somebody's database gives; some editors begin a file with a mark."""
    line = json.dumps({"id": name, "text": GATE})

    assert record_of(Analysis.SENTENCES, 1, f"\ufeff{line}") == {"id": name, "text": GATE}


@pytest.mark.parametrize("written", ["true", "null", "NaN", "1e999", "[1]", "{}"])
def test_what_is_no_id_is_told_by_its_line(written: str) -> None:
    """It could not come back, or not as JSON."""
    found = record_of(Analysis.SENTENCES, 3, f'{{"id": {written}, "text": "x"}}')

    assert found == {"id": None, "error": "line 3: no id"}


def test_sentences_of_a_page_come_with_the_text_that_their_offsets_count_in() -> None:
    """Who brought the text himself does not get it back."""
    of_page, of_text = made("sentences", html=PAGE), made("sentences", text=GATE, language="en")

    assert of_page["text"] == GATE
    assert "text" not in of_text
    assert of_page["sentences"] == of_text["sentences"]
    starts = [GATE[start:end].split(" ", 1)[0] for start, end in of_text["sentences"]]
    assert starts == ["Ines", "It", "The", "Fishermen"]


def test_summaries_are_named_by_their_number_of_sentences_and_lie_in_the_text() -> None:
    """Each sentence can be checked where it came from."""
    found = made("summary", text=GATE, title="Flood gate opens", language="en")["summaries"]

    for count, summary in found.items():
        assert len(summary["sentences"]) <= int(count)
        assert summary["text"] == " ".join(one["text"] for one in summary["sentences"])
        assert all(GATE[one["start"] : one["end"]] == one["text"] for one in summary["sentences"])


def test_a_summary_that_the_article_does_not_say_is_refused_with_reasons() -> None:
    """41 days are not 14."""
    article = {"article": GATE, "language": "en", "title": "Flood gate opens"}
    true = made("grounding", summary="It had been shut for 41 days.", **article)
    false = made("grounding", summary="It had been shut for 14 days.", **article)

    assert true["ok"]
    assert true["sentences"][0]["reasons"] == []
    assert not false["ok"]
    assert false["sentences"][0]["reasons"]


def test_a_text_says_what_is_known_of_its_section_and_nothing_else() -> None:
    """One section that it is in, several that it may be in, or rubbish."""
    assert made("text", text=GATE, section="harbour")["sections"] == ["harbour"]
    assert made("text", text=GATE, sections=["harbour", "", 7, "town"])["sections"] == ["harbour", "town"]
    assert made("text", text=GATE, section={"of": "harbour"})["sections"] == []


def test_a_section_is_chosen_for_texts_and_what_is_no_text_is_passed_on() -> None:
    """The choice says by what it was made."""
    texts = analyse_batch(
        "text",
        [
            {"id": 1, "text": GATE, "title": "Flood gate opens", "language": "en", "sections": ["sport"]},
            {"id": 2, "html": "<p>"},
        ],
    )
    choices = choices_of(sectioned(each) for each in texts if "error" not in each)
    placed, passed = place_batch(choices, texts)

    assert placed == {**placed, "id": 1, "section": "sport", "why": "the record says so"}
    assert passed == texts[1]
