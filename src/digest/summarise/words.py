"""Words of sentences, and what they weigh."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import log

from digest.rarity import english, root
from digest.rarity.vectors import Vector, to_length_one

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,:]\d+)*")


def words_of(text: str) -> list[str]:
    """Return words and figures in lower case and without an English plural or possessive."""
    return [root(word) for word in _WORD.findall(text.lower())]


def idf(language: str, sentences: Sequence[Sequence[str]]) -> Mapping[str, float]:
    """Weigh words by rarity: in English news for English, within the text itself for others."""
    if language == "en":
        table, total = english()
        return {
            word: log((total + 1) / (table.get(word, 1) + 1)) for sentence in sentences for word in sentence
        }
    counts = Counter(word for sentence in sentences for word in set(sentence))
    return {word: log(1 + len(sentences) / count) * (len(word) > 3) for word, count in counts.items()}


def vector(words: Iterable[str], weights: Mapping[str, float]) -> Vector:
    """Make a vector of length 1; empty when no word weighs anything."""
    raw = {word: count * weights.get(word, 0.0) for word, count in Counter(words).items()}
    return to_length_one(raw)
