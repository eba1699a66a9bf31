"""The pages of sign-in, account, people and record, as a browser without script uses them."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import httpx2
import pyotp
import pytest
from fastapi.testclient import TestClient

from commands import furnish
from desk_cast import PASSWORD, SAME, Desk, desk
from digest.actions.staff import own_account
from digest.actions.staff.accounts import add_user, find_user
from digest.actions.staff.own_account import accept, invite
from digest.actions.staff.passwords import hashed
from digest.actions.staff.programs import user_of_token
from digest.actions.staff.second_step import begin, offer
from digest.clock import system_clock
from digest.errors import EndedLink
from digest.model import HistoryEntry
from digest.model.accounts import ALL, Grant, Right, Role
from digest.web import create_app

ADA = "ada@example.org"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a digest and nothing else."""
    return furnish(tmp_path / "home")


@pytest.fixture
def here(home: Path) -> Iterator[Desk]:
    """Ada at the desk, who is admin of all."""
    with desk(home, Role.ADMIN) as opened:
        yield opened


def browser(here: Desk, url: str = "http://127.0.0.1") -> TestClient:
    """Another browser before the same desk."""
    return TestClient(create_app(lambda: here.app), base_url=url, follow_redirects=False)


def enter(client: TestClient, password: str = PASSWORD, email: str = ADA) -> httpx2.Response:
    """Send the form of the sign-in."""
    return client.post("/sign-in", data={"email": email, "password": password, "next": "/more"}, headers=SAME)


def cookies(answer: httpx2.Response) -> dict[str, str]:
    """What an answer sets, by name, in lower case."""
    set_by_it = [line.lower() for line in answer.headers.get_list("set-cookie")]
    return {line.partition("=")[0]: line for line in set_by_it}


def form_value(page: str, name: str) -> str:
    """The value of a field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, page
    return unescape(found[1])


def test_with_https_cookies_are_bound_to_the_host(here: Desk) -> None:
    """No neighbour, script or plain connection sees or sets them (RFC 6265bis)."""
    client = browser(here, "https://news.example.org")
    answer = enter(client)
    found = cookies(answer)

    assert set(found) == {"__host-session", "__host-device"}
    for line in found.values():
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= set(line.split("; "))
        assert "domain" not in line
    assert "max-age" not in found["__host-session"]
    assert client.get("/more").status_code == 200


def test_with_https_every_cookie_is_secure_also_the_word_after_a_deed(here: Desk) -> None:
    """A toast names readers and editions: no plain connection may see it."""
    client = browser(here, "https://news.example.org")
    client.headers.update(SAME)
    set_by_them = [*cookies(enter(client)).values()]
    fields = {"name": "Ada Venn", "_token": form_value(client.get("/account").text, "_token")}
    set_by_them += cookies(client.post("/account", data=fields)).values()

    assert [line for line in set_by_them if line.startswith("said=")]
    assert not [line for line in set_by_them if line.split("; ").count("secure") != 1]


def test_a_session_that_is_to_stay_outlives_the_browser_for_thirty_days(here: Desk) -> None:
    """And only that: the other one ends with the browser."""
    fields = {"email": ADA, "password": PASSWORD, "stay": "true"}
    answer = browser(here).post("/sign-in", data=fields, headers=SAME)

    assert "max-age=2592000" in cookies(answer)["session"]


def test_too_many_tries_are_told_how_long_to_wait(here: Desk) -> None:
    """In words, and in the field that programs read (RFC 9110, 10.2.3)."""
    client = browser(here)
    answers = [enter(client, "wrong horse battery") for _ in range(6)]

    assert [one.status_code for one in answers] == [422] * 5 + [429]
    assert 60 <= int(answers[-1].headers["retry-after"]) <= 120
    assert "Try again in" in answers[-1].text


def test_a_code_is_asked_for_after_the_password(here: Desk) -> None:
    """The password alone gives no cookie; a wrong code comes back with the form, the right one goes on."""
    user = find_user(here.app, ADA)
    made = offer(here.app, user)
    codes = begin(here.app, user, made.sealed, pyotp.TOTP(made.secret).now(), by=ADA)
    client = browser(here)
    first = enter(client)
    assert (first.status_code, cookies(first)) == (200, {})
    fields = {"ticket": form_value(first.text, "ticket"), "next": form_value(first.text, "next")}
    wrong = client.post("/sign-in/code", data={**fields, "code": "abc"}, headers=SAME)
    assert (wrong.status_code, cookies(wrong)) == (422, {})
    assert "That is not the code" in wrong.text
    right = client.post("/sign-in/code", data={**fields, "code": codes[0]}, headers=SAME)

    assert (right.status_code, right.headers["location"]) == (303, "/more")
    assert client.get("/more").status_code == 200


def test_an_invitation_leads_to_the_sign_in(here: Desk) -> None:
    """Its page changes nothing; what is sent sets the password; the link is over then."""
    here.post(
        "/users", {"name": "Olu Idris", "email": "olu@example.org", "grants": "operator:daily"}, status=200
    )
    path = invite(here.app, "olu@example.org").removeprefix("https://news.example.org")
    client = browser(here)
    for _ in range(3):
        page = client.get(path).text
        assert "Olu Idris, choose a password" in page
        assert 'name="robots" content="noindex"' in page  # its address is a secret
    short = client.post(path, data={"password": "short"}, headers=SAME)
    assert (short.status_code, "10 to 200 characters" in short.text) == (422, True)
    assert client.post(path, data={"password": PASSWORD}, headers=SAME).headers["location"] == "/sign-in"

    assert client.get(path).status_code == 409
    assert enter(client, email="olu@example.org").status_code == 303


def test_name_zone_and_keys_are_changed_together(here: Desk) -> None:
    """And a zone that is none leaves all as it was."""
    wrong = here.post("/account", {"name": "Ada", "zone": "Mars/Olympus"}, status=422)
    assert "is no IANA zone" in unescape(wrong)
    before = find_user(here.app, ADA)
    assert here.post("/account", {"name": " Ada  V. ", "zone": "Asia/Tokyo"}) == "/account"

    assert find_user(here.app, ADA) == replace(before, name="Ada V.", zone="Asia/Tokyo", single_keys=False)


def test_a_new_password_signs_the_others_out_and_this_one_goes_on(here: Desk) -> None:
    """Under another cookie."""
    other = browser(here)
    enter(other)
    old = here.client.cookies["session"]
    assert "isn't your password" in unescape(
        here.post("/account/password", {"old": "x", "new": "new horse, new battery"}, status=422)
    )
    here.post("/account/password", {"old": PASSWORD, "new": "new horse, new battery"})

    assert here.client.cookies["session"] != old
    assert here.client.get("/account").status_code == 200
    assert other.get("/account").status_code == 303


def test_codes_begin_with_the_picture_and_end_with_the_password(here: Desk) -> None:
    """The picture is drawn without style; ten codes are shown once."""
    page = here.get("/account/codes")
    assert "<svg" in page
    assert "style=" not in page
    found = re.search(r'class="wire secret">([A-Z2-7 ]+)<', page)
    assert found is not None
    code = pyotp.TOTP(found[1].replace(" ", "")).now()
    fields = {"sealed": form_value(page, "sealed"), "password": PASSWORD}
    assert "That is not the code" in here.post("/account/codes", {**fields, "code": "x"}, status=422)
    shown = here.post("/account/codes", {**fields, "code": code}, status=200)
    assert len(re.findall(r"<li>[a-z2-7]{4}(-[a-z2-7]{4}){3}</li>", shown)) == 10
    assert find_user(here.app, ADA).has_totp
    here.post("/account/codes/end", {"password": PASSWORD})

    assert not find_user(here.app, ADA).has_totp
    assert here.client.get("/account").status_code == 200


def test_other_browsers_are_signed_out_one_by_one(here: Desk) -> None:
    """Those of somebody else are not hers to end."""
    other = browser(here)
    enter(other)
    add_user(here.app, "olu@example.org", "Olu", password=PASSWORD, grants=[], by="tests")
    strangers = browser(here)
    enter(strangers, email="olu@example.org")
    numbers = re.findall(r"/account/sessions/(\d+)/end", here.get("/account"))
    assert len(numbers) == 1
    for number in (int(numbers[0]), int(numbers[0]) + 1):
        here.post(f"/account/sessions/{number}/end")

    assert other.get("/account").status_code == 303
    assert strangers.get("/account").status_code == 200


@pytest.mark.parametrize("number", ["0", "-1", str(2**63), "9" * 30])
def test_numbers_that_nothing_has_end_nothing(here: Desk, number: str) -> None:
    """Also those that no database can hold: it is not the database that has a fault."""
    here.post(f"/account/sessions/{number}/end")
    here.post(f"/account/tokens/{number}/revoke", status=404)

    assert here.client.get("/account").status_code == 200


def test_a_token_is_shown_once_and_holds_until_it_is_revoked(here: Desk) -> None:
    """With the scopes that were ticked."""
    fields = {"name": "Export", "scopes": ["read", "edit"], "days": "30"}
    shown = re.search(r">(digest_[^<]+)<", here.post("/account/tokens", fields, status=200))
    assert shown is not None
    found = user_of_token(here.app, shown[1])
    assert found is not None
    assert (found[0].email, found[1].scopes) == (ADA, {Right.READ, Right.EDIT})
    assert shown[1] not in here.get("/account")
    number = re.search(r"/account/tokens/(\d+)/revoke", here.get("/account"))
    assert number is not None
    here.post(f"/account/tokens/{number[1]}/revoke")

    assert user_of_token(here.app, shown[1]) is None


def test_an_admin_of_one_digest_gives_roles_of_that_digest_alone(home: Path) -> None:
    """Neither over all, nor does saving take away what others gave."""
    daily = (home / "config" / "digests" / "daily.yaml").read_text("utf-8")
    (home / "config" / "digests" / "weekly.yaml").write_text(daily.replace("Daily", "Weekly"), "utf-8")
    with desk(home, Role.ADMIN, digest="daily") as here:
        weekly = Grant(digest="weekly", role=Role.EDITOR)
        olu = add_user(here.app, "olu@example.org", "Olu", password=None, grants=[weekly], by="tests")
        here.post(f"/users/{olu.id}/roles", {"grants": ["editor:daily"]})
        assert set(find_user(here.app, olu.email).grants) == {weekly, Grant(digest="daily", role=Role.EDITOR)}
        for over in (ALL, "weekly"):
            said = here.post(f"/users/{olu.id}/roles", {"grants": [f"admin:{over}"]}, status=422)
            assert f"You may not give roles over {over}" in said
        said = here.post(
            "/users", {"name": "E", "email": "e@example.org", "grants": [f"admin:{ALL}"]}, status=422
        )
        assert "You may not give roles" in said
        assert 'value="admin:*"' not in here.get(f"/users/{olu.id}")

        assert set(find_user(here.app, olu.email).grants) == {weekly, Grant(digest="daily", role=Role.EDITOR)}


def test_people_are_disabled_and_enabled(here: Desk) -> None:
    """The last admin is not."""
    olu = add_user(here.app, "olu@example.org", "Olu", password=PASSWORD, grants=[], by="tests")
    here.post(f"/users/{olu.id}/disable")
    assert "disabled" in here.get("/users")
    here.post(f"/users/{olu.id}/enable")
    assert find_user(here.app, olu.email).is_active
    assert here.user is not None

    assert "Nobody would be left" in here.post(f"/users/{here.user.id}/disable", status=422)


def test_the_record_is_turned_by_pages_and_sifted(here: Desk) -> None:
    """By who, digest and day; each line stands on one page."""
    lines = [
        HistoryEntry(
            at=datetime(2026, 1, day, 12, tzinfo=UTC),
            by=by,
            event=f"e{day:02}x{by}",
            outcome="ok",
            digest=key,
        )
        for day in range(1, 29)
        for by in ("schedule", "olu", "eve", "sam")
        for key in ("daily",)
    ]
    with here.app.store.writing() as tx:
        tx.history.add_all(lines)
    path, seen = "/audit?digest=daily", []
    while path:
        page = here.get(path)
        seen += re.findall(r">(e\d\dx\w+)<", page)
        found = re.search(r'href="([^"]+)">Older<', page)
        path = unescape(found[1]) if found else ""

    assert seen == [line.event for line in reversed(lines)]
    sifted = here.get("/audit", who="schedule", day="2026-01-09")
    assert re.findall(r">(e\d\dx\w+)<", sifted) == ["e09xschedule"]
    assert "Nothing on record" in here.get("/audit", who="nobody")
    for day in ("0001-01-01", "9999-12-31"):
        said = here.client.get("/audit", params={"day": day})
        assert (said.status_code, "This day is out of reach" in said.text) == (422, True)


def test_an_operator_sees_the_record_of_their_own_digest(home: Path) -> None:
    """Neither other digests' nor what was done to people."""
    with desk(home, Role.OPERATOR, digest="daily") as here:
        with here.app.store.writing() as tx:
            for key in ("daily", "weekly"):
                at = system_clock()
                tx.history.add(HistoryEntry(at=at, by="olu", event=f"of-{key}", outcome="ok", digest=key))
        for path in ("/audit", "/audit?digest=weekly"):
            page = here.get(path)
            assert ("of-daily" in page, "of-weekly" in page, "added: " in page) == (
                path == "/audit",
                False,
                False,
            )


def test_of_two_who_take_one_invitation_at_once_one_chooses_the_password(
    here: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link that was forwarded is good once; the other is told that it is over, and has changed nothing."""
    add_user(here.app, "tom@example.org", "Tom", password=None, grants=[], by="tests")
    token = invite(here.app, "tom@example.org").rpartition("/")[2]
    both_have_read = threading.Barrier(2)

    def hashed_together(password: str, *, of: str) -> str:
        both_have_read.wait(60)
        return hashed(password, of=of)

    monkeypatch.setattr(own_account, "hashed", hashed_together)
    words = ["nine green bottles", "seven red lanterns"]

    def take(word: str) -> str:
        try:
            accept(here.app, token, word)
        except EndedLink as error:
            return error.message
        return "taken"

    with ThreadPoolExecutor(2) as pool:
        ends = dict(zip(words, pool.map(take, words), strict=True))

    assert sorted(ends.values()) == ["taken", "this invitation is over"]
    for word, end in ends.items():
        assert enter(browser(here), word, "tom@example.org").status_code == (303 if end == "taken" else 422)
