"""Find or do: places, editions, digests, sources and articles, as far as somebody may see them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from commands import furnish
from desk_cast import desk
from digest.model.accounts import Role
from digest.store import Store
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
