"""The words a mail says by itself, in the edition's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from typing import cast

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from digest.errors import TemplateError
from digest.model.article import primary_language
from digest.render.language import direction_of, locale_of
from digest.render.typography import NBSP

Table = Mapping[str, "str | Mapping[str, str] | Sequence[str]"]
Phrases = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Words:
    """Phrases of one language, with its plurals, numbers and dates."""

    language: str  #: of the edition; dates and figures follow it
    own: str  #: of the phrases; 'en' when nobody wrote them for the language
    table: Table
    file: str  #: where the phrases come from, for messages

    @property
    def is_borrowed(self) -> bool:
        """True when the phrases are of another language than the edition."""
        return primary_language(self.own) != primary_language(self.language)

    @property
    def locale(self) -> Locale:
        """The locale of the edition's language."""
        return locale_of(self.language)

    def say(self, key: str, **values: str) -> str:
        """Return a phrase with its places filled."""
        return _fill(self._text(key), values)

    def count(self, key: str, number: int, *, is_spelled: bool = False) -> str:
        """Return a phrase in the plural form that the number asks for.

        Args:
            key: Of a phrase with a form per plural category.
            number: 0 or more; stands in the form's '{n}'.
            is_spelled: Write small numbers as words, where the language has them.
        """
        forms = self._mapping(key)
        form = forms.get(locale_of(self.own).plural_form(number)) or forms["other"]
        return _fill(form, {"n": self.spell(number) if is_spelled else self.number(number)})

    def number(self, number: int) -> str:
        """Write a whole number in the digits of the language."""
        plain = format_decimal(number, locale=self.locale)
        return self._in_digits(plain)

    def spell(self, number: int) -> str:
        """Write a small number as a word, a larger one in digits."""
        numerals = self.table.get("numerals", ())
        if isinstance(numerals, (str, Mapping)) or not 0 <= number < len(numerals):
            return self.number(number)
        return numerals[number] or self.number(number)

    def names(self, names: Sequence[str]) -> str:
        """Join names as a sentence does: 'A, B and C'."""
        if len(names) < 2:
            return "".join(names)
        return f"{self.say('comma').join(names[:-1])}{self.say('and')}{names[-1]}"

    def date(self, day: dt.date) -> str:
        """Write a date with its weekday."""
        return self._date(day, "date", "full")

    def day(self, day: dt.date) -> str:
        """Write a date without its weekday, kept on one line."""
        return self._date(day, "day", "long").replace(" ", NBSP)

    def short(self, day: dt.date) -> str:
        """Write a day with its weekday as short as can be, kept on one line."""
        return self._date(day, "short", "medium").replace(" ", NBSP)

    def greeting(self, hour: int, name: str) -> str:
        """Greet by the time of day; without a name when there is none."""
        plain, named = self.greetings(hour)
        return _fill(named, {"name": name}) if name else plain

    def greetings(self, hour: int) -> tuple[str, str]:
        """Return what greets by the time of day: without a name, and with '{name}' in its place."""
        part = "morning" if 4 <= hour < 12 else "afternoon" if 12 <= hour < 18 else "evening"
        forms = self._mapping(f"good_{part}")
        return forms["plain"], forms["named"]

    def _date(self, day: dt.date, key: str, usual: str) -> str:
        is_plain = "-" not in self.language and not self.is_borrowed
        pattern = self._text(key) if is_plain else usual
        try:
            return self._in_digits(format_date(day, pattern, locale=self.locale))
        except (ValueError, LookupError, AttributeError) as error:
            raise TemplateError(f"'{key}' is no pattern of a date: {error}", where=self.file) from error

    def _in_digits(self, text: str) -> str:
        digits = self.table.get("digits", "")
        if not isinstance(digits, str) or len(digits) != 10 or "-" in self.language:
            return text
        return text.translate(str.maketrans("0123456789", digits))

    def _text(self, key: str) -> str:
        found = self.table.get(key)
        if not isinstance(found, str):
            raise self._missing(key)
        return found

    def _mapping(self, key: str) -> Phrases:
        found = self.table.get(key)
        if not isinstance(found, Mapping) or not ("other" in found or {"named", "plain"} <= found.keys()):
            raise self._missing(key)
        return found

    def _missing(self, key: str) -> TemplateError:
        return TemplateError(f"the word '{key}' is missing or has no text", where=self.file)


def attributes(words: Words) -> str:
    """Return the attributes that mark borrowed phrases; '' when they are in the edition's language."""
    if not words.is_borrowed:
        return ""
    return f' lang="{words.own}" dir="{direction_of(words.own)}"'


def _fill(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def checked(data: Mapping[str, object], file: str) -> Table:
    """Check that a table of phrases holds texts, forms of texts, or lists of texts.

    Raises:
        TemplateError: A word is something else; names it.
    """
    for key, value in data.items():
        parts = (
            value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else [value]
        )
        if not all(isinstance(part, str) for part in parts):
            raise TemplateError(f"the word '{key}' is no text", where=file)
    return cast("Table", data)


@lru_cache(maxsize=64)
def parse_yaml(source: str, name: str) -> Mapping[str, object]:
    """Read a YAML 1.2 mapping that a theme or language needs.

    Raises:
        TemplateError: It is no YAML or no mapping; names the file and, where known, the line.
    """
    try:
        data = YAML(typ="safe", pure=True).load(StringIO(source))
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "not YAML"
        raise TemplateError(str(problem), where=f"{name}{line}") from error
    if not isinstance(data, dict):
        raise TemplateError("a mapping is expected", where=name)
    return data
