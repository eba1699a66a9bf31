"""Dates of several words: a month with its day or year, and spans of years."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from re import Match

from digest.summarise.grounding.facts import Fact
from digest.summarise.grounding.source import Source
from digest.summarise.grounding.units import is_counting

_REACH = 5  #: words before and after a month in which its days and years stand: 'March 3, 4 and 5, 2015'
_LAST_DAY = 31
_OF = frozenset(("of", "de", "di", "van"))
_STOPS = ".,;:)?!"
_CENTURIES = {2: ("19", "20"), 4: ("",)}  #: by the figures of a year
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_TO_WORDS = "to and until till through bis und à et a y al e tot en"
_FROM_WORDS = "from between von zwischen de entre dal tra fra van tussen"
_IN_FIGURES = re.compile(r"\b(\d{1,2})([./])(\d{1,2})\2(?:(\d{4}|\d\d)\b)?")
_ORDINAL_SIGN = re.compile(r"(?:st|nd|rd|th|e|er|º|ª|°)\b")
_ORDINAL_SIGNS = {"de": re.compile(r"\.")}
_ORDINAL_WORD = re.compile(r"(?:first|second|third|th|te|ième)$", re.IGNORECASE)
_THE_WORDS = "the on am vom dem den der le du el del il al no de"  #: before a day: 'on the 19', 'le 19'
_THE = frozenset(_THE_WORDS.split())
_CLOCK = frozenset(("at", "um", "à", "om", "alle", "las"))  #: before a time: 'at 2000'
_LATER_WORDS = (
    "later after earlier before ago since on später danach nach zuvor früher plus après avant tard después "
    "antes más dopo prima depois mais eerder daarna na"
)
_LATER = "|".join(_LATER_WORDS.split())
_YEARS = "years?|jahr|jahre|jahren|ans?|années?|años?|ann[io]|anos?|jaar|jaren"
_DAYS = (
    "days?|weeks?|fortnight|weekend|tage?n?|wochen?|jours?|semaines?|d[ií]as?|semanas?|giorn[io]|settiman[ae]|"
    "dag|dagen|weken"
)
_NEXT = "next|following|previous|same|nächsten|folgenden|suivante?|siguiente|seguente|seguinte|volgende"
_TO, _FROM = frozenset(_TO_WORDS.split()), frozenset(_FROM_WORDS.split())


def _distance(units: str) -> re.Pattern[str]:
    """Match how far off a date is from another: 'two years later', 'the following week'."""
    pattern = rf"\b(?:{units})\W{{1,3}}(?:{_LATER})\b|\b(?:{_NEXT})\W{{1,3}}(?:{units})\b"
    return re.compile(pattern, re.IGNORECASE)


_YEARS_OFF, _DAYS_OFF = _distance(_YEARS), _distance(_DAYS)


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
        self._language = source.language
        self._in_figures: dict[str, set[int]] = defaultdict(set)
        for month, number in _in_figures(source.text):
            self._in_figures[f"month {month}"].add(number)
        self._alone = self._days_alone(source)
        self._has_days_off = _DAYS_OFF.search(source.text) is not None
        self._has_years_off = _YEARS_OFF.search(source.text) is not None

    def _days_alone(self, source: Source) -> frozenset[int]:
        """Return the days that stand without a month: 'on the 19th'."""
        months = {place for key, told in source.claims.items() if "month" in key for _, place in told}
        return frozenset(
            int(key.removeprefix("number "))
            for key, told in source.claims.items()
            if key.startswith("number ") and key[7:].isdigit() and int(key[7:]) <= _LAST_DAY
            for fact, place in told
            if months.isdisjoint(range(place - 2, place + 3))
            and _is_day(source, source.sentences[source.sentence_of(place)], fact)
        )

    def holds(self, fact: Fact) -> bool:
        """Tell whether the article has a month in figures: '12.03.2015'."""
        return fact.keys[0] in self._in_figures

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

    def faults(self, text: str, tokens: Sequence[Match[str]], facts: Sequence[Fact]) -> Iterator[str]:
        """Return the months of a sentence that have other days or years in the article, each with its own."""
        numbers = {fact.at: fact for fact in facts if fact.kind == "number"}
        for fact in facts:
            if fact.kind == "date" and fact.keys[0] in self._months:
                for other in _with_month(text, tokens, numbers, fact.at, self._language):
                    if self._has_other(fact.keys[0], int(other.keys[0])):
                        yield " ".join(each.shown for each in sorted((fact, other), key=lambda each: each.at))

    def _has_other(self, key: str, number: int) -> bool:
        month = self._months[key]
        if number in self._in_figures.get(key, ()):
            return False
        if number > _LAST_DAY:
            return month.always_dated and number not in month.years and not self._has_years_off
        is_bound = bool(month.days) or any(number in each.days for each in self._months.values())
        return is_bound and not (number in month.days or number in self._alone or self._has_days_off)


def _in_figures(text: str) -> Iterator[tuple[int, int]]:
    """Find the months of a text that are told in figures, each with its day, and with its year."""
    for match in _IN_FIGURES.finditer(text):
        one, other, year = int(match[1]), int(match[3]), match[4] or ""
        months = [(other, one), (one, other)] if match[2] == "/" else [(other, one)]
        for month, day in months:
            yield month, day
            if year:
                yield from ((month, int(century + year)) for century in _CENTURIES[len(year)])


def _is_day(source: Source, tokens: Sequence[Match[str]], fact: Fact) -> bool:
    if not fact.shown.isdigit():
        return _ORDINAL_WORD.search(fact.shown) is not None
    end = source.text.find(fact.shown, tokens[fact.at].start()) + len(fact.shown)
    sign = _ORDINAL_SIGNS.get(source.language, _ORDINAL_SIGN)
    if sign.match(source.text, end):
        return True
    is_told = fact.at > 0 and tokens[fact.at - 1].group().casefold() in _THE
    return is_told and not is_counting(source.text, tokens, fact.end, source.language)


def _may_date(value: str) -> bool:
    return value.isdigit() and (1 <= int(value) <= _LAST_DAY or _YEAR.fullmatch(value) is not None)


def _with_month(
    text: str, tokens: Sequence[Match[str]], numbers: Mapping[int, Fact], at: int, language: str
) -> Iterator[Fact]:
    """Find the day and the year that a sentence gives with a month; not the people of 'in March, 14 died'."""
    places = [place for place in (at + 1, at - 1) if _is_beside(text, tokens, at, place)]
    if at > 1 and tokens[at - 1].group().casefold() in _OF:
        places.append(at - 2)
    if at + 1 in numbers and at + 2 in numbers and _YEAR.fullmatch(numbers[at + 2].shown):
        places.append(at + 2)
    for place in places:
        found = numbers.get(place)
        if found is None or found.shown != found.keys[0] or not _may_date(found.shown):
            continue
        if place < at or not is_counting(text, tokens, found.end, language):
            yield found


def _is_beside(text: str, tokens: Sequence[Match[str]], at: int, place: int) -> bool:
    if not 0 <= place < len(tokens):
        return False
    one, other = sorted((at, place))
    return "," not in text[tokens[one].end() : tokens[other].start()]


def backward(text: str, tokens: Sequence[Match[str]], source: Source) -> Iterator[str]:
    """Return the spans of years of a sentence that end no later than they begin: 'from 2013 to 2011'.

    Only where nothing follows that they could count, and the article has both as years and not in this order.
    """
    words = [token.group().casefold() for token in tokens]
    for at in range(1, len(words) - 2):
        one, to, other = words[at : at + 3]
        is_span = words[at - 1] in _FROM and to in _TO and _YEAR.fullmatch(one) and _YEAR.fullmatch(other)
        is_last = at + 3 == len(words) or text[tokens[at + 2].end()] in _STOPS
        if is_span and is_last and one >= other and _are_years(source, one, other):
            yield f"{tokens[at - 1].group()} {one} {to} {other}"


def _are_years(source: Source, one: str, other: str) -> bool:
    as_told = re.search(rf"\b{one}\W{{1,3}}(?:\w{{1,7}}\W{{1,3}})?{other}\b", source.text)
    return as_told is None and _is_year(source, one) and _is_year(source, other)


def _is_year(source: Source, year: str) -> bool:
    """Tell whether an article has four figures as a year: not '2,000', 'at 2000', '2000 euros'."""
    for fact, place in source.claims.get(f"number {year}", ()):
        tokens = source.sentences[source.sentence_of(place)]
        is_time = fact.at > 0 and tokens[fact.at - 1].group().casefold() in _CLOCK
        is_counted = is_counting(source.text, tokens, fact.end, source.language)
        if fact.shown == year and not is_time and not is_counted:
            return True
    return False
