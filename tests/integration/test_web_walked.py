"""Every page opened and every form sent empty, with all that lies behind: what may not happen anywhere."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from fastapi.testclient import TestClient

from access_table import EXPECTED
from desk_cast import SAME
from digest.actions.staff.accounts import add_user
from digest.actions.staff.programs import new_token
from digest.actions.staff.signing_in import begin_session
from digest.model.accounts import ALL, Grant, Right, Role, User
from digest.store import NewSubscriber
from digest.web import create_app
from digest.web.guard import form_token
from newsroom import Newsroom, newsroom

pytestmark = pytest.mark.slow

ENDLESS = {"/events"}  #: it tells as long as somebody listens; those below ask other machines
NETWORK = {
    "/api/v1/dns",
    "/api/v1/editions/{edition}/findings/links",
    "/api/v1/editions/{edition}/test",
    "/api/v1/relays/{relay}/look",
    "/desk/{edition}/check-links",
    "/desk/{edition}/test",
    "/machine/dns",
    "/relays/{relay}/look",
}
LAST = ("DELETE", "/api/v1/token")  #: afterwards no program is let in


@dataclass(frozen=True)
class Walk:
    """An admin who goes everywhere, with a new session for each step."""

    room: Newsroom
    client: TestClient
    admin: User
    token: str  #: of a program of theirs
    places: dict[str, str]

    def step(self, method: str, path: str) -> httpx2.Response:
        """Open a page, or send its form with nothing in it."""
        session = begin_session(self.room.app, self.admin).token
        address = re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: self.places.get(found[1], "1"), path)
        body = {"_token": form_token(self.room.app, session)} if method not in {"GET", "HEAD"} else None
        headers = {**SAME, "Cookie": f"session={session}", "Authorization": f"Bearer {self.token}"}
        return self.client.request(method, address, data=body, headers=headers)


@pytest.fixture
def walk(tmp_path: Path) -> Iterator[Walk]:
    """A house with articles, an edition and a reader."""
    with newsroom(tmp_path / "home") as room:
        edition = room.build()
        with room.app.store.writing() as tx:
            tx.people.put(NewSubscriber(email="sam@example.org"), at=room.clock())
        admin = [Grant(digest=ALL, role=Role.ADMIN)]
        ada = add_user(room.app, "ada@example.org", "Ada Venn", password=None, grants=admin, by="tests")
        client = TestClient(create_app(lambda: room.app), base_url="http://127.0.0.1", follow_redirects=False)
        with client:
            places = {"edition": str(edition), "digest": "daily", "name": "desk.css"}
            _, token = new_token(room.app, ada, "t", scopes=set(Right), days=None, by="tests")
            yield Walk(room=room, client=client, admin=ada, token=token, places=places)


def dump(file: Path) -> list[str]:
    """All rows, but for sessions, sign-ins and the use of a token, which come with each step of the walk."""
    with closing(sqlite3.connect(file)) as database:
        return [
            line
            for line in database.iterdump()
            if not line.startswith(('INSERT INTO "sessions"', 'INSERT INTO "api_tokens"'))
            and "'sign-in'" not in line
        ]


def faults(answer: httpx2.Response) -> list[str]:
    """What no answer may be or carry."""
    found = [f"answers {answer.status_code}"] if answer.status_code >= 500 else []
    for line in answer.headers.get_list("set-cookie"):
        told = {part.strip().lower() for part in line.split(";")}
        is_going = "max-age=0" in told
        if not is_going and not {"httponly", "samesite=lax", "path=/"} <= told:
            found.append(f"sets {line}")
    return found


def heading_faults(head: httpx2.Response, page: httpx2.Response) -> list[str]:
    """How a HEAD tells something else than the GET before it; lengths may, as hours in words do."""
    found = ["HEAD has a body"] if head.content else []
    if (head.status_code, sorted(head.headers)) != (page.status_code, sorted(page.headers)):
        found.append(f"HEAD tells {head.status_code} {head.headers}, GET {page.status_code} {page.headers}")
    return found


def test_no_page_changes_anything_by_being_opened(walk: Walk) -> None:
    """Scanners, prefetchers, link checkers and browsers that come back open every link there is."""
    file = walk.room.app.store.file
    assert file is not None
    before = dump(file)
    found = {}
    for method, path in EXPECTED:
        if method != "GET" or path in ENDLESS:
            continue
        page = walk.step(method, path)
        wrong = faults(page) + heading_faults(walk.step("HEAD", path), page)
        after = dump(file)
        if after != before:
            wrong += sorted(set(after) ^ set(before))
        before = after
        if wrong:
            found[path] = wrong

    assert found == {}


def test_no_form_breaks_by_being_empty(walk: Walk) -> None:
    """Each says what it lacks; and no cookie goes where scripts or other sites reach it."""
    found = {}
    for method, path in sorted(EXPECTED, key=LAST.__eq__):
        if method == "GET" or path in NETWORK:
            continue
        wrong = faults(walk.step(method, path))
        if wrong:
            found[method, path] = wrong

    assert found == {}
