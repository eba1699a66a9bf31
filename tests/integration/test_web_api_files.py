"""Digests' files by the API: judged, compared, saved, brought back; and rehearsed before."""

from __future__ import annotations

from pathlib import Path

import pytest

from api_cast import ADMIN, Program
from commands import DAILY
from digest.model.accounts import Right, Role
from service_cast import until

LESS = DAILY.replace("at_most: 20", "at_most: 12")


def file_of(api: Program, key: str = "daily") -> Path:
    return api.app.home.config / "digests" / f"{key}.yaml"


def test_a_file_is_saved_on_the_text_that_was_looked_at(api: Program) -> None:
    """Comments stay, the difference was told before, and a second program does not write over the first."""
    text = f"# ours\n{LESS}"
    shown = api.get("/digests/daily/file")
    assert (shown["file"], shown["text"], shown["faults"]) == ("config/digests/daily.yaml", DAILY, [])
    checked = api.do("POST", "/digests/daily/file/check", {"text": text})
    assert (checked["faults"], checked["base"]) == ([], shown["hash"])
    assert next(line["text"] for line in checked["difference"] if line["kind"] == "add") == "# ours"
    assert file_of(api).read_text("utf-8") == DAILY

    wish = {"text": text, "base": shown["hash"], "note": "less"}
    saved = api.do("PUT", "/digests/daily/file", wish)
    assert saved["changed"] is True
    assert file_of(api).read_text("utf-8") == text
    assert api.ask("PUT", "/digests/daily/file", wish | {"text": DAILY}).status_code == 409
    again = api.do("PUT", "/digests/daily/file", wish | {"base": saved["hash"]})
    assert (again["changed"], again["hash"]) == (False, saved["hash"])
    (line, *_) = api.get("/digests/daily/history")["items"]
    assert (line["by"], line["event"], line["note"]) == (ADMIN, "file", "config/digests/daily.yaml: less")


def test_faults_are_told_at_their_places_and_nothing_is_saved(api: Program) -> None:
    """With what would mend them, where that is plain."""
    wrong = DAILY.replace("at_most: 20", "at_mots: 20")
    (fault, *_) = api.do("POST", "/digests/daily/file/check", {"text": wrong})["faults"]
    assert (fault["line"], fault["key"]) == (5, "selection.at_mots")
    base = api.get("/digests/daily/file")["hash"]
    refused = api.ask("PUT", "/digests/daily/file", {"text": wrong, "base": base})
    assert refused.status_code == 422
    assert "at_mots" in refused.json()["error"]
    assert file_of(api).read_text("utf-8") == DAILY


def test_one_value_is_changed_and_an_old_version_comes_back(api: Program) -> None:
    """The text of both versions is kept; a version of another digest's file is not there."""
    base = api.get("/digests/daily/file")["hash"]
    wish = {"key": "selection.at_most", "value": "12", "base": base}
    changed = api.do("POST", "/digests/daily/file/value", wish)
    assert file_of(api).read_text("utf-8") == LESS
    newest, oldest = api.get("/digests/daily/file/versions")["items"]
    assert (newest["by"], newest["note"], oldest["by"]) == (ADMIN, "selection.at_most: 12", None)
    path = f"/digests/daily/file/versions/{oldest['id']}"
    old = api.get(path)
    assert old["text"] == DAILY
    assert {line["kind"] for line in old["difference"]} == {"same", "cut", "add", "gap"}
    restored = api.do("POST", f"{path}/restore", {"base": changed["hash"]})
    assert (restored["changed"], restored["hash"]) == (True, base)
    assert file_of(api).read_text("utf-8") == DAILY
    assert api.ask("GET", f"/digests/weekly/file/versions/{oldest['id']}").status_code == 404


def test_a_new_digest_begins_with_a_text_that_works(api: Program) -> None:
    """Its file is there at once; only an operator of all digests begins one."""
    key = api.do("POST", "/digests", {"start": "weekly", "title": "Harbour: the Week"})["digest"]
    shown = api.get(f"/digests/{key}/file")
    assert (key, shown["faults"]) == ("harbour-the-week", [])
    one = api.token_of(Role.OPERATOR, digest="daily")
    assert api.ask("POST", "/digests", {"start": "empty"}, token=one).status_code == 403


@pytest.mark.parametrize("key", ["..%2Fdigest", "%2e%2e", "daily.yaml", "DAILY", "a" * 64, "%00", ".."])
def test_no_key_leads_out_of_the_folder(api: Program, key: str) -> None:
    """What no digest can be called names no file, whatever a web server makes of it."""
    base = "0" * 64
    for method, path, body in (
        ("GET", "file", None),
        ("POST", "file/check", {"text": DAILY}),
        ("PUT", "file", {"text": DAILY, "base": base}),
        ("GET", "file/versions", None),
    ):
        assert api.ask(method, f"/digests/{key}/{path}", body).status_code in {404, 405}
    assert sorted(path.name for path in file_of(api).parent.iterdir()) == ["daily.yaml", "weekly.yaml"]


def test_a_file_of_another_digest_is_neither_read_nor_written(api: Program) -> None:
    """Nor does an editor write the one that they may read."""
    other = api.token_of(Role.OPERATOR, digest="weekly")
    editor = api.token_of(Role.EDITOR, digest="daily")
    wish = {"text": LESS, "base": api.get("/digests/daily/file")["hash"]}
    assert api.ask("GET", "/digests/daily/file", token=other).status_code == 403
    assert api.ask("PUT", "/digests/daily/file", wish, token=other).status_code == 403
    assert api.ask("GET", "/digests/daily/file", token=editor).status_code == 200
    assert api.ask("PUT", "/digests/daily/file", wish, token=editor).status_code == 403
    assert file_of(api).read_text("utf-8") == DAILY


def test_a_change_is_compared_with_the_file_over_the_last_days(api: Program) -> None:
    """In the background: the program asks until it is done. Nothing is stored or sent by it."""
    rules = f"{DAILY}schedule: [{{at: 07:00}}]\n"
    base = api.get("/digests/daily/file")["hash"]
    assert api.ask("POST", "/digests/daily/comparisons").status_code == 409  # it has no schedule
    api.do("PUT", "/digests/daily/file", {"text": rules, "base": base})
    text = rules.replace("at_most: 20, at_least: 2", "at_most: 1, at_least: 1")
    begun = api.do("POST", "/digests/daily/comparisons", {"text": text, "days": 2})
    path = f"/digests/daily/comparisons/{begun['run']}"
    until(lambda: api.get(path)["state"] != "running")
    found = api.get(path)
    assert (found["state"], found["problem"], len(found["rows"])) == ("done", None, 2)
    assert api.do("DELETE", path)["state"] == "done"
    assert api.ask("GET", path.replace("daily", "weekly")).status_code == 404
    other = api.token_of(Role.OPERATOR, digest="weekly")
    assert api.ask("GET", path, token=other).status_code == 403
    assert api.ask("GET", path, token=api.token_of(Role.ADMIN, Right.READ)).status_code == 403
    assert len(api.get("/editions")["items"]) == 1
