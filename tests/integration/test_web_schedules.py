"""Schedules and digests' files at the desk, without a script: every form as a browser sends it."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commands import DAILY, furnish
from desk_cast import Desk, desk
from digest.model.accounts import Role
from newsroom import newsroom
from store_cast import add_edition

NOW = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
RULES = DAILY + "schedule: [{at: 07:00}] # each day\n"
FILE = "/digests/daily/file"
BROKEN = RULES.replace("window: 24h", "windw: 24h").replace("07:00", "25:15")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose digest 'daily' comes out at seven."""
    root = furnish(tmp_path / "home")
    (root / "config" / "digests" / "daily.yaml").write_text(RULES, "utf-8")
    return root


def base_of(page: str) -> str:
    return re.findall(r'name="base" value="([0-9a-f]{64})"', page)[0]


def text_of(page: str) -> str:
    """Return the text that the page's forms carry."""
    return html.unescape(re.findall(r'name="text" value="([^"]*)"', page)[0])


def history(here: Desk) -> list[tuple[str, str, str | None]]:
    with here.app.store.reading() as tx:
        return [(line.by, line.event, line.slot) for line in tx.history.list(limit=5)]


def test_a_digest_is_paused_and_resumed_and_a_run_left_out(home: Path) -> None:
    """Each deed is on record under the name of who did it, and the page tells how it is now."""
    with desk(home, Role.OPERATOR, clock=lambda: NOW) as here:
        page = here.get("/schedules")
        assert "Every day at 07:00" in page
        assert "Skip Fri 20 Nov 07:00" in page
        assert "ask=pause" in page
        here.post("/digests/daily/pause", {"note": "snow"})
        assert "Paused by Ada Venn: snow" in here.get("/schedules").replace("You", "Ada Venn")
        here.post("/digests/daily/resume")
        here.post("/digests/daily/slots/2026-11-21T07:00/skip")
        assert "Take it back" in here.get("/schedules")
        here.post("/digests/daily/slots/2026-11-21T07:00/unskip")
        assert "Take it back" not in here.get("/schedules", digest="daily", axis="utc")
        slot = "2026-11-21T07:00"
        assert history(here)[:4] == [
            ("ada@example.org", "unskip", slot),
            ("ada@example.org", "skip", slot),
            ("ada@example.org", "resume", None),
            ("ada@example.org", "pause", None),
        ]


def test_running_now_leads_to_the_edition(home: Path) -> None:
    """Where there is something to see on the desk."""
    with newsroom(home.with_name("news")) as room:
        root, now = room.app.home.root, room.clock
    with desk(root, Role.OPERATOR, clock=now) as here:
        assert here.post("/digests/daily/run") == "/desk/1"
        assert "The Daily Brief is built." in here.get("/desk/1")
        assert here.post("/digests/daily/run") == "/desk/1"
        assert "has one of this minute already" in here.get("/desk/1")


def test_too_little_for_an_edition_is_told_with_the_way_out(home: Path) -> None:
    """The desk has nothing to show of it; and the way to the first edition stays open."""
    with desk(home, Role.ADMIN, clock=lambda: NOW) as here:
        assert here.post("/digests/daily/run") == "/schedules?digest=daily"
        said = "There is too little for an edition of The Daily Brief. Of 0 articles 0 fit, and it takes 2"
        assert said in here.get("/schedules?digest=daily")
        assert here.post("/digests/daily/run") == "/schedules?digest=daily"
        assert "try again in the next" in here.get("/schedules?digest=daily")
        assert "Three steps to your first edition" in here.get("/")


def test_who_may_only_read_sees_no_button(home: Path) -> None:
    """An editor looks at the schedule and the file, and changes neither."""
    with desk(home, Role.EDITOR, clock=lambda: NOW) as here:
        for page in (here.get("/schedules"), here.get(FILE)):
            assert '<form method="post" action="/digests' not in page
            assert "Pause…" not in page
        here.post(FILE, {"text": RULES, "do": "save"}, status=403)


def test_a_broken_file_is_not_saved_and_is_mended_by_the_buttons(home: Path) -> None:
    """What was written stays in the page; each way out takes one fault away; the file is saved at the end."""
    with desk(home, Role.OPERATOR, clock=lambda: NOW) as here:
        base = base_of(here.get(FILE, mode="write"))
        page = here.post(FILE, {"text": BROKEN, "base": base, "note": "early", "do": "save"}, status=422)
        assert "2 places can’t be read, so nothing has changed" in html.unescape(page)
        assert "There’s no key “windw” here." in html.unescape(page)
        assert (home / "config" / "digests" / "daily.yaml").read_text("utf-8") == RULES
        page = here.post(FILE, {"text": text_of(page), "base": base, "do": "fix-0"}, status=200)
        page = here.post(FILE, {"text": text_of(page), "base": base, "do": "fix-0"}, status=200)
        assert text_of(page) == RULES
        wished = RULES.replace("per_source: 4", "per_source: 2")
        page = here.post(
            FILE, {"text": wished.replace("\n", "\r\n"), "base": base, "do": "check"}, status=200
        )
        assert "2 lines differ" in html.unescape(page)
        where = here.post(FILE, {"text": text_of(page), "base": base, "note": "fewer", "do": "save"})
        assert where == FILE
        assert (home / "config" / "digests" / "daily.yaml").read_text("utf-8") == wished
        assert "You: “fewer”" in html.unescape(here.get(FILE))


def test_somebody_elses_change_is_not_written_over(home: Path) -> None:
    """The page says so, shows the difference to what is there now, and saves when it is sent again."""
    path = home / "config" / "digests" / "daily.yaml"
    with desk(home, Role.OPERATOR, clock=lambda: NOW) as here:
        base = base_of(here.get(FILE, mode="write"))
        path.write_text(RULES + "# theirs\n", "utf-8")
        page = here.post(FILE, {"text": RULES + "# mine\n", "base": base, "do": "save"}, status=409)
        assert "Somebody changed the file meanwhile" in page
        assert path.read_text("utf-8").endswith("# theirs\n")
        here.post(FILE, {"text": text_of(page), "base": base_of(page), "do": "save"})
        assert path.read_text("utf-8").endswith("# mine\n")


def test_one_value_is_put_in_and_an_old_version_comes_back(home: Path) -> None:
    """Comments stay; what would be no value is told."""
    with desk(home, Role.OPERATOR, clock=lambda: NOW) as here:
        base = base_of(here.get(FILE))
        fields = {"text": RULES, "base": base, "do": "set", "key": "selection.at_most"}
        page = here.post(FILE, {**fields, "value": "{"}, status=422)
        assert "can" in page
        page = here.post(FILE, {**fields, "value": "9"}, status=200)
        assert text_of(page) == RULES.replace("at_most: 20", "at_most: 9")
        here.post(FILE, {"text": text_of(page), "base": base, "do": "save"})
        assert "What would change" in here.get(f"{FILE}/1")
        assert "The file says this now" in here.get(f"{FILE}/2")
        here.post(f"{FILE}/restore", {"number": 1, "base": base_of(here.get(FILE))})
        assert (home / "config" / "digests" / "daily.yaml").read_text("utf-8") == RULES
        assert here.client.get(f"{FILE}/99").status_code == 404


def test_a_file_that_was_broken_by_hand_is_shown_with_its_faults(home: Path) -> None:
    """The desk is where it is mended, so it opens all the same."""
    with desk(home, Role.OPERATOR, clock=lambda: NOW) as here:
        (home / "config" / "digests" / "daily.yaml").write_text(BROKEN, "utf-8")
        page = html.unescape(here.get(FILE))
        assert "The file has 2 faults, so what it says isn’t in force" in page
        assert "Change to window" in page


def test_a_comparison_runs_and_tells_what_changes(home: Path) -> None:
    """It is begun by a form, looked at by its address, and stopped by another form."""
    with desk(home, Role.OPERATOR, clock=lambda: NOW) as here:
        assert "Rehearse the file in force" in here.get("/digests/daily/compare")
        where = here.post("/digests/daily/compare", {"text": RULES + "theme: gazette\n", "days": 2})
        comparisons = here.client.app.state.comparisons
        for thread in comparisons._threads:
            thread.join()
        page = html.unescape(here.get(where))
        assert "The same articles go out." in page
        assert "Save as the new version" in page
        here.post(where.partition("?")[0] + "/" + where.rpartition("=")[2] + "/stop")
        assert here.client.get("/digests/daily/compare?run=unknown").status_code == 404


def test_the_first_page_leads_to_the_first_edition(home: Path) -> None:
    """Until there is an edition it shows three steps, the one to do next among them."""
    (home / "config" / "digests" / "daily.yaml").unlink()
    with desk(home, Role.ADMIN, clock=lambda: NOW) as here:
        assert "Three steps to your first edition" in here.get("/")
        assert "No digest yet" in here.get("/schedules")
        assert "Begin a digest" in here.get("/digests/new")
        assert here.post("/digests", {"start": "daily"}) == "/digests/daily-brief/file?mode=write"
        assert here.post("/digests", {"start": "weekly", "title": 'Tea: "at" five #5'}).startswith(
            "/digests/tea-at-five-5/file"
        )
        assert here.post("/digests", {"start": "empty", "title": "日本"}) == "/digests/digest/file?mode=write"
        assert "Monday" in here.get("/digests/daily-brief/file")
        with here.app.store.writing() as tx:
            add_edition(tx)
        assert "Three steps" not in here.get("/")
