"""Texts as articles, and how well groups of them match the true ones: pairs and B-cubed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from datetime import UTC, datetime

from digest.model import UNKNOWN_SOURCE, Article, Source

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)  #: all came in at one moment and none says when it was written
NOBODY = Source(key=UNKNOWN_SOURCE, title="Unknown source")

Groups = Mapping[int, Hashable]  #: article to the name of its group


def an_article(number: int, text: str, title: str = "") -> Article:
    """Stand for a text as the store would hold it, apart from a title where there is none."""
    paragraphs = tuple(part for part in text.split("\n\n") if part)
    return Article(
        id=number,
        revision=1,
        origin=NOBODY,
        collected_at=NOON,
        title=title,
        paragraphs=paragraphs,
        html="",
    )


def f1(precision: float, recall: float) -> float:
    """Return the harmonic mean."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def pairs(found: Groups, true: Groups) -> tuple[float, float]:
    """Return precision and recall of the pairs that stand in one group."""
    both = _pair_count(Counter((found[each], true[each]) for each in true).values())
    held, wanted = (_pair_count(Counter(groups[each] for each in true).values()) for groups in (found, true))
    return both / held if held else 1.0, both / wanted if wanted else 1.0


def b_cubed(found: Groups, true: Groups) -> tuple[float, float]:
    """Return precision and recall of an article's group, the mean over all articles."""
    here, there = _members(found, true), _members(true, true)
    precision = recall = 0.0
    for each in true:
        one, other = here[found[each]], there[true[each]]
        both = len(one & other)
        precision += both / len(one)
        recall += both / len(other)
    return precision / len(true), recall / len(true)


def _pair_count(sizes: Sequence[int] | Counter[Hashable]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)


def _members(groups: Groups, among: Groups) -> dict[Hashable, set[int]]:
    members: dict[Hashable, set[int]] = defaultdict(set)
    for each in among:
        members[groups[each]].add(each)
    return members
