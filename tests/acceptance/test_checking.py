"""Looking an edition over before it goes out, as an editor types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commands import AT, Ran, furnish, run_here

ARTICLES = Path(__file__).parent / "articles.json"
BARE = [
    {
        "title": "Ferry runs aground off Tarn",
        "text": "The ferry ran aground off Tarn on Wednesday night. Nobody was hurt.",
        "published": "2026-11-19T05:30:00Z",
        "tags": ["world"],
    }
]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with an edition that an item without an address blocks: article 9."""
    root = furnish(tmp_path / "home")
    daily = root / "config" / "digests" / "daily.yaml"
    settings = "preflight: {link_missing: block}\nreview: {mode: required}\n"
    daily.write_text(daily.read_text("utf-8") + settings, "utf-8")
    assert run_here("ingest", ARTICLES, home=root).code == 0
    bare = root / "bare.json"
    bare.write_text(json.dumps(BARE), "utf-8")
    assert run_here("ingest", bare, home=root).code == 0
    assert run_here("build", "daily", "--at", AT, home=root).code == 0
    return root


def typed(home: Path, *words: object) -> Ran:
    """Type a command in that home."""
    return run_here(*words, home=home)


def test_a_check_names_what_blocks_where_and_how_to_let_it_stand(home: Path) -> None:
    """Its words are the arguments of the command that waives."""
    checked = typed(home, "check", 1)
    told = typed(home, "check", 1, "--json").data
    [block] = [one for one in told["findings"] if one["level"] == "block"]

    assert checked.code == 1
    assert f"{block['rule']} {block['anchor']}" in checked.out.replace("\n", " ")
    assert "1 finding to mend or to waive before it can go" in checked.out
    assert (block["rule"], block["anchor"], block["waived"]) == ("link_missing", "item-9", None)
    assert (told["ok"], told["limit_bytes"], told["links_asked"]) == (False, 100_000, 0)
    assert set(told["sections"]) == {"world", "science", "more"}
    refused = typed(home, "editions", "approve", 1, "--json")
    assert (refused.code, "cannot be approved yet" in refused.error["error"]) == (1, True)


def test_a_waiver_lets_it_be_approved_and_can_be_taken_back(home: Path) -> None:
    """By name, with a reason; without one it is refused."""
    spot = ("editions", "waive", 1, "link_missing", "item-9")
    assert typed(home, *spot, "--why", " ").code == 1
    assert typed(home, *spot).code == 2
    waived = typed(home, *spot, "--why", "it is a quiet day")
    assert waived.code == 0
    assert "it is a quiet day" in waived.out
    assert typed(home, "check", 1).code == 0
    back = typed(home, "editions", "unwaive", 1, "link_missing", "item-9", "--json")
    assert back.data["ok"] is False
    assert typed(home, "editions", "unwaive", 1, "link_missing", "item-9").code == 1
    assert typed(home, *spot, "--why", "so", "--json").data["ok"] is True
    assert typed(home, "editions", "approve", 1).code == 0


def test_links_are_those_of_an_edition_and_a_held_one_is_released(home: Path) -> None:
    """The installation has none; nothing here leaves the machine."""
    assert typed(home, "check", "--links").code == 2
    assert typed(home, "check", 99).code == 1
    assert typed(home, "editions", "hold", 1).code == 0
    assert "review" in typed(home, "editions", "release", 1).out
    assert typed(home, "editions", "release", 1).code == 1
