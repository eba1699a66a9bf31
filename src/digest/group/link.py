"""Gather articles into groups by how alike they are on average."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from itertools import count

Pair = tuple[int, int]
Group = list[int]

_BASE, _ALONE = 0.08, 0.85  #: average likeness that two large groups need, and that two single articles need


def needed(pairs: int) -> float:
    """Return the average likeness that two groups must have to be joined.

    One pair alone may be chance; an average over many is not.

    Args:
        pairs: Of one article from each, at least 1.
    """
    return _BASE + (_ALONE - _BASE) / pairs


def link(
    alike: Mapping[Pair, float],
    moments: Sequence[datetime],
    *,
    span: timedelta,
    together: Sequence[Group] = (),
    apart: Collection[Pair] = (),
) -> list[Group]:
    """Join the most alike groups first, while they are alike enough on average.

    Args:
        alike: Likeness of pairs of positions, the lower first; a pair that is not there is not alike.
        moments: One for each position.
        span: How far apart the moments of one group may be; what is together from the start may be further.
        together: Positions that are one group from the start; no position in two.
        apart: Pairs that are never in one group, the lower first.

    Returns:
        Groups of positions, every position in exactly one; deterministic.
    """
    return _Linking(alike, moments, span, together, apart).run()


class _Linking:
    """The groups, while they are joined."""

    def __init__(
        self,
        alike: Mapping[Pair, float],
        moments: Sequence[datetime],
        span: timedelta,
        together: Sequence[Group],
        apart: Collection[Pair],
    ) -> None:
        self._moments, self._span = moments, span
        self._groups: dict[int, Group] = {position: [position] for position in range(len(moments))}
        self._sums: dict[int, dict[int, float]] = defaultdict(dict)
        self._fresh = count(len(moments))
        self._enemies: dict[int, set[int]] = defaultdict(set)
        for one, other in apart:
            self._enemies[one].add(other)
            self._enemies[other].add(one)
        for (one, other), value in alike.items():
            self._sums[one][other] = self._sums[other][one] = value
        self._queue: list[tuple[float, int, int]] = []
        for group in together:
            first = group[0]
            for other in group[1:]:
                first = self._join(first, other)
        self._queue = [
            found
            for one in self._groups
            for other in self._sums[one].keys() & self._groups.keys()
            if one < other and (found := self._offer(one, other))
        ]
        heapify(self._queue)

    def run(self) -> list[Group]:
        while self._queue:
            _, one, other = heappop(self._queue)
            if one in self._groups and other in self._groups and self._may_join(one, other):
                joined = self._join(one, other)
                for near in self._sums[joined]:
                    found = self._offer(near, joined)
                    if found:
                        heappush(self._queue, found)
        return list(self._groups.values())

    def _offer(self, one: int, other: int) -> tuple[float, int, int] | None:
        """Return the two with how much more alike they are than needed, negative; None when they are not."""
        pairs = len(self._groups[one]) * len(self._groups[other])
        more = self._sums[one][other] / pairs - needed(pairs)
        return (-more, one, other) if more >= 0 else None

    def _may_join(self, one: int, other: int) -> bool:
        first, second = self._groups[one], self._groups[other]
        if any(not self._enemies[each].isdisjoint(second) for each in first if each in self._enemies):
            return False
        held = [self._moments[position] for position in (*first, *second)]
        return max(held) - min(held) <= self._span

    def _join(self, one: int, other: int) -> int:
        joined = next(self._fresh)
        self._groups[joined] = self._groups.pop(one) + self._groups.pop(other)
        sums = self._sums
        for near in {*sums[one], *sums[other]} & self._groups.keys():
            sums[joined][near] = sums[near][joined] = sums[one].get(near, 0.0) + sums[other].get(near, 0.0)
        return joined
