"""Statements that differ between databases; for lists of values see `listing`, for settings `connecting`."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Insert,
    Select,
    Table,
    Text,
    Update,
    cast,
    func,
    select,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

from digest.clock import aware
from digest.store.births import born_ns
from digest.store.server import server_faults

_INSERTS: dict[tuple[str, str], tuple[str, bool]] = {}  # by database and table: SQL, and whether by place
_COPY = 1  # user_version of a file that is a backup; 0 is what every other file has


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


def text_in(connection: Connection, column: Column[Any], key: str) -> ColumnElement[str]:
    """Read one text out of an object in a column of JSON; a tenth of the work of reading it whole.

    Args:
        connection: Tells the database.
        column: Of type `Json`.
        key: Of the object.
    """
    plain = type_coerce(column, Text)
    if connection.dialect.name == "sqlite":
        return func.json_extract(plain, f"$.{key}", type_=Text)
    read: ColumnElement[str] = cast(plain, postgresql.JSON)[key].astext
    return read


def insert_many(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert many rows, leaving alone what is there; half the work of the usual way for each.

    Args:
        connection: Where to.
        table: Where to insert.
        rows: Values for every column of the table.
    """
    columns = [_driver_values(connection.dialect, column, rows) for column in table.columns]
    insert_plain(connection, table, list(zip(*columns, strict=True)))


def insert_plain(connection: Connection, table: Table, rows: Sequence[tuple[object, ...]]) -> None:
    """Insert many rows, leaving alone what is there.

    Args:
        connection: Where to.
        table: Where to insert.
        rows: Values for every column of the table in its order, as the driver takes them.
    """
    if not rows:
        return
    names = table.columns.keys()
    key = (connection.dialect.name, table.name)
    if key not in _INSERTS:
        statement = insert_new(connection, table).compile(dialect=connection.dialect, column_keys=names)
        _INSERTS[key] = (str(statement), statement.positional)
    sql, positional = _INSERTS[key]
    if positional:
        connection.exec_driver_sql(sql, list(rows))
    else:
        connection.exec_driver_sql(sql, [dict(zip(names, row, strict=True)) for row in rows])


def update_many(
    connection: Connection, statement: Update, names: Sequence[str], rows: Sequence[tuple[object, ...]]
) -> int:
    """Run an update once for each row; half the work of the usual way.

    Args:
        connection: Where to.
        statement: Written once for the whole program, with a named parameter for each value.
        names: Of the parameters that rows have values for.
        rows: Those values in that order, as the driver takes them; at least one row.

    Returns:
        How many rows of the table were changed.
    """
    compiled = _compiled(statement, connection.dialect)
    fixed = {name: value for name, value in compiled.params.items() if name not in names}
    order = (*names, *fixed)
    rest = tuple(fixed.values())
    if not compiled.positional:
        named = [dict(zip(order, row + rest, strict=True)) for row in rows]
        return connection.exec_driver_sql(str(compiled), named).rowcount
    pick = itemgetter(*map(order.index, compiled.positiontup or ()))
    return connection.exec_driver_sql(str(compiled), [pick(row + rest) for row in rows]).rowcount


@lru_cache(maxsize=8)
def _compiled(statement: Update, dialect: Dialect) -> SQLCompiler:
    return statement.compile(dialect=dialect)


def reserve_ids(connection: Connection, table: Table, count: int) -> Sequence[int]:
    """Return ids for so many new rows; nobody else will get them."""
    if connection.dialect.name == "sqlite":
        # Inside BEGIN IMMEDIATE nobody else inserts, and rows of this table are never deleted.
        last = connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
        return range(last + 1, last + 1 + count)
    sequence = func.nextval(func.pg_get_serial_sequence(table.name, "id"))
    return connection.execute(select(sequence).select_from(func.generate_series(1, count))).scalars().all()


def upsert(connection: Connection, table: Table, keys: Sequence[str]) -> Insert:
    """Make an insert that overwrites the other columns of a row which is there already."""
    others = [column.name for column in table.columns if column.name not in keys]
    if connection.dialect.name == "sqlite":
        lite = sqlite.insert(table)
        return lite.on_conflict_do_update(index_elements=keys, set_={n: lite.excluded[n] for n in others})
    server = postgresql.insert(table)
    return server.on_conflict_do_update(index_elements=keys, set_={n: server.excluded[n] for n in others})


def add_up(connection: Connection, table: Table, name: str) -> Insert:
    """Make an insert that adds one column's value to that of a row which is there already."""
    keys = [column.name for column in table.primary_key]
    if connection.dialect.name == "sqlite":
        lite = sqlite.insert(table)
        return lite.on_conflict_do_update(
            index_elements=keys, set_={name: table.c[name] + lite.excluded[name]}
        )
    server = postgresql.insert(table)
    return server.on_conflict_do_update(
        index_elements=keys, set_={name: table.c[name] + server.excluded[name]}
    )


def as_bytes(
    connection: Connection, text: ColumnElement[Any]
) -> ColumnElement[Any]:  # why Any: nullable or not
    """Let a text be compared byte by byte, whatever the language of a server; a file always does."""
    if connection.dialect.name == "sqlite":
        return text
    collated: ColumnElement[Any] = text.collate("C")
    return collated


def locked(connection: Connection, query: Select[Any]) -> Select[Any]:
    """Let a query wait for, and keep, the rows that it finds; SQLite's one writer has them all."""
    return query if connection.dialect.name == "sqlite" else query.with_for_update()


def server_clock(connection: Connection) -> datetime | None:
    """Read the server's clock, not the beginning of the transaction; None for a file."""
    if connection.dialect.name == "sqlite":
        return None
    moment: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return aware(moment)


def skip_locked(dialect: str, query: Select[int]) -> Select[int]:
    """Let a query that feeds an update pass over rows which another worker is taking.

    SQLite has one writer at a time, so there is nothing to pass over.
    """
    if dialect == "sqlite":
        return query
    # Apart from the statement that uses it: planned into that, it may run for each row anew, and give others.
    return select(query.with_for_update(skip_locked=True).cte("free").c[0])


def faults(connection: Connection) -> tuple[str, ...]:
    """Look for damage in the database file; servers look after their own, if they were set up well."""
    if connection.dialect.name != "sqlite":
        return server_faults(connection)
    damage = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check")]
    orphans = [
        f"a row of {row[0]} points at a row of {row[2]} that is not there"
        for row in connection.exec_driver_sql("PRAGMA foreign_key_check")
    ]
    return tuple(fault for fault in damage if fault != "ok") + tuple(orphans)


def copy_to(engine: Engine, path: str) -> None:
    """Write a consistent copy of a database file."""
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA query_only = OFF")
        raw.cursor().execute("VACUUM INTO ?", (path,))
    finally:
        raw.close()
    with closing(sqlite3.connect(path)) as copy:
        copy.execute(f"PRAGMA user_version = {_COPY}")


def is_copy(connection: Connection) -> bool:
    """Tell whether this file was written by `copy_to` and is not used as the database by intent yet."""
    if connection.dialect.name != "sqlite":
        return False
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one()) == _COPY


def mark_as_own(connection: Connection) -> None:
    """Let a copy be a database in its own right."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA user_version = 0")


def identity(connection: Connection) -> dict[str, int | str]:
    """Name the very database, as far as it can be read.

    Returns:
        `inode` and `born` (nanoseconds since 1970) of a file; `oid` and `system` of a server's database.
    """
    if connection.dialect.name == "sqlite":
        file = Path(str(connection.engine.url.database))
        known: dict[str, int | str] = {"inode": file.stat().st_ino}
        born = born_ns(file)
        return known if born is None else known | {"born": born}
    oid = "SELECT oid FROM pg_database WHERE datname = current_database()"
    known = {"oid": int(connection.exec_driver_sql(oid).scalar_one())}
    try:
        with connection.begin_nested():
            system = connection.exec_driver_sql("SELECT system_identifier FROM pg_control_system()")
            known["system"] = str(system.scalar_one())
    except DBAPIError:
        pass  # why: not every server lets everybody ask
    return known


def _driver_values(
    dialect: Dialect, column: Column[object], rows: Sequence[Mapping[str, object]]
) -> Sequence[object]:
    """Turn one column's values into what the driver takes."""
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    name = column.name
    return [row[name] for row in rows] if process is None else [process(row[name]) for row in rows]
