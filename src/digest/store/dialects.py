"""Everything that differs between databases."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Insert, Select, Table, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine
from sqlalchemy.pool import ConnectionPoolEntry

WRITING = "digest_writing"  #: execution option of connections that may change something

_PRAGMAS = (
    "PRAGMA busy_timeout = 30000",
    "PRAGMA journal_mode = WAL",
    # FULL: in WAL mode NORMAL may lose the last commits on power loss, and with them a written dot.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # What an erased person leaves behind in freed pages is overwritten at once.
    "PRAGMA secure_delete = ON",
    "PRAGMA cache_size = -65536",
    "PRAGMA temp_store = MEMORY",
)


def prepare(engine: Engine) -> None:
    """Give every connection of the engine the settings that the store counts on."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_server)


def insert_new(connection: Connection, table: Table, keys: Sequence[str] | None = None) -> Insert:
    """Make an insert that leaves rows alone which are there already.

    Args:
        connection: Tells the database.
        table: Where to insert.
        keys: Columns of the unique key that decides what 'there already' means; None for any key.
    """
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing(index_elements=keys)
    return postgresql.insert(table).on_conflict_do_nothing(index_elements=keys)


def upsert(connection: Connection, table: Table, keys: Sequence[str]) -> Insert:
    """Make an insert that overwrites the other columns of a row which is there already."""
    others = [column.name for column in table.columns if column.name not in keys]
    if connection.dialect.name == "sqlite":
        lite = sqlite.insert(table)
        return lite.on_conflict_do_update(index_elements=keys, set_={n: lite.excluded[n] for n in others})
    server = postgresql.insert(table)
    return server.on_conflict_do_update(index_elements=keys, set_={n: server.excluded[n] for n in others})


def skip_locked(connection: Connection, query: Select[Any]) -> Select[Any]:  # why Any: columns do not matter
    """Let a query that feeds an update pass over rows which another worker is taking.

    SQLite has one writer at a time, so there is nothing to pass over.
    """
    return query if connection.dialect.name == "sqlite" else query.with_for_update(skip_locked=True)


def faults(connection: Connection) -> tuple[str, ...]:
    """Look for damage in the database file; servers look after their own."""
    if connection.dialect.name != "sqlite":
        return ()
    damage = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check")]
    orphans = [
        f"row {row[1]} of {row[0]} points at a row of {row[2]} that is not there"
        for row in connection.exec_driver_sql("PRAGMA foreign_key_check")
    ]
    return tuple(fault for fault in damage if fault != "ok") + tuple(orphans)


def copy_to(engine: Engine, path: str) -> bool:
    """Write a consistent copy of a database file; False when the database is no file."""
    if engine.dialect.name != "sqlite":
        return False
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA query_only = OFF")
        raw.cursor().execute("VACUUM INTO ?", (path,))
    finally:
        raw.close()
    return True


def _set_up_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, so that DDL and SELECT are in it too
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get(WRITING, False)
    # A reader that turns writer fails at once in WAL mode whatever the timeout: keep them apart.
    connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writing else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _begin_server(connection: Connection) -> None:
    if not connection.get_execution_options().get(WRITING, False):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
