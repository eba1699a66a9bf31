"""Whether two articles tell the same, by their titles or their words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from digest.model.article import ArticleContent, fold

__all__ = ["are_alike"]

_RUN = 3  #: words
_MOST = 20_000  #: letters of a text that are compared; strangers write longer ones by the hundred
_ALIKE = 0.3  #: share of the shorter text's runs of words that make two texts one


def are_alike(content: ArticleContent, title: str, paragraphs: Sequence[str]) -> bool:
    """Tell whether a content has a title, or nearly a third of the shorter text's runs of words."""
    if fold(title) == fold(content.title):
        return True
    mine, theirs = _runs(content.paragraphs), _runs(tuple(paragraphs))
    return len(mine & theirs) > _ALIKE * min(len(mine), len(theirs))


@lru_cache(maxsize=32)  # why: one is compared with several, and several with one
def _runs(paragraphs: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    words = fold(" ".join(paragraphs)[:_MOST]).split()
    return frozenset(tuple(words[at : at + _RUN]) for at in range(max(1, len(words) - _RUN + 1)))
