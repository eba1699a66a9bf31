"""What the parts of a transaction have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Row

Value = TypeVar("Value")

Line = Row[*tuple[Any, ...]]  # why Any: rows of several queries carry the columns that a reader needs

CHUNK = 500  #: rows a statement; every back end takes that many parameters
_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Part:
    """One part of an open transaction."""

    connection: Connection
    fingerprint: Callable[[str], str]  #: names an erased address for good


def chunks(values: Iterable[Value]) -> Iterator[Sequence[Value]]:
    """Cut values into lists of at most `CHUNK`."""
    rest = iter(values)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def ids(values: Iterable[int]) -> tuple[int, ...]:
    """Leave out what no row can be numbered with, and repeats."""
    return tuple(dict.fromkeys(value for value in values if 0 < value <= _LARGEST_ID))
