"""Articles by their words: each is compared with those before it that are alike at all."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from heapq import nlargest
from itertools import compress
from math import log, sqrt
from operator import mul, not_

from digest.group.copies import Copies
from digest.group.likeness import Bag, Profile, Telling
from digest.group.words import Words
from digest.model import UNKNOWN_SOURCE, Article
from digest.rarity import english

SPAN = timedelta(days=3)  #: what lies further apart is another day's news

_GATE = 0.04  #: pairs whose leads share less are never compared further
_MOST_ALIKE = 40  #: so many of the earlier articles are compared whole
_LEAST = 0.02  #: pairs that are less alike are forgotten
_FEW, _MANY = 40, 200  #: a word of more leads than this finds nobody, in a small index and in a large one

Pair = tuple[int, int]


class Index:
    """What is known of articles: their words, and how alike any two of them are.

    Articles are numbered from 0 in the order they come in. What is found does not depend on how they are
    parted into batches: each is compared with all before it.

    Args:
        rarity: In how many articles a root of a word occurs, beside those of `digest.rarity.english`.
        counted: How many articles that were.
    """

    def __init__(self, rarity: Mapping[str, int], counted: int) -> None:
        self.alike: dict[Pair, float] = {}  #: the lower position first; pairs that may tell one event
        self.copies: dict[Pair, float] = {}  #: likewise: the share of the shorter one's wording
        self.moments: list[datetime] = []
        self.profiles: list[Profile] = []
        self._numbers = _Numbers()
        self._telling = _Telling(rarity, counted)
        self._holders: dict[int, tuple[array[int], array[float]]] = defaultdict(_nobody)
        self._wording = Copies()
        self._sources: list[str] = []

    def add(self, articles: Iterable[tuple[Article, Words]]) -> None:
        """Take in articles with their words, one after the other."""
        for article, words in articles:
            profile = self._profile(words)
            here = len(self.profiles)
            moment, source = article.effective_at, article.origin.key
            telling = Telling(profile)
            for other in self._near(profile.lead):
                if abs(self.moments[other] - moment) <= SPAN:
                    likely = telling.likeness(self.profiles[other])
                    likely *= _rarely_twice(source, self._sources[other])
                    if likely >= _LEAST:
                        self.alike[other, here] = likely
            for other, share in self._wording.add(words.runs).items():
                if abs(self.moments[other] - moment) <= SPAN:
                    self.copies[other, here] = share
            self._keep(profile, moment, source)

    def _keep(self, profile: Profile, moment: datetime, source: str) -> None:
        here = len(self.profiles)
        for word, weight in zip(profile.lead.words, profile.lead.weights, strict=True):
            holders, weights = self._holders[word]
            holders.append(here)
            weights.append(weight)
        self.profiles.append(profile)
        self.moments.append(moment)
        self._sources.append(source)

    def _near(self, lead: Bag) -> Sequence[int]:
        """Find the earlier articles whose leads are most alike, by the words that not everybody uses."""
        common = min(_MANY, max(_FEW, len(self.profiles) // 4))
        alike: dict[int, float] = defaultdict(float)
        for word, weight in zip(lead.words, lead.weights, strict=True):
            holders, weights = self._holders[word]
            if len(holders) <= common:
                for other, value in zip(holders, weights, strict=True):
                    alike[other] += value * weight
        near = [(value, -other) for other, value in alike.items() if value >= _GATE]
        return [-other for _, other in nlargest(_MOST_ALIKE, near)]

    def _profile(self, words: Words) -> Profile:
        body = self._bag(words.body)
        is_name = [word in words.names for word in words.body]
        names = Bag(array("I", compress(body.words, is_name)), array("f", compress(body.weights, is_name)))
        return Profile(
            lead=self._bag(words.lead),
            body=body,
            names=names,
            named=sum(names.weights),
            deeds=array("I", compress(body.words, map(not_, is_name))),
            dates=words.dates,
        )

    def _bag(self, stress: Mapping[str, float]) -> Bag:
        weights = list(map(mul, stress.values(), map(self._telling.__getitem__, stress)))
        length = sqrt(sum(map(mul, weights, weights)))
        numbers = array("I", map(self._numbers.__getitem__, stress))
        return Bag(numbers, array("f", [weight / length for weight in weights]))


class _Numbers(dict[str, int]):
    """Numbers for words, in the order in which they are asked for."""

    def __missing__(self, word: str) -> int:
        self[word] = number = len(self)
        return number


class _Telling(dict[str, float]):
    """How much words tell, each weighed once: the rarer the more, always above 0."""

    def __init__(self, rarity: Mapping[str, int], counted: int) -> None:
        self._table, total = english()
        self._rarity, self._total = rarity, total + counted

    def __missing__(self, word: str) -> float:
        held = self._table.get(word, 1) + self._rarity.get(word, 1)
        self[word] = weight = log(1 + self._total / held)
        return weight


def _nobody() -> tuple[array[int], array[float]]:
    return array("I"), array("f")


def _rarely_twice(source: str, other: str) -> float:
    """Trust likeness less within a source: it has its own people, and seldom tells an event twice."""
    return 0.5 if source == other != UNKNOWN_SOURCE else 1.0
