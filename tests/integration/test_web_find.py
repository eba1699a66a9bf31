"""Find or do: places, editions, digests, sources and articles, as far as somebody may see them."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest

from commands import furnish
from desk_cast import Desk, desk
from digest.actions.readers.people import add
from digest.actions.steering.braking import pull
from digest.model import EditionState
from digest.model.accounts import Role
from digest.store import NewSubscriber, Store
from newsroom import newsroom
from store_cast import NOW, content


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a digest."""
    return furnish(tmp_path / "home")


def put(store: Store, *texts: str) -> None:
    """Store an article for each text."""
    with store.writing() as tx:
        tx.articles.put(
            [replace(content(at), title=f"Title {at}", paragraphs=(text,)) for at, text in enumerate(texts)],
            NOW,
        )


def test_articles_are_found_with_what_was_looked_for_marked(home: Path) -> None:
    """Words that came in a moment ago are found, too; hostile ones stay text."""
    with desk(home, Role.EDITOR) as here:
        put(here.app.store, "The night ferry moves to the <b>coal</b> pier.", "Nothing of that.")
        page = here.get("/find", q="Férr")
        assert "<mark>ferry</mark>" in page
        assert "&lt;b&gt;coal" in page
        assert "Title 1" not in page
        assert "Nothing found" in here.get("/find", q='"ferry AND')


def test_articles_are_narrowed_by_day_and_source(home: Path) -> None:
    """An editor knows when it stood; a day that is none does not restrict."""
    with desk(home, Role.EDITOR) as here:
        put(here.app.store, "The night ferry moves.")
        assert "Title 0" in here.get("/find", q="ferry", since="2026-11-20", until="2026-11-20")
        assert "Title 0" not in here.get("/find", q="ferry", since="2026-11-21")
        assert "Title 0" not in here.get("/find", q="ferry", until="2026-11-19")
        assert "Title 0" not in here.get("/find", q="ferry", source="elsewhere")
        assert "Title 0" in here.get("/find", source="harbour-wire")
        assert "Title 0" in here.get("/find", q="ferry", since="9999-99-99")
        assert here.client.get("/find", params={"q": "x" * 300}).status_code == 422


def test_places_and_digests_are_found_by_beginnings_as_far_as_one_may(home: Path) -> None:
    """What is found can be gone to; other digests are not named."""
    daily = home / "config" / "digests" / "daily.yaml"
    other = daily.read_text("utf-8").replace("title:", "title: Zebra Post #", 1)
    (daily.parent / "nightly.yaml").write_text(other, encoding="utf-8")
    with desk(home, Role.OPERATOR) as here:
        assert 'href="/readers?digest=nightly"' in here.get("/find", q="zeb")
        assert '<a href="/schedules">Schedules</a>' in here.get("/find", q="sched")
    with desk(home, Role.EDITOR, digest="daily", email="eve@example.org") as here:
        assert "Zebra" not in here.get("/find", q="zeb").replace("“zeb”", "")


def lines_of(here: Desk, q: str) -> list[tuple[str, str]]:
    """What the overlay shows for what is typed: where each line leads, and what it says."""
    answer = here.post("/find", {"q": q}, status=200)
    found = re.findall(r'<a class="fo" role="option"[^>]*href="([^"]*)"[^>]*><span[^>]*>(.*?)</span>', answer)
    return [(html.unescape(path), html.unescape(text)) for path, text in found]


def test_verbs_are_found_and_lead_to_where_it_is_done_or_asked(tmp_path: Path) -> None:
    """By the verb, the digest or both; a line is a link and changes nothing by itself."""
    home = tmp_path / "room"
    with newsroom(home) as room:
        edition, clock = room.build(), room.clock
    with desk(home, Role.ADMIN, clock=clock) as here:
        assert lines_of(here, "hold")[0] == (f"/desk/{edition}/hold", "Hold The Daily Brief…")
        assert (f"/desk/{edition}/approve", "Approve The Daily Brief…") in lines_of(here, "brief appr")
        assert lines_of(here, "pau")[0] == ("/schedules?digest=daily", "Pause, skip or run The Daily Brief…")
        assert ("/sources/_new", "Add a source") in lines_of(here, "add sou")
        assert lines_of(here, "")[0] == (f"/desk/{edition}", "Shape the next The Daily Brief")
        for path, _ in lines_of(here, "brief"):
            assert here.client.get(path).status_code == 200, path
        assert "Nothing that fits" in here.post("/find", {"q": "xyzzy"}, status=200)
    with desk(home, Role.EDITOR, clock=clock, email="eve@example.org") as here:
        assert [text for _, text in lines_of(here, "approve")] == ["Look for “approve” among all articles"]
        assert "Hold The Daily Brief…" in dict(map(reversed, lines_of(here, "hold")))
        assert "sources/_new" not in here.post("/find", {"q": "add"}, status=200)


def test_an_edition_that_was_stopped_on_its_way_is_not_offered_for_release(tmp_path: Path) -> None:
    """What the brake stopped is let go on where it is sent, or approved as it is now."""
    home = tmp_path / "room"
    with newsroom(home) as room:
        edition, clock = room.build(), room.clock
        for state in (EditionState.APPROVED, EditionState.SENDING):
            with room.app.store.writing() as tx:
                tx.editions.set_state(edition, state, expect=list(EditionState), by="tests", at=clock())
        pull(room.app, edition, by="ada@example.org")
    with desk(home, Role.ADMIN, clock=clock) as here:
        lines = dict(map(reversed, lines_of(here, "brief")))
        assert lines["Let The Daily Brief go on, or end it…"] == f"/sending/{edition}"
        assert "Approve The Daily Brief…" in lines
        assert "Release The Daily Brief…" not in lines
        assert "Go on" in here.get(f"/sending/{edition}")


def test_readers_are_found_masked_by_those_who_operate_them_alone(home: Path) -> None:
    """By the beginning for who operates all, by the whole address for who operates one of theirs."""
    with desk(home, Role.OPERATOR) as here:
        add(here.app, "daily", NewSubscriber(email="sam@example.org"), consent="form", by="tests")
        assert lines_of(here, "sam@")[0] == ("/readers/1", "s…m@example.org")
        assert "/readers/1" in here.get("/find", q="sam@")
        assert "/readers/1" not in dict(lines_of(here, "sa"))
    with desk(home, Role.OPERATOR, digest="daily", email="bo@example.org") as here:
        assert "/readers/1" not in dict(lines_of(here, "sam@"))
        assert "/readers/1" in dict(lines_of(here, "sam@example.org"))
    with desk(home, Role.EDITOR, email="eve@example.org") as here:
        assert "/readers/1" not in dict(lines_of(here, "sam@example.org"))
