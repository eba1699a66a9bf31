"""What the store promises about the history, on every back end."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, text, update

from digest.errors import StoreError
from digest.model import HistoryEntry
from digest.store import Store
from digest.store.schedule_tables import history
from store_cast import HOUR, NOW

BUILT = HistoryEntry(
    at=NOW,
    by="schedule",
    event="build",
    outcome="ok",
    run="r1",
    digest="daily",
    slot="2026-11-19T07:00",
    edition_id=7,
    seconds=0.25,
    counts={"kept": 5, "dropped": 2},
    note="as planned",
)
PAUSED = HistoryEntry(at=NOW + HOUR, by="olu", event="pause", outcome="ok", digest="weekly")


def written(store: Store) -> tuple[int, int]:
    """Write two lines."""
    with store.writing() as tx:
        return tx.history.add(BUILT), tx.history.add(PAUSED)


def test_history_gives_back_what_was_written_the_newest_first(store: Store) -> None:
    """An operator reads from the last thing that happened."""
    first, second = written(store)
    with store.reading() as tx:
        found = tx.history.list()

    assert second > first
    assert [entry.id for entry in found] == [second, first]
    assert (found[1].seconds, dict(found[1].counts), found[1].note) == (
        0.25,
        {"kept": 5, "dropped": 2},
        "as planned",
    )
    assert (found[0].by, found[0].digest, found[0].slot, dict(found[0].counts)) == ("olu", "weekly", None, {})


def test_history_is_found_by_who_digest_and_day(store: Store) -> None:
    """Each alone and together, by pages; the end of a span belongs to the next."""
    first, second = written(store)
    with store.reading() as tx:
        find = tx.history.find

        assert numbers(find()) == [second, first]
        assert numbers(find(by="olu")) == [second]
        assert numbers(find(digests=["daily", "monthly"])) == [first]
        assert numbers(find(digests=[])) == []
        assert numbers(find(span=(NOW, NOW + HOUR))) == [first]
        assert numbers(find(span=(NOW, NOW + 2 * HOUR), by="olu")) == [second]
        assert numbers(find(span=(NOW - HOUR, NOW))) == []
        assert numbers(find(before=second)) == [first]
        assert numbers(find(limit=1)) == [second]


def numbers(lines: tuple[HistoryEntry, ...]) -> list[int | None]:
    """The numbers of lines."""
    return [line.id for line in lines]


def test_history_can_be_read_by_digest_and_page(store: Store) -> None:
    """Years of it do not fit a screen."""
    first, second = written(store)
    with store.reading() as tx:
        assert [entry.id for entry in tx.history.list(digest="daily")] == [first]
        assert [entry.id for entry in tx.history.list(before=second)] == [first]
        assert [entry.id for entry in tx.history.list(limit=1)] == [second]
        assert tx.history.list(before=first) == ()


def test_many_lines_are_written_in_their_order(store: Store) -> None:
    """After an outage a large house has thousands of missed slots."""
    with store.writing() as tx:
        tx.history.add_all([])
        tx.history.add_all([BUILT, PAUSED])
    with store.reading() as tx:
        assert [entry.event for entry in tx.history.list()] == ["pause", "build"]
        assert dict(tx.history.list()[1].counts) == {"kept": 5, "dropped": 2}


@pytest.mark.parametrize("change", [update(history).values(by="eve"), delete(history)])
def test_history_cannot_be_changed(store: Store, change: object) -> None:
    """Not even by a fault of this program: the database refuses."""
    written(store)

    with pytest.raises(StoreError, match="the history is never changed"), store.writing() as tx:
        tx.history.connection.execute(change)
    with store.reading() as tx:
        assert len(tx.history.list()) == 2


def test_history_cannot_be_emptied_at_once(store: Store) -> None:
    """TRUNCATE goes past triggers for rows on a server; SQLite's way is to delete without a condition."""
    written(store)
    with store.reading() as tx:
        is_file = tx.history.connection.dialect.name == "sqlite"
    emptying = text("DELETE FROM history" if is_file else "TRUNCATE history")
    with pytest.raises(StoreError, match="never changed"), store.writing() as tx:
        tx.history.connection.execute(emptying)
    with store.reading() as tx:
        assert len(tx.history.list()) == 2
