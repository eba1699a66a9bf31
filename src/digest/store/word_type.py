"""Members of enumerations as the text they stand for."""

from __future__ import annotations

from sqlalchemy import Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class Word(TypeDecorator[str]):
    """Stores an enumeration's value; drivers disagree about what to do with a member itself."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Hand the driver plain text."""
        return None if value is None else str(value)
