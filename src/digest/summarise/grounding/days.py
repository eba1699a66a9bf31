"""Dates of several words: a month with its day or year, and spans of years."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from re import Match

from digest.summarise.grounding.facts import Fact
from digest.summarise.grounding.source import Source

_REACH = 5  #: words before and after a month in which its days and years stand: 'March 3, 4 and 5, 2015'
_LAST_DAY = 31
_OF = frozenset(("of", "de", "di", "van"))
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_TO_WORDS = "to and until till through bis und à et a y al e tot en"
_FROM_WORDS = "from between von zwischen de entre dal tra fra van tussen"
_TO, _FROM = frozenset(_TO_WORDS.split()), frozenset(_FROM_WORDS.split())


@dataclass(frozen=True, kw_only=True, slots=True)
class _Month:
    """What a month stands with in an article."""

    days: frozenset[int]
    years: frozenset[int]
    always_dated: bool  #: each mention has a year beside it


class Days:
    """The days and years that an article's months stand with.

    Args:
        source: The article.
    """

    def __init__(self, source: Source) -> None:
        self._numbers: dict[int, set[int]] = defaultdict(set)  #: by place
        for key, told in source.claims.items():
            kind, _, value = key.partition(" ")
            if kind == "number" and _may_date(value):
                for _, place in told:
                    self._numbers[place].add(int(value))
        self._months = {
            key.removeprefix("date "): self._read([place for _, place in told])
            for key, told in source.claims.items()
            if key.startswith("date month")
        }

    def _read(self, places: Iterable[int]) -> _Month:
        around = [
            {
                number
                for at in range(place - _REACH, place + _REACH + 1)
                for number in self._numbers.get(at, ())
            }
            for place in places
        ]
        every = frozenset().union(*around)
        return _Month(
            days=frozenset(number for number in every if number <= _LAST_DAY),
            years=frozenset(number for number in every if number > _LAST_DAY),
            always_dated=all(any(number > _LAST_DAY for number in each) for each in around),
        )

    def faults(self, tokens: Sequence[Match[str]], facts: Sequence[Fact]) -> Iterator[str]:
        """Return the months of a sentence that have other days or years in the article, each with its own."""
        numbers = {fact.at: fact for fact in facts if fact.kind == "number"}
        for fact in facts:
            if fact.kind == "date" and fact.keys[0] in self._months:
                for other in _with_month(tokens, numbers, fact.at):
                    if self._has_other(fact.keys[0], int(other.keys[0])):
                        yield " ".join(each.shown for each in sorted((fact, other), key=lambda each: each.at))

    def _has_other(self, key: str, number: int) -> bool:
        month = self._months[key]
        if number > _LAST_DAY:
            return month.always_dated and number not in month.years
        is_bound = bool(month.days) or any(number in each.days for each in self._months.values())
        return is_bound and number not in month.days


def _may_date(value: str) -> bool:
    return value.isdigit() and (1 <= int(value) <= _LAST_DAY or _YEAR.fullmatch(value) is not None)


def _with_month(tokens: Sequence[Match[str]], numbers: Mapping[int, Fact], at: int) -> Iterator[Fact]:
    """Find the day and the year that a sentence gives with a month."""
    places = [at + 1, at - 1]
    if at > 1 and tokens[at - 1].group().casefold() in _OF:
        places.append(at - 2)
    if at + 1 in numbers:
        places.append(at + 2)
    for place in places:
        found = numbers.get(place)
        if found is not None and found.shown == found.keys[0] and _may_date(found.shown):
            yield found


def backward(tokens: Sequence[Match[str]], source: Source) -> Iterator[str]:
    """Return the spans of years of a sentence that end no later than they begin: 'from 2013 to 2011'."""
    words = [token.group().casefold() for token in tokens]
    for at in range(1, len(words) - 2):
        one, to, other = words[at : at + 3]
        if words[at - 1] in _FROM and to in _TO and _YEAR.fullmatch(one) and _YEAR.fullmatch(other):
            span = f"{tokens[at - 1].group()} {one} {to} {other}"
            if one >= other and span.casefold() not in source.text.casefold():
                yield span
