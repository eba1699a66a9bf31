"""How rare words are: roots of words, and in how many news articles they occur.

`english.txt` counts articles; `proper.txt` lists those of its roots that the same articles write with a
capital at least 93 times in 100. Both are single words in alphabetical order, without what stood around
them: no text, and no sentence, can be had back from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

__all__ = ["english", "proper", "root"]


@lru_cache(maxsize=50_000)
def root(word: str) -> str:
    """Take an English possessive or plural from a lower-case word; other words stay."""
    word = word.removesuffix("'s").removesuffix("’s")
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@lru_cache(maxsize=1)
def english() -> tuple[Mapping[str, int], int]:
    """Return in how many English news articles each root occurs, and how many were counted.

    Roots that occur in fewer than six are not there.
    """
    lines = files("digest.rarity").joinpath("english.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split() for line in lines if not line.startswith("#"))
    table = {word: int(count) for word, count in pairs}
    return table, table.pop("*")


@lru_cache(maxsize=1)
def proper() -> frozenset[str]:
    """Return the frequent roots that English news writes with a capital: 'london', 'monday', 'obama'."""
    lines = files("digest.rarity").joinpath("proper.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
