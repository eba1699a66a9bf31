"""What editors wish of stories, as positions of articles."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from digest.group.link import Group, Pair
from digest.model import Wishes


def apart_of(wishes: Wishes, places: Mapping[int, int]) -> frozenset[Pair]:
    """Return the pairs of positions that never share a story, the lower first."""
    return frozenset(_placed(wishes.apart, places))


def together_of(wishes: Wishes, places: Mapping[int, int], apart: Collection[Pair]) -> list[Group]:
    """Return the positions that belong together as groups of two and more, ascending.

    A pair that would bring together what is kept apart is passed over.
    """
    groups: dict[int, Group] = {}
    for one, other in sorted(_placed(wishes.together, places)):
        first, second = groups.get(one, [one]), groups.get(other, [other])
        if first is second or _are_apart(first, second, apart):
            continue
        joined = sorted([*first, *second])
        groups |= dict.fromkeys(joined, joined)
    return [group for at, group in sorted(groups.items()) if at == group[0]]


def rejoin(parts: Sequence[Group], together: Iterable[Group]) -> list[Group]:
    """Join the parts of one group that hold articles which belong together."""
    joined = list(parts)
    for group in together:
        touched = [part for part in joined if not set(group).isdisjoint(part)]
        if len(touched) > 1:
            joined = [part for part in joined if part not in touched]
            joined.append([at for part in touched for at in part])
    return joined


def _placed(pairs: Iterable[tuple[int, int]], places: Mapping[int, int]) -> list[Pair]:
    known = [(places[one], places[other]) for one, other in pairs if one in places and other in places]
    return [(min(pair), max(pair)) for pair in known]


def _are_apart(first: Group, second: Group, apart: Collection[Pair]) -> bool:
    return any((min(one, other), max(one, other)) in apart for one in first for other in second)
