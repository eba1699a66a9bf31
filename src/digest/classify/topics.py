"""The shipped topics: what sections on them are called, and the words that speak for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from digest.classify.lexicon import STRONG, Evidence, Lexicon
from digest.classify.words import Words
from digest.model.article import fold, primary_language

__all__ = ["LANGUAGES", "evidence", "topics_named"]

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl")  #: that there are words in
_PHRASE = 2.5  #: two words together say more than one
_ENTRY = re.compile(r'"([^"]+)"|(\S+)')
_BETWEEN = re.compile(r"\s*(?:[,;/|&+·–—]|\b(?:and|und|et|y|e|en)\b)\s*")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Lists:
    names: Mapping[str, str]  #: folded name of a section to topic
    words: Mapping[str, tuple[tuple[str, str, float], ...]]  #: language to (entry, topic, weight)


def topics_named(name: str) -> tuple[str, ...]:
    """Return the topics that the name of a section or tag stands for.

    'Wirtschaft' is business; 'Business & Tech' is two topics; most names are none.
    """
    names = _lists().names
    whole = fold(name.replace("-", " "))
    if whole in names:
        return (names[whole],)
    parts = (names.get(part) for part in _BETWEEN.split(whole))
    return tuple(dict.fromkeys(topic for topic in parts if topic))


def evidence(words: Words, language: str | None) -> dict[str, Evidence]:
    """Give every topic that the article has words of its points.

    Args:
        words: Of the article.
        language: BCP 47; for an unknown one the list with the most words in the article counts.

    Returns:
        By topic; empty for languages that there is no list of.
    """
    primary = primary_language(language or "")
    if primary:
        return _lexicon(primary).weigh(words) if primary in LANGUAGES else {}
    answers = (_lexicon(each).weigh(words) for each in LANGUAGES)
    return max(answers, key=lambda found: sum(one.points for one in found.values()))


@lru_cache(maxsize=len(LANGUAGES))
def _lexicon(language: str) -> Lexicon:
    return Lexicon(_lists().words[language])


@cache
def _lists() -> _Lists:
    names: dict[str, str] = {}
    words: dict[str, list[tuple[str, str, float]]] = {language: [] for language in LANGUAGES}
    for topic, key, line in _lines():
        if key == "names":
            for name in line.split(","):
                names.setdefault(fold(name.replace("-", " ")), topic)
        else:
            words[key.removesuffix("+")] += _entries(topic, line, STRONG if key.endswith("+") else 1.0)
    return _Lists(names=names, words={language: tuple(found) for language, found in words.items()})


def _entries(topic: str, line: str, weight: float) -> Iterator[tuple[str, str, float]]:
    for phrase, word in _ENTRY.findall(line):
        yield phrase or word, topic, _PHRASE if phrase else weight


def _lines() -> Iterator[tuple[str, str, str]]:
    """Read the files, in the order of their names: topic, key, value."""
    folder = files("digest.classify").joinpath("topics")
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        topic = file.name.removesuffix(".txt")
        for line in file.read_text(encoding="utf-8").splitlines():
            key, colon, value = line.partition(": ")
            if colon:
                yield topic, key, value
