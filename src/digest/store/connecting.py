"""What a database is told at the beginning of a connection, and of a transaction."""

from __future__ import annotations

import sqlite3

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import ConnectionPoolEntry

WRITING = "digest_writing"  #: execution option of connections that may change something
HASTY = "digest_hasty"  #: and of those of them that fail at once while somebody else changes a file
_PATIENCE = "PRAGMA busy_timeout = 30000"
_PRAGMAS = (
    _PATIENCE,
    "PRAGMA journal_mode = WAL",
    # FULL: in WAL mode NORMAL may lose the last commits on power loss, and with them a written dot.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # What an erased person leaves behind in freed pages is overwritten at once.
    "PRAGMA secure_delete = ON",
    # 32 MiB for each connection, of which a sender holds two; with 64 a million recipients went no faster.
    "PRAGMA cache_size = -32768",
    # 32 MB instead of 4: pages of the indexes that every batch touches are copied back less often.
    "PRAGMA wal_autocheckpoint = 8000",
    "PRAGMA temp_store = MEMORY",
)


def prepare(engine: Engine) -> None:
    """Give every connection of the engine the settings that the store counts on."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_server)


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
    hasty = connection.get_execution_options().get(HASTY, False)
    if hasty:
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
    finally:
        if hasty:
            connection.exec_driver_sql(_PATIENCE)


def _begin_server(connection: Connection) -> None:
    if not connection.get_execution_options().get(WRITING, False):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
