"""What editors have put where, learned: a naive Bayes classifier by complements."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import log, log1p, sqrt

from digest.classify.words import READ_CHARS, Words, read

__all__ = ["ENOUGH", "Learned", "Lesson", "learn", "lesson"]

ENOUGH = 20  #: articles of a section that it takes to learn it
_SMOOTH = 0.1  #: how often a word counts as seen where it was not

Vector = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Lesson:
    """An article of which somebody has said where it belongs."""

    section: str
    title: str
    text: str  #: what is beyond the first 8,000 characters is not read


@dataclass(frozen=True, kw_only=True, slots=True)
class Learned:
    """What a word says against each section, from the articles of all others.

    Source: Rennie and others, Tackling the Poor Assumptions of Naive Bayes Text Classifiers, 2003.
    """

    rarity: Vector  #: of each word in the lessons
    against: Mapping[str, Vector]  #: by section; sections in the order of their names
    counts: Mapping[str, int]  #: lessons by section

    def weigh(self, words: Words, sections: Iterable[str]) -> dict[str, float]:
        """Give those of some sections that were learned their scores; what counts is the difference."""
        vector = _vector(words, self.rarity)
        known = (section for section in sections if section in self.against)
        return {
            section: sum([value * self.against[section][word] for word, value in vector.items()])
            for section in known
        }

    def telling(self, words: Words, section: str, other: str, count: int) -> tuple[str, ...]:
        """Return the words that speak most for a section and against another one."""
        mine, theirs = self.against[section], self.against[other]
        gains = (
            (value * (mine[word] - theirs[word]), word)
            for word, value in _vector(words, self.rarity).items()
            if not word.isdigit()
        )
        best = sorted(gains, key=lambda pair: (-pair[0], pair[1]))[:count]
        return tuple(word for gain, word in best if gain > 0)


@lru_cache(maxsize=4)  # a service builds with the same lessons again and again
def learn(lessons: tuple[Lesson, ...]) -> Learned | None:
    """Learn the sections of which there are at least 20 lessons; the same lessons give the same answers.

    Returns:
        None when fewer than two sections have enough.
    """
    counts = Counter(lesson.section for lesson in lessons)
    known = sorted(section for section, count in counts.items() if count >= ENOUGH)
    if len(known) < 2:
        return None
    texts = [(one.section, read(one.title, one.text)) for one in lessons if one.section in known]
    seen = Counter(word for _, words in texts for word in words.counts if _is_telling(word))
    rarity = {word: log((1 + len(texts)) / (1 + times)) + 1 for word, times in seen.items()}
    sums: dict[str, dict[str, float]] = {section: defaultdict(float) for section in known}
    for section, words in texts:
        mine = sums[section]
        for word, value in _vector(words, rarity).items():
            mine[word] += value
    return Learned(
        rarity=rarity,
        against=_against(sums, rarity),
        counts={section: counts[section] for section in known},
    )


def lesson(section: str, title: str, text: str) -> Lesson:
    """Make a lesson that holds no more than is read of it."""
    return Lesson(section, title, text[:READ_CHARS])


def _against(sums: Mapping[str, Vector], rarity: Vector) -> dict[str, Vector]:
    """Say of each word how seldom it comes outside of each section."""
    total = {word: sum([mine.get(word, 0.0) for mine in sums.values()]) for word in rarity}
    whole = sum(total.values())
    found: dict[str, Vector] = {}
    for section, mine in sums.items():
        scale = log(whole - sum(mine.values()) + _SMOOTH * len(total))
        found[section] = {
            word: scale - log(max(value - mine.get(word, 0.0), 0.0) + _SMOOTH)
            for word, value in total.items()
        }
    return found


def _vector(words: Words, rarity: Vector) -> Vector:
    """Weigh the words that are known by frequency and rarity, to length 1."""
    weights = {word: log1p(times) * rarity[word] for word, times in words.counts.items() if word in rarity}
    length = sqrt(sum([value * value for value in weights.values()]))
    return {word: value / length for word, value in weights.items()} if length else {}


def _is_telling(word: str) -> bool:
    return len(word) > 2 or not word.isascii()
