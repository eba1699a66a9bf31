"""Pruning that is killed at any statement: the books say the same, and the next run goes on."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import update

from commands import furnish, run_here, unmeasured
from digest.model import Books, DeliveryState, EditionState, Outcome
from digest.store import Store, open_store
from digest.store.tables import edition_log
from store_cast import HOUR, NOW, add_edition, add_readers

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
READERS, EDITIONS = 12, 2
KILLED_AT = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from digest.actions.upkeep import pruning
from digest.bootstrap import open_app

left = int(sys.argv[2])
pruning._BITE = 3

def count(*_):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)

with open_app(Path(sys.argv[1])) as app:
    event.listen(Engine, "after_cursor_execute", count)
    pruning.prune(app, by="olu", way=pruning.Way(rest=lambda _: None))
"""
#: by edition, as they end: of four readers two have it, one has not, one is unknown and nobody has decided
ENDS = (DeliveryState.SENT, DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.UNKNOWN)
BOOKS = Books(frozen=12, sent=6, failed=3, expired=0, excluded=0, unknown=3, open=0)


def home_of(root: Path, database: str) -> tuple[Path, Store]:
    """Make a home of editions that ended a year ago, kept for 90 days."""
    furnish(root)
    system = root / "config" / "digest.yaml"
    text = system.read_text(encoding="utf-8").replace("sqlite:///var/digest.db", database)
    system.write_text(text + "retention: {deliveries: 90d}\n", encoding="utf-8")
    store = open_store(database, home=root)
    with store.writing() as tx:
        add_readers(tx, READERS)
        for number in range(1, EDITIONS + 1):
            edition_id = add_edition(tx, state=EditionState.SENDING, number=number, day=number)
            tx.deliveries.freeze(edition_id)
            mails = tx.deliveries.claim(edition_id, "w1", now=NOW, limit=READERS, lease=HOUR)
            for place, mail in enumerate(mails):
                end = Outcome(state=ENDS[place % len(ENDS)], at=NOW)
                tx.deliveries.settle(mail.id, "w1", mail.attempt, end)
            tx.editions.set_state(
                edition_id, EditionState.SENT, expect=(EditionState.SENDING,), by="w1", at=NOW
            )
        tx.editions.connection.execute(update(edition_log).values(at=NOW - 365 * 24 * HOUR))
    return root, store


def on_record(store: Store) -> int:
    """Hold the books of each edition against what they were; return how many rows there are."""
    with store.reading() as tx:
        found = tx.deliveries.books_of_all(range(1, EDITIONS + 1))
        rows = [len(tx.deliveries.list(edition_id)) for edition_id in found]
        gone = [tx.deliveries.off_record(edition_id) for edition_id in found]

    assert list(found.values()) == [BOOKS] * EDITIONS
    for left, one in zip(rows, gone, strict=True):
        assert left + (one.recipients if one else 0) == READERS
    return sum(rows)


def check(root: Path, database: str) -> None:
    """Kill one run after the other, each some statements later, until one comes to its end."""
    root, opened = home_of(root, database)
    with closing(opened) as store:
        rows, statements, killed, in_between = on_record(store), 3, 0, set()
        while True:
            ran = subprocess.run(
                [sys.executable, "-c", KILLED_AT, str(root), str(statements)],
                capture_output=True,
                text=True,
                timeout=100,
                check=False,
                env=unmeasured(),
            )
            before, rows = rows, on_record(store)
            assert rows <= before
            in_between.add(rows)
            if ran.returncode == 0:
                break
            assert ran.returncode == -signal.SIGKILL, ran.stderr
            killed, statements = killed + 1, statements + 3
        assert killed >= 5
        assert len(in_between) >= 3
        assert rows == EDITIONS * BOOKS.unknown
        again = run_here("prune", "--json", home=root)
        assert (again.code, again.data["deliveries"]["recipients"]) == (0, 0)
        assert store.check() == ()


def test_killed_at_any_statement_the_books_stay(tmp_path: Path) -> None:
    """On a file; kill -9 is what a machine that loses power does."""
    check(tmp_path / "home", "sqlite:///var/digest.db")


def test_killed_at_any_statement_the_books_on_a_server_stay(tmp_path: Path, postgres_tables: str) -> None:
    """On PostgreSQL the server rolls back what a dead program had begun."""
    check(tmp_path / "home", postgres_tables)
