"""How likely two articles tell the same event, by features a person can check."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import repeat
from math import exp
from operator import mul

from digest.group.dates import Dates, same_days, same_weekdays, same_year

#: Fitted, see docs/reference/group.md.
WEIGHTS = {"body": 10.0, "lead": 7.7, "shared": 3.8, "year": 1.2, "days": 1.0, "weekdays": 0.8}
_BIAS = -6.5
_DEEDS = 3


@dataclass(frozen=True, slots=True)
class Bag:
    """Words by number with their weights; of length 1, or empty."""

    words: array[int]
    weights: array[float]

    def dot(self, other: Mapping[int, float]) -> float:
        """Return the cosine with another bag, given as a mapping."""
        return float(sum(map(mul, self.weights, map(other.get, self.words, repeat(0.0)))))

    def mapping(self) -> dict[int, float]:
        """Return the weights by word."""
        return dict(zip(self.words, self.weights, strict=True))


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """An article as weighted bags of words."""

    lead: Bag
    body: Bag
    names: (
        Bag  #: of `body`, the part that names somebody, something or a figure; with the weights it has there
    )
    named: float  #: the sum of the weights of `names`
    deeds: array[int]  #: the other words of `body`
    dates: Dates


class Telling:
    """One article, made ready to be compared with many."""

    def __init__(self, profile: Profile) -> None:
        self._lead, self._body = profile.lead.mapping(), profile.body.mapping()
        self._names, self._named = profile.names.mapping(), profile.named
        self._deeds, self._dates = frozenset(profile.deeds), profile.dates

    def features(self, other: Profile) -> dict[str, float]:
        """Compare with another article: cosines and shares from 0 to 1, dates from -1 to 1."""
        mine = map(self._names.get, other.names.words, repeat(0.0))
        pairs = zip(mine, other.names.weights, strict=True)
        # why: a call of min for each word takes twice the time
        shared = sum([one if one < its else its for one, its in pairs])  # noqa: FURB136
        smaller = min(self._named, other.named)
        return {
            "body": other.body.dot(self._body),
            "lead": other.lead.dot(self._lead),
            "shared": shared / smaller if smaller else 0.0,
            "year": same_year(self._dates, other.dates),
            "days": same_days(self._dates, other.dates),
            "weekdays": same_weekdays(self._dates, other.dates),
        }

    def likeness(self, other: Profile) -> float:
        """Return how likely the two tell the same event, 0 to 1.

        Names and figures alone make no event: with fewer than `_DEEDS` other words in common,
        the likeness shrinks in proportion.
        """
        deeds = len(self._deeds.intersection(other.deeds))
        if not deeds:
            return 0.0
        found = self.features(other)
        likely = 1 / (1 + exp(-_BIAS - sum([WEIGHTS[name] * value for name, value in found.items()])))
        return likely * min(1.0, deeds / _DEEDS)
