"""Articles by their words: each is compared with those before it that are alike at all."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from heapq import nlargest
from math import log

from digest.group.copies import Copies
from digest.group.likeness import Bag, Profile, Telling
from digest.group.words import Words
from digest.model import UNKNOWN_SOURCE, Article
from digest.rarity import english
from digest.rarity.vectors import to_length_one

SPAN = timedelta(days=3)  #: what lies further apart is another day's news

_GATE = 0.04  #: pairs whose leads share less are never compared further
_MOST_ALIKE = 60  #: so many of the earlier articles are compared whole
_FEW, _MANY = 40, 400  #: a word of more leads than this finds nobody, in a small index and in a large one

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
        self.alike: dict[Pair, float] = {}  #: the lower position first; above 0
        self.copies: dict[Pair, float] = {}  #: likewise: the share of the shorter one's wording
        self.moments: list[datetime] = []
        self.profiles: list[Profile] = []
        self._rarity, self._counted = rarity, counted
        self._numbers: dict[str, int] = {}
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
                    self.alike[other, here] = likely * _rarely_twice(source, self._sources[other])
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
        body = self._weigh(words.body)
        names = {word: weight for word, weight in body.items() if word in words.names}
        return Profile(
            lead=self._bag(self._weigh(words.lead)),
            body=self._bag(body),
            names=self._bag(names),
            deeds=array("I", [self._number(word) for word in body if word not in names]),
            dates=words.dates,
        )

    def _weigh(self, stress: Mapping[str, float]) -> Mapping[str, float]:
        table, counted = english()
        total = counted + self._counted
        held = self._rarity
        return to_length_one(
            {
                word: value * log(1 + total / (table.get(word, 1) + held.get(word, 1)))
                for word, value in stress.items()
            }
        )

    def _bag(self, weights: Mapping[str, float]) -> Bag:
        return Bag(array("I", map(self._number, weights)), array("f", weights.values()))

    def _number(self, word: str) -> int:
        return self._numbers.setdefault(word, len(self._numbers))


def _nobody() -> tuple[array[int], array[float]]:
    return array("I"), array("f")


def _rarely_twice(source: str, other: str) -> float:
    """Trust likeness less within a source: it has its own people, and seldom tells an event twice."""
    return 0.5 if source == other != UNKNOWN_SOURCE else 1.0
