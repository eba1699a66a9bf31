"""The rooms of the house by the API: relays, machine, DNS, what comes, what goes out, what went out."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from api_cast import ADMIN, Program, program
from braking_cast import begun, cut_off
from commands import DAILY
from digest.actions.mailing.books import books_of
from digest.actions.steering import braking
from digest.bootstrap import open_app
from digest.model import EditionState
from digest.model.accounts import Right, Role
from newsroom import newsroom


@pytest.fixture
def sending(tmp_path: Path) -> Iterator[Program]:
    """A program in a home whose edition is on its way to five readers, of two nobody knows the end."""
    with newsroom(tmp_path, "review: {mode: required}") as room:
        edition = begun(room, readers=5)
        cut_off(room, edition, 2)
        now = room.clock()
    (tmp_path / "config" / "digests" / "weekly.yaml").write_text(DAILY, encoding="utf-8")
    with program(tmp_path, at=now) as here:
        here.edition = edition
        yield here


def test_relays_and_machine_are_shown_to_operators(api: Program) -> None:
    """A relay that nobody listens at says so, and since when."""
    (relay,) = api.get("/relays")["items"]
    assert (relay["name"], relay["look"], relay["is_stale"]) == ("main", None, True)
    look = api.do("POST", "/relays/main/look")
    assert look["trouble"]
    assert look["ms"] is None
    assert api.get("/relays")["items"][0]["look"] == look
    assert api.ask("POST", "/relays/none/look").status_code == 404
    machine = api.get("/machine")
    assert (machine["database"], machine["trouble"], machine["is_blind"]) == ("a file", [], False)
    assert machine["disks"][0]["free"] > 0
    editor = api.token_of(Role.EDITOR)
    for path in ("/relays", "/machine", "/dns"):
        assert api.ask("GET", path, token=editor).status_code == 403


def test_records_to_publish_are_there_before_anybody_asks_and_compared_after(api: Program) -> None:
    """As pieces, too: forms of name servers take no more than 255 characters at once (RFC 1035)."""
    shown = api.get("/dns")
    assert shown["asked_at"] is None
    (domain,) = shown["domains"]
    assert domain["domain"] == "news.example.org"
    assert {one["state"] for one in domain["records"]} == {"unasked"}
    asked = api.do("POST", "/dns")
    assert asked["asked_at"]
    (policy,) = [one for one in asked["domains"][0]["records"] if one["kind"] == "DMARC"]
    assert (policy["state"], policy["needs_work"]) == ("missing", True)
    assert "".join(policy["strings"]) == policy["wanted"]
    assert api.get("/dns") == asked


def test_slots_of_all_digests_come_in_one_list(api: Program) -> None:
    """Of those that one may look at."""
    rules = DAILY + "schedule: [{at: '07:00'}]\n"
    for key in ("daily", "weekly"):
        (api.app.home.config / "digests" / f"{key}.yaml").write_text(rules, "utf-8")
    with open_app(api.app.home.root) as fresh:
        object.__setattr__(api.app, "digests", fresh.digests)
    assert len(api.get("/slots?days=2")["items"]) == 4
    mine = api.ask("GET", "/slots?days=2", token=api.token_of(Role.EDITOR, digest="weekly")).json()["items"]
    assert {one["digest"] for one in mine} == {"weekly"}
    assert api.ask("GET", "/slots?days=31").status_code == 422


def test_the_day_says_what_waits_for_a_hand(api: Program) -> None:
    """For a screen on the wall, or a program that calls somebody: of the digests that one may look at."""
    api.do("POST", f"/editions/{api.edition}/hold", {"note": "the verdict"})
    day = api.get("/today")
    (entry,) = day["entries"]
    assert (day["waiting"], entry["edition"], entry["waits"], entry["is_over"]) == (1, 1, True, False)
    assert (entry["state"], entry["last"]["by"], entry["last"]["note"]) == ("held", ADMIN, "the verdict")
    other = api.token_of(Role.EDITOR, digest="weekly")
    assert api.ask("GET", "/today", token=other).json()["entries"] == []


def test_what_is_not_in_an_edition_is_told_with_what_would_change_it(api: Program) -> None:
    """The same words as on the desk."""
    found = api.get(f"/editions/{api.edition}/left-out")
    assert found["candidates"] == 8
    assert sum(found["counts"].values()) == len(found["items"]) > 0
    assert all(one["text"] and one["short"] for one in found["items"])
    group = found["items"][0]["group"]
    some = api.get(f"/editions/{api.edition}/left-out?group={group}")["items"]
    assert len(some) == found["counts"][group]
    other = api.token_of(Role.EDITOR, digest="weekly")
    assert api.ask("GET", f"/editions/{api.edition}/left-out", token=other).status_code == 403


def test_links_are_asked_for_and_stand_beside_the_findings(api: Program) -> None:
    """Here no name is known, so nobody can tell of any."""
    before = api.get(f"/editions/{api.edition}/findings")["links"]
    assert {one["state"] for one in before} == {None}
    after = api.do("POST", f"/editions/{api.edition}/findings/links")["links"]
    assert {one["state"] for one in after} == {"silent"}
    reads = api.token_of(Role.ADMIN, Right.READ)
    assert api.ask("POST", f"/editions/{api.edition}/findings/links", token=reads).status_code == 403


def test_an_article_is_dropped_for_good(api: Program) -> None:
    """For every digest, so an editor of one alone may not."""
    path = f"/articles/{api.get('/articles?limit=1')['items'][0]['id']}"
    assert api.ask("DELETE", path, token=api.token_of(Role.EDITOR, digest="daily")).status_code == 403
    assert api.do("DELETE", path)["dropped"] is True
    assert api.ask("GET", path).status_code == 404
    assert api.ask("DELETE", path).status_code == 404


def test_progress_shows_books_and_steps_and_the_brake_ends_it(sending: Program) -> None:
    """Stopped, then ended: who has none yet gets nothing, and the books balance but for the unknown."""
    path = f"/editions/{sending.edition}"
    shown = sending.get(f"{path}/progress")
    assert (shown["state"], shown["books"]["frozen"], shown["books"]["open"]) == ("sending", 5, 3)
    assert shown["steps"][0]["after"] == "sending"
    assert sending.ask("POST", f"{path}/end").status_code == 409  # nobody has stopped it
    assert sending.do("PUT", f"{path}/brake", {"note": "a wrong name"})["state"] == "held"
    assert sending.get(f"{path}/progress")["is_braked"] is True
    books = sending.do("POST", f"{path}/end")
    assert (books["expired"], books["unknown"], books["open"], books["balance"]) == (3, 2, 0, True)
    assert sending.get(f"{path}")["state"] == "sent"


def test_single_unknown_deliveries_are_decided_on(sending: Program) -> None:
    """One is left as it is; another edition's or another digest's program decides on none."""
    (line,) = sending.get("/unknown")["items"]
    assert (line["edition"], line["count"]) == (sending.edition, 2)
    other = sending.token_of(Role.OPERATOR, digest="weekly")
    assert sending.ask("GET", "/unknown", token=other).json()["items"] == []
    path = f"/editions/{sending.edition}"
    first, _ = sending.get(f"{path}/deliveries?state=unknown")["items"]
    assert ("@example.org" in first["email"], first["email_now"]) == (True, None)
    wish = {"resend": False, "deliveries": [first["id"]]}
    assert sending.ask("POST", f"{path}/unknown", wish, token=other).status_code == 403
    assert sending.do("POST", f"{path}/unknown", wish)["decided"] == 1
    assert sending.get("/unknown")["items"][0]["count"] == 1
    foreign = {"resend": False, "deliveries": [999]}
    assert sending.ask("POST", f"{path}/unknown", foreign).status_code == 409


def test_what_went_out_is_listed_and_summed(sending: Program) -> None:
    """Of the digests that one may look at."""
    braking.pull(sending.app, sending.edition, by=ADMIN)
    braking.end(sending.app, sending.edition, by=ADMIN)
    assert books_of(sending.app, sending.edition).balance
    (sent,) = sending.get("/sent")["items"]
    assert (sent["edition"], sent["books"]["frozen"]) == (sending.edition, 5)
    assert sum(part["items"] for part in sent["sections"]) > 0
    figures = sending.get("/figures")
    assert [one["edition"] for one in figures["closings"]] == [sending.edition]
    assert [one["edition"] for one in figures["lateness"]] == [sending.edition]
    assert len(figures["days"]) == 30
    other = sending.token_of(Role.EDITOR, digest="weekly")
    assert sending.ask("GET", "/sent", token=other).json()["items"] == []
    assert sending.ask("GET", "/figures", token=other).json()["closings"] == []
    assert sending.get(f"/editions/{sending.edition}")["state"] == EditionState.SENT


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00"])
def test_moments_at_the_ends_of_the_calendar_break_nothing(api: Program, moment: str) -> None:
    """Years 1 and 9999 fit a text, and not every zone."""
    cursor = base64.urlsafe_b64encode(moment.replace("%2B", "+").encode()).decode().rstrip("=")
    asked = {
        "/articles/search?since=": moment,
        "/articles/search?until=": moment,
        "/history?day=": moment[:10],
        "/sent?cursor=": cursor,
    }
    for path, value in asked.items():
        assert api.ask("GET", path + value).status_code in {200, 422}, path
    at = {"at": moment.replace("%2B", "+"), "dry_run": True}
    assert api.ask("POST", "/digests/daily/build", at).status_code in {409, 422}
    new = {"title": "Old", "text": "It was long ago. " * 30, "published": at["at"]}
    assert api.ask("POST", "/articles", {"articles": [new]}).status_code in {200, 422}
