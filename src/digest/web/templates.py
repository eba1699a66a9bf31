"""The Jinja environment of the pages: escaping everywhere, strict, sandboxed."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import jinja2

from digest.deliver import spellings
from digest.errors import TemplateError
from digest.markup import clean_line
from digest.model.accounts import ALL, Grant
from digest.render import Sandbox
from digest.shape import ordinal
from digest.web.assets import assets
from digest.web.charts import span_words

if TYPE_CHECKING:
    from digest.web.frame import Frame

_LINE = 400  #: characters of a line in XML
_NUMBERS = ("None", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")
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
        self._environment = Sandbox(
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
            line=functools.partial(clean_line, max_chars=_LINE),
            thousands=thousands,
            ordinal=ordinal,
            count=count,
            kilobytes=kilobytes,
            mark=mark,
            sentence=sentence,
            roles=roles,
            seconds=seconds,
            span=span_words,
            rate=rate,
            masked=masked,
            hiding=hiding,
            told=told,
            spelt=spelt,
            bytes=size,
            masked_way=masked_way,
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


def seconds(moment: datetime, zone: str) -> str:
    """Show the time of day in a zone to the second: 06:31:40."""
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M:%S}"


def rate(number: float) -> str:
    """Show how many a second: 58.2, 1,204, 0."""
    return f"{number:,.0f}" if number >= 100 or number == int(number) else f"{number:.1f}"


def masked(email: str) -> str:
    """Show enough of an address to know it again, and not to write to it: m…k@example.org."""
    name, at, domain = email.partition("@")
    if not at:
        return "erased" if not email else f"{email[:1]}…"
    return f"{name[:1]}…{name[-1:] if len(name) > 2 else ''}@{domain}"


def hiding(text: str, email: str) -> str:
    """Show what was said of somebody with their address masked, in whichever form a relay wrote it."""
    if not email or ("@" not in text and "%" not in text):
        return text
    forms = "|".join(map(re.escape, sorted(spellings(email, text), key=len, reverse=True)))
    return re.sub(forms, lambda _: masked(email), text, flags=re.IGNORECASE)


def masked_way(channel: str) -> str:
    """Show the way of an alert: webhook pager; mail a…a@example.org."""
    way, _, name = channel.partition(" ")
    return f"{way} {masked(name) if way == 'mail' else name}"


def size(number: int) -> str:
    """Show bytes in the unit that fits: 12 MB, 3.4 GB."""
    value = float(number)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 1_000:
            return f"{value:.0f} {unit}" if value >= 10 or unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1_000
    return f"{value:,.1f} TB"


def told(text: str, frame: Frame) -> str:
    """Show a note on record as a sentence begins, with names of people at the desk for their addresses."""
    for email, name in frame.names.items():
        text = text.replace(email, name)
    return text[:1].upper() + text[1:]


def spelt(number: int) -> str:
    """Show a number at the beginning of a sentence: Six, 1,204."""
    return _NUMBERS[number] if 0 <= number < len(_NUMBERS) else f"{number:,}"


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


def sentence(text: str) -> str:
    """Make a sentence of the words of an error: a capital in front, a full stop behind."""
    return text[:1].upper() + text[1:] + ("" if text[-1:] in ".!?" else ".")


def roles(grants: Iterable[Grant]) -> str:
    """Say what somebody is: 'admin', 'editor of daily'."""
    said = (one.role.value if one.digest == ALL else f"{one.role.value} of {one.digest}" for one in grants)
    return ", ".join(said) or "no role yet"
