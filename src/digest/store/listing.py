"""Lists of values handed to a statement as one, of any length."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Text,
    bindparam,
    cast,
    column,
    func,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql


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


def _each(dialect: str, given: ColumnElement[str]) -> ColumnElement[str]:
    if dialect == "sqlite":
        return func.json_each(given).table_valued(column("value", Text)).c.value
    texts = func.json_array_elements_text(cast(given, postgresql.JSON))
    return texts.table_valued(column("value", Text)).c.value
