"""Tries that were refused, as they stand on record."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from fastapi.testclient import TestClient

from commands import furnish
from desk_cast import PASSWORD, SAME, Desk, desk, join
from digest.actions.staff.accounts import add_user
from digest.actions.staff.own_account import invite
from digest.actions.staff.programs import new_token, revoke_token
from digest.actions.staff.refused_tries import SINGLY
from digest.actions.staff.second_step import begin, offer
from digest.clock import system_clock
from digest.model import REFUSED, HistoryEntry
from digest.model.accounts import Grant, Right, Role, User
from digest.web import create_app
from store_cast import add_edition

NOWHERE = "an unknown network"  #: where the test's browser comes from
WRONG = "not the password at all"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Desk]:
    """Ada at the desk, who is admin of all."""
    with desk(furnish(tmp_path / "home"), Role.ADMIN) as opened:
        yield opened


def stranger(here: Desk) -> TestClient:
    """A browser before the same desk that is signed in nowhere; with a count of its own."""
    return TestClient(create_app(lambda: here.app), base_url="http://127.0.0.1", follow_redirects=False)


def lines(here: Desk) -> list[HistoryEntry]:
    """Refused tries on record, the oldest first."""
    with here.app.store.reading() as tx:
        return list(reversed(tx.history.find(event=REFUSED, limit=1_000)))


def said(here: Desk) -> list[tuple[str, str | None]]:
    """Who, and what."""
    return [(one.by, one.note) for one in lines(here)]


def enter(client: TestClient, email: str, password: str) -> int:
    """Try to sign in; return the status."""
    data = {"email": email, "password": password}
    return client.post("/sign-in", data=data, headers=SAME).status_code


def ask(client: TestClient, token: str) -> int:
    """Ask the API with a token; return the status."""
    headers = {"Authorization": f"Bearer {token}"}
    return client.get("/api/v1/history?by=secret-word", headers=headers).status_code


def test_who_lacks_a_right_stands_on_record_with_route_and_digest(here: Desk) -> None:
    """An editor who tries to approve, or to see to people, is what an operator wants to know."""
    with here.app.store.writing() as tx:
        edition = add_edition(tx)
    client = stranger(here)
    join(here.app, client, Role.EDITOR, digest="daily", email="tom@example.org", name="Tom")
    assert client.get(f"/desk/{edition}/approve?next=secret-word").status_code == 403
    assert client.get("/users").status_code == 403

    assert said(here) == [
        ("tom@example.org", f"GET /desk/{{edition}}/approve: lacks the right to approve, from {NOWHERE}"),
        ("tom@example.org", f"GET /users: lacks the right to admin, from {NOWHERE}"),
    ]
    assert [(one.digest, one.edition_id) for one in lines(here)] == [("daily", edition), (None, None)]


def test_a_form_of_another_site_stands_on_record(here: Desk) -> None:
    """Somebody is being led astray, or a page of ours is broken."""
    answer = here.client.post("/users", data={"name": WRONG}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403

    assert said(here) == [
        ("ada@example.org", f"POST /users: this form came from another site, from {NOWHERE}")
    ]


def test_wrong_passwords_stand_on_record_by_account_only_if_there_is_one(here: Desk) -> None:
    """What is typed where no account is may be a password in the wrong field."""
    client = stranger(here)
    assert enter(client, "ADA@example.org", WRONG) == 422
    assert enter(client, "hunter2@nobody.example", WRONG) == 422

    assert said(here) == [
        ("ada@example.org", f"POST /sign-in: wrong address or password, from {NOWHERE}"),
        (NOWHERE, "POST /sign-in: wrong address or password"),
    ]


def test_tries_that_come_too_often_are_summed_up(here: Desk) -> None:
    """Five get a line each; the last line says that there are more, and it is the last."""
    client = stranger(here)
    statuses = {enter(client, "ada@example.org", WRONG) for _ in range(20)}
    found = said(here)

    assert statuses == {422, 429}
    assert len(found) == SINGLY + 1
    assert found[-1][1] == (
        f"POST /sign-in: too many tries, from {NOWHERE}; more of theirs are not listed in this hour"
    )


def test_a_wrong_code_stands_on_record_under_who_knew_the_password(here: Desk) -> None:
    """That is graver than a wrong password: somebody has the right one."""
    assert here.user is not None
    offered = offer(here.app, here.user)
    begin(here.app, here.user, offered.sealed, pyotp.TOTP(offered.secret).now(), by="tests")
    client = stranger(here)
    data = {"email": "ada@example.org", "password": PASSWORD}
    page = client.post("/sign-in", data=data, headers=SAME).text
    ticket = page.split('name="ticket" value="')[1].split('"')[0]
    for sent in (ticket, "forged"):
        client.post("/sign-in/code", data={"ticket": sent, "code": "wrong"}, headers=SAME)

    what = "POST /sign-in/code: wrong code, or too late"
    assert said(here) == [("ada@example.org", f"{what}, from {NOWHERE}"), (NOWHERE, what)]


def test_tokens_that_do_not_hold_or_may_not_stand_on_record(here: Desk) -> None:
    """A revoked one that is still shown means that a program was forgotten, or a secret got out."""
    assert here.user is not None
    client, app, user = stranger(here), here.app, here.user
    narrow = new_token(app, user, "narrow", scopes=[Right.READ], days=None, by="tests")[1]
    revoked, shown = new_token(app, user, "old", scopes=[Right.OPERATE], days=None, by="tests")
    revoke_token(app, revoked.id, by="tests")
    assert [ask(client, token) for token in (narrow, shown, "digest_forged")] == [403, 401, 401]
    assert client.get("/api/v1/history").status_code == 401  # no token is no try

    assert said(here) == [
        ("ada@example.org", f"GET /api/v1/history: the token lacks the right to operate, from {NOWHERE}"),
        (NOWHERE, "GET /api/v1/history: a token that does not hold"),
        (NOWHERE, "GET /api/v1/history: a token that does not hold"),
    ]


def test_a_token_that_has_expired_names_its_person(here: Desk) -> None:
    """They are the one to ask."""
    assert here.user is not None
    late = system_clock() + timedelta(days=2)
    shown = new_token(here.app, here.user, "old", scopes=[Right.READ], days=1, by="tests")[1]
    with desk(here.app.home.root, clock=lambda: late) as later:
        assert ask(later.client, shown) == 401

    (line,) = said(here)
    assert line == ("ada@example.org", f"GET /api/v1/history: a token that does not hold, from {NOWHERE}")


def test_forged_and_used_links_of_the_desk_stand_on_record_and_those_of_readers_do_not(here: Desk) -> None:
    """They give away rights; but scanners follow every link of a mail, and so looking is no try."""
    client = stranger(here)
    link = invite(here.app, "ada@example.org").removeprefix(here.app.system.site.base_url)
    client.post(link, data={"password": "a long new password"}, headers=SAME)
    assert client.get(link).status_code == 409
    assert client.get("/approve/forged").status_code == 404
    assert said(here) == []

    again = client.post(link, data={"password": "another long password"}, headers=SAME)
    assert again.status_code == 409
    assert client.post("/approve/forged", headers=SAME).status_code == 404
    assert client.post("/preferences/forged", headers=SAME).status_code == 404

    assert said(here) == [
        (NOWHERE, "POST /invitation/{token}: this invitation is over"),
        (NOWHERE, "POST /approve/{token}: this link is not whole"),
    ]


def test_a_flood_of_bad_tokens_gives_a_handful_of_lines_and_no_secret(here: Desk) -> None:
    """A thousand cost no more of the record than six, and what was shown is nowhere in it."""
    client = stranger(here)
    assert {ask(client, f"digest_{number:043}") for number in range(1_000)} == {401}
    enter(client, "ada@example.org", WRONG)

    found = lines(here)
    assert len(found) == SINGLY + 1
    written = repr(found)
    for secret in ("digest_0", "secret-word", WRONG, "testclient"):
        assert secret not in written


def test_a_busy_database_delays_no_refusal_and_loses_no_line(here: Desk) -> None:
    """An import holds the file for seconds: the answer comes at once, the line with the next one."""
    client = stranger(here)
    file = here.app.store.file
    assert file is not None
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert ask(client, "digest_forged") == 401
        assert said(here) == []
        other.execute("ROLLBACK")
    assert ask(client, "digest_forged") == 401

    assert len(said(here)) == 2


def test_operators_see_what_was_refused_on_their_digest_and_editors_none(here: Desk) -> None:
    """The rights of the record hold for these lines, too; an operator of another digest sees no address."""
    app = here.app
    with app.store.writing() as tx:
        edition = add_edition(tx)
    editor = stranger(here)
    tom = join(app, editor, Role.EDITOR, digest="daily", email="tom@example.org", name="Tom")
    assert editor.get(f"/desk/{edition}/approve").status_code == 403
    assert enter(stranger(here), "ada@example.org", WRONG) == 422
    grants = [Grant(digest="daily", role=Role.OPERATOR)]
    olu = add_user(app, "olu@example.org", "Olu", password=None, grants=grants, by="tests")
    grants = [Grant(digest="weekly", role=Role.OPERATOR)]
    with app.store.writing() as tx:
        eve = tx.accounts.add(User(id=0, email="eve@example.org", name="Eve", grants=()), at=app.clock())
        tx.accounts.set_grants(eve.id, grants)

    def shown(person: str, path: str) -> list[str]:
        with app.store.reading() as tx:
            user = tx.accounts.find(person)
        assert user is not None
        scopes = [one for one in (Right.READ, Right.OPERATE) if user.may_anywhere(one)]
        token = new_token(app, user, "t", scopes=scopes, days=None, by="tests")[1]
        answer = here.client.get(path, headers={"Authorization": f"Bearer {token}"})
        return [one["by"] for one in answer.json().get("items", ()) if one["event"] == REFUSED]

    everything, own = "/api/v1/history?event=refused", "/api/v1/digests/daily/history"
    assert shown("ada@example.org", everything) == ["ada@example.org", "tom@example.org"]
    assert shown(olu.email, everything) == ["tom@example.org"]
    assert shown(olu.email, own) == ["tom@example.org"]
    assert shown(eve.email, everything) == []
    assert shown(tom.email, own) == []


def test_the_page_shows_refused_tries_alone(here: Desk) -> None:
    """An operator looks for these and no others."""
    enter(stranger(here), "nobody@example.org", WRONG)
    page = here.get("/audit", what=REFUSED)

    assert "POST /sign-in: wrong address or password" in page
    assert '<option value="refused" selected>' in page
    assert "ada@example.org added" not in page
    assert "ada@example.org added" in here.get("/audit")
