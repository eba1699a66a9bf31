"""How the database finds what is asked most: by the index that was made for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import event

from digest.model import EditionState
from digest.store import Store, open_store
from store_cast import HOUR, NOW, content, frozen_edition


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Give a migrated store in a file."""
    opened = open_store("sqlite:///digest.db", home=tmp_path)
    opened.migrate()
    yield opened
    opened.close()


def plans(store: Store, home: Path, job: Callable[[], object], verb: str) -> str:
    """Return SQLite's plans for the statements of a job that begin with a verb."""
    asked: list[tuple[str, tuple[object, ...]]] = []

    @event.listens_for(store._engine, "before_cursor_execute")
    def _note(*call: object) -> None:
        asked.append((str(call[2]), tuple(call[3])))

    job()
    with sqlite3.connect(home / "digest.db") as connection:
        rows = [
            row[3]
            for statement, values in asked
            if statement.startswith(verb) and values
            for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    connection.close()
    return "\n".join(rows)


def test_the_newest_of_a_tag_are_read_off_its_key(store: Store, tmp_path: Path) -> None:
    """Driven by time instead, a million articles took 745 ms; this way it is a few."""
    with store.writing() as tx:
        tx.articles.put([content(1, "world")], NOW)

    def ask() -> None:
        with store.reading() as tx:
            tx.articles.newest(["world"], since=NOW - HOUR, until=NOW, limit=5)

    plan = plans(store, tmp_path, ask, "SELECT article_tags")
    assert plan == ("SEARCH article_tags USING PRIMARY KEY (tag_id=? AND effective_at>? AND effective_at<?)")


def test_the_newest_of_a_tag_at_a_moment_are_read_off_its_key_too(store: Store, tmp_path: Path) -> None:
    """A rehearsal asks for every slot of a year."""
    with store.writing() as tx:
        tx.articles.put([content(1, "world")], NOW)

    def ask() -> None:
        with store.reading() as tx:
            tx.articles.known(NOW).newest(["world"], since=NOW - HOUR, until=NOW, limit=5)

    plan = plans(store, tmp_path, ask, "SELECT article_tags")
    assert plan.splitlines() == [
        "SEARCH article_tags USING PRIMARY KEY (tag_id=? AND effective_at>? AND effective_at<?)",
        "SEARCH articles USING INTEGER PRIMARY KEY (rowid=?)",
    ]


def test_a_claim_does_not_walk_over_what_is_done(store: Store, tmp_path: Path) -> None:
    """The last claim of a million must be as quick as the first."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 2)

    def claim() -> None:
        with store.writing() as tx:
            tx.deliveries.claim(edition_id, "w1", now=NOW, limit=1, lease=timedelta(minutes=10))

    due = plans(store, tmp_path, claim, "SELECT json_group_array")
    assert "SEARCH deliveries USING INDEX ix_deliveries_waiting (edition_id=? AND next_at=?)" in due
    assert "SEARCH deliveries USING INDEX ix_deliveries_waiting (edition_id=? AND next_at<?)" in due
    assert "SCAN deliveries" not in due  # but of those found, which are no more than were asked for
    assert "TEMP B-TREE" not in due

    taken = plans(store, tmp_path, claim, "UPDATE deliveries")
    assert taken.startswith("SEARCH deliveries USING INTEGER PRIMARY KEY (rowid=?)")
    assert "SCAN deliveries" not in taken


def test_a_page_of_the_books_is_read_off_an_index(store: Store, tmp_path: Path) -> None:
    """Sorting a million for every page of a thousand took minutes."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 2)

    def page() -> None:
        with store.reading() as tx:
            tx.deliveries.list(edition_id, limit=1, after_id=1)

    plan = plans(store, tmp_path, page, "SELECT deliveries.id")
    assert "sqlite_autoindex_deliveries_2 (edition_id=? AND subscriber_id>?)" in plan
    assert "SCAN" not in plan


def test_an_address_that_is_suppressed_is_found_by_its_person(store: Store, tmp_path: Path) -> None:
    """Every address that turns out dead while a million are mailed is looked for among them."""

    def suppress() -> None:
        with store.writing() as tx:
            tx.people.suppress("reader1@example.org", "complaint", at=NOW)

    plan = plans(store, tmp_path, suppress, "UPDATE deliveries")
    assert "ix_deliveries_subscriber_id (subscriber_id=?)" in plan
    assert "SCAN" not in plan


def test_what_a_worker_has_in_hand_is_found_among_few(store: Store, tmp_path: Path) -> None:
    """Goodbyes and last looks must not read through what is done or waits."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 2)

    def part() -> None:
        with store.writing() as tx:
            tx.deliveries.barred_of(edition_id, "w1")
            tx.deliveries.give_back("w1")

    assert "ix_deliveries_in_hand" in plans(store, tmp_path, part, "UPDATE deliveries")
    look = plans(store, tmp_path, part, "SELECT reasons.id")
    assert "ix_deliveries_in_hand (edition_id=?)" in look
    assert "SCAN" not in look


def test_whether_anybody_was_erased_is_asked_of_an_index(store: Store, tmp_path: Path) -> None:
    """Every last look asks, and a list may hold a million addresses that are no names."""

    def ask() -> None:
        with store.reading() as tx:
            tx.people.has_fingerprints()

    assert "ix_suppressions_fingerprint" in plans(store, tmp_path, ask, "SELECT suppressions")


@pytest.mark.parametrize("states", [None, [EditionState.DRAFT, EditionState.SENDING]])
def test_open_editions_are_found_among_years_of_others(
    store: Store, tmp_path: Path, states: list[EditionState] | None
) -> None:
    """Every tick asks for them, and most editions have ended long ago."""

    def ask() -> None:
        with store.reading() as tx:
            tx.editions.open(states)

    plan = plans(store, tmp_path, ask, "SELECT editions.id")
    assert "ix_editions_open" in plan
    assert "ix_alerts_edition_id (edition_id=?)" in plan
    assert "sqlite_autoindex_slots_1 (digest=? AND slot=?)" in plan
    assert "SCAN editions USING INDEX ix_editions_open" in plan
    assert plan.count("SCAN") == 1


def test_an_idle_tick_reads_two_indexes(store: Store, tmp_path: Path) -> None:
    """It is asked four times a minute for years, beside millions of slots that were built long ago."""

    def ask() -> None:
        with store.reading() as tx:
            tx.slots.next_at(NOW, shared=NOW)
            tx.schedules.next_at()
            tx.schedules.near(NOW)

    plan = plans(store, tmp_path, ask, "SELECT")
    assert "SEARCH slots USING INDEX ix_slots_to_build" in plan
    assert "SEARCH schedules USING INDEX ix_schedules_next_at (next_at<?)" in plan
    assert "SCAN" not in plan


def test_what_is_to_be_built_is_found_among_years_of_slots(store: Store, tmp_path: Path) -> None:
    """Claims and ends read what is due only."""

    def work() -> None:
        with store.writing() as tx:
            tx.slots.claim("w1", now=NOW, shared=NOW, lease=HOUR)
            tx.slots.overdue(NOW, shared=NOW)
            tx.slots.overdue(NOW, ["daily", "weekly"], shared=NOW)

    for verb in ("UPDATE slots", "SELECT slots"):
        plan = plans(store, tmp_path, work, verb)
        assert "SEARCH slots USING INDEX ix_slots_to_build (build_at<?)" in plan
        assert "SCAN" not in plan


def test_what_pages_count_is_sorted_a_piece_at_a_time(store: Store, tmp_path: Path) -> None:
    """Grouped as a whole, a million rows were sorted in 60 MB of memory, or 100 where no reason is alike."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 2)

    def ask() -> None:
        with store.reading() as tx:
            tx.deliveries.tally(edition_id, each=HOUR)
            tx.deliveries.reasons(edition_id, limit=10)
            tx.deliveries.mixes(edition_id)
            tx.deliveries.books_by_version(edition_id)

    plan = plans(store, tmp_path, ask, "SELECT deliveries").splitlines()
    grouped = [before for before, line in pairwise(plan) if line == "USE TEMP B-TREE FOR GROUP BY"]
    piece = "(edition_id=? AND subscriber_id>? AND subscriber_id<?)"
    assert len(grouped) == 4
    assert [line for line in grouped if not line.endswith(piece)] == []


def test_books_are_counted_without_sorting(store: Store, tmp_path: Path) -> None:
    """A million rows are sorted in 70 MB of memory, at the end of each run; the index has them in order."""
    with store.writing() as tx:
        edition_id = frozen_edition(tx, 2)

    def ask() -> None:
        with store.reading() as tx:
            tx.deliveries.books(edition_id)
            tx.deliveries.books_of_all([edition_id, edition_id + 1])

    plan = plans(store, tmp_path, ask, "SELECT deliveries").splitlines()
    assert len(plan) == 2
    assert [line for line in plan if not line.startswith("SEARCH deliveries USING INDEX")] == []
