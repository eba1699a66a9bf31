"""Why an article that was no candidate is not in an edition."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from digest.actions.editing.reasons import why
from newsroom import DUE, Newsroom, newsroom
from store_cast import content


def told(room: Newsroom, edition: int, number: int, **moments: timedelta) -> str:
    """Put an article into the store, so long before the edition is due; return why it is not in."""
    tag = "gardening" if "none" in moments else "world"
    published, collected = (DUE - moments[name] for name in ("published", "collected"))
    with room.app.store.writing() as tx:
        stored = tx.articles.put([content(number, tag, published=published)], collected)
    found = why(room.app, edition, stored[0].article_id)
    assert (found.decision, found.rule) == ("not a candidate", None)
    return found.text


def test_each_of_the_three_causes_is_told_with_its_moments(tmp_path: Path) -> None:
    """Came too late, lies outside the window, or carries no tag that the digest asks for."""
    minute = timedelta(minutes=1)
    with newsroom(tmp_path / "home") as room:
        edition = room.build()
        late = told(room, edition, 1, published=60 * minute, collected=-minute)
        old = told(room, edition, 2, published=timedelta(days=30), collected=timedelta(days=1))
        other = told(room, edition, 3, published=60 * minute, collected=50 * minute, none=minute)

    assert late == "“Bridge 1 opens” was not a candidate: it came in after the edition was built."
    # Thirty days before 07:00 in Berlin, told in the digest's zone; clocks had not changed since then.
    assert old.startswith(
        "“Bridge 2 opens” was not a candidate: it is of 2026-10-20 08:00, and the window ran"
    )
    assert other.endswith("none of its tags is one that the digest asks for.")
