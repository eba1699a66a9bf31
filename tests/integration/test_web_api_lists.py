"""Lists of subscribers in and out by the API, sign-ups of other sites, and mail that came back."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api_cast import MORNING, Program, program
from digest.actions.readers import import_desk
from digest.model.accounts import Right, Role
from digest.web.headers import BODY_BYTES
from reports_cast import add_reader, furnish_home, report

CSV = b"email,name,sections\nsam@example.org,Sam,science\nno address,Eve,\nsam@example.org,Sam O,\n"


def begin(api: Program, data: bytes = CSV) -> dict[str, Any]:  # why Any: JSON
    answer = api.bring("/digests/daily/imports", {"file": data}, consent="fair 2026")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_file_is_looked_at_taken_in_and_written_out_again(api: Program) -> None:
    """First what would come of it, then as far as it is; what goes out can come in again."""
    begun = begin(api)
    assert (begun["lines"], begun["done"], begun["per_mille"]) == (3, None, 0)
    foreseen = begun["foreseen"]
    assert isinstance(foreseen, dict)
    assert (foreseen["new"], foreseen["wrong"], foreseen["refused"][0]["line"]) == (1, 1, 3)
    assert api.get("/subscribers")["items"] == []  # a look takes nobody in

    path = f"/digests/daily/imports/{begun['name']}"
    assert api.get(path) == begun
    over = api.do("POST", f"{path}/go-on")
    assert (over["is_over"], over["per_mille"], over["done"]["new"]) == (True, 1000, 1)
    assert api.do("POST", f"{path}/go-on") == over

    (choice,) = api.get("/digests/daily/subscribers")["items"]
    assert (choice["email"], choice["state"], choice["consent"]) == (
        "s…m@example.org",
        "confirmed",
        "fair 2026",
    )
    assert api.get("/digests/daily/subscribers?state=ended")["items"] == []
    written = api.ask("POST", "/digests/daily/subscribers/export")
    assert written.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="daily-readers.csv"' in written.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(written.text)))
    assert [row["email"] for row in rows] == ["sam@example.org"]
    notes = [line["note"] for line in api.get("/digests/daily/history?limit=2")["items"]]
    assert notes[0] == "wrote all readers out"
    assert (notes[1] or "").startswith("imported 1 new")
    assert begin(api, written.content)["foreseen"]["updated"] == 1


def test_a_file_is_forgotten_and_is_nobody_elses(api: Program) -> None:
    """Neither another person's program, nor one for another digest, gets at what waits."""
    path = f"/digests/daily/imports/{begin(api)['name']}"
    assert api.ask("GET", path.replace("daily", "weekly")).status_code == 404
    for token in (api.token_of(Role.OPERATOR), api.token_of(Role.OPERATOR, digest="daily")):
        assert api.ask("GET", path, token=token).status_code == 404
        assert api.ask("POST", f"{path}/go-on", token=token).status_code == 404
        assert api.ask("DELETE", path, token=token).status_code == 404
    other = api.token_of(Role.OPERATOR, digest="weekly")
    assert api.ask("POST", "/digests/daily/subscribers/export", token=other).status_code == 403
    assert api.ask("GET", "/digests/daily/subscribers", token=other).status_code == 403
    assert api.do("DELETE", path)["dropped"] is True
    assert api.ask("GET", path).status_code == 404
    assert list((api.app.home.root / "var" / "imports").iterdir()) == []


@pytest.mark.parametrize("name", ["..%2F..%2Fdigest.db", "%2e%2e", "a" * 16, "a/b", "%00" * 16, "a" * 41])
def test_no_name_of_an_import_leads_out_of_its_folder(api: Program, name: str) -> None:
    """Names are ours alone; what a file is called where it came from names nothing here."""
    for method, path in (("GET", ""), ("POST", "/go-on"), ("DELETE", "")):
        status = api.ask(method, f"/digests/daily/imports/{name}{path}").status_code
        assert status in {404, 405, 422}
    headers = {"Authorization": f"Bearer {api.token}"}
    files = {"file": ("../../../config/digest.yaml", CSV)}
    url = "/api/v1/digests/daily/imports"
    sent = api.client.post(url, files=files, data={"consent": "fair"}, headers=headers)
    assert sent.json()["file"] == "digest.yaml"
    assert (api.app.home.config / "digest.yaml").read_bytes().startswith(b"database")


def test_what_is_no_list_is_refused_and_not_kept(api: Program) -> None:
    """A quotation mark that is never closed, a column too few, no consent; and nothing stays on the disk."""
    bombs = {
        b"name\nSam\n": "no column 'email'",
        b'email\n"' + b"a" * 1_100_000: "not CSV",
        b"email\n\x00\x01\n": "no text",
        b"": "no column 'email'",
    }
    for data, said in bombs.items():
        answer = api.bring("/digests/daily/imports", {"file": data}, consent="fair")
        assert answer.status_code == 422
        assert said in answer.json()["error"]
        assert "imports" not in answer.text  # where it lay
    for consent in ("", "   "):
        assert api.bring("/digests/daily/imports", {"file": CSV}, consent=consent).status_code == 422
    assert api.bring("/digests/none/imports", {"file": CSV}, consent="fair").status_code == 404
    assert list((api.app.home.root / "var" / "imports").iterdir()) == []


def test_cells_that_a_spreadsheet_would_run_come_out_as_text(api: Program) -> None:
    """Formulas in names and consents; source: OWASP, CSV Injection."""
    name, consent = '=HYPERLINK("http://evil.example")', "@SUM(1+1)"
    wish = {"email": "sam@example.org", "name": name, "consent": consent}
    api.do("POST", "/digests/daily/subscribers", wish)
    (row,) = csv.DictReader(io.StringIO(api.ask("POST", "/digests/daily/subscribers/export").text))
    assert (row["name"], row["consent"]) == (f"'{name}", f"'{consent}")


def test_only_who_may_import_brings_more_than_a_request_holds(api: Program) -> None:
    """Everybody else is turned away before more of it is read."""
    head = b"email,name\nsam@example.org,Sam\n"
    large = head + b"\n" * BODY_BYTES
    assert begin(api, large)["lines"] == 1
    api.token, admin = api.token_of(Role.ADMIN, Right.READ), api.token
    assert api.bring("/digests/daily/imports", {"file": large}, consent="fair").status_code == 413
    api.token = api.token_of(Role.EDITOR)
    assert api.bring("/digests/daily/imports", {"file": large}, consent="fair").status_code == 413
    api.token = "digest_" + "x" * 43
    assert api.bring("/digests/daily/imports", {"file": large}, consent="fair").status_code == 413
    api.token = admin
    assert api.bring("/bounces", {"message": large}).status_code == 413


def test_nobody_fills_the_disk_with_files_that_wait(api: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few files a person; one that is taken in or forgotten makes room."""
    monkeypatch.setattr(import_desk, "_MOST_WAITING", 2)
    first, _ = begin(api), begin(api)
    refused = api.bring("/digests/daily/imports", {"file": CSV}, consent="fair")
    assert refused.status_code == 409
    assert "wait" in refused.json()["error"]
    api.do("POST", f"/digests/daily/imports/{first['name']}/go-on")
    begin(api)


def test_a_site_hands_a_sign_up_over_and_the_person_confirms_by_mail(api: Program) -> None:
    """The answer is the same whoever has the address; nobody is subscribed by it."""
    wish = {"email": "sam@example.org", "sections": ["science"], "address": "203.0.113.7"}
    assert api.do("POST", "/digests/daily/sign-ups", wish)["taken"] is True
    assert api.do("POST", "/digests/daily/sign-ups", wish)["taken"] is True
    with api.app.store.reading() as tx:
        (waiting,) = tx.consents.waiting("sam@example.org", since=MORNING - timedelta(hours=1))
        assert waiting.wish.sections == ("science",)
        assert tx.people.find("sam@example.org") is None
    wrong = {"email": "no address"}, {"email": "a@b.example", "address": "here"}, {"sections": ["sport"]}
    for one in wrong:
        assert api.ask("POST", "/digests/daily/sign-ups", one).status_code == 422
    assert api.ask("POST", "/digests/none/sign-ups", wish).status_code == 404


def test_sign_ups_of_one_network_have_an_end(api: Program) -> None:
    """The limits of the page hold here, too: the network is the person's that the site names."""
    most = api.app.digests["daily"].sign_up.per_network
    codes = [
        api.ask(
            "POST",
            "/digests/daily/sign-ups",
            {"email": f"r{number}@example.org", "address": "2001:db8::1"},
        ).status_code
        for number in range(most + 1)
    ]
    assert codes == [200] * most + [429]
    wish = {"email": "sam@example.org", "address": "203.0.113.7"}
    assert api.ask("POST", "/digests/daily/sign-ups", wish).status_code == 200


def test_mail_that_came_back_is_handed_over_and_counts_once(tmp_path: Path) -> None:
    """What names no mail of ours changes nothing, so that nobody is barred by a forged report."""
    with program(furnish_home(tmp_path / "home")) as api:
        reader = add_reader(api.app)
        message = report("no-such-user", reader.addresses[0])
        taken = api.bring("/bounces", {"message": message}).json()
        assert (taken["outcome"], taken["kind"], taken["email"]) == ("noted", "hard", reader.email)
        assert api.bring("/bounces", {"message": message}).json()["outcome"] == "known"
        assert api.bring("/bounces", {"message": b"\x00\xff junk"}).json()["outcome"] == "ignored"
        (line,) = api.get("/bounces")["items"]
        assert (line["email"], line["kind"], line["edition"]) == (reader.email, "hard", taken["edition"])
        assert (
            api.ask("GET", "/bounces", token=api.token_of(Role.OPERATOR, digest="daily")).status_code == 403
        )
