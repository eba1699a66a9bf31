"""The words of an article, as sections are told apart by them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from digest.words import IN_PAIRS

__all__ = ["Words", "read", "tokens"]

READ_CHARS = 8_000  #: of a text; its subject shows long before
_TITLE_CHARS = 300
_TITLE_WEIGHT = 3

_WORD = re.compile(r"[^\W_]+(?:['’&-][^\W_]+)*")
_POSSESSIVE = re.compile(r"(?<=\w)['’]s$")
_UNSPACED = re.compile(f"[{IN_PAIRS}]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What is read of one article."""

    counts: Mapping[str, int]  #: how often each word comes, small letters; in the title it counts thrice
    pairs: Mapping[str, int]  #: two words that stand together, joined by a space; counted likewise


def read(title: str, text: str) -> Words:
    """Take an article apart; only the first 8,000 characters of its text count."""
    head, body = tokens(title[:_TITLE_CHARS]), tokens(text[:READ_CHARS])
    counts, pairs = Counter(body), Counter(_pairs(body))
    for word in head:
        counts[word] += _TITLE_WEIGHT
    for pair in _pairs(head):
        pairs[pair] += _TITLE_WEIGHT
    return Words(counts=counts, pairs=pairs)


def tokens(text: str) -> list[str]:
    """Return the words of a text in order, in small letters, without possessive endings.

    Scripts that are written without spaces give pairs of letters.
    """
    words = _WORD.findall(text.lower())
    if not text.isascii():
        words = [piece for word in words for piece in _pieces(word)]
    return [_POSSESSIVE.sub("", word) if "'" in word else word for word in words]


def _pieces(word: str) -> Sequence[str]:
    if _UNSPACED.search(word):
        return [word[at : at + 2] for at in range(len(word) - 1)] or [word]
    return (word.replace("’", "'"),)


def _pairs(words: Sequence[str]) -> list[str]:
    return [f"{one} {other}" for one, other in zip(words, islice(words, 1, None), strict=False)]
