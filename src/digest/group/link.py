"""Gather articles into groups by how alike they are on average."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from itertools import count

Pair = tuple[int, int]


def link(
    alike: Mapping[Pair, float], moments: Sequence[datetime], *, least: float, span: timedelta
) -> list[list[int]]:
    """Join the most alike groups first, while they are alike enough on average.

    Args:
        alike: Likeness of pairs of positions; a pair that is not there is not alike.
        moments: One for each position.
        least: Average likeness that two groups need to be joined.
        span: How far apart the moments of one group may be.

    Returns:
        Groups of positions, every position in exactly one; deterministic.
    """
    groups = {position: [position] for position in range(len(moments))}
    sums: dict[int, dict[int, float]] = defaultdict(dict)
    for (one, other), value in alike.items():
        sums[one][other] = sums[other][one] = value
    queue = [(-value, one, other) for (one, other), value in alike.items() if value >= least]
    heapify(queue)
    fresh = count(len(moments))
    while queue:
        _, one, other = heappop(queue)
        if one not in groups or other not in groups or not _close(groups[one] + groups[other], moments, span):
            continue
        joined = next(fresh)
        groups[joined] = groups.pop(one) + groups.pop(other)
        for near in {*sums[one], *sums[other]} & groups.keys():
            total = sums[one].get(near, 0.0) + sums[other].get(near, 0.0)
            sums[joined][near] = sums[near][joined] = total
            average = total / (len(groups[joined]) * len(groups[near]))
            if average >= least:
                heappush(queue, (-average, near, joined))
    return list(groups.values())


def _close(positions: Sequence[int], moments: Sequence[datetime], span: timedelta) -> bool:
    held = [moments[position] for position in positions]
    return max(held) - min(held) <= span
