"""Rehearse rules as an operator does before they count."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import time_machine

from commands import DAILY, Ran

EVENING = "2026-11-18T20:00:00+01:00"  #: all eight articles are of that Wednesday, the last of 16:00
SCHEDULE = 'schedule: [{at: "07:00"}]\n'
DAYS = ("--from", "2026-11-19", "--to", "2026-11-22")


@pytest.fixture
def filled(digest: Callable[..., Ran], home: Path, articles: Path) -> Callable[..., Ran]:
    """A home with a daily digest and eight articles that came in on Wednesday evening."""
    (home / "config" / "digests" / "daily.yaml").write_text(DAILY + SCHEDULE, encoding="utf-8")

    def run(*args: object) -> Ran:
        with time_machine.travel(EVENING, tick=False):
            return digest(*args)

    assert run("ingest", articles).code == 0
    return run


def test_a_rehearsal_tells_each_slot_its_items_and_why_others_are_left_out(
    filled: Callable[..., Ran],
) -> None:
    """World takes 2 of 5 each day and carries the rest for three days; science and the baker go at once."""
    said = filled("rehearse", "daily", *DAYS, "--json").data
    thursday = said["slots"][0]["sets"][0]

    assert list(said) == ["digest", "from", "to", "rules", "slots", "totals", "notes"]
    assert (said["digest"], said["from"], said["to"]) == ("daily", "2026-11-19", "2026-11-22")
    assert said["rules"] == [{"name": "config/digests/daily.yaml", "zone": "Europe/Berlin"}]
    assert [one["slot"] for one in said["slots"]] == [f"2026-11-{day}T07:00" for day in (19, 20, 21, 22)]
    assert (said["slots"][0]["local"], said["slots"][0]["utc"]) == (
        "2026-11-19T07:00:00+01:00",
        "2026-11-19T06:00:00+00:00",
    )
    assert thursday["sections"] == [
        {"title": "World", "items": 2},
        {"title": "Science", "items": 2},
        {"title": "More", "items": 1},
    ]
    assert (thursday["outcome"], thursday["left_out"], thursday["reasons"]) == (
        "edition",
        3,
        {"section_cap": 3},
    )
    assert {(drop["rule"], drop["value"], drop["carry"]) for drop in thursday["drops"]} == {
        ("section_cap", "2 of 2 in World", True)
    }
    assert thursday["build_at"] == "2026-11-19T05:55:00+00:00"
    assert thursday["window"] == ["2026-11-18T05:55:00+00:00", "2026-11-19T05:55:00+00:00"]
    assert thursday["html_bytes"] > 10_000
    assert set(thursday) == {
        *("outcome", "marks", "off", "build_at", "window", "subject", "sections", "items"),
        *("html_bytes", "left_out", "reasons", "drops"),
    }


def test_each_edition_counts_as_sent_for_the_next(filled: Callable[..., Ran]) -> None:
    """Two more of World on Friday; the last one alone is too few, until it is too old as well."""
    said = filled("rehearse", "daily", *DAYS, "--json").data
    sets = [one["sets"][0] for one in said["slots"]]
    taken = [item["article"] for one in sets for item in one["items"]]

    assert [one["outcome"] for one in sets] == ["edition", "edition", "skipped", "skipped"]
    assert [len(one["items"]) for one in sets] == [5, 2, 0, 0]
    assert len(set(taken)) == len(taken) == 7
    assert said["totals"] == [
        {
            "slots": 4,
            "editions": 2,
            "skipped": 2,
            "off": 0,
            "items": 7,
            "quiet": 1,
            "html_bytes": sum(one["html_bytes"] for one in sets),
            "largest": sets[0]["html_bytes"],
            "left_out": sum(one["left_out"] for one in sets),
            "reasons": said["totals"][0]["reasons"],
        }
    ]
    assert said["notes"] == [
        "4 slots are still to come: they are built from the articles that are here now, so windows run empty"
    ]


def test_nothing_is_stored(filled: Callable[..., Ran], home: Path) -> None:
    """After it there is no edition, no history, and no other file."""
    before = sorted(path.relative_to(home) for path in home.rglob("*"))
    filled("rehearse", "daily", *DAYS)

    assert sorted(path.relative_to(home) for path in home.rglob("*")) == before
    assert filled("editions", "list", "--json").data == []


def test_other_rules_stand_beside_those_in_force(filled: Callable[..., Ran], tmp_path: Path) -> None:
    """A wider World takes four on Thursday; Friday then has too little for an edition."""
    trial = tmp_path / "trial.yaml"
    trial.write_text((DAILY + SCHEDULE).replace("at_most: 2, sentences: 2", "at_most: 4"), encoding="utf-8")
    said = filled("rehearse", "daily", *DAYS, "--config", trial, "--json").data
    items = [[one and len(one["items"]) for one in row["sets"]] for row in said["slots"]]

    assert [one["name"] for one in said["rules"]] == ["config/digests/daily.yaml", str(trial)]
    assert items[:2] == [[5, 7], [2, 0]]
    assert [len(side) for side in said["only"]] == [0, 0]
    assert [one["items"] for one in said["totals"]] == [7, 7]


def test_two_files_stand_beside_each_other(filled: Callable[..., Ran], tmp_path: Path) -> None:
    """Neither is in force; their slots differ, and what only one takes is named."""
    early, late = tmp_path / "early.yaml", tmp_path / "late.yaml"
    early.write_text(DAILY + SCHEDULE, encoding="utf-8")
    late.write_text(
        DAILY.replace("tags: [science]", "tags: [nothing]") + SCHEDULE.replace("07:00", "08:00"), "utf-8"
    )
    said = filled("rehearse", "daily", *DAYS, "--config", early, "--config", late, "--json").data
    shape = [[one is not None for one in row["sets"]] for row in said["slots"]]
    shown = filled("rehearse", "daily", *DAYS, "--config", early, "--config", late).out

    assert shape == [[True, False], [False, True]] * 4
    assert [one["name"] for one in said["rules"]] == [str(early), str(late)]
    assert f"A  {early}\nB  {late}\n" in shown
    assert "Only A takes 0 articles" in shown


def test_people_read_a_line_a_slot_and_the_sums(filled: Callable[..., Ran]) -> None:
    """It fits a terminal of eighty columns."""
    shown = filled("rehearse", "daily", *DAYS).out

    assert "Thu 2026-11-19 07:00      5" in shown
    assert "World 2, Science 2, More 1" in shown
    assert "left out 3: 3 section cap" in shown
    assert "skipped: 1 of at least 2 articles" in shown
    assert "Editions              2" in shown
    assert "! 4 slots are still to come" in shown
    assert max(map(len, shown.splitlines()[:-1])) <= 80


@pytest.mark.parametrize(
    ("args", "error", "where", "hint"),
    [
        (("nobody", *DAYS), "no digest 'nobody'", "config/digests/nobody.yaml", "known: daily"),
        (("daily", "--from", "1.1.26", "--to", "2026-01-02"), "'1.1.26' is no date", "--from", "2026-11-19"),
        (("daily", "--from", "2026-01-02", "--to", "soon"), "'soon' is no date", "--to", "2026-11-19"),
        (("daily", "--from", "0001-01-01", "--to", "2026-01-02"), "'0001-01-01' is out", "--from", "2026"),
        (("daily", "--from", "2026-01-02", "--to", "2026-01-01"), "2026-01-01 is before", "--to", "earlier"),
        (("daily", "--from", "2026-01-01", "--to", "2028-01-01"), "731 days are too many", "--to", "366"),
        (("daily", *DAYS, *["--config", "x.yaml"] * 3), "3 files are too many", "--config", "two"),
    ],
)
def test_a_wrong_wish_is_refused_with_a_way_out(
    filled: Callable[..., Ran], args: tuple[str, ...], error: str, where: str, hint: str
) -> None:
    """What was typed, what is wrong with it, what to type instead."""
    ran = filled("rehearse", *args, "--json")

    assert ran.code == 1
    assert ran.error["error"].startswith(error)
    assert ran.error["where"] == where
    assert hint in ran.error["hint"]


def test_a_file_with_faults_is_refused_with_file_line_and_key(
    filled: Callable[..., Ran], tmp_path: Path
) -> None:
    """All faults at once, as in the file that is in force."""
    trial = tmp_path / "trial.yaml"
    trial.write_text(DAILY.replace("window: 24h", "window: soon") + "scedule: []\n", encoding="utf-8")
    ran = filled("rehearse", "daily", *DAYS, "--config", trial)
    missing = filled("rehearse", "daily", *DAYS, "--config", tmp_path / "none.yaml")

    assert (ran.code, missing.code) == (1, 1)
    assert f"{trial}:5: selection.window: expected" in ran.err
    assert f"{trial}:9: scedule: expected a known key" in ran.err
    assert "none.yaml" in missing.err
    assert "Traceback" not in ran.err + missing.err


def test_without_a_schedule_there_is_nothing_to_rehearse(filled: Callable[..., Ran], tmp_path: Path) -> None:
    """Said at once, with the line to add."""
    trial = tmp_path / "trial.yaml"
    trial.write_text(DAILY, encoding="utf-8")
    ran = filled("rehearse", "daily", *DAYS, "--config", trial, "--json")

    assert ran.code == 1
    assert ran.error["where"] == str(trial)
    assert "schedule: [{at: 07:00}]" in ran.error["hint"]


def test_days_without_a_slot_are_told(filled: Callable[..., Ran], home: Path) -> None:
    """A digest of Mondays has none on a Sunday."""
    config = home / "config" / "digests" / "daily.yaml"
    config.write_text(DAILY + 'schedule: [{at: "07:00", days: [mon]}]\n', encoding="utf-8")
    ran = filled("rehearse", "daily", "--from", "2026-11-22", "--to", "2026-11-22")

    assert (ran.code, ran.out) == (0, "no slot in these days\n")


def test_the_page_shows_what_the_program_prints(
    filled: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docs/schedules.md has this very rehearsal: World may hold three."""
    monkeypatch.chdir(tmp_path)
    Path("trial.yaml").write_text(
        (DAILY + SCHEDULE).replace("at_most: 2, sentences: 2", "at_most: 3, sentences: 2"), encoding="utf-8"
    )
    command = ("rehearse", "daily", "--from", "2026-11-19", "--to", "2026-11-21", "--config", "trial.yaml")
    shown = "\n".join(line.rstrip() for line in filled(*command).out.splitlines())
    page = (Path(__file__).parents[2] / "docs" / "schedules.md").read_text("utf-8")

    assert f"```console\n$ digest {' '.join(command)}\n{shown}\n```" in page
