"""ROUGE-1 and ROUGE-2: how many words and pairs of words a summary shares with a person's."""

from __future__ import annotations

import re
from collections import Counter

from porter import stem

_APART = re.compile(r"[^a-z0-9]+")
_STEMMED_CHARS = 4  #: shorter words keep their endings, as in the rouge-score package


def tokens(text: str) -> list[str]:
    """Return lower-case words and figures of an English text, without their endings."""
    words = _APART.sub(" ", text.lower()).split()
    return [stem(word) if len(word) >= _STEMMED_CHARS else word for word in words]


def f1(summary: str, reference: str, *, size: int) -> float:
    """Compare runs of `size` words: harmonic mean of what is right and what is found, 0 to 1."""
    one, other = _runs(tokens(summary), size), _runs(tokens(reference), size)
    shared = sum((one & other).values())
    return 2 * shared / (sum(one.values()) + sum(other.values())) if shared else 0.0


def _runs(words: list[str], size: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(words[start:] for start in range(size)), strict=False))
