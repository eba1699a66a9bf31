"""Find articles that copy another's wording."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations

from digest.group.words import Shingle, Words

COPY = 0.36  #: share of the shorter text's wording found in the longer one

_COMMON = 100  #: wording in more articles than this is a house phrase
_ENOUGH = 12  #: shingles a text must have to be judged by a share of them

Pair = tuple[int, int]


def find_copies(texts: Sequence[Words]) -> dict[Pair, float]:
    """Find pairs of texts of which the shorter stands in the longer one, whole or in good part.

    Returns:
        Positions (lower first) with the share of the shorter text's wording, at least `COPY`.
    """
    found = {}
    for one, other in sorted(_suspects(texts)):
        share = _containment(_shingles(texts[one].all), _shingles(texts[other].all))
        if share >= COPY:
            found[one, other] = share
    return found


def _suspects(texts: Sequence[Words]) -> set[Pair]:
    """Find pairs that share enough of their samples."""
    samples = [each.sample for each in texts]
    holders: dict[Shingle, list[int]] = defaultdict(list)
    for position, sample in enumerate(samples):
        for shingle in sample:
            holders[shingle].append(position)
    shared: Counter[Pair] = Counter()
    for positions in holders.values():
        if 1 < len(positions) <= _COMMON:
            shared.update(combinations(positions, 2))
    return {
        pair
        for pair, count in shared.items()
        if count >= max(2, COPY / 2 * min(len(samples[pair[0]]), len(samples[pair[1]])))
    }


def _shingles(words: Sequence[str]) -> set[Shingle]:
    return set(zip(words, words[1:], words[2:], strict=False))


def _containment(one: set[Shingle], other: set[Shingle]) -> float:
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller >= _ENOUGH else 0.0
