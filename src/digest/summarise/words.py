"""Words of sentences, and what they weigh."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import log

from digest.rarity import english, root
from digest.rarity.vectors import Vector, to_length_one
from digest.summarise.languages import small_words

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,:]\d+)*")
_ELISION = re.compile(r"^(?:[cdjlmnst]|qu|dell|all|nell|sull|dall|un|quest)['’]")
_ROOT_LETTERS = 4  #: what an ending must leave
_ENDINGS = {
    "de": "ern em en er es e n s",
    "fr": "es s x e",
    "es": "es s",
    "it": "hi he i e o a",
    "pt": "es s",
    "nl": "en s e",
}
_LIKE_ENGLISH = 1.7  #: brings rarity within one text to the size of rarity among news


def spelled(text: str) -> list[str]:
    """Return words and figures as they are written."""
    return _WORD.findall(text)


def words_of(text: str, language: str = "en") -> list[str]:
    """Return words and figures in lower case and without the endings that a language puts on nouns."""
    return [fold(word, language) for word in spelled(text)]


@lru_cache(maxsize=50_000)
def fold(word: str, language: str) -> str:
    """Bring a word to what it shares with its plural and cases; in English possessive and plural only."""
    word = word.lower()
    endings = _ENDINGS.get(language, "").split()
    if not endings:
        return root(word)
    word = _ELISION.sub("", word)
    for ending in endings:
        if word.endswith(ending) and len(word) - len(ending) >= _ROOT_LETTERS:
            return word[: -len(ending)]
    return word


def idf(language: str, sentences: Sequence[Sequence[str]]) -> Mapping[str, float]:
    """Weigh words by rarity: in English news for English, within the text itself for others.

    Args:
        language: One of the weighted ones.
        sentences: Folded words of each sentence of the text.
    """
    if language == "en":
        table, total = english()
        known = {word for sentence in sentences for word in sentence}
        return {word: log((total + 1) / (table.get(word, 1) + 1)) for word in known}
    small = {fold(word, language) for word in small_words(language)}
    counts = Counter(word for sentence in sentences for word in set(sentence))
    return {
        word: 0.0 if word in small or len(word) < 2 else _LIKE_ENGLISH * log(1 + len(sentences) / count)
        for word, count in counts.items()
    }


def vector(words: Iterable[str], weights: Mapping[str, float]) -> Vector:
    """Make a vector of length 1; empty when no word weighs anything."""
    raw = {word: count * weights.get(word, 0.0) for word, count in Counter(words).items()}
    return to_length_one(raw)
