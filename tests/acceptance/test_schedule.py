"""What an operator asks of schedules and does to them, on a clock that stands still."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import time_machine

from commands import DAILY, Ran

THURSDAY = "2026-11-19T12:00:00+01:00"
FRIDAY = "2026-11-20T07:00"  #: the next slot
ME = getpass.getuser()
SCHEDULE = """\
schedule: [{at: "07:00", days: [mon, tue, wed, thu, fri]}]
"""
NIGHT = """\
title: The Night Sheet
zone: Europe/Berlin
from: "Night <night@news.example.org>"
schedule: [{at: "02:30", name: late}]
blackouts: {dates: [2026-12-24], then: next_working_day}
review: {mode: required, minutes: 90}
sections: [{title: World, tags: [world]}]
"""
WAITS = (
    "An editor must approve it before it is due. If nobody has by then, it goes on waiting, goes out as "
    "soon as it is approved, and expires 12 hours after it was due."
)
SLOT_KEYS = {"digest", "slot", "local", "utc", "marks", "moved_from", "edition", "note"}


class Olu:
    """Olu operates a home; what moves is the clock."""

    def __init__(self, digest: Callable[..., Ran], home: Path) -> None:
        self._digest = digest
        self.home = home

    def __call__(self, *args: object, at: str = THURSDAY) -> Ran:
        with time_machine.travel(at, tick=False):
            return self._digest("schedule", *args)

    def data(self, *args: object, at: str = THURSDAY) -> Any:  # noqa: ANN401  # why: JSON of any shape
        """Return what a command prints for programs."""
        ran = self(*args, "--json", at=at)
        assert ran.code == 0, ran.err
        return ran.data

    def write(self, key: str, text: str) -> None:
        """Write a digest's file."""
        (self.home / "config" / "digests" / f"{key}.yaml").write_text(text, encoding="utf-8")

    def history(self) -> list[tuple[Any, ...]]:
        """Return what was done, the oldest first."""
        lines = reversed(self.data("history"))
        return [(one["event"], one["outcome"], one["digest"], one["slot"], one["by"]) for one in lines]


@pytest.fixture
def olu(digest: Callable[..., Ran], home: Path) -> Olu:
    """A home with a daily digest that is due at seven on working days."""
    one = Olu(digest, home)
    one.write("daily", DAILY + SCHEDULE)
    return one


@pytest.fixture
def filled(olu: Olu, digest: Callable[..., Ran], articles: Path) -> Olu:
    """The same with eight articles that came in on Thursday at noon."""
    with time_machine.travel(THURSDAY, tick=False):
        assert digest("ingest", articles).code == 0
    olu.write("daily", DAILY.replace("window: 24h", "window: 3d") + SCHEDULE)
    return olu


def test_next_names_each_slot_in_local_time_and_utc(olu: Olu) -> None:
    """Friday, then Monday; the keys are those of the design, and some more."""
    said = olu.data("next", "--days", 4)

    assert [set(one) for one in said] == [SLOT_KEYS] * 2
    assert said[0] == {
        "digest": "daily",
        "slot": FRIDAY,
        "local": "2026-11-20T07:00:00+01:00",
        "utc": "2026-11-20T06:00:00+00:00",
        "marks": [],
        "moved_from": None,
        "edition": None,
        "note": None,
    }
    assert said[1]["slot"] == "2026-11-23T07:00"
    assert "daily   2026-11-20T07:00  Fri 07:00 CET  2026-11-20 06:00" in olu("next", "--days", 4).out


@pytest.mark.parametrize(
    ("at", "slot", "marks", "utc", "note"),
    [
        (
            "2026-10-24T12:00:00Z",
            "2026-10-25T02:30#late",
            ["repeated", "clock-change"],
            "2026-10-25T00:30:00+00:00",
            "clocks show this minute twice, the first counts; clocks change on this day",
        ),
        (
            "2027-03-27T12:00:00Z",
            "2027-03-28T02:30#late",
            ["gap", "clock-change"],
            "2027-03-28T01:00:00+00:00",
            "clocks skip this minute, so it is due at the first moment after; clocks change on this day",
        ),
    ],
)
def test_next_marks_what_is_special(
    olu: Olu, at: str, slot: str, marks: list[str], utc: str, note: str
) -> None:
    """Clock changes by Berlin's calendar: back on 25 October 2026, forward on 28 March 2027."""
    olu.write("night", NIGHT)
    first = olu.data("next", "--days", 1, "--digest", "night", at=at)[0]

    assert (first["slot"], first["marks"], first["utc"], first["note"]) == (slot, marks, utc, note)


def test_next_tells_what_blackouts_do(olu: Olu) -> None:
    """Thursday the 24th moves to Friday, where the digest skips it is named with its reason."""
    thursdays = NIGHT.replace('"02:30", name: late', '"18:00", days: [thu]')
    olu.write("night", thursdays)
    olu.write("daily", DAILY + SCHEDULE + "blackouts: {dates: [2026-12-25]}\n")
    said = olu.data("next", "--days", 2, at="2026-12-24T12:00:00+01:00")
    shown = olu("next", "--days", 2, at="2026-12-24T12:00:00+01:00").out

    assert [(one["digest"], one["slot"], one["marks"], one["moved_from"], one["note"]) for one in said] == [
        ("daily", "2026-12-25T07:00", ["blackout"], None, "off: 2026-12-25 (blackouts.dates)"),
        ("night", "2026-12-25T18:00", ["moved"], "2026-12-24", "moved from 2026-12-24"),
    ]
    assert "moved from 2026-12-24" in shown


def test_next_says_whose_clocks_are_meant(olu: Olu) -> None:
    """The moment that is shown is that of the digest's own zone."""
    olu.write("daily", DAILY + SCHEDULE + "local_to: subscriber\n")
    first = olu.data("next", "--days", 1)[0]

    assert (first["marks"], first["note"]) == (["subscriber"], "on each subscriber's own clocks")


def test_a_pause_ends_with_resume_and_is_told_everywhere(olu: Olu) -> None:
    """Twice is once, and the second says so."""
    first = olu.data("pause", "daily", "--note", "summer break")
    again = olu("pause", "daily")
    slots, listed = olu.data("next", "--days", 1), olu.data("list")[0]

    assert first == {
        "digest": "daily",
        "paused": True,
        "by": ME,
        "at": "2026-11-19T11:00:00+00:00",
        "note": "summer break",
        "changed": True,
        "unsent": [],
    }
    assert again.out == f"daily is paused by {ME}: summer break; nothing was changed\n"
    assert (slots[0]["marks"], slots[0]["note"]) == (["paused"], f"paused by {ME}: summer break")
    assert listed["pause"] == {key: first[key] for key in ("paused", "by", "at", "note")}
    assert f"paused  since 2026-11-19 11:00 UTC by {ME}: summer break" in olu("list").out
    assert f"daily is paused by {ME}: summer break" in olu("explain", "daily").out

    resumed = olu.data("resume", "daily")
    assert (resumed["paused"], resumed["changed"]) == (False, True)
    assert olu("resume", "daily").out == "daily is not paused; nothing was changed\n"
    olu("pause", "daily")
    assert " ".join(olu("resume", "daily").out.split()).endswith("it comes out again from its next slot on")
    assert olu.data("next", "--days", 1)[0]["marks"] == []
    assert [line[:2] for line in olu.history()] == [("pause", "ok"), ("resume", "ok")] * 2


def test_a_pause_names_what_goes_out_all_the_same(filled: Olu) -> None:
    """It was built four minutes ago; nobody should be surprised by a mail a minute later."""
    filled("run")
    filled("run", at="2026-11-20T06:55:00+01:00")
    shown = filled("pause", "daily", at="2026-11-20T06:59:00+01:00").out
    again = filled.data("pause", "daily", at="2026-11-20T06:59:00+01:00")

    assert "edition 1 is built and goes out: `digest editions hold 1` keeps it" in shown
    assert again["unsent"] == [1]
    assert filled.data("resume", "daily")["unsent"] == []


def test_a_slot_is_skipped_and_brought_back(olu: Olu) -> None:
    """By the key that `next` shows; it is told who did it and why."""
    skipped = olu.data("skip", "daily", FRIDAY, "--note", "a strike")
    again = olu("skip", "daily", FRIDAY)
    marked = olu.data("next", "--days", 1)[0]

    assert skipped == {"digest": "daily", "slot": FRIDAY, "skipped": True, "changed": True}
    assert again.out == f"daily {FRIDAY} is skipped already; nothing was changed\n"
    assert (marked["marks"], marked["note"]) == (["skipped"], f"skipped by {ME}: a strike")
    assert olu.data("list")[0]["next"]["slot"] == "2026-11-23T07:00"
    assert olu("skip", "daily", FRIDAY, "--undo").out == f"daily {FRIDAY} takes place\n"
    assert olu("skip", "daily", FRIDAY, "--undo").out.endswith("already; nothing was changed\n")
    assert olu.data("next", "--days", 1)[0]["marks"] == []
    assert olu.history() == [
        ("skip", "ok", "daily", FRIDAY, ME),
        ("unskip", "ok", "daily", FRIDAY, ME),
    ]


def test_list_tells_rules_next_slot_and_last_run(filled: Olu) -> None:
    """One look in the morning."""
    filled.write("idle", NIGHT.replace('schedule: [{at: "02:30", name: late}]\n', ""))
    before = filled.data("list")
    filled("run")
    filled("run", at="2026-11-20T07:00:00+01:00")
    after, shown = filled.data("list")[0], filled("list").out

    assert [set(one) for one in before] == [{"digest", "title", "rules", "next", "pause", "last"}] * 2
    assert before[0]["rules"] == ["Mondays to Fridays at 07:00, Europe/Berlin."]
    assert before[0]["next"]["slot"] == FRIDAY
    assert (before[0]["last"], before[1]["next"], before[1]["pause"]) == (None, None, None)
    assert (after["last"]["event"], after["last"]["slot"], after["last"]["edition_id"]) == (
        "build",
        FRIDAY,
        1,
    )
    assert "daily  The Daily Brief" in shown
    assert "next  Fri 2026-11-20 07:00 CET, in 19 h" in shown
    assert "No schedule: it is built when somebody says so." in shown
    assert max(map(len, shown.splitlines())) <= 110


def test_explain_says_rules_handling_and_what_comes_next(olu: Olu) -> None:
    """In words that need no manual: review, brake, outage; then five slots."""
    olu.write("night", NIGHT)
    said = olu.data("explain", "night")
    shown = olu("explain", "daily").out

    assert set(said) == {"digest", "rules", "handling", "pause", "next"}
    assert said["handling"] == [
        "An edition is built 90 minutes before it is due, from the articles that are here then.",
        WAITS,
        "An edition that is unlike the last ones is held until somebody has looked at it.",
        "After an outage the newest slot of the last 12 hours is built; older ones are recorded as missed.",
    ]
    assert [one["slot"] for one in said["next"]] == [f"2026-11-{day}T02:30#late" for day in range(20, 25)]
    assert "Nobody needs to look at it: it goes out when it is due." in shown
    assert shown.count("07:00 CET") == 5


def test_run_does_one_tick_and_the_history_tells_it(filled: Olu) -> None:
    """Five minutes before it is due the edition is built; a second tick finds nothing to do."""
    seven = "2026-11-20T06:55:00+01:00"
    filled("run")
    done = filled.data("run", at=seven)
    again = filled("run", at=seven)
    line = filled.data("history")[0]

    assert done["built"] == [
        {
            "digest": "daily",
            "slot": FRIDAY,
            "due": "2026-11-20T06:00:00+00:00",
            "edition": 1,
            "note": None,
        }
    ]
    assert set(done) == {
        *("built", "failed", "missed", "off", "approved", "held", "skipped", "expired", "reminded"),
        *("sendable", "next_at"),
    }
    assert done["sendable"] == []
    assert again.out.startswith("nothing was to be done\n")
    assert (line["event"], line["outcome"], line["by"], line["run"]) == (
        "build",
        "ok",
        "schedule",
        f"hand-{ME}",
    )
    assert (line["slot"], line["edition_id"], line["counts"]["items"]) == (FRIDAY, 1, 5)
    assert filled.data("next", "--days", 1, at=seven)[0]["marks"] == ["built"]
    assert filled.data("run", at="2026-11-20T07:00:00+01:00")["sendable"] == [1]


def test_a_dry_run_says_what_the_tick_then_does(filled: Olu) -> None:
    """Three days of outage: the newest is built, older ones are missed; a dry run changes nothing."""
    filled("run")
    wednesday = ("--as-of", "2026-11-25T07:00+01:00")
    told, shown = filled.data("run", "--dry-run", *wednesday), filled("run", "--dry-run", *wednesday).out
    lines = filled.data("history")
    refused = filled("run", *wednesday, "--json")
    marked = filled.data("next", "--days", 6)
    done = filled.data("run", "--yes", *wednesday)

    assert refused.code == 1
    assert refused.error["error"] == (
        "then it would be too late for what is still to come: "
        f"daily {FRIDAY}, daily 2026-11-23T07:00, daily 2026-11-24T07:00"
    )
    assert [one["marks"] for one in marked] == [[]] * 4
    assert set(told) == {"build", "missed", "off", "steps"}
    assert [one["slot"] for one in told["build"]] == ["2026-11-25T07:00"]
    assert [one["slot"] for one in told["missed"]] == [FRIDAY, "2026-11-23T07:00", "2026-11-24T07:00"]
    assert "would be built: daily 2026-11-25T07:00\n" in shown
    assert "a dry run, nothing was changed" in shown
    assert lines == []
    assert [one["slot"] for one in done["built"]] == [one["slot"] for one in told["build"]]
    assert [one["slot"] for one in done["missed"]] == [one["slot"] for one in told["missed"]]


def test_a_slot_that_was_given_up_ahead_is_shown_and_brought_back(filled: Olu) -> None:
    """Somebody meant another date; the slots are still to come."""
    filled("run")
    filled("run", "--yes", "--as-of", "2026-11-24T07:00+01:00")
    before = filled.data("next", "--days", 5)
    undone = filled.data("skip", "daily", FRIDAY, "--undo")

    assert [one["marks"] for one in before] == [["missed"], ["missed"], ["built"]]
    assert "skip --undo" in before[0]["note"]
    assert undone["changed"]
    assert filled.data("next", "--days", 5)[0]["marks"] == []
    assert [one["slot"] for one in filled.data("run", at="2026-11-20T06:55:00+01:00")["built"]] == [FRIDAY]


def test_a_tick_that_could_not_build_says_why_and_fails(filled: Olu) -> None:
    """A theme that is not there costs its slot only; whoever runs it from a script must notice."""
    filled("run")
    filled.write("daily", DAILY.replace("window: 24h", "window: 3d") + SCHEDULE + "theme: nope\n")
    ran = filled("run", "--json", at="2026-11-20T07:00:00+01:00")
    again = filled("run", at="2026-11-20T07:05:00+01:00")

    assert (ran.code, again.code) == (1, 1)
    assert "email/nope" in ran.data["failed"][0]["note"]
    assert f"failed: daily {FRIDAY} (" in again.out
    assert "Traceback" not in ran.err + again.err


def test_a_tick_for_one_digest_builds_no_other(filled: Olu) -> None:
    """Local times are that digest's own."""
    filled.write("night", NIGHT.replace('"02:30", name: late', '"08:00"'))
    filled("run")
    due = ("--as-of", "2026-11-20T07:00", "--digest", "daily")
    told, done = filled.data("run", "--dry-run", *due), filled.data("run", *due)
    rest = filled.data("run", "--as-of", "2026-11-20T06:00")

    assert [one["digest"] for one in told["build"]] == ["daily"]
    assert [one["digest"] for one in done["built"]] == ["daily"]
    assert [one["digest"] for one in rest["built"]] == ["night"]


def test_the_history_is_read_page_by_page(olu: Olu) -> None:
    """The newest first; each page names the next."""
    for number in range(3):
        olu("pause", "daily", "--note", f"number {number}")
        olu("resume", "daily")
    page = olu.data("history", "--limit", 4)
    rest = olu.data("history", "--digest", "daily", "--before", page[-1]["id"])
    shown = olu("history", "--limit", 4).out

    assert [one["id"] for one in (*page, *rest)] == [6, 5, 4, 3, 2, 1]
    assert set(page[0]) == {
        *("at", "by", "event", "outcome", "run", "digest", "slot", "edition_id", "seconds"),
        *("counts", "note", "id"),
    }
    assert "older ones: --before 3" in shown
    assert "number 2" in shown


def test_a_digest_that_is_gone_keeps_its_history(olu: Olu) -> None:
    """An audit trail that ends with a file would be none."""
    olu.write("night", NIGHT)
    olu("pause", "night")
    (olu.home / "config" / "digests" / "night.yaml").unlink()

    assert [one["event"] for one in olu.data("history", "--digest", "night")] == ["pause"]


def test_without_slots_and_digests_it_says_so(olu: Olu) -> None:
    """Silence would be a riddle."""
    olu.write("daily", DAILY)
    assert olu("next").out == "no slot in the next 30 days\n"
    (olu.home / "config" / "digests" / "daily.yaml").unlink()
    assert olu("list").out == "no digest yet: write config/digests/KEY.yaml\n"
    assert olu.data("list") == olu.data("next") == []
    assert olu("run").out == "nothing was to be done\n"


@pytest.mark.parametrize(
    ("args", "error", "hint"),
    [
        (("next", "--digest", "nobody"), "no digest 'nobody'", "known: daily"),
        (("explain", "nobody"), "no digest 'nobody'", "known: daily"),
        (("pause", "nobody"), "no digest 'nobody'", "known: daily"),
        (("resume", "nobody"), "no digest 'nobody'", "known: daily"),
        (("skip", "nobody", FRIDAY), "no digest 'nobody'", "known: daily"),
        (("run", "--digest", "nobody"), "no digest 'nobody'", "known: daily"),
        (("history", "--digest", "nobody"), "no digest 'nobody'", "known: daily"),
        (("skip", "daily", "tomorrow"), "no slot tomorrow of daily is to come", f"the next: {FRIDAY}"),
        (("skip", "daily", "2026-11-18T07:00"), "no slot 2026-11-18T07:00 of daily", f"the next: {FRIDAY}"),
        (("run", "--as-of", "soon"), "'soon' is no moment", "write it as 2026-11-19T07:00"),
    ],
)
def test_a_wrong_wish_is_refused_with_a_way_out(
    olu: Olu, args: tuple[str, ...], error: str, hint: str
) -> None:
    """No traceback; what is there, or how to write it."""
    ran = olu(*args, "--json")

    assert ran.code == 1
    assert ran.error["error"].startswith(error)
    assert hint in ran.error["hint"]
