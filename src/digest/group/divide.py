"""Part a group that holds two look-alike events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import combinations, product
from math import log, sqrt
from statistics import fmean

from digest.group.likeness import Bag, Profile, Telling
from digest.rarity.vectors import cosine, to_length_one

UNLIKE = 0.75  #: how alike two large halves of long articles may be, where those within one are alike by 1

_CHANCE = 10  #: so many of an article's words are shared or not by chance
_FEWEST, _MOST = 6, 200  #: articles of a group that is looked at
_ROUNDS = 10

Group = list[int]
Pair = tuple[int, int]
Alike = dict[Pair, float]  #: both ways round


def originals(copies: Iterable[Pair]) -> dict[int, int]:
    """Name for each copy an earlier text that is no copy; none where all of these are copies themselves."""
    found: dict[int, int] = {}
    for one, other in sorted(copies, key=lambda pair: (pair[1], pair[0])):
        if one not in found:
            found.setdefault(other, one)
    return found


def divide(
    group: Group, profiles: Sequence[Profile], alike: Mapping[Pair, float], follows: Mapping[int, int]
) -> list[Group]:
    """Part a group in two while its halves have little in common but what all of it has.

    Two fights of one boxer share his name, the belt and the ring; each has its own loser. So only words
    count that some of the group have and others have not.

    Args:
        group: Positions.
        profiles: By position.
        alike: Likeness of pairs of positions, the lower first; one that is not there is worked out.
        follows: From a copy to its original, which is no copy itself.

    Returns:
        The parts, the group itself when it holds together.
    """
    if not _FEWEST <= len(group) <= _MOST:
        return [group]
    likely = _likely(group, profiles, alike)
    first, second = halves = _halves(group, profiles, likely)
    if _hold_together((voices(first, follows), voices(second, follows)), profiles, likely):
        return [group]
    return [part for half in halves for part in divide(half, profiles, alike, follows)]


def voices(half: Group, follows: Mapping[int, int]) -> Group:
    """Leave one article of each text, the earliest; its original may be in no half at all."""
    first: dict[int, int] = {}
    for at in sorted(half):
        first.setdefault(follows.get(at, at), at)
    return list(first.values())


def _hold_together(halves: tuple[Group, Group], profiles: Sequence[Profile], likely: Alike) -> bool:
    """Judge halves by their names and figures, and by how likely pairs tell one event.

    Copies must not be among them, or two agencies' texts that many print were two events. A few articles
    are unlike others by chance, and so are articles that say little: the smaller a half and the shorter its
    articles, the more unlike it must be.
    """
    fewest = min(map(len, halves))
    if fewest < 2:
        return True
    group = [*halves[0], *halves[1]]
    words = fmean(len(profiles[at].body.words) for at in group)
    bar = UNLIKE * (1 - 1 / fewest) * (1 - _CHANCE / max(words, _CHANCE))
    names = _alike(group, [profiles[at].names for at in group])
    return (_between(halves, names) + _between(halves, likely)) / 2 >= bar


def _alike(group: Group, bags: Sequence[Bag]) -> Alike:
    """Compare all members by the words that tell some of them from others."""
    held = Counter(word for bag in bags for word in bag.words)
    telling = {word: log(len(group) / count) for word, count in held.items() if 1 < count < len(group)}
    vectors = [
        to_length_one({word: sqrt(weight) * telling.get(word, 0.0) for word, weight in bag.mapping().items()})
        for bag in bags
    ]
    members = list(zip(group, vectors, strict=True))
    found: Alike = {}
    for (one, first), (other, second) in combinations(members, 2):
        found[one, other] = found[other, one] = cosine(first, second)
    return found


def _likely(group: Group, profiles: Sequence[Profile], alike: Mapping[Pair, float]) -> Alike:
    """Return how likely members tell one event; of a large group only some pairs were compared before."""
    telling = cache(lambda at: Telling(profiles[at]))
    found: Alike = {}
    for one, other in combinations(sorted(group), 2):
        likely = alike.get((one, other))
        if likely is None:
            likely = telling(one).likeness(profiles[other])
        found[one, other] = found[other, one] = likely
    return found


def _halves(group: Group, profiles: Sequence[Profile], likely: Alike) -> tuple[Group, Group]:
    """Find halves by body, beginning with the two least alike; then likeness has its say, too.

    Likeness alone would not find them, since it hardly tells look-alikes apart, but it knows better where
    a stray belongs.
    """
    body = _alike(group, [profiles[at].body for at in group])
    one, other = min(combinations(group, 2), key=lambda pair: body[pair])
    both = _evenly(body, likely)
    return _settle(group, _settle(group, ([one], [other]), body), both)


def _settle(group: Group, halves: tuple[Group, Group], alike: Alike) -> tuple[Group, Group]:
    """Let each go where it is more alike, until all stay."""
    for _ in range(_ROUNDS):
        first = [each for each in group if _mean(each, halves[0], alike) >= _mean(each, halves[1], alike)]
        second = [each for each in group if each not in first]
        if not first or not second or (first, second) == halves:
            break
        halves = first, second
    return halves


def _evenly(one: Alike, other: Alike) -> Alike:
    """Add two answers, each as a multiple of its mean."""
    first, second = (sum(each.values()) / len(each) or 1.0 for each in (one, other))
    return {pair: one[pair] / first + other[pair] / second for pair in one}


def _mean(one: int, group: Group, alike: Alike) -> float:
    others = [alike[one, other] for other in group if other != one]
    return sum(others) / len(others) if others else 1.0


def _between(halves: tuple[Group, Group], alike: Alike) -> float:
    """Return how alike members of two halves are, where those within one are alike by 1."""
    inside = [alike[pair] for half in halves for pair in combinations(half, 2)]
    across = [alike[pair] for pair in product(*halves)]
    within = sum(inside) / len(inside)
    return sum(across) / len(across) / within if within else 1.0
