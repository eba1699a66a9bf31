"""Migrations: the tables they make, and what is left when they are killed."""

from __future__ import annotations

import os
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
from digest.store import Store, migrating, open_store, schema
from digest.store.people_tables import subscribers
from migration_cast import is_a_table_of_ours
from store_cast import NOW, content

URL = "sqlite:///var/digest.db"
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
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Give a store without tables."""
    opened = open_store(URL, home=tmp_path)
    yield opened
    opened.close()


@contextmanager
def connect(home: Path) -> Iterator[Connection]:
    """Look at the file beside the store."""
    engine = create_engine(f"sqlite:///{home}/var/digest.db")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_migrations_and_tables_agree(store: Store, tmp_path: Path) -> None:
    """A column that only one of them knows breaks on the machines that were upgraded, not on ours."""
    store.migrate()
    with connect(tmp_path) as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": is_a_table_of_ours}
        )

        assert compare_metadata(context, subscribers.metadata) == []


def test_the_quick_look_knows_the_newest_migration() -> None:
    """A forgotten constant would leave every database un-upgraded."""
    assert migrating.head() == schema.HEAD


def test_migrating_twice_is_migrating_once(store: Store) -> None:
    """Every start of the program migrates."""
    store.migrate()
    with store.writing() as tx:
        tx.articles.put([content(1)], NOW)
    store.migrate()

    assert store.check() == ()
    with store.reading() as tx:
        assert len(tx.articles.list()) == 1


def test_two_programs_that_start_together_both_find_the_tables(tmp_path: Path) -> None:
    """Web and worker start in the same second after an upgrade."""
    commands = [[sys.executable, "-c", KILLED_AT, URL, str(tmp_path), "1000000"]] * 2
    running = [subprocess.Popen(command) for command in commands]

    assert [process.wait(timeout=60) for process in running] == [0, 0]
    opened = open_store(URL, home=tmp_path)
    assert opened.check() == ()
    opened.close()


@pytest.mark.parametrize(
    "statements", [6, *(pytest.param(each, marks=pytest.mark.slow) for each in (1, 3, 12, 20, 30))]
)
def test_a_migration_that_is_killed_is_done_by_the_next_start(tmp_path: Path, statements: int) -> None:
    """Half a schema would be a database that neither version can use."""
    kill = [sys.executable, "-c", KILLED_AT, URL, str(tmp_path), str(statements)]
    ended = subprocess.run(kill, check=False, timeout=60, env=dict(os.environ))
    assert ended.returncode == -signal.SIGKILL

    with connect(tmp_path) as connection:
        assert inspect(connection).get_table_names() == []
    opened = open_store(URL, home=tmp_path)
    opened.migrate()
    assert opened.check() == ()
    opened.close()


def test_a_newer_database_is_left_alone(store: Store, tmp_path: Path) -> None:
    """An older program does not know what the newer one's tables mean."""
    store.migrate()
    with connect(tmp_path) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()

    with pytest.raises(StoreError, match=r"digest\.db: a newer version of this program made the database"):
        store.migrate()
    assert store.check() == ("a newer version of this program made the database (revision 9999)",)


def test_an_older_database_says_how_to_upgrade(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """`digest db check` before an upgrade is no surprise afterwards."""
    store.migrate()
    monkeypatch.setattr(schema, "HEAD", "9998")

    assert store.check() == (
        f"the schema is at revision {migrating.head()}, not 9998; run `digest db upgrade`",
    )


def test_a_database_of_the_first_version_is_brought_up_with_its_people(store: Store, tmp_path: Path) -> None:
    """An upgrade adds the table of reports and leaves everything else as it is."""
    with connect(tmp_path) as connection:
        config = migrating._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.commit()
        assert "bounces" not in inspect(connection).get_table_names()
        connection.exec_driver_sql("INSERT INTO suppressions VALUES ('eve@example.org', 'by hand', 0)")
        connection.commit()
    store.migrate()

    assert store.check() == ()
    with store.reading() as tx:
        assert tx.bounces.list() == ()
        assert [one.email for one in tx.people.suppressions()] == ["eve@example.org"]
