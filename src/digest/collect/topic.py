"""The main topic: a noun of an English title that the text comes back to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from digest.collect.words import GENERAL

__all__ = ["find_topic"]

_SUFFIXES = (
    *(
        "ations",
        "ation",
        "ments",
        "ment",
        "ions",
        "ion",
        "ings",
        "ing",
        "ees",
        "ers",
        "er",
        "ies",
        "ed",
        "es",
    ),
    *("s", "y", "e"),
)
_NOUN = re.compile(r"(?:tions?|ments?|ity|ities|ness|ships?|isms?|ages?|ures?|ances?|ences?)$")
_AFTER_NOUN = (
    r"(?:[,.;:!?]|\s+(?:of|in|on|at|to|for|from|by|and|or|but|that|which|who|is|are|was|were|has|have|had|will|would|"
    r"could|can|with|as|after|before|when|said)\b)"
)
_BEFORE_NOUN = r"\b(?:the|an?|of|this|that|these|those|its|their|his|her|our|no|any|some|for|by)\s+"


def find_topic(title: str, text: str, names: Iterable[str]) -> str | None:
    """Choose the title's noun whose word family comes most often in the text, at least twice.

    A word counts as a noun by its ending, or when the text puts an article or the like before it.
    Words of the names and words of every day are left out.

    Returns:
        The noun in lower case, as the title has it; None when none recurs.
    """
    taken = {word.lower() for name in names for word in name.split()}
    lower = text.lower()
    words = Counter(re.findall(r"[a-z]+", lower))
    best, most = None, 1
    for found in re.finditer(r"(?<![\w'’-])[^\W\d_]{5,}(?![\w-]|['’](?!s\b))", title):
        word = found[0].lower()
        if not word.isascii() or word in GENERAL or word in taken or word.endswith(("ly", "ed")):
            continue
        stem = _stem(word)
        longest = len(stem) + 6
        times = sum(
            count for other, count in words.items() if other.startswith(stem) and len(other) <= longest
        )
        if times > most and (_NOUN.search(word) or _stands_as_noun(stem, lower)):
            best, most = word, times
    return best


def _stands_as_noun(stem: str, lower: str) -> bool:
    return re.search(rf"{_BEFORE_NOUN}(?:\w+ )?{re.escape(stem)}\w{{0,6}}{_AFTER_NOUN}", lower) is not None


def _stem(word: str) -> str:
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            return word[: -len(suffix)]
    return word
