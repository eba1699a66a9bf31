"""Pages to be checked as HTML: those of readers with their links, and those of the desk.

`python tests/html_pages.py FOLDER` writes them down, for checkers of other makers.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from starlette.testclient import TestClient

from commands import furnish
from desk_cast import SAME, desk
from digest.actions.readers.own_data import ask_own_data, ask_to_move
from digest.actions.readers.sign_up_form import form_stamp
from digest.actions.staff.accounts import add_user
from digest.actions.staff.own_account import invite
from digest.model.accounts import ALL, Grant, Role
from digest.web import create_app
from readers_cast import EVE, House, house, links_of, token_of

SITE = "https://news.example.org"
_PUBLIC = (
    *("/subscribe/daily", "/subscribe/daily/form", "/subscribe/daily/sent", "/subscribe/daily/erased"),
    *("/archive", "/archive/daily", "/archive/daily/1", "/preferences/x", "/sign-in"),
)
_DESK = (
    *("/", "/more", "/keys", "/desk", "/desk/1", "/desk/1?pane=findings", "/desk/1?pane=history", "/sending"),
    *(
        "/sending/1",
        "/schedules",
        "/sources",
        "/sources/_new",
        "/readers",
        "/readers/1",
        "/readers/import/new",
    ),
    *("/readers/suppressed", "/readers/bounces", "/find?q=fish", "/sent", "/sent/1", "/relays", "/machine"),
    *("/users", "/audit", "/account", "/webhooks", "/digests/daily/file", "/digests/daily/compare"),
    *("/digests/new", "/nothing", "/api/v1/docs"),
)


def every_page(root: Path) -> Iterator[tuple[str, str]]:
    """Make pages and give them by name; homes are made below a folder."""
    settings = "archive: public\nreview: {mode: required}"
    with house(root / "home", settings, digests=("weekly",)) as here:
        here.add()
        here.add(EVE)
        here.sent()
        application = create_app(lambda: here.app)
        with TestClient(application, base_url=SITE, follow_redirects=False) as client:
            yield from _of_readers(here, client)
        with desk(here.app.home.root, Role.ADMIN, clock=here.clock) as inside:
            for path in _DESK:
                yield f"desk {path}", inside.client.get(path, follow_redirects=True).text
    with desk(furnish(root / "first"), Role.ADMIN) as inside:
        for path in ("/", "/desk", "/readers", "/sending"):
            yield f"first {path}", inside.client.get(path).text


def _of_readers(here: House, client: TestClient) -> Iterator[tuple[str, str]]:
    choices, off = here.link("preferences"), here.link("unsubscribe")
    kept: dict[str, object] = {"order": ["world", "science"], "sections": ["world", "science"]}

    def sent(path: str, **fields: object) -> str:
        return client.post(path, data=fields, headers=SAME).text

    here.ask("new@example.org")
    ask_own_data(here.app, token_of(choices))
    ask_to_move(here.app, token_of(choices), "sam@new.example")
    links = [link for mail in here.mails() for link in links_of(mail)]
    asked, own, moves = (
        next(link for link in links if link.startswith(f"/{name}/"))
        for name in ("confirm", "own-data", "move")
    )
    add_user(
        here.app,
        "bob@example.org",
        "Bob",
        password=None,
        grants=[Grant(digest=ALL, role=Role.EDITOR)],
        by="tests",
    )
    invitation = invite(here.app, "bob@example.org").removeprefix(SITE)
    for path in (*_PUBLIC, choices, f"{choices}?done=saved", off, asked, own, moves, invitation):
        yield path, client.get(path).text
    stamp = form_stamp(here.app.keyring, here.clock.now)
    here.later(seconds=9)
    yield "sign-up, a fault", sent("/subscribe/daily", email="x", stamp=stamp)
    yield "choices, moved", sent(choices, **kept, move="down:world")
    yield "choices, a fault", sent(choices, order=["world"])
    sent(choices, **kept, pause_until="2026-11-25")
    sent(asked)
    sent(off, do="this")
    for path in (asked, off, choices):
        yield f"{path}, after", client.get(path).text


def main(folder: Path) -> None:
    """Write the pages down."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as root:
        for number, (name, page) in enumerate(every_page(Path(root))):
            file = f"{number:03} {re.sub(r'[^a-z]+', ' ', name)[:40].strip()}.html"
            (folder / file).write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
