"""How likely two articles tell the same event, by features a person can check."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from math import exp, log

from digest.group.words import Words
from digest.rarity import english
from digest.rarity.vectors import Vector, cosine, to_length_one

_GATE = 0.04  #: pairs whose leads share less are never compared further
_WEIGHTS = {"body": 10.0, "lead": 6.5, "shared": 2.0}  #: fitted, see docs/reference/group.md
_BIAS = -6.0
_DEEDS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """An article as weighted bags of words, each of length 1."""

    lead: Vector
    body: Vector
    names: Vector
    named: float  #: the sum of `names`
    deeds: Set[str]  #: the telling words that name nobody


def profiles(texts: Sequence[Words]) -> list[Profile]:
    """Weigh the words of each text by rarity, in English news and here."""
    held_by = Counter(word for each in texts for word in each.body)
    table, counted = english()
    total = counted + len(texts)
    rarity = {word: log(1 + total / (table.get(word, 1) + count)) for word, count in held_by.items()}
    return [_profile(each, rarity) for each in texts]


def suspects(known: Sequence[Profile]) -> dict[tuple[int, int], float]:
    """Find pairs of articles whose leads are alike at all, with the cosine of the leads."""
    holders: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for position, profile in enumerate(known):
        for word, value in profile.lead.items():
            holders[word].append((position, value))
    common = max(40, len(known) // 4)
    alike: dict[tuple[int, int], float] = defaultdict(float)
    for held in holders.values():
        if len(held) > common:
            continue
        for at, (one, value) in enumerate(held):
            for other, factor in held[at + 1 :]:
                alike[one, other] += value * factor
    return {pair: cosine for pair, cosine in alike.items() if cosine >= _GATE}


def features(one: Profile, other: Profile) -> dict[str, float]:
    """Compare two articles, each feature from 0 (nothing shared) to 1."""
    shared = sum([min(value, other.names[word]) for word, value in one.names.items() if word in other.names])
    smaller = min(one.named, other.named)
    return {
        "body": cosine(one.body, other.body),
        "lead": cosine(one.lead, other.lead),
        "shared": shared / smaller if smaller else 0.0,
    }


def likeness(one: Profile, other: Profile) -> float:
    """Return how likely two articles tell the same event, 0 to 1.

    Names and figures alone make no event: with fewer than `_DEEDS` other words in common,
    the likeness shrinks in proportion.
    """
    found = features(one, other)
    likely = 1 / (1 + exp(-_BIAS - sum(_WEIGHTS[name] * value for name, value in found.items())))
    return likely * min(1.0, len(one.deeds & other.deeds) / _DEEDS)


def _profile(text: Words, rarity: Mapping[str, float]) -> Profile:
    names = _vector({word: value for word, value in text.body.items() if word in text.names}, rarity)
    return Profile(
        lead=_vector(text.lead, rarity),
        body=_vector(text.body, rarity),
        names=names,
        named=sum(names.values()),
        deeds=text.body.keys() - text.names,
    )


def _vector(stress: Mapping[str, float], rarity: Mapping[str, float]) -> Vector:
    return to_length_one({word: value * rarity[word] for word, value in stress.items()})
