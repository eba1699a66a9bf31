"""The web application as a browser sees it, without a network: somebody signed in at a desk."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.testclient import TestClient

from digest.actions.app import App
from digest.actions.staff.accounts import add_user
from digest.actions.staff.signing_in import begin_session
from digest.bootstrap import open_app
from digest.clock import Clock, system_clock
from digest.model.accounts import ALL, Grant, Role, User
from digest.web import create_app

SAME = {"Sec-Fetch-Site": "same-origin"}  #: what browsers say of a form of the page's own site
PASSWORD = "correct horse battery"  #: of everybody here


@dataclass
class Desk:
    """A browser at the desk."""

    app: App
    client: TestClient
    user: User | None

    def get(self, path: str, **params: str) -> str:
        """Open a page that must be there, and return its text."""
        answer = self.client.get(path, params=params or None)
        assert answer.status_code == 200, (answer.status_code, answer.text[:2_000])
        return answer.text

    def post(self, path: str, fields: Mapping[str, object] | None = None, *, status: int = 303) -> str:
        """Send a form as the page would; returns where it leads to, or the page that it answers with."""
        answer = self.client.post(
            path, data={"_token": self.token, **(fields or {})}, headers=SAME, follow_redirects=False
        )
        assert answer.status_code == status, (answer.status_code, answer.text[:2_000])
        return answer.headers.get("location") or answer.text

    @property
    def token(self) -> str:
        """What the forms of this sign-in carry."""
        found = re.search(r'name="_token" value="([^"]+)"', self.client.get("/account").text) or re.search(
            r'X-Form-Token": "([^"]+)"', self.client.get("/more").text
        )
        return found[1] if found else ""


@contextmanager
def desk(
    root: Path,
    *roles: Role,
    digest: str = ALL,
    clock: Clock = system_clock,
    email: str = "ada@example.org",
    name: str = "Ada Venn",
) -> Iterator[Desk]:
    """Open a home's web application with somebody signed in; without roles nobody is."""
    with open_app(root, clock=clock) as app:
        client = TestClient(create_app(lambda: app), base_url="http://127.0.0.1", follow_redirects=False)
        with client:
            user = None
            if roles:
                user = join(app, client, *roles, digest=digest, email=email, name=name)
            yield Desk(app=app, client=client, user=user)


def join(
    app: App, client: TestClient, *roles: Role, digest: str = ALL, email: str, name: str = "Ada Venn"
) -> User:
    """Add somebody to the desk, and sign them in with a browser."""
    grants = [Grant(digest=digest, role=role) for role in roles]
    user = add_user(app, email, name, password=PASSWORD, grants=grants, by="tests")
    client.cookies.set("session", begin_session(app, user).token, domain="127.0.0.1")
    return user
