"""The words of an article, as sections are told apart by them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from digest.words import tokens

__all__ = ["Words", "read"]

READ_CHARS = 8_000  #: of a text; its subject shows long before
_TITLE_CHARS = 300
_TITLE_WEIGHT = 3


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


def _pairs(words: Sequence[str]) -> list[str]:
    return [f"{one} {other}" for one, other in zip(words, islice(words, 1, None), strict=False)]
