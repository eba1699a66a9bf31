"""Errors put into people's summaries, one at a time, by our own hand and with fixed seeds."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_DATE = re.compile(rf"\b(?:{'|'.join(_MONTHS + _DAYS)}|(?:19|20)\d\d)\b")
_WORDS = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_NUMBER = re.compile(
    rf"(?<![\w.,/:-])\d+(?:,\d{{3}})*(?:\.\d+)?(?![\w/:]|[.,]\d)|(?<![\w-])(?:{'|'.join(_WORDS)})(?![\w-])",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)?(?: [A-Z][a-z]+(?:[A-Z][a-z]+)?){0,2}\b")
_VERB = re.compile(r"\b(is|are|was|were|has|have|had|will|can|could|would|should|did|does|do|must)\b(?! not)")
_NO_NAMES = frozenset(
    [
        "The",
        "A",
        "An",
        "In",
        "On",
        "At",
        "It",
        "He",
        "She",
        "They",
        "We",
        "I",
        "This",
        "That",
        "These",
        "Those",
        "His",
        "Her",
        "Their",
        "Its",
        "But",
        "And",
        "Or",
        "So",
        "If",
        "As",
        "For",
        "From",
        "By",
        "With",
        "To",
        "Of",
        "After",
        "Before",
        "When",
        "While",
        "Where",
        "Who",
        "What",
        "Why",
        "How",
        "Some",
        "Many",
        "Most",
        "More",
        "New",
        "One",
        "Two",
        "Three",
        "No",
        "Not",
        "There",
        "Police",
        "Officials",
        "Mr",
        "Mrs",
    ]
)


@dataclass(frozen=True)
class Text:
    """An article, and one person's summary of it by sentence."""

    article: str
    sentences: tuple[str, ...]


def _names(text: str) -> list[re.Match[str]]:
    found = []
    for match in _NAME.finditer(text):
        words = match.group().split()
        is_first = (
            match.start() == 0 or text[match.start() - 1] in "\n\"“'‘-" or text[match.start() - 2] in ".:?!)"
        )
        if words[0] in _NO_NAMES or words[0] in _MONTHS + _DAYS or (is_first and len(words) == 1):
            continue
        if re.search(rf"(?<![\w-]){words[-1].lower()}\b", text):  # a word as well, such as 'Hope'
            continue
        found.append(match)
    return found


def _put(sentence: str, match: re.Match[str], new: str) -> str:
    return sentence[: match.start()] + new + sentence[match.end() :]


def foreign_name(text: Text, sentence: str, other: Text, rng: random.Random) -> str | None:
    """Put a name of another article, that this one does not hold, in a name's place."""
    mine = _names(sentence)
    theirs = [m.group() for m in _names(other.article) if m.group().split()[-1] not in text.article]
    return _put(sentence, rng.choice(mine), rng.choice(theirs)) if mine and theirs else None


def swapped_name(text: Text, sentence: str, _other: Text, rng: random.Random) -> str | None:
    """Put another name of the same article in a name's place."""
    mine = _names(sentence)
    if not mine:
        return None
    match = rng.choice(mine)
    said = set(sentence.split())
    others = sorted({m.group() for m in _names(text.article) if not set(m.group().split()) & said})
    return _put(sentence, match, rng.choice(others)) if others else None


def changed_date(_text: Text, sentence: str, _other: Text, rng: random.Random) -> str | None:
    """Change a month, a weekday or a year."""
    dates = list(_DATE.finditer(sentence))
    if not dates:
        return None
    match = rng.choice(dates)
    old = match.group()
    if old[0].isdigit():
        return _put(sentence, match, str(int(old) + rng.choice((-3, -2, -1, 1, 2, 3))))
    kind = _MONTHS if old in _MONTHS else _DAYS
    return _put(sentence, match, rng.choice([each for each in kind if each != old]))


def _numbers(sentence: str) -> list[re.Match[str]]:
    return [m for m in _NUMBER.finditer(sentence) if not _DATE.fullmatch(m.group())]


def changed_number(_text: Text, sentence: str, _other: Text, rng: random.Random) -> str | None:
    """Change a number by 1, 2 or 10."""
    found = _numbers(sentence)
    if not found:
        return None
    match = rng.choice(found)
    old = match.group().lower()
    by = rng.choice((-10, -2, -1, 1, 2, 10))
    if old in _WORDS:
        value = _WORDS.index(old) + 2 + by
        value = value if value >= 2 else _WORDS.index(old) + 2 + abs(by)
        return _put(sentence, match, _WORDS[value - 2] if value <= 12 else str(value))
    value_f = float(old.replace(",", "")) + by
    value_f = value_f if value_f > 0 else value_f - 2 * by
    new = f"{value_f:,.1f}" if "." in old else f"{value_f:,.0f}" if "," in old else f"{value_f:.0f}"
    return _put(sentence, match, new)


def swapped_number(text: Text, sentence: str, _other: Text, rng: random.Random) -> str | None:
    """Put another number of the same article in a number's place."""
    found = _numbers(sentence)
    if not found:
        return None
    match = rng.choice(found)
    others = sorted({m.group() for m in _numbers(text.article)} - {m.group() for m in found})
    return _put(sentence, match, rng.choice(others)) if others else None


def negated(_text: Text, sentence: str, _other: Text, rng: random.Random) -> str | None:
    """Put 'not' after a verb that takes it."""
    verbs = list(_VERB.finditer(sentence))
    if not verbs:
        return None
    match = rng.choice(verbs)
    return sentence[: match.end()] + " not" + sentence[match.end() :]


def wrong_article(_text: Text, _sentence: str, other: Text, rng: random.Random) -> str | None:
    """Take a sentence about another article."""
    return rng.choice(other.sentences)


KINDS: Mapping[str, object] = {
    "name of another article": foreign_name,
    "date changed": changed_date,
    "number changed": changed_number,
    "number swapped": swapped_number,
    "name swapped": swapped_name,
    "negation": negated,
    "wrong article": wrong_article,
}


def inject(texts: Sequence[Text], kind: str, seed: int = 7) -> Iterator[tuple[Text, str, str]]:
    """Give each sentence that an error of the kind can be put into: its text, as it was, and as it is now."""
    make = KINDS[kind]
    for at, text in enumerate(texts):
        other = texts[(at + 1 + seed) % len(texts)]
        for place, sentence in enumerate(text.sentences):
            new = make(text, sentence, other, random.Random(f"{seed} {kind} {at} {place}"))  # type: ignore[operator]
            if new is not None and new != sentence:
                yield text, sentence, new
