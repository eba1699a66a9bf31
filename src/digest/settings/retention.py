"""How long records are kept that grow with every edition."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from digest.settings.fields import Settings, parse_duration, show_duration

FOREVER = "forever"
_SHORTEST = timedelta(days=90)  #: mail comes back for weeks, and people ask for what they missed
_AGE = "forever, or 90d to 3660d such as 400d"


def _age(value: object) -> object:
    if value is None or value == FOREVER:
        return None
    try:
        age = parse_duration(value)
    except ValueError:
        raise ValueError(_AGE) from None
    if not isinstance(age, timedelta) or age < _SHORTEST:
        raise ValueError(_AGE)
    return age


def _shown(age: timedelta | None) -> str:
    return FOREVER if age is None else show_duration(age)


Age = Annotated[
    timedelta | None,
    BeforeValidator(_age),
    PlainSerializer(_shown),
    WithJsonSchema({"type": "string", "expected": _AGE}),
]


class RetentionSettings(Settings):
    """How long who got an edition stays on record one by one; its sums stay for ever."""

    deliveries: Age = Field(default="forever", validate_default=True)
