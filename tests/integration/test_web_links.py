"""No dead ends: every link and picture of every page leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from desk_cast import Desk, desk
from digest.model import EditionState
from digest.model.accounts import Role
from digest.store import NewSubscriber
from newsroom import DUE, Clock, newsroom

_LINK = re.compile(r"""<(?:a|link|script|img|iframe)\s[^>]*?(?:href|src)="([^"#]+)""")
_MOST = 400  #: pages; a home as small as this one has far fewer


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_link_of_every_page_leads_somewhere(tmp_path: Path) -> None:
    """From Today on, as an admin who clicks on everything that is no form."""
    with newsroom(tmp_path / "home", "archive: public\nreview: {mode: required}") as room:
        sent = room.build()
        room.build(hours=1)
        with room.app.store.writing() as tx:
            tx.people.put(NewSubscriber(email="sam@example.org"), at=room.clock())
            for state in (EditionState.APPROVED, EditionState.SENDING, EditionState.SENT):
                tx.editions.set_state(sent, state, expect=set(EditionState), by="t", at=room.clock())
    with desk(tmp_path / "home", Role.ADMIN, clock=Clock(DUE)) as here:
        dead, seen = _crawl(here, ["/", "/archive", "/subscribe/daily", "/nothing-here"])
    assert dead == {"/nothing-here": (404, "")}
    assert {"/desk", "/sending", "/schedules", "/sources", "/readers", "/find", "/machine", "/users"} <= seen


def _crawl(here: Desk, starts: list[str]) -> tuple[dict[str, tuple[int, str]], set[str]]:
    """Follow links; returns what did not answer well with the page that names it, and all that was seen."""
    waiting = [(path, "") for path in starts]
    dead: dict[str, tuple[int, str]] = {}
    seen: set[str] = set()
    while waiting and len(seen) < _MOST:
        path, named_by = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        answer = here.client.get(path, follow_redirects=True)
        if answer.status_code >= 400:
            dead[path] = (answer.status_code, named_by)
        if not answer.headers.get("content-type", "").startswith("text/html") or "proof.html" in path:
            continue
        for link in _LINK.findall(answer.text):
            parts = urlsplit(urljoin(str(answer.url), link.replace("&amp;", "&")))
            if parts.scheme in {"http", "https"} and parts.netloc == "127.0.0.1":
                waiting.append((parts.path + (f"?{parts.query}" if parts.query else ""), path))
    return dead, seen
