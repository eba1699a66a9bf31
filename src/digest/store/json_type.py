"""Structured values in one text column."""

from __future__ import annotations

import json

from sqlalchemy import Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def dump(value: object) -> str:
    """Write a value as JSON, letters of every script as they are, so that text can be searched."""
    return _ENCODER.encode(value)


class Json(TypeDecorator[object]):
    """Stores a JSON-able value as text; the same letters on every back end."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write the value; None stays NULL."""
        return None if value is None else dump(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> object:  # noqa: ARG002
        """Read the value; NULL is None."""
        return None if value is None else json.loads(value)
