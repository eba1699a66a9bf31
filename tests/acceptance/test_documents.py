"""Ingest, extract and summarise as a person runs them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from commands import Ran, run_digest, run_here

PASTED = Path(__file__).parents[1] / "fixtures" / "documents" / "pasted-world.txt"


def test_extract_tells_what_a_pasted_page_says_and_invents_nothing() -> None:
    """Furniture goes, doubled headlines go, unknown stays unknown."""
    said = run_digest("extract", PASTED, "--json").data

    assert set(said) == {
        "title", "byline", "published", "language", "section", "tags", "image", "text", "html", "paragraphs"
    }  # fmt: skip
    assert said["section"] == "World"
    assert said["byline"] is None
    assert said["published"] is None
    assert said["text"].count(said["title"]) == 0
    assert "Leave a Reply" not in said["text"]
    assert said["paragraphs"] == said["text"].split("\n\n")


def test_summary_sentences_stand_in_the_text_at_their_offsets() -> None:
    """Every sentence can be traced to its source, to the character."""
    text = run_here("extract", PASTED, "--json").data["text"]
    said = run_here("summarise", PASTED, "--sentences", "3", "--json").data

    assert said["method"] == "weighted"
    assert len(said["sentences"]) == 3
    assert all(text[one["start"] : one["end"]] == one["text"] for one in said["sentences"])
    assert all(one["terms"] for one in said["sentences"])


def test_prose_without_a_headline_is_summarised_whole() -> None:
    """Somebody pipes a paragraph in: its first sentence is no title."""
    prose = "The council met on Monday. It voted for the bridge by nine to four. Work starts in May."
    said = run_here("summarise", "-", "--sentences", "3", "--json", stdin=prose).data

    assert [(one["text"], one["start"], one["end"]) for one in said["sentences"]] == [
        ("The council met on Monday.", 0, 26),
        ("It voted for the bridge by nine to four.", 27, 67),
        ("Work starts in May.", 68, 87),
    ]


def test_extract_reads_standard_input() -> None:
    """A page may be piped in."""
    head = "<html lang=en><head><title>Ferry back | Post</title></head>"
    text = "The ferry sails again from Monday. " * 12
    body = f"<body><article><h1>Ferry back</h1><p>{text}</p></article></body>"
    said = run_digest("extract", "-", "--json", stdin=head + body + "</html>").data

    assert said["title"] == "Ferry back"
    assert said["language"] == "en"


def test_one_bad_document_costs_itself(digest: Callable[..., Ran], articles: Path) -> None:
    """The rest goes in, the table says what failed and why, and the exit status is 1."""
    (articles / "broken.json").write_text("{not json", encoding="utf-8")
    (articles / "empty.html").write_text("", encoding="utf-8")
    ran = digest("ingest", articles, "--json")

    assert ran.code == 1
    assert ran.data["new"] == 8
    assert {Path(one["document"]).name for one in ran.data["failed"]} == {"broken.json", "empty.html"}
    assert all(one["reason"] for one in ran.data["failed"])


def test_the_same_document_twice_is_one_article_and_a_changed_one_a_revision(
    digest: Callable[..., Ran], articles: Path
) -> None:
    """Identity is the address, then the feed's identifier, then the words."""
    first, again = digest("ingest", articles, "--json"), digest("ingest", articles, "--json")
    changed = json.loads((articles / "1.json").read_text("utf-8"))
    changed["text"] += " The tugs are back as well."
    (articles / "1.json").write_text(json.dumps(changed), encoding="utf-8")
    third = digest("ingest", articles, "--json")

    assert (first.data["new"], first.data["same"]) == (8, 0)
    assert (again.data["new"], again.data["same"]) == (0, 8)
    assert (third.data["revised"], third.data["same"]) == (1, 7)
    assert len(digest("articles", "list", "--json").data) == 8


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (("extract", "no-such-file.html"), "for a folder use `digest ingest`"),
        (
            ("extract", "http://127.0.0.1/"),
            "fetch.allow_private in config/digest.yaml lists hosts and networks to trust",
        ),
    ],
)
def test_errors_say_what_to_do_next(args: tuple[str, ...], hint: str) -> None:
    """For people and for programs alike; no traceback reaches a user."""
    plain, as_json = run_here(*args), run_here(*args, "--json")

    assert plain.code == as_json.code == 1
    assert hint in plain.err
    assert "Traceback" not in plain.err
    assert set(as_json.error) == {"error", "where", "hint"}
    assert as_json.error["hint"] == hint
