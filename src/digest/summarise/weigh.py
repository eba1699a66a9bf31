"""Weigh the sentences of a text, and choose the best that belong together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp

from digest.rarity.vectors import cosine
from digest.summarise.pairs import Pair, chances, occurrences
from digest.summarise.sentences import Sentence
from digest.summarise.words import idf, vector, words_of

Terms = tuple[tuple[str, float], ...]

_BUDGET_WORDS = {1: 60, 2: 80}  #: three sentences and more: _BUDGET_MORE
_BUDGET_MORE = 100
_MATTER = 20.0
_INTRODUCES = 0.11
_EXPECTED_PAIRS = {1: 25, 2: 15}  #: of a person's summary; three sentences and more: _EXPECTED_MORE
_EXPECTED_MORE = 10
_TELLING = 2.5  #: rarity of a word beyond which it says what a text is about
_LEFT_BESIDE = 0.2  #: the one before need not name who 'he' is
_WHOLLY = 1.0  #: a sentence that leans so much never stands without the one before it


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighed:
    """A sentence with the terms of its score."""

    sentence: Sentence
    pairs: Mapping[Pair, float]  #: each with its chance to stand in a person's summary
    introduced: int  #: telling words that it has first and that come again
    terms: Terms  #: name and value; the score is their sum

    @property
    def score(self) -> float:
        """What the sentence is worth."""
        return sum(value for _, value in self.terms)


def weigh(sentences: Sequence[Sentence], title: str, language: str) -> list[Weighed]:
    """Score each sentence by itself. Removes none."""
    heading = words_of(title, language)
    weights = idf(language, [*(each.words for each in sentences), heading])
    centre = vector((word for each in sentences for word in each.words), weights)
    about = vector(heading, weights)
    introduced = _introduced(sentences, weights)
    weighed = []
    for each, pairs in zip(sentences, chances(sentences, weights), strict=True):
        own = vector(each.words, weights)
        terms = _terms(each, cosine(own, centre), cosine(own, about))
        weighed.append(Weighed(sentence=each, pairs=pairs, introduced=introduced[each.place], terms=terms))
    return weighed


def _introduced(sentences: Sequence[Sentence], weights: Mapping[str, float]) -> Counter[int]:
    """Count, by place, the telling words that a sentence has first and that come again."""
    counts, places = occurrences(sentences)
    return Counter(
        place for word, place in places.items() if counts[word] > 1 and weights.get(word, 0.0) > _TELLING
    )


def _terms(sentence: Sentence, topic: float, title: float) -> Terms:
    """Weights: fitted on news with people's highlights, see docs/reference/summarise.md."""
    terms = (
        ("position", 1.19 * exp(-sentence.place / 4.6) - 0.26 / (1 + sentence.place)),
        ("topic", 1.30 * topic),
        ("title", 0.50 * title),
        ("length", 0.15 * min(sentence.length, 11) / 11),
        ("figures", 0.18 * sentence.number),
        ("names", 0.33 * sentence.capitals),
        ("quotation", -12.0 * sentence.quoted),
        ("question", -0.50 * sentence.question),
        ("names nobody", -0.50 * (not sentence.named)),
        ("speaks to the reader", -0.20 * sentence.to_reader),
    )
    return tuple((name, value) for name, value in terms if value)


def choose(weighed: Sequence[Weighed], count: int, words: int | None = None) -> list[Weighed]:
    """Choose up to `count` sentences, best first, each by what it adds to the ones before it.

    One that leans wholly on the sentence before it comes only beside that one; one that leans less loses
    without it.

    Args:
        weighed: The sentences that may stand.
        count: At least 1.
        words: The most words of all chosen together; only the first sentence may pass it, when no other is
            shorter. None for 60, 80 or 100 with one, two or more sentences.
    """
    budget = words or _BUDGET_WORDS.get(count, _BUDGET_MORE)
    chosen: list[Weighed] = []
    while len(chosen) < count:
        room = budget - sum(each.sentence.length for each in chosen)
        found = _beside(weighed, chosen, room)
        if not found:
            break
        told = _Told(chosen, count)
        chosen.append(max((told.with_matter(each) for each in found), key=_preference))
    return chosen


def _preference(weighed: Weighed) -> tuple[float, int]:
    return weighed.score, -weighed.sentence.place


def _beside(weighed: Sequence[Weighed], chosen: Sequence[Weighed], room: int) -> list[Weighed]:
    """Find what may be chosen next; a text whose every sentence leans or is too long still gets one."""
    taken = {each.sentence.place for each in chosen}
    others = [each for each in weighed if each.sentence.place not in taken]
    free = [each for each in others if each.sentence.leaning < _WHOLLY or each.sentence.place - 1 in taken]
    fitting = [each for each in free if each.sentence.length <= room]
    return fitting if fitting or chosen else free or others


class _Told:
    """What the chosen sentences tell already."""

    def __init__(self, chosen: Sequence[Weighed], count: int) -> None:
        self._pairs = {pair: chance for each in chosen for pair, chance in each.pairs.items()}
        self._mass = sum(self._pairs.values())
        self._length = sum(len(each.sentence.words) for each in chosen)
        self._places = {each.sentence.place for each in chosen}
        self._count = count
        self._expected = _EXPECTED_PAIRS.get(count, _EXPECTED_MORE)

    def with_matter(self, weighed: Weighed) -> Weighed:
        """Add to a sentence's terms what it tells beyond the chosen ones, and what it lacks before it."""
        new = sum([chance for pair, chance in weighed.pairs.items() if pair not in self._pairs])
        before = self._mass / (self._length + self._expected)
        after = (self._mass + new) / (self._length + len(weighed.sentence.words) + self._expected)
        extra = [("matter", _MATTER * self._count * (after - before))]
        if not self._places:
            extra.append(("introduces", _INTRODUCES * self._count * weighed.introduced))
        leaning = weighed.sentence.leaning
        if weighed.sentence.place - 1 in self._places:
            leaning = _LEFT_BESIDE if leaning >= _WHOLLY else 0.0
        if leaning:
            extra.append(("leans on the one before", -leaning))
        return replace(weighed, terms=(*weighed.terms, *extra))
