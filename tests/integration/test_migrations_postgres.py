"""Migrations on a server, where several programs meet and others use the tables meanwhile."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect

from digest.errors import StoreError
from digest.store import migrating, open_store, schema, server
from digest.store.people_tables import subscribers
from migration_cast import is_a_table_of_ours

KILLED_AT = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from digest.store import open_store

store = open_store(sys.argv[1], home=Path(sys.argv[2]))
left = int(sys.argv[3])

@event.listens_for(Engine, "before_cursor_execute")
def count(*_):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)

store.migrate()
store.close()
"""


@contextmanager
def connect(url: str) -> Iterator[Connection]:
    """Look at the database beside the store."""
    engine = create_engine(url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def bring_to(revision: str, url: str) -> None:
    """Make the tables as an older program left them."""
    with connect(url) as connection:
        config = migrating._config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()


def test_three_programs_that_start_together_all_find_the_tables(postgres_bare: str, tmp_path: Path) -> None:
    """After an upgrade web, clerk and sender start at once, perhaps on three machines."""
    commands = [[sys.executable, "-c", KILLED_AT, postgres_bare, str(tmp_path), "1000000"]] * 3
    running = [subprocess.Popen(each) for each in commands]

    assert [process.wait(timeout=60) for process in running] == [0, 0, 0]
    store = open_store(postgres_bare, home=tmp_path)
    assert store.check() == ()
    store.close()


@pytest.mark.parametrize("revision", [None, "0001", "0002", "0003", "0004"])
def test_every_older_database_gets_the_tables_of_a_new_one(
    postgres_bare: str, tmp_path: Path, revision: str | None
) -> None:
    """A column that only a new database has is missing on the machines that have run longest."""
    if revision is not None:
        bring_to(revision, postgres_bare)
    store = open_store(postgres_bare, home=tmp_path)
    store.migrate()

    assert store.check() == ()
    store.close()
    with connect(postgres_bare) as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": is_a_table_of_ours}
        )
        assert compare_metadata(context, subscribers.metadata) == []


@pytest.mark.parametrize(
    "statements", [12, *(pytest.param(each, marks=pytest.mark.slow) for each in (5, 20, 30, 45))]
)
def test_a_migration_that_is_killed_leaves_nothing(
    postgres_bare: str, tmp_path: Path, statements: int
) -> None:
    """Half a schema would be a database that neither version can use."""
    kill = [sys.executable, "-c", KILLED_AT, postgres_bare, str(tmp_path), str(statements)]
    assert subprocess.run(kill, check=False, timeout=60).returncode == -signal.SIGKILL

    with connect(postgres_bare) as connection:
        assert inspect(connection).get_table_names() == []
    store = open_store(postgres_bare, home=tmp_path)
    store.migrate()
    assert store.check() == ()
    store.close()


def test_an_upgrade_does_not_queue_behind_a_long_writer(
    postgres_bare: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever comes after a waiting ALTER TABLE waits as well: the whole installation would stand."""
    monkeypatch.setattr(server, "_UPGRADING_LOCKS", {"lock_timeout": "50ms"})
    bring_to("0001", postgres_bare)
    store = open_store(postgres_bare, home=tmp_path)
    with connect(postgres_bare) as connection:
        connection.exec_driver_sql("INSERT INTO suppressions VALUES ('eve@example.org', 'by hand', 0)")
        connection.exec_driver_sql("LOCK TABLE subscribers IN ROW EXCLUSIVE MODE")
        with pytest.raises(StoreError, match=r"lock timeout .another program holds it for too long"):
            store.migrate()
        connection.commit()
    with store.reading() as tx:
        assert schema.revision(tx.people.connection) == "0001"
    store.migrate()

    assert store.check() == ()
    with store.reading() as tx:
        assert [one.email for one in tx.people.suppressions()] == ["eve@example.org"]
    store.close()
