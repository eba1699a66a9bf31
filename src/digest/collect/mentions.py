"""Capitalised names in running text, each where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from digest.collect.places import CAPITALS, COUNTRIES
from digest.collect.words import LINKS, MODIFIERS, NO_NAMES, TITLES

__all__ = ["Mention", "find_mentions"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """A run of capitalised words."""

    words: tuple[str, ...]  #: without titles and possessive endings, at least one
    is_sure: bool  #: False for a single word that begins a sentence


_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’»)]*\s+(?=[\"'“‘«(¿¡]*[^\W\d_a-z])|\n+")
_WORD = re.compile(r"[^\W_]+(?:[.'’\-&][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s$|(?<=s)['’]$")
_QUOTES = " \"'“”„‘’«»(¿¡"
_ADDRESS = {"mr", "mrs", "ms", "dr", "pm", "sir"}
_MAX_WORDS = 7  #: of a name; longer runs are headlines
_CONTRACTION = re.compile(r"['’](?:m|ve|ll|d|re|t)$")


def find_mentions(text: str, *, nouns_are_capital: bool = False) -> Iterator[Mention]:
    """Find runs of capitalised words, in order; titles such as 'Prime Minister' are left out.

    Args:
        text: Running text; a line break ends a sentence.
        nouns_are_capital: As in German; then the start of a sentence is left out, too.
    """
    for sentence in _SENTENCE.split(text):
        for run in _runs(sentence):
            starts = not sentence[: run[0].start()].strip(_QUOTES)
            mentions = _mention([_POSSESSIVE.sub("", word[0]) for word in run], starts_sentence=starts)
            may_be_noun = starts and nouns_are_capital and run[0][0].lower() not in NO_NAMES
            yield from () if may_be_noun else mentions


def _runs(sentence: str) -> Iterator[list[re.Match[str]]]:
    """Find words that stand together and begin with a capital, or link two that do."""
    run: list[re.Match[str]] = []
    for word in _WORD.finditer(sentence):
        if not run and not word[0][0].isupper():
            continue  # most words, at once
        fits = _is_capital(word[0]) or (bool(run) and word[0] in LINKS)
        if run and not (fits and _continues(run[-1], word, sentence)):
            yield run
            run = []
        if fits and (run or word[0] not in LINKS):
            run.append(word)
    if run:
        yield run


def _continues(before: re.Match[str], word: re.Match[str], sentence: str) -> bool:
    between = sentence[before.end() : word.start()]
    return between in {" ", ". "} and _POSSESSIVE.search(before[0]) is None and len(before[0]) < 40


def _is_capital(word: str) -> bool:
    """Tell a word that may be a name; 'I’m' and 'We’ve' are none."""
    return word[0].isupper() and _CONTRACTION.search(word) is None


def _mention(words: list[str], *, starts_sentence: bool) -> Iterator[Mention]:
    while words and words[-1] in LINKS:
        words.pop()
    rest = _without_titles(words)
    if len(rest) > _MAX_WORDS or all(len(word) < 2 for word in rest):
        return
    was_cut = len(rest) < len(words)
    is_sure = not starts_sentence or was_cut or len(rest) > 1
    inner = max((at for at, word in enumerate(rest) if _is_title(word)), default=-1)
    if 0 < inner < len(rest) - (1 if rest[inner].lower() in _ADDRESS else 2):
        yield from _without_country(rest[:inner], is_sure=is_sure)
        rest, is_sure = rest[inner + 1 :], True
    yield from _without_country(rest, is_sure=is_sure)


def _is_title(word: str) -> bool:
    return word.lower() in TITLES and word.lower() not in MODIFIERS


def _without_titles(words: list[str]) -> list[str]:
    """Cut what stands before a name: 'The Prime Minister'; 'Supreme Court' stays."""
    rest = _without_links(words)
    titles = next((at for at, word in enumerate(rest) if word.lower() not in TITLES), len(rest))
    if titles == 1 and rest[0].lower() in MODIFIERS:
        return rest
    return _without_links(rest[titles:])


def _without_links(words: list[str]) -> list[str]:
    begin = (at for at, word in enumerate(words) if word.lower() not in NO_NAMES and word not in LINKS)
    return words[next(begin, len(words)) :]


def _without_country(words: list[str], *, is_sure: bool) -> Iterator[Mention]:
    """Part a country or its adjective from the name behind it: 'North Korean Kim Jong Un'."""
    for size in (3, 2, 1):
        start = " ".join(words[:size])
        if size < len(words) and start in COUNTRIES and start != COUNTRIES[start]:
            yield Mention(words=tuple(words[:size]), is_sure=True)
            rest = list(words[size:])
            while rest and rest[0].lower() in TITLES:
                rest.pop(0)
            if rest:
                yield Mention(words=tuple(rest), is_sure=True)
            return
    whole = " ".join(words)
    yield Mention(words=tuple(words), is_sure=is_sure or whole in COUNTRIES or whole in CAPITALS)
