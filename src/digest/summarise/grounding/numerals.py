"""Numbers and dates as texts of seven languages write them, brought to one form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from babel.dates import get_day_names, get_month_names

from digest.summarise.grounding.measures import PAID, UNITS
from digest.summarise.grounding.number_words import LANGUAGES, WORD, scale_after, spelled

_COMMA_THOUSANDS = frozenset(("en", "he", "ja", "zh", "ko"))

_PAID = 5  #: characters before a figure in which a currency stands
_BEFORE = 12  #: in which 'between' does
_FIGURE = re.compile(r"\d{1,20}(?::\d\d)+|\d{1,20}(?:[.,’'\u00a0\u202f]\d{1,20}){0,6}")
_TO = {
    "en": "to|or|instead of",
    "de": "bis|oder|statt",
    "fr": "à|ou|au lieu de",
    "es": "a|o|u|en lugar de",
    "it": "a|o|invece di",
    "pt": "a|ou|em vez de",
    "nl": "tot|of|in plaats van",
}  #: between two numbers that share a scale: '14.5 instead of 9.2 million dollars'
_PAIRS: Mapping[str, Mapping[str, str]] = {
    "en": {"and": "between"},
    "de": {"und": "zwischen", "auf": "von"},
    "fr": {"et": "entre"},
    "es": {"y": "entre"},
    "it": {"e": "(?:tra|fra)"},
    "pt": {"e": "entre"},
    "nl": {"en": "tussen"},
}  #: such words, and what stands before the first number where they are
_COUNTED = re.compile(r"\.?[\s\u00a0](?:(?:de|di|of)\s|d['’])?([^\W\d_]{1,12}|[%$£€¥])")
_EVENT = re.compile(r"(?<![\d/])9/11(?![\d/])")  #: named by its date


@lru_cache(maxsize=16)
def calendar_words(language: str) -> Mapping[str, str]:
    """Return names of months and weekdays in lower case, and what each stands for: 'month 3', 'day 0'."""
    found: dict[str, str] = {}
    code = language if language in LANGUAGES else "en"
    for width in ("wide", "abbreviated"):
        for kind, names in (
            ("month", get_month_names(width, locale=code)),
            ("day", get_day_names(width, locale=code)),
        ):
            for place, name in names.items():
                found.setdefault(name.lower().rstrip("."), f"{kind} {place}")
    if code == "en":
        found["sept"] = "month 9"
    for word in _AMBIGUOUS.get(code, ()):
        found.pop(word, None)
    return found


#: Words that are as often something else, with a capital or without.
_AMBIGUOUS = {
    "en": ("sun", "sat", "wed"),
    "de": ("so", "do", "di", "mi"),
    "fr": ("mar", "mer", "jeu"),
    "es": ("mar",),
    "it": ("mar", "set"),
    "pt": ("set", "sex", "dez", "dom", "ter", "qui", "segunda", "terça", "quarta", "quinta", "sexta"),
    "nl": ("do", "di", "ma", "za", "zo"),
}


def numbers(text: str, language: str) -> Iterator[tuple[int, int, tuple[float, ...], bool]]:
    """Find the numbers of a text, in figures and in words.

    Returns:
        Start, end, the values it may stand for (the likeliest first), and whether it is asserted:
        'one' and 'both' are counted when they stand in a source and asked of nobody.
    """
    for match in _FIGURE.finditer(text):
        scale, end = scale_after(text, match.end(), language)
        values = _values(match.group(), language)
        readings = tuple(value * scale for value in values)
        before = text[max(0, match.start() - _PAID) : match.start()]
        if text[match.end() : end] == "m" and not (PAID.search(before) or _is_paid(text, end)):
            readings += values  # '100m' may be metres, which these stand for
        shared = _shared_scale(text, match, language) if end == match.end() else 1.0
        readings += tuple(value * shared for value in values if shared > 1)
        is_name = _EVENT.search(text[max(0, match.start() - 3) : match.end() + 4]) is not None
        yield match.start(), end, readings, not is_name
    yield from spelled(text, language)


@lru_cache(maxsize=16)
def _shared(language: str) -> tuple[re.Pattern[str], Mapping[str, re.Pattern[str]]]:
    """Return what joins two numbers that share a scale, and what must stand before them where some do."""
    code = language if language in LANGUAGES else "en"
    pairs = _PAIRS[code]
    joiners = rf"\s?[-–]\s?|\s(?:{_TO[code]}|(?P<pair>{'|'.join(pairs)}))\s"
    return (
        re.compile(rf"(?:{joiners})\d{{1,20}}(?:[.,]\d{{1,20}})?(?=[\s\u00a0])"),
        {word: re.compile(rf"\b{before}\s$", re.IGNORECASE) for word, before in pairs.items()},
    )


def _shared_scale(text: str, match: re.Match[str], language: str) -> float:
    """Return the scale that a number shares with the next one, which counts the same; 1 where none."""
    after, before = _shared(language)
    found = after.match(text, match.end())
    if found is None:
        return 1.0
    pair, before_it = found["pair"], text[max(0, match.start() - _BEFORE) : match.start()]
    if pair and not before[pair].search(before_it):
        return 1.0
    scale, end = scale_after(text, found.end(), language)
    counted = _COUNTED.match(text, end)
    name = counted[1].lower() if counted else ""
    is_range = found[0].lstrip()[0] in "-–" and PAID.search(before_it) is not None  # '$40-50 billion'
    return scale if is_range or name in UNITS or name.removesuffix("s") in UNITS else 1.0


def _is_paid(text: str, end: int) -> bool:
    """Tell whether a currency stands behind a number."""
    word = WORD.match(text, end + text.startswith((" ", "\u00a0"), end))
    name = word[0].lower() if word else text[end : end + 1]
    return "money" in {UNITS.get(name), UNITS.get(name.removesuffix("s"))}


def _values(figure: str, language: str) -> tuple[float, ...]:
    if ":" in figure:
        hour, _, rest = figure.partition(":")
        return (float(hour) + float(rest.replace(":", "")) / 1e4,)
    parts = re.split(r"[.,’'\u00a0\u202f]", figure)
    if len(parts) == 1:
        return (float(figure),)
    whole = float("".join(parts)) if all(len(part) == 3 for part in parts[1:]) else None
    last = float(f"{''.join(parts[:-1])}.{parts[-1]}")
    sign = figure[len(parts[0])]
    if whole is None:
        return (last,) if len(parts) == 2 or sign != "." else tuple(float(part) for part in parts)
    thousands = sign not in ".," or (sign == ",") == (language in _COMMA_THOUSANDS) or len(parts) > 2
    return (whole, last) if thousands else (last, whole)
