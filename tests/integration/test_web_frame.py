"""What holds for every page: who gets in, where forms come from, what browsers are told, what errors say."""

from __future__ import annotations

import socket
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from commands import furnish
from desk_cast import PASSWORD, SAME, desk
from digest.actions.staff.accounts import add_user, set_grants
from digest.model.accounts import ALL, Grant, Role
from digest.web.assets import assets
from digest.web.frame import own_path
from digest.web.server import listening
from store_cast import add_edition


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a digest and nothing else."""
    return furnish(tmp_path / "home")


def test_a_stranger_is_sent_to_the_sign_in_and_from_there_back(home: Path) -> None:
    """Who follows a link from a mail finds the page it led to."""
    with desk(home) as here:
        answer = here.client.get("/more?x=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Fmore%3Fx%3D1"


def test_address_and_password_open_the_desk_and_leaving_closes_it(home: Path) -> None:
    """The session lives in the database alone: the cookie of one that has ended opens nothing."""
    with desk(home, Role.EDITOR) as here:
        here.client.cookies.clear()
        fields = {"email": "ADA@example.org", "password": PASSWORD, "next": "/more"}
        answer = here.client.post("/sign-in", data=fields, headers=SAME)
        assert (answer.status_code, answer.headers["location"]) == (303, "/more")
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert "Ada Venn" in here.get("/more")
        kept = here.client.cookies["session"]
        assert here.post("/sign-out") == "/sign-in"
        here.client.cookies.set("session", kept)
        assert here.client.get("/more").status_code == 303


@pytest.mark.parametrize(("email", "password"), [("ada@example.org", "wrong"), ("eve@example.org", PASSWORD)])
def test_unknown_people_and_wrong_passwords_hear_the_same(home: Path, email: str, password: str) -> None:
    """The page tells nobody who works at the desk."""
    with desk(home, Role.EDITOR) as here:
        here.client.cookies.clear()
        answer = here.client.post("/sign-in", data={"email": email, "password": password}, headers=SAME)
    assert answer.status_code == 422
    assert "Address and password don&#39;t belong together" in answer.text
    assert "set-cookie" not in answer.headers


def test_a_change_of_roles_ends_the_sessions_of_that_person(home: Path) -> None:
    """Rights that were taken away are gone at once."""
    with desk(home, Role.ADMIN) as here:
        assert here.client.get("/more").status_code == 200
        admin = [Grant(digest=ALL, role=Role.ADMIN)]
        add_user(here.app, "olu@example.org", "Olu Idris", password=PASSWORD, grants=admin, by="tests")
        set_grants(here.app, "ada@example.org", [], by="olu@example.org")
        assert here.client.get("/more").status_code == 303


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://127.0.0.1"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[::1"}, 403),
        ({"Origin": "http://"}, 403),
        ({}, 403),
    ],
)
def test_forms_of_other_sites_are_refused(home: Path, fields: dict[str, str], code: int) -> None:
    """By what browsers say of where a form comes from (W3C Fetch Metadata; RFC 6454)."""
    with desk(home) as here:
        answer = here.client.post("/look", data={"look": "dark", "back": "/sign-in"}, headers=fields)
    assert answer.status_code == code


@pytest.mark.parametrize("said", ["[" * 1_900, '["\\ud800", null]', '["x", "//evil.example"]', '["x"]', "{"])
def test_a_word_that_is_none_of_ours_breaks_no_page(home: Path, said: str) -> None:
    """The cookie that carries it may have been put there by whoever has a host beside ours."""
    with desk(home) as here:
        here.client.cookies.set("said", quote(said))
        assert "evil" not in here.get("/sign-in")


def test_pages_say_what_browsers_may_do_with_them(home: Path) -> None:
    """No script and no style but ours, in no frame, of no guessed type, and kept nowhere."""
    with desk(home) as here:
        told = here.client.get("/sign-in").headers
        assert "'unsafe" not in told["content-security-policy"]
        assert "frame-ancestors 'none'" in told["content-security-policy"]
        assert told["x-content-type-options"] == "nosniff"
        assert told["cache-control"] == "no-store"
        page = here.client.get("/sign-in").text
        assert "<style" not in page
        assert " style=" not in page
        assert " onclick=" not in page


def test_files_are_kept_for_ever_under_a_name_that_changes_with_them(home: Path) -> None:
    """A browser never shows a new page with an old style sheet."""
    with desk(home) as here:
        answer = here.client.get(assets().address("desk.css"))
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-type"] == "text/css; charset=utf-8"
        assert here.client.get("/static/000000000000/desk.css").headers["cache-control"] == "no-store"
        assert here.client.get(f"/static/{assets().version}/%2e%2e/frame.py").status_code == 404


def test_what_is_not_there_says_so_with_a_way_out(home: Path) -> None:
    """For people a page, for programs a problem as RFC 9457 has it."""
    with desk(home, Role.EDITOR) as here:
        page = here.client.get("/nothing")
        program = here.client.get("/api/nothing")
    assert page.status_code == program.status_code == 404
    assert "There’s nothing here" in page.text
    assert program.headers["content-type"] == "application/problem+json"
    assert set(program.json()) >= {"type", "title", "status", "error", "where", "hint"}


def test_a_body_that_is_too_long_is_turned_away(home: Path) -> None:
    """Said beforehand or not: nobody fills the memory of the desk."""
    with desk(home) as here:
        said = here.client.post("/sign-in", content=b"x" * 2_000_001, headers=SAME)
        unsaid = here.client.post(
            "/sign-in",
            content=(b"y" * 100_000 for _ in range(30)),
            headers={**SAME, "Content-Type": "application/x-www-form-urlencoded"},
        )
    assert said.status_code == unsaid.status_code == 413


def test_only_who_is_signed_in_sends_files(home: Path) -> None:
    """A stranger's file is turned away before it lies on a disk."""
    form = {**SAME, "Content-Type": "multipart/form-data; boundary=x"}
    with desk(home, Role.OPERATOR) as here:
        known = here.client.post("/readers/import", content=b"x" * 2_000_001, headers=form)
        here.client.cookies.clear()
        stranger = here.client.post("/readers/import", content=b"x" * 2_000_001, headers=form)
    assert (known.status_code, stranger.status_code) == (400, 413)


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/a\nb",
        "",
        None,
        "x",
    ],
)
def test_nobody_is_led_to_another_site_by_a_link_of_ours(wanted: str) -> None:
    """The address to go on to comes from the address, and so from anybody."""
    assert own_path(wanted) == "/"


def test_own_paths_keep_their_questions() -> None:
    """Or a sign-in would lose the page one came for."""
    assert own_path("/desk/7?pane=findings") == "/desk/7?pane=findings"


def test_today_shows_the_days_slots(home: Path) -> None:
    """The first page opens, also where nothing is due."""
    with desk(home, Role.EDITOR) as here:
        with here.app.store.writing() as tx:
            add_edition(tx)
        page = here.get("/")
    assert "Tomorrow and after" in page
    assert "The machine room" in page


def test_no_answer_waits_for_more_to_send() -> None:
    """asyncio turns Nagle's delay off (RFC 896) for sockets that say they are TCP, and for no others."""
    with (
        closing(listening("127.0.0.1:0")) as there,
        closing(socket.create_connection(there.getsockname(), timeout=30)),
    ):
        accepted, _ = there.accept()
        with closing(accepted):
            assert accepted.proto == socket.IPPROTO_TCP
