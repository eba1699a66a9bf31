"""`digest analyse` as who judges the program by texts of their own runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from commands import run_digest, run_here

DOGS = (
    "Ines Duarte opened the flood gate of Vellmouth on Tuesday. It had been shut for 41 days. "
    "The harbour office counts 212 boats that could not leave. Fishermen had asked for it in October."
)
COPY = "Updated. " + DOGS + " More follows."
OTHER = (
    "A choir of 80 sang in the old mill on Sunday evening. Tickets were gone within an hour. "
    "The mill's owner, Per Lund, wants to open it to music every month from January. "
    "He pays for the roof himself."
)
PAGE = (
    "<html><head><title>Flood gate opens</title></head><body><nav>Home | News</nav><article>"
    f"<h1>Flood gate opens</h1><p>{DOGS}</p><p>{OTHER}</p></article></body></html>"
)


def _lines(path: Path, *records: object) -> Path:
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records))
    return path


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def _analysed(what: str, folder: Path, *records: object) -> list[dict[str, Any]]:
    given, out = _lines(folder / "in.jsonl", *records), folder / "out.jsonl"
    assert run_here("analyse", what, given, "--out", out, "--jobs", "2").code == 0
    return _read(out)


def test_records_come_out_in_their_order_each_with_its_id(tmp_path: Path) -> None:
    """However many processes work, a reader may put input and output side by side."""
    found = _analysed("sentences", tmp_path, *({"id": n, "text": DOGS} for n in range(60)))

    assert [each["id"] for each in found] == list(range(60))
    spans = found[0]["sentences"]
    assert [DOGS[start:end][:9] for start, end in spans] == [
        "Ines Duar",
        "It had be",
        "The harbo",
        "Fishermen",
    ]


def test_a_page_is_extracted_as_the_command_extract_does(tmp_path: Path) -> None:
    """One cleaner, whatever asks it."""
    page = tmp_path / "page.html"
    page.write_text(PAGE)

    (found,) = _analysed("extract", tmp_path, {"id": "p", "html": PAGE})

    assert found == {"id": "p", **run_here("extract", page, "--json").data}
    assert found["title"] == "Flood gate opens"


def test_summaries_of_three_lengths_point_into_the_text(tmp_path: Path) -> None:
    """Of a page without a text of its own the text comes along, or offsets would mean nothing."""
    text, page = _analysed("summary", tmp_path, {"id": 1, "text": DOGS}, {"id": 2, "html": PAGE})

    assert set(text["summaries"]) == {"1", "2", "3"}
    for each, source in ((text, DOGS), (page, page["text"])):
        for count, summary in each["summaries"].items():
            assert 1 <= len(summary["sentences"]) <= int(count)
            assert all(source[one["start"] : one["end"]] == one["text"] for one in summary["sentences"])
    assert "text" not in text


def test_copies_and_stories_name_records_by_their_ids(tmp_path: Path) -> None:
    """Two wrappings of one wording are one story; the choir is its own."""
    records = [{"id": "a", "text": COPY}, {"id": "b", "text": OTHER}, {"id": "c", "text": DOGS}]

    copies = {each["id"]: each["copy_of"] for each in _analysed("copies", tmp_path, *records)}
    stories = {each["id"]: each["story"] for each in _analysed("stories", tmp_path, *records)}

    assert copies == {"a": None, "b": None, "c": "a"}  # from one moment: the longer is the original
    assert stories["a"] == stories["c"] != stories["b"]


def test_sections_are_chosen_from_those_that_a_record_offers(tmp_path: Path) -> None:
    """One section is where a record is; of several the words decide, and say why."""
    offered = ["business", "sport"]
    match = "The striker scored twice in the second half and the club won the league cup on penalties."

    given, chosen = _analysed(
        "sections",
        tmp_path,
        {"id": 1, "text": OTHER, "sections": ["culture"]},
        {"id": 2, "text": match, "sections": offered},
    )

    assert (given["section"], given["by"]) == ("culture", "given")
    assert (chosen["section"], chosen["by"]) == ("sport", "keywords")
    assert "league" in chosen["why"] or "striker" in chosen["why"] or "club" in chosen["why"]


def test_grounding_says_of_each_sentence_what_the_article_does_not_bear_out(tmp_path: Path) -> None:
    """A figure that nobody wrote is found, and the sentence beside it stays well."""
    summary = "Ines Duarte opened the flood gate on Tuesday. The harbour office counts 970 boats."

    (found,) = _analysed("grounding", tmp_path, {"id": 1, "article": DOGS, "summary": summary})

    assert [each["ok"] for each in found["sentences"]] == [True, False]
    assert "970" in found["sentences"][1]["reasons"][0]
    assert found["ok"] is False


def test_what_is_no_record_costs_itself_and_the_status_says_so(tmp_path: Path) -> None:
    """A line of ten thousand is broken: all others are analysed."""
    given = tmp_path / "in.jsonl"
    given.write_text(f'oops\n\n[1]\n{{"text": "x"}}\n{{"id": 4}}\n{json.dumps({"id": 5, "text": DOGS})}\n')

    ran = run_digest("analyse", "sentences", given)

    assert ran.code == 1
    found = [json.loads(line) for line in ran.out.splitlines()]
    assert [each.get("error") for each in found] == [
        "line 1: no JSON", "line 3: no object", "line 4: no id", "neither html nor text", None
    ]  # fmt: skip
    assert [each["id"] for each in found] == [None, None, None, 4, 5]
    assert "4 could not be analysed" in ran.err


def test_a_page_that_would_cost_a_process_costs_only_its_record(tmp_path: Path) -> None:
    """Nesting that ends a parser must not end an evening's run."""
    hostile = "<div>" * 200_000 + "<p>deep</p>"

    given = _lines(tmp_path / "in.jsonl", {"id": 1, "html": hostile}, {"id": 2, "html": PAGE})
    run_here("analyse", "extract", given, "--out", tmp_path / "out.jsonl")

    bad, good = _read(tmp_path / "out.jsonl")
    assert set(bad) == {"id", "error"}
    assert good["title"] == "Flood gate opens"


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    """What was there before stays when a run is refused."""
    out = tmp_path / "out.jsonl"
    out.write_text("before\n")

    ran = run_here("analyse", "stories", tmp_path / "missing.jsonl", "--out", out)

    assert ran.code == 1
    assert out.read_text() == "before\n"
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


def test_what_cannot_be_asked_is_told_with_what_can(tmp_path: Path) -> None:
    """A slip of the pen shows the way."""
    ran = run_here("analyse", "mood", _lines(tmp_path / "in.jsonl", {"id": 1, "text": DOGS}))

    assert ran.code == 1
    assert "extract, sentences, summary" in ran.err
