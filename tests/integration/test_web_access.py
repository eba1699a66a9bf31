"""Every route, for everybody: found by walking the router, judged by a table that was written by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import fastapi.routing
import httpx2
import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.responses import Response
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from access_table import EXPECTED
from commands import furnish
from desk_cast import SAME
from digest.actions.app import App
from digest.actions.staff.accounts import add_user, set_active
from digest.actions.staff.programs import new_token
from digest.actions.staff.signing_in import begin_session
from digest.bootstrap import open_app
from digest.model.accounts import ALL, Grant, Right, Role
from digest.web import create_app
from digest.web.guard import API, Guard, form_token
from digest.web.headers import ALWAYS
from store_cast import add_edition

REACHED = 299  #: what the handlers answer here: the guard has let the request through
PASSED = {REACHED, 422}  #: or the form, which is read after the guard, has faults
UNSAFE = sorted(key for key in EXPECTED if key[0] != "GET")
HEADS = {("HEAD", path): word for (method, path), word in EXPECTED.items() if method == "GET"}
RIGHTS = {
    "editor": {Right.READ, Right.EDIT},
    "approver": {Right.READ, Right.EDIT, Right.APPROVE},
    "operator": {Right.READ, Right.OPERATE},
    "admin": set(Right),
}
#: Name, role, and what it is a role over.
PEOPLE = {
    "without a role": None,
    "editor": ("editor", "daily"),
    "approver": ("approver", "daily"),
    "operator": ("operator", "daily"),
    "admin": ("admin", "daily"),
    "editor of another digest": ("editor", "weekly"),
    "admin of another digest": ("admin", "weekly"),
    "editor of all": ("editor", ALL),
    "operator of all": ("operator", ALL),
    "admin of all": ("admin", ALL),
}
STRANGERS = ("nobody", "subscriber", "disabled admin", "forged session")


@dataclass(frozen=True)
class House:
    """An application whose handlers do nothing, and who comes to it."""

    app: App
    web: FastAPI
    client: TestClient
    sessions: dict[str, str]  #: by the name of the person; '' for none
    edition: int  #: of the digest 'daily'

    def ask(self, who: str, method: str, path: str, headers: dict[str, str] | None = None) -> httpx2.Response:
        """Send a request as the browser of a person would."""
        session = self.sessions[who]
        cookies = {"Cookie": f"session={session}"} if session else {}
        fields = SAME if headers is None else headers
        body = {"_token": form_token(self.app, session)} if method not in {"GET", "HEAD"} else None
        return self.client.request(method, self.filled(path), data=body, headers={**cookies, **fields})

    def filled(self, path: str) -> str:
        """Put values into the places of a path."""
        names = {"edition": str(self.edition), "digest": "daily"}
        return re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: names.get(found[1], "1"), path)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two digests, an edition of one, and everybody."""
    root = furnish(tmp_path_factory.mktemp("access") / "home")
    daily = (root / "config" / "digests" / "daily.yaml").read_text("utf-8")
    (root / "config" / "digests" / "weekly.yaml").write_text(daily.replace("Daily", "Weekly"), "utf-8")
    with open_app(root) as app, pytest.MonkeyPatch.context() as patched:
        patched.setattr(fastapi.routing, "run_endpoint_function", _reached)
        with app.store.writing() as tx:
            number = add_edition(tx)
        web = create_app(lambda: app)
        with TestClient(web, base_url="http://127.0.0.1", follow_redirects=False) as client:
            yield House(app=app, web=web, client=client, sessions=_sessions(app), edition=number)


async def _reached(**_: object) -> Response:
    return Response(status_code=REACHED)


def _sessions(app: App) -> dict[str, str]:
    found = {"nobody": "", "forged session": "x" * 43}
    for place, (name, held) in enumerate(PEOPLE.items()):
        grants = [] if held is None else [Grant(role=Role(held[0]), digest=held[1])]
        user = add_user(app, f"p{place}@example.org", name, password=None, grants=grants, by="tests")
        found[name] = begin_session(app, user).token
    admin = [Grant(digest=ALL, role=Role.ADMIN)]
    gone = add_user(app, "gone@example.org", "Gone", password=None, grants=admin, by="tests")
    found["disabled admin"] = begin_session(app, gone).token
    set_active(app, gone.email, is_active=False, by="tests")
    found["subscriber"] = app.keyring.sign("preferences", "1")
    return found


def _routes(web: FastAPI) -> Iterator[tuple[str, APIRoute]]:
    """Walk the router; each method of a route is a route."""
    waiting = list(web.routes)
    while waiting:
        route = waiting.pop()
        if hasattr(route, "original_router"):
            waiting.extend(route.original_router.routes)
        else:
            assert isinstance(route, APIRoute), f"{route} can be reached, and has no guard"
            yield from ((method, route) for method in route.methods)


def _guards(dependant: Dependant) -> list[Guard]:
    found = [dependant.call] if isinstance(dependant.call, Guard) else []
    return found + [guard for each in dependant.dependencies for guard in _guards(each)]


def may(who: str, path: str, word: str) -> bool:
    """Say by the table whether somebody may use a route."""
    if word in {"anyone", "open"}:
        return True
    if who in STRANGERS:
        return False
    if word == "in":
        return True
    role, over = PEOPLE[who] or ("", "")
    has_right = Right(word.rstrip("*")) in RIGHTS.get(role, set())
    names_daily = "{edition}" in path or "{digest}" in path
    if word.endswith("*"):
        return has_right and over == ALL
    return has_right and (over in {ALL, "daily"} if names_daily else True)


def test_applications_of_one_process_share_their_routes(house: House) -> None:
    """To read what each route asks for takes FastAPI an eighth of a second, again for each application."""
    another = create_app(lambda: house.app)

    assert all(one is other for one, other in zip(another.routes, house.web.routes, strict=True))


def test_every_route_stands_in_the_table_and_has_a_guard(house: House) -> None:
    """Who adds a route writes down who may use it; what is gone leaves the table."""
    found = {(method, route.path): route for method, route in _routes(house.web)}

    assert sorted(set(found) - set(EXPECTED)) == [], "not in tests/access_table.py"
    assert sorted(set(EXPECTED) - set(found)) == [], "in tests/access_table.py, and nowhere else"
    assert [key for key, route in found.items() if not _guards(route.dependant)] == []


@pytest.mark.parametrize("who", [*PEOPLE, *STRANGERS])
def test_nobody_gets_further_than_the_table_says(house: House, who: str) -> None:
    """And everybody gets as far."""
    wrong = []
    for (method, path), word in (EXPECTED | HEADS).items():
        if path.startswith(API):
            continue
        status = house.ask(who, method, path).status_code
        refused = 303 if who in STRANGERS else 403
        expected = PASSED if may(who, path, word) else {refused}
        if status not in expected:
            wrong.append((method, path, word, status))

    assert wrong == []


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, "another site"),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1"}, "a neighbour"),
        ({"Origin": "https://evil.example"}, "an older browser on another site"),
        ({"Origin": "null"}, "a frame without origin"),
        ({}, "nobody says where from"),
    ],
)
def test_forms_of_other_sites_change_nothing(house: House, headers: dict[str, str], why: str) -> None:
    """Whoever is signed in, and with the right token: where a form comes from is looked at first."""
    passed = []
    for method, path in UNSAFE:
        is_meant = EXPECTED[method, path] == "open" or path.startswith(API)
        status = house.ask("admin of all", method, path, headers).status_code
        if not is_meant and status != 403:
            passed.append((why, method, path, status))

    assert passed == []


def test_forms_carry_the_token_of_their_own_session(house: House) -> None:
    """A second door behind the first: without a token, or with somebody else's, nothing happens."""
    cookie = {"Cookie": f"session={house.sessions['admin of all']}"}
    foreign = form_token(house.app, house.sessions["admin"])
    passed = []
    for method, path in UNSAFE:
        if EXPECTED[method, path] in {"open", "anyone"} or path.startswith(API):
            continue
        for body in ({}, {"_token": ""}, {"_token": foreign}):
            answer = house.client.request(method, house.filled(path), data=body, headers={**SAME, **cookie})
            if answer.status_code != 403:
                passed.append((method, path, body))

    assert passed == []


def test_every_answer_tells_browsers_what_they_may(house: House) -> None:
    """Let in or refused; and nothing but its own files and what is meant for all is kept by anybody."""
    for method, path in EXPECTED | HEADS:
        for who in ("admin of all", "nobody"):
            told = house.ask(who, method, path).headers
            assert {name: told.get(name) for name in ALWAYS} == ALWAYS, (method, path)
            policy = told["content-security-policy"]
            assert "default-src 'self'" in policy, (method, path)
            assert "unsafe" not in policy, (method, path)


def test_programs_need_a_token_and_its_scopes(house: House) -> None:
    """Below the API's root cookies open nothing; a token opens what both its person and its scopes allow."""
    tokens = [
        (who, scopes, _token(house, who, scopes))
        for who in ("without a role", "editor", "admin of another digest", "admin of all")
        for scopes in ({Right.READ}, {Right.EDIT, Right.OPERATE}, set(Right))
    ]
    wrong = []
    for (method, path), word in (EXPECTED | HEADS).items():
        if not path.startswith(API) or word in {"anyone", "open"}:
            continue
        if house.ask("admin of all", method, path).status_code != 401:
            wrong.append((method, path, "by cookie", set()))
        for who, scopes, shown in tokens:
            in_scope = word == "in" or Right(word.rstrip("*")) in scopes
            headers = {"Authorization": f"Bearer {shown}"}
            status = house.client.request(method, house.filled(path), headers=headers).status_code
            if status not in (PASSED if shown and in_scope and may(who, path, word) else {401, 403}):
                wrong.append((method, path, who, scopes))

    assert wrong == []


def _token(house: House, who: str, scopes: set[Right]) -> str:
    """Make a token of a person, as far as they may have it; '' when they may have none."""
    with house.app.store.reading() as tx:
        user = next(one for one in tx.accounts.list() if one.name == who)
    own = frozenset(scope for scope in scopes if user.may_anywhere(scope))
    return new_token(house.app, user, "t", scopes=own, days=1, by="tests")[1] if own else ""
