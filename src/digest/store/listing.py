"""Lists of values handed to a statement as one, of any length."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Subquery,
    Text,
    bindparam,
    cast,
    column,
    func,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine


def listed(connection: Connection, values: Sequence[str]) -> Select[str]:
    """Make a query that gives a list of texts back, handed over as one value.

    So a statement takes any number of them, where drivers take some 30,000 values each.
    """
    return select(_each(connection.dialect.name, literal(json.dumps(list(values)), Text)))


def listed_as(dialect: str, name: str) -> Select[str]:
    """Do what `listed` does for a statement that is made once: the texts come as JSON, under a name."""
    return select(_each(dialect, bindparam(name, type_=Text)))


def ids_listed_as(dialect: str, name: str) -> Select[int]:
    """Do what `listed_as` does, for numbers of rows."""
    return select(cast(_each(dialect, bindparam(name, type_=Text)), BigInteger))


def rows_listed_as(
    dialect: str,
    name: str,
    types: Mapping[str, type[TypeEngine[Any]]],  # why Any: of several kinds
) -> Subquery:
    """Make a table of rows that come as one value: a list of lists in JSON, under a name.

    Args:
        dialect: The name of the database's kind.
        name: Of the value.
        types: What each place of a row holds, by the name of its column, in their order.
    """
    places: list[ColumnElement[Any]]  # why Any: each has a type of its own
    if dialect == "sqlite":
        row = func.json_each(bindparam(name, type_=Text)).table_valued(column("value", Text)).c.value
        places = [func.json_extract(row, f"$[{place}]") for place in range(len(types))]
    else:
        given = cast(bindparam(name, type_=Text), postgresql.JSON)
        listed = func.json_array_elements(given).table_valued(column("value", postgresql.JSON)).c.value
        places = [cast(listed[place].astext, kind) for place, kind in enumerate(types.values())]
    return select(*(place.label(key) for key, place in zip(types, places, strict=True))).subquery()


def rows_as_json(dialect: str, query: Select[*tuple[Any, ...]]) -> Select[str]:  # why Any: of several tables
    """Make a query that gives all rows of another as one value: a list of lists in JSON, in no order.

    For many small rows: between rows a driver lets other threads go first, each time.

    Args:
        dialect: The name of the database's kind.
        query: Of columns that hold texts, numbers and flags; a flag comes as 0 or 1, or as JSON has it.
    """
    columns = query.subquery().c
    if dialect == "sqlite":
        return select(func.json_group_array(func.json_array(*columns), type_=Text))
    rows = func.json_agg(func.json_build_array(*columns))
    return select(func.coalesce(cast(rows, Text), "[]"))


def _each(dialect: str, given: ColumnElement[str]) -> ColumnElement[str]:
    if dialect == "sqlite":
        return func.json_each(given).table_valued(column("value", Text)).c.value
    texts = func.json_array_elements_text(cast(given, postgresql.JSON))
    return texts.table_valued(column("value", Text)).c.value
