"""Find the sentences of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from digest.summarise.abbreviations import Abbreviations, abbreviations

_CLOSERS = "\"'”’“‘»›«‹)\\]}」』）】〉》*_"
_OPENERS = "\"'“‘„«‹(\\[{¿¡「『（【〈《*_–—\\-"
_STOPS = ".!?…‽؟۔।॥"
_WIDE_STOPS = "。！？｡．"  #: end a sentence without white space after them

_PARAGRAPH = re.compile(r"\S(?:[^\n]|\n(?![^\S\n]*(?:\n|$)))*")
_NOTES = r"(?:[^\S\n]?\[\d{1,3}\])*"  #: footnote figures: '... in 1805.[6]'
_SPACED = r"(?:[^\S\n][»›](?=\s|$))?"  #: French marks stand apart: '« Oui. »'
_STOP = re.compile(rf"(?P<stops>[{_STOPS}{_WIDE_STOPS}]+)(?P<closers>[{_CLOSERS}]*{_SPACED}{_NOTES})")
_NEXT = re.compile(rf"\s+(?P<openers>[{_OPENERS}\s]*)(?P<word>[^\W_]+(?:['’.][^\W_]+)*)?")
_TOKEN_CHARS = 24  #: the longest abbreviation worth looking back for, and some
_SPEECH = re.compile(r"(?:\s+[^\W\d_][\w.’'-]*){0,3}?\s+(?:said|says|asked|asks|added|wrote|replied|told)\b")


@dataclass(frozen=True, slots=True)
class Span:
    """The place of a sentence in a text: text[start:end], without white space around it."""

    start: int
    end: int


def split(text: str, language: str | None) -> tuple[Span, ...]:
    """Find the sentences of a text, in order.

    An empty line ends a sentence, a single line end does not. Stops of abbreviations,
    initials, decimals and ordinals end none; a stop inside brackets or quotation marks
    takes the closing marks with it.

    Args:
        text: Plain text of any script.
        language: BCP 47; decides which abbreviations count. English ones when unknown.

    Returns:
        Ordered, disjoint spans that cover all that is not white space.
    """
    words = abbreviations(language)
    return tuple(
        span
        for paragraph in _PARAGRAPH.finditer(text)
        for span in _sentences(text, paragraph.start(), _trimmed(text, paragraph.end()), words)
    )


def _trimmed(text: str, end: int) -> int:
    while text[end - 1].isspace():
        end -= 1
    return end


def _sentences(text: str, start: int, end: int, words: Abbreviations) -> Iterator[Span]:
    """Cut one paragraph at its stops; pieces without a word stay with the one before."""
    cuts = [*_cuts(text, start, end, words), end]
    for cut, following in zip_longest(cuts, cuts[1:]):
        if following is not None and not any(letter.isalnum() for letter in text[cut:following]):
            continue
        while text[start].isspace():
            start += 1
        yield Span(start, cut)
        start = cut


def _cuts(text: str, start: int, end: int, words: Abbreviations) -> Iterator[int]:
    quoted = _wide_quotations(text, start, end)
    for match in _STOP.finditer(text, start, end):
        cut = match.end()
        if cut >= end:
            return
        if any(stop in _WIDE_STOPS for stop in match["stops"]):
            while text[cut - 1] in "“‘«‹":  # without white space these open what comes next
                cut -= 1
            if match.start() not in quoted and text[cut] not in "とっ":
                yield cut
        elif text[cut].isspace() and _ends(text, start, match, words):
            yield cut


def _wide_quotations(text: str, start: int, end: int) -> frozenset[int]:
    """Find wide stops inside quotation marks that close in the same paragraph, but not at their end."""
    pairs = {"「": "」", "『": "』", "（": "）", "【": "】"}
    inside: list[int] = []
    awaited: list[str] = []
    since: list[int] = []
    for place in range(start, end):
        letter = text[place]
        if letter in pairs:
            awaited.append(pairs[letter])
            since.append(place)
        elif awaited and letter == awaited[-1]:
            awaited.pop()
            opened = since.pop()
            if not awaited:
                inside += [at for at in range(opened, place - 1) if text[at] in _WIDE_STOPS]
    return frozenset(inside)


def _ends(text: str, start: int, stop: re.Match[str], words: Abbreviations) -> bool:
    """Decide whether a stop with white space after it ends a sentence."""
    following = _NEXT.match(text, stop.end())
    word = (following and following["word"]) or ""
    if word[:1].islower() and not (word[:1] == "i" and word[1:2].isupper()):
        return False
    if stop["stops"] != ".":
        asked = stop["stops"][-1] in "!?" and bool(stop["closers"])
        return not (asked and _SPEECH.match(text, stop.end(), stop.end() + 60))
    token = _token_before(text, start, stop.start())
    return _ends_after(token, word, words, first=stop.start() - len(token) <= start)


def _token_before(text: str, start: int, stop: int) -> str:
    """Return the run of letters, figures and inner stops before a full stop."""
    begin = stop
    floor = max(start, stop - _TOKEN_CHARS)
    while begin > floor and not text[begin - 1].isspace() and text[begin - 1] not in "([{\"'“‘„«/—–":
        begin -= 1
    return text[begin:stop]


def _ends_after(token: str, word: str, words: Abbreviations, *, first: bool) -> bool:
    """Decide about one full stop by the token before it and the word after it."""
    key, starts = token.lower(), word.lower().split("'")[0].split("’")[0] in words.starters
    if key in words.inner or key in words.titles:
        return False
    if key in words.counts and (word[:1].isdigit() or key != "no"):
        return not word[:1].isdigit()
    if token.isdigit():
        return not (first or (words.ordinals and len(token) <= 2 and not starts))
    if len(token) == 1 and token.isalpha():
        return starts or key == "i"
    if key in words.ends or re.fullmatch(r"(?:[^\W\d_]\.)+[^\W\d_]", token):
        return starts or (key == "etc" and word[:1].isupper())
    return True
