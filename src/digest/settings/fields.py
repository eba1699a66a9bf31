"""Field types that settings share: durations, keys, local times."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, PlainSerializer

from digest.model.article import fold

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Settings(BaseModel):
    """Base of every settings group: frozen, and unknown keys are faults."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def parse_duration(value: object) -> object:
    """Read '90s', '30m', '24h', '3d' or '2w' as a timedelta; leave other types alone.

    Raises:
        ValueError: The text is not a positive whole number with one of those units.
    """
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"([1-9]\d{0,5})([smhdw])", value.strip())
    if match is None:
        raise ValueError("a duration such as 90s, 30m, 24h, 3d or 2w")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def show_duration(value: timedelta) -> str:
    """Write a timedelta the way operators write it, in the largest unit that fits whole."""
    seconds = int(value.total_seconds())
    for unit, size in (("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds and seconds % size == 0 and seconds // size > (1 if unit in "wd" else 0):
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _known_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("an IANA zone such as Europe/Berlin") from error
    return value


def _slug(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", value):
        raise ValueError("lower-case letters, digits and hyphens")
    return value


def section_key(title: str) -> str:
    """Make the key of a section from its title: 'World news' gives 'world-news'.

    Letters of every script stay; an empty result (a title of signs only) gives 'section'.
    """
    return re.sub(r"[\W_]+", "-", fold(title)).strip("-") or "section"


def _is_timedelta(value: object) -> object:
    if not isinstance(value, timedelta):
        raise ValueError("a duration such as 90s, 30m, 24h, 3d or 2w")
    return value


Duration = Annotated[
    timedelta,
    BeforeValidator(_is_timedelta),
    BeforeValidator(parse_duration),
    PlainSerializer(show_duration),
]
Zone = Annotated[str, AfterValidator(_known_zone)]
Key = Annotated[str, AfterValidator(_slug)]
