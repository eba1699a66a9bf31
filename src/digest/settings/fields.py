"""Field types that settings share: durations, sizes, keys, local times."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    SecretStr,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from digest.model.article import fold

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = "a duration such as 90s, 30m, 24h, 3d or 2w"
_SIZES = {"MB": 1_000_000, "GB": 1_000_000_000}
_SIZE = "a size such as 200MB or 2GB"
_SECTION_KEY = "lower-case letters and digits of any script, with hyphens between"
_LONGEST = timedelta(days=3_660)  #: ten years: no calendar ends within it
_DAY = "a date such as 2026-12-01"
_ZONE = "an IANA zone such as Europe/Berlin"


class Settings(BaseModel):
    """Base of every settings group: frozen, and unknown keys are faults.

    A key without a value counts as not written.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _nothing_keeps_the_default(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        unset = {
            field.alias or name
            for name, field in cls.model_fields.items()
            if not field.is_required() and data.get(field.alias or name) is None
        }
        return {key: value for key, value in data.items() if key not in unset}


@dataclass(frozen=True, slots=True)
class Shaped:
    """Marks a text that must match a pattern from end to end: Annotated[str, Shaped(...)]."""

    pattern: str  #: a regular expression
    expected: str  #: what the operator is told instead of the pattern

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Check the text after it was read as one."""
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, object]:
        """Describe the text by what is expected."""
        return {"type": "string", "expected": self.expected}

    def fits(self, value: str) -> bool:
        """Tell whether a text matches."""
        return re.fullmatch(self.pattern, value) is not None

    def _checked(self, value: str) -> str:
        if not self.fits(value):
            raise ValueError(self.expected)
        return value


def clash(key: str, expected: str, found: str) -> PydanticCustomError:
    """Make the error for values that are fine alone and wrong together.

    Args:
        key: Dotted, below the group whose validator raises it.
        expected: What would have been right.
        found: What is there.
    """
    return PydanticCustomError(
        "clash",
        "{key}: expected {expected}, found {found}",
        {"key": key, "expected": expected, "found": found},
    )


def parse_duration(value: object) -> object:
    """Read '90s', '30m', '24h', '3d' or '2w' as a timedelta; leave other types alone.

    Raises:
        ValueError: The text is not a positive whole number with one of those units, or over ten years.
    """
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"([1-9]\d{0,5})([smhdw])", value.strip())
    if match is None:
        raise ValueError(_DURATION)
    length = timedelta(**{_UNITS[match[2]]: int(match[1])})
    if length > _LONGEST:
        raise ValueError(_DURATION)
    return length


def show_duration(value: timedelta) -> str:
    """Write a timedelta the way operators write it, in the largest unit that fits whole."""
    seconds = int(value.total_seconds())
    for unit, size in (("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds and seconds % size == 0 and seconds // size > (1 if unit in "wd" else 0):
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def parse_size(value: object) -> object:
    """Read '200MB' or '2GB' as bytes, of a thousand thousands each; leave other types alone.

    Raises:
        ValueError: The text is not a whole number with one of those units.
    """
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"(0|[1-9][0-9]{0,5})(MB|GB)", value.strip())
    if match is None:
        raise ValueError(_SIZE)
    return int(match[1]) * _SIZES[match[2]]


def show_size(value: int) -> str:
    """Write bytes the way operators write them, in the largest unit that fits whole; a rest is dropped."""
    unit = "GB" if value and value % _SIZES["GB"] == 0 else "MB"
    return f"{value // _SIZES[unit]}{unit}"


def _known_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(_ZONE) from error
    return value


def _day(value: object) -> object:
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII) is None:
        raise ValueError(_DAY)
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(_DAY) from error


def section_key(title: str) -> str:
    """Make the key of a section from its title: 'World news' gives 'world-news'.

    Letters of every script stay; an empty result (a title of signs only) gives 'section'.
    """
    return re.sub(r"[\W_]+", "-", fold(title)).strip("-") or "section"


def _section_key(value: str) -> str:
    if value and value != section_key(value):
        raise ValueError(_SECTION_KEY)
    return value


def _is_timedelta(value: object) -> object:
    if not isinstance(value, timedelta):
        raise ValueError(_DURATION)
    return value


def _has_unit(value: object) -> object:
    """A bare figure would leave the unit to luck."""
    if not isinstance(value, str):
        raise ValueError(_SIZE)
    return parse_size(value)


Duration = Annotated[
    timedelta,
    BeforeValidator(_is_timedelta),
    BeforeValidator(parse_duration),
    PlainSerializer(show_duration),
    WithJsonSchema({"type": "string", "expected": _DURATION}),
]
Size = Annotated[
    int,
    BeforeValidator(_has_unit),
    PlainSerializer(show_size),
    WithJsonSchema({"type": "string", "expected": _SIZE}),
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "expected": _DAY})]
Zone = Annotated[str, AfterValidator(_known_zone), WithJsonSchema({"type": "string", "expected": _ZONE})]
SectionKey = Annotated[
    str, AfterValidator(_section_key), WithJsonSchema({"type": "string", "expected": _SECTION_KEY})
]
KEY_SHAPE = Shaped(r"[a-z0-9][a-z0-9-]{0,62}", "lower-case letters, digits and hyphens")
Key = Annotated[str, KEY_SHAPE]
Language = Annotated[str, Shaped(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", "a language such as en or pt-BR")]
WebAddress = Annotated[
    str, Shaped(r"https?://[^\s/?#@]+(/[^\s?#]*)?", "a web address such as https://news.example.org")
]
MediaAddress = Annotated[
    str,
    Shaped(
        r"https?://[^\s/?#@]+(/[^\s?#]*)?|file:///[^\s?#]+",
        "a web address, or file:///folder for mail that is only looked at on this machine",
    ),
]


PRINTABLE = WithJsonSchema({"type": "string", "expected": "printable text"})


def _printable(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().isprintable():
        raise ValueError("printable text")
    return value


Password = Annotated[SecretStr, AfterValidator(_printable), PRINTABLE]
