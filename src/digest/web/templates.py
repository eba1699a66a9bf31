"""The Jinja environment of the pages: escaping everywhere, strict, sandboxed."""

from __future__ import annotations

import functools
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from digest.errors import TemplateError
from digest.web.assets import assets

_MARKS = {
    "repeated": "this hour comes twice; it runs once",
    "gap": "clocks skip this minute; it runs just after",
    "moved": "moved from a day that is off",
    "clock-change": "clocks change that day",
}


@functools.lru_cache(maxsize=8)
def pages_of(folders: tuple[Path, ...]) -> Pages:
    """Return the pages of template folders, the operator's first."""
    return Pages(folders)


class Pages:
    """Finds and fills the pages below web/ of template folders.

    Args:
        folders: Of templates; a name is looked up in each, the first that has it wins.
    """

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self._environment = ImmutableSandboxedEnvironment(
            loader=jinja2.FileSystemLoader([str(folder / "web") for folder in folders]),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            cache_size=400,
        )
        self._environment.globals.update(asset=assets().address)
        self._environment.filters.update(
            clock=clock,
            day=day,
            fullday=fullday,
            iso=iso,
            thousands=thousands,
            count=count,
            kilobytes=kilobytes,
            mark=mark,
        )

    def fill(self, name: str, values: dict[str, Any]) -> str:
        """Fill a page.

        Raises:
            TemplateError: It is missing or wrong, or asks for a value that is not there.
        """
        try:
            return self._environment.get_template(name).render(values)
        except jinja2.TemplateError as error:
            line = getattr(error, "lineno", None)
            where = f"templates/web/{name}" + (f":{line}" if line else "")
            raise TemplateError(
                str(error), where=where, hint="compare it with the one that came along"
            ) from error


def clock(moment: datetime, zone: str) -> str:
    """Show the time of day in a zone: 06:31."""
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M}"


def day(moment: datetime, zone: str, year: bool = False) -> str:
    """Show the day in a zone: Tue 13 Oct, with its year on wish."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b}" + (f" {local.year}" if year else "")


def fullday(moment: datetime, zone: str) -> str:
    """Show the day in a zone for a heading: Tuesday 13 October."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%A} {local.day} {local:%B}"


def iso(moment: datetime) -> str:
    """Show a moment as machines read it, in UTC to the second."""
    return moment.astimezone(ZoneInfo("UTC")).isoformat(timespec="seconds")


def thousands(number: int) -> str:
    """Show a number with commas: 18,204."""
    return f"{number:,}"


def count(number: int, one: str, many: str | None = None) -> str:
    """Show a number with its noun: '1 item', '1,200 items'; the plural is the noun with an s, or as given."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def kilobytes(number: int) -> str:
    """Show bytes as thousands of them, with one digit behind the point: 61.2 kB."""
    return f"{number / 1000:.1f} kB"


def mark(word: str) -> str:
    """Say what is special about a slot, as `digest.timetable` marks it."""
    return _MARKS.get(word, word)
