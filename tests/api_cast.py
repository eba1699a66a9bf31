"""The API as a program sees it: a furnished home with articles and an edition, and tokens for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from commands import AT, furnish, run_here
from digest.actions.app import App
from digest.actions.making.build import build
from digest.actions.staff.accounts import add_user, set_active, set_grants
from digest.actions.staff.programs import new_token, user_of_token
from digest.actions.upkeep.dns_answers import DnsAnswers
from digest.bootstrap import open_app
from digest.deliver.dns.resolver import FixedResolver
from digest.model.accounts import ALL, Grant, Right, Role
from digest.web import create_app
from web_cast import Town, fetcher

ARTICLES = Path(__file__).parent / "acceptance" / "articles.json"
ADMIN = "ada@example.org"  #: may do everything
EDITION = 1  #: of the digest 'daily'
MORNING = datetime.fromisoformat(AT)  #: the edition's slot


@dataclass
class Program:
    """A program with a token."""

    app: App
    web: FastAPI
    client: TestClient
    token: str
    edition: int  #: of the digest 'daily'

    def ask(self, method: str, path: str, body: object = None, *, token: str | None = None) -> Response:
        """Send a request to a path below /api/v1."""
        shown = self.token if token is None else token
        headers = {"Authorization": f"Bearer {shown}"}
        return self.client.request(method, f"/api/v1{path}", json=body, headers=headers)

    def get(self, path: str) -> Any:  # noqa: ANN401  # why: JSON of any shape
        """Get what must be there."""
        return self.do("GET", path)

    def do(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401  # why: as above
        """Do what must be possible."""
        answer = self.ask(method, path, body)
        assert answer.status_code == 200, answer.text[:2_000]
        return answer.json()

    def bring(self, path: str, files: dict[str, bytes], **fields: str) -> Response:
        """Send files with the fields of a form."""
        headers = {"Authorization": f"Bearer {self.token}"}
        sent = {name: (f"{name}.txt", data) for name, data in files.items()}
        return self.client.post(f"/api/v1{path}", files=sent, data=fields, headers=headers)

    def renew_token(self) -> None:
        """Make a token that may do everything, unless there is one."""
        if self.token and user_of_token(self.app, self.token) is not None:
            return
        set_active(self.app, ADMIN, is_active=True, by="tests")
        user = set_grants(self.app, ADMIN, [Grant(digest=ALL, role=Role.ADMIN)], by="tests")
        self.token = new_token(self.app, user, "t", scopes=Role.ADMIN.rights, days=1, by="tests")[1]

    def token_of(self, role: Role, *scopes: Right, digest: str = ALL) -> str:
        """Make a token of somebody with a role."""
        grants = [Grant(digest=digest, role=role)]
        email = f"{role}-{digest}-{len(scopes)}@example.org".replace("*", "all")
        user = add_user(self.app, email, "Olu Idris", password=None, grants=grants, by="tests")
        return new_token(self.app, user, "t", scopes=scopes or role.rights, days=1, by="tests")[1]


def furnish_for_programs(root: Path) -> Path:
    """Make a home with two digests, eight articles, and an edition of them."""
    furnish(root)
    daily = (root / "config" / "digests" / "daily.yaml").read_text("utf-8")
    (root / "config" / "digests" / "weekly.yaml").write_text(daily.replace("Daily", "Weekly"), "utf-8")
    added = run_here("ingest", ARTICLES, "--home", root)
    assert added.code == 0, added.err
    with open_app(root, clock=lambda: MORNING) as app:
        assert build(app, "daily", at=MORNING).edition_id == EDITION
    return root


@contextmanager
def program(root: Path, *, at: datetime = MORNING) -> Iterator[Program]:
    """Open such a home, and make a token that may do everything."""
    with open_app(root, clock=lambda: at) as app:
        object.__setattr__(app, "fetcher", fetcher(Town()))  # nothing leaves the machine
        web = create_app(lambda: app)
        web.state.dns = DnsAnswers(FixedResolver())
        with TestClient(web, base_url="http://127.0.0.1", follow_redirects=False) as client:
            here = Program(app=app, web=web, client=client, token="", edition=EDITION)
            add_user(app, ADMIN, "Ada Venn", password=None, grants=[], by="tests")
            here.renew_token()
            try:
                yield here
            finally:
                web.state.comparisons.close()
