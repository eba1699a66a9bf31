"""The statements that PostgreSQL gets; whether it takes them is tested where there is one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest
from sqlalchemy import Connection, Select, select
from sqlalchemy.dialects import postgresql, sqlite

from digest.store import connecting, dialects
from digest.store.tables import articles, tags

SERVER = cast("Connection", SimpleNamespace(dialect=postgresql.dialect()))
FILE = cast("Connection", SimpleNamespace(dialect=sqlite.dialect()))


def written(statement: object, connection: Connection) -> str:
    """Return the SQL of a statement on one line."""
    sql = str(statement.compile(dialect=connection.dialect))
    return " ".join(sql.replace('"', "").split())


@pytest.mark.parametrize("connection", [SERVER, FILE])
def test_inserts_leave_alone_or_overwrite_what_is_there(connection: Connection) -> None:
    """Resuming a freeze or a put must not fail on its own earlier rows."""
    leaving = written(dialects.insert_new(connection, tags, ["key"]), connection)
    anywhere = written(dialects.insert_new(connection, tags), connection)
    overwriting = written(dialects.upsert(connection, tags, ["key"]), connection)

    assert "ON CONFLICT (key) DO NOTHING" in leaving
    assert "ON CONFLICT DO NOTHING" in anywhere
    assert "ON CONFLICT (key) DO UPDATE SET id = excluded.id, name = excluded.name" in overwriting


def test_a_server_passes_over_rows_that_another_worker_takes() -> None:
    """Without it workers would wait for each other and then take nothing."""
    query = select(articles.c.id)

    assert "FOR UPDATE SKIP LOCKED" in written(dialects.skip_locked("postgresql", query), SERVER)
    assert "FOR UPDATE" not in written(dialects.skip_locked("sqlite", query), FILE)


class Recorder:
    """Stands in for a connection to a server and keeps what it is told."""

    def __init__(self) -> None:
        self.dialect = postgresql.dialect()
        self.told: list[tuple[str, object]] = []

    def exec_driver_sql(self, sql: str, values: object = None) -> None:
        """Keep a statement of the driver's."""
        self.told.append((sql, values))

    def execute(self, statement: Select[int]) -> Recorder:
        """Keep a statement of SQLAlchemy's."""
        self.told.append((written(statement, cast("Connection", self)), None))
        return self

    def scalars(self) -> Recorder:
        """Give itself as the answer."""
        return self

    def all(self) -> list[int]:
        """Give three ids."""
        return [7, 8, 9]

    def get_execution_options(self) -> dict[str, object]:
        """Be a connection for reading."""
        return {}


def test_many_rows_go_to_a_server_by_name() -> None:
    """Its driver takes values by name, not by place."""
    server = Recorder()
    dialects.insert_plain(cast("Connection", server), tags, [(1, "world", "World")])

    ((sql, values),) = server.told
    assert "ON CONFLICT DO NOTHING" in sql
    assert values == [{"id": 1, "key": "world", "name": "World"}]


def test_a_server_hands_out_ids_from_its_sequence() -> None:
    """Two writers at once must not number two articles alike."""
    server = Recorder()

    assert dialects.reserve_ids(cast("Connection", server), articles, 3) == [7, 8, 9]
    assert "nextval(pg_get_serial_sequence(" in server.told[0][0]


def test_reading_from_a_server_sees_one_moment_and_changes_nothing() -> None:
    """The promise of a reading block is the same on every back end."""
    server = Recorder()
    connecting._begin_server(cast("Connection", server))

    assert server.told == [("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY", None)]
