"""Weigh the sentences of a text, and choose the best that belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from digest.rarity.vectors import Vector, cosine
from digest.summarise.sentences import Sentence
from digest.summarise.words import idf, vector, words_of

Terms = tuple[tuple[str, float], ...]

_BUDGET_WORDS = {1: 60, 2: 80}  #: three sentences and more: _BUDGET_MORE
_BUDGET_MORE = 100
_REPETITION = 1.25
_LEANING = 0.8
_UNNAMED = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighed:
    """A sentence with the terms of its score."""

    sentence: Sentence
    vector: Vector
    terms: Terms  #: name and value; the score is their sum

    @property
    def score(self) -> float:
        """What the sentence is worth alone."""
        return sum(value for _, value in self.terms)


def weigh(sentences: Sequence[Sentence], title: str, language: str) -> list[Weighed]:
    """Score each sentence by itself. Removes none."""
    heading = words_of(title)
    weights = idf(language, [*(each.words for each in sentences), heading])
    vectors = [vector(each.words, weights) for each in sentences]
    centre = vector((word for each in sentences for word in each.words), weights)
    about = vector(heading, weights)
    return [
        Weighed(sentence=each, vector=own, terms=_terms(each, cosine(own, centre), cosine(own, about)))
        for each, own in zip(sentences, vectors, strict=True)
    ]


def _terms(sentence: Sentence, topic: float, title: float) -> Terms:
    """Weights: fitted by random search on news with people's highlights, see docs/reference/summarise.md."""
    terms = (
        ("position", 1.19 * exp(-sentence.place / 4.6) - 0.26 / (1 + sentence.place)),
        ("topic", 1.30 * topic),
        ("title", 0.50 * title),
        ("length", 0.15 * min(sentence.length, 11) / 11),
        ("figures", 0.13 * sentence.number),
        ("names", 0.33 * sentence.capitals),
        ("quotation", -2.50 * sentence.quoted),
        ("question", -0.02 * sentence.question),
        ("names nobody", -_UNNAMED * (not sentence.named)),
    )
    return tuple((name, value) for name, value in terms if value)


def choose(weighed: Sequence[Weighed], count: int) -> list[Weighed]:
    """Choose up to `count` sentences, best first, each unlike the ones before it.

    A sentence that leans on the one before it loses, unless that one is chosen too.
    One that would break the budget of words waits until nothing else is left.
    """
    budget = _BUDGET_WORDS.get(count, _BUDGET_MORE)
    chosen: list[Weighed] = []
    while len(chosen) < count:
        open_ones = [each for each in weighed if not any(each.sentence is held.sentence for held in chosen)]
        if not open_ones:
            break
        room = budget - sum(each.sentence.length for each in chosen)
        fitting = [each for each in open_ones if each.sentence.length <= room] or open_ones
        chosen.append(max((_beside(each, chosen) for each in fitting), key=_preference))
    return chosen


def _preference(weighed: Weighed) -> tuple[float, int]:
    return weighed.score, -weighed.sentence.place


def _beside(weighed: Weighed, chosen: Sequence[Weighed]) -> Weighed:
    """Take from a sentence's score what it repeats of the chosen ones, and what it lacks before it."""
    repeated = max((cosine(weighed.vector, each.vector) for each in chosen), default=0.0)
    alone = not any(each.sentence.place == weighed.sentence.place - 1 for each in chosen)
    extra = []
    if repeated:
        extra.append(("repetition", -_REPETITION * repeated))
    if weighed.sentence.leaning and alone:
        extra.append(("leans on the one before", -_LEANING * weighed.sentence.leaning))
    return Weighed(sentence=weighed.sentence, vector=weighed.vector, terms=(*weighed.terms, *extra))
