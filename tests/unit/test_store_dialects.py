"""The statements that PostgreSQL gets; whether it takes them is tested where there is one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest
from sqlalchemy import Connection, Engine, select
from sqlalchemy.dialects import postgresql, sqlite

from digest.store import dialects
from digest.store.tables import articles, tags

SERVER = cast("Connection", SimpleNamespace(dialect=postgresql.dialect()))
FILE = cast("Connection", SimpleNamespace(dialect=sqlite.dialect()))


def written(statement: object, connection: Connection) -> str:
    """Return the SQL of a statement on one line."""
    sql = str(statement.compile(dialect=connection.dialect))  # type: ignore[attr-defined]
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

    assert written(dialects.skip_locked(SERVER, query), SERVER).endswith("FOR UPDATE SKIP LOCKED")
    assert "FOR UPDATE" not in written(dialects.skip_locked(FILE, query), FILE)


def test_a_server_looks_after_its_own_files() -> None:
    """Integrity checks and file copies are the server's business."""
    assert dialects.faults(SERVER) == ()
    assert dialects.copy_to(cast("Engine", SERVER), "copy.db") is False
