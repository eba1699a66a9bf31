"""What relays answered to mail: at the desk, by command and by the API, after an edition has gone out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from api_cast import program
from braking_cast import DUE, furnish_for
from commands import furnish, run_here
from desk_cast import desk
from digest.actions.mailing.relay_answers import Pace
from digest.bootstrap import open_app
from digest.model.accounts import Role
from digest.web.charts import answer_times, ms_words
from scripted_relay import ScriptedRelay

NOW = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_what_a_relay_answered_is_told_by_kind_with_how_soon(tmp_path: Path) -> None:
    """Two mails are taken, one address is unknown, one mailbox is full for now."""
    script = {"rcpt r0@example.org": "550 5.1.1 nobody", "rcpt r1@example.org": "452 4.2.2 full"}
    with ScriptedRelay(script) as relay:
        home = furnish_for(tmp_path / "home", relay.port, readers=4)
        assert run_here("build", "daily", "--at", DUE.isoformat(), home=home).code == 0
        with desk(home, Role.OPERATOR) as here:
            assert "No mail of an edition in 24 hours" in here.get("/relays")
        run_here("send", "1", "--late", home=home)
    (told,) = run_here("relays", "--json", home=home).data
    answers = told["answers"]
    assert [answers[key] for key in ("total", "taken", "put_off", "refused", "lost")] == [4, 2, 1, 1, 0]
    assert {one["kind"]: (one["count"], one["words"]) for one in answers["shares"]} == {
        "2": (2, "taken"),
        "4.2": (1, "put off: mailbox"),
        "5.1": (1, "refused: address"),
    }
    assert 0 < answers["median_ms"] <= answers["p95_ms"]
    assert "put off: mailbox" in run_here("relays", home=home).out
    with desk(home, Role.OPERATOR, email="olu@example.org") as here:
        page = here.get("/relays")
    assert page.count(">25 %</td>") == 2
    assert ">50 %</td>" in page
    assert 'put off: mailbox <span class="wire">4.2.x</span> 1' in page


def test_hours_make_a_line_and_programs_read_the_same(tmp_path: Path) -> None:
    """What was more than a day ago is not told; a share that is next to nothing, or all but one, says so."""
    with open_app(furnish(tmp_path / "home")) as app, app.store.writing() as tx:
        tx.relays.heard("main", at=NOW - 25 * HOUR, replies={"5": 99}, times={0: 99})
        tx.relays.heard("main", at=NOW - 3 * HOUR, replies={"2": 3_000}, times={28: 3_000})
        tx.relays.heard("main", at=NOW, replies={"2": 1_000, "none": 1}, times={40: 1_000})
        tx.relays.heard("gone", at=NOW, replies={"2": 1}, times={40: 1})
    with program(tmp_path / "home", at=NOW) as api:
        (told,) = api.get("/relays/answers")["items"]
        editor = api.token_of(Role.EDITOR)
        assert api.ask("GET", "/relays/answers", token=editor).status_code == 403
    assert (told["relay"], told["total"], told["lost"]) == ("main", 4_001, 1)
    assert (told["median_ms"], told["p95_ms"]) == (140, 1_117)
    assert [one["p95_ms"] for one in told["paces"]] == [140, 1_117]
    with desk(tmp_path / "home", Role.OPERATOR, clock=lambda: NOW, email="bo@example.org") as here:
        page = here.get("/relays")
    assert "Between 140 ms and 1.1 s, at last 1.1 s." in page
    assert ">over 99.9 %</td>" in page
    assert ">under 0.1 %</td>" in page


def test_short_times_are_written_as_people_say_them() -> None:
    """One hour is no line yet."""
    assert [ms_words(ms) for ms in (7, 999, 1_250, 46_000, 125_000)] == [
        "7 ms",
        "999 ms",
        "1.2 s",
        "46 s",
        "2 min 5 s",
    ]
    assert answer_times((Pace(hour=NOW, p95_ms=7),), "main", "UTC") is None
