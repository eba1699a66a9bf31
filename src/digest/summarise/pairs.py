"""How likely a person would write each pair of neighbouring words down who sums a text up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import exp, log

from digest.summarise.sentences import Sentence

Pair = tuple[str, str]

_RARE = 6.0  #: a rarity beyond it tells no more


def chances(sentences: Sequence[Sentence], weights: Mapping[str, float]) -> list[Mapping[Pair, float]]:
    """Return for each sentence its pairs of words, each with its chance to stand in a summary, 0 to 1.

    A logistic regression on six features; fitted on news with people's highlights, see
    docs/reference/summarise.md.

    Args:
        sentences: All of a text, in order.
        weights: The rarity of each word.
    """
    counts, places = occurrences(sentences)
    first: dict[Pair, int] = {}
    times: dict[Pair, int] = {}
    large: set[Pair] = set()
    for sentence in sentences:
        capital = pairwise(sentence.large)
        for pair, (left, right) in zip(pairwise(sentence.words), capital, strict=True):
            first.setdefault(pair, sentence.place)
            times[pair] = times.get(pair, 0) + 1
            if left and right:
                large.add(pair)
    heard = {word: log(count) * min(weights.get(word, 0.0), _RARE) / 3 for word, count in counts.items()}
    early = {word: exp(-place / 4) for word, place in places.items()}
    chance = {
        pair: _chance(
            place=exp(-place / 12),
            times=log(times[pair]),
            left=heard[pair[0]],
            right=heard[pair[1]],
            names=float(pair in large),
            early=early[pair[0]] + early[pair[1]],
        )
        for pair, place in first.items()
    }
    return [{pair: chance[pair] for pair in pairwise(sentence.words)} for sentence in sentences]


def occurrences(sentences: Sequence[Sentence]) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Count each word, and find the place of the sentence that has it first."""
    counts: dict[str, int] = {}
    places: dict[str, int] = {}
    for sentence in sentences:
        for word in sentence.words:
            counts[word] = counts.get(word, 0) + 1
            places.setdefault(word, sentence.place)
    return counts, places


def _chance(*, place: float, times: float, left: float, right: float, names: float, early: float) -> float:
    logit = -5.33 + 2.19 * place + 0.99 * times + 0.14 * left + 0.22 * right + 0.83 * names + 0.2 * early
    return 1 / (1 + exp(-logit))
