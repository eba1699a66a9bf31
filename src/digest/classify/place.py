"""Choose the section of an article, and say why."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from math import exp, log

from digest.classify.learned import Learned
from digest.classify.sections import Section, Weighed, weigh
from digest.classify.words import Words, read
from digest.model import PlacedBy, Placement, Tag, TagOrigin
from digest.model.article import fold

__all__ = ["Chooser", "by_tag"]

_LEAST = 3.0  #: points: about two strong words, or one in the title with another
_CLEAR = 1.5  #: times the runner-up's points
_PLAIN = 3.0  #: the same for a section that was learned: there, lessons are asked unless there is no question
_SURE = 0.7  #: confidence from which on what was learned is followed
_STEEP = 1.6  #: how fast confidence grows with the lead of what was learned
_SHOWN = 3  #: words in a reason

_ORIGINS = {
    TagOrigin.EDITOR: (PlacedBy.EDITOR, "by an editor"),
    TagOrigin.RULE: (PlacedBy.RULE, "by a rule"),
    TagOrigin.SOURCE: (PlacedBy.GIVEN, "by its source"),
}


def by_tag(tags: Iterable[Tag], sections: Iterable[Section]) -> Placement | None:
    """Find the first section that shares a tag with an article; None when none does."""
    carried = {tag.key: tag for tag in tags}
    for section in sections:
        for name in section.tags:
            tag = carried.get(fold(name))
            if tag is not None:
                by, whom = _ORIGINS.get(tag.origin, (PlacedBy.NAME, "because its text makes much of it"))
                why = f"tagged “{tag.name}” {whom}" + (f": {tag.why}" if tag.why else "")
                return Placement(section=section.key, by=by, why=why)
    return None


@dataclass(frozen=True, kw_only=True)
class Chooser:
    """Puts articles into sections by their words.

    Words that speak clearly for one section decide; then what was learned from editors, where
    that is clear; else nothing. Topics that no section is on can speak against all of them.
    """

    sections: tuple[Section, ...]  #: in their order, at least one
    learned: Learned | None = None  #: what is known of some of them; None knows nothing
    closed: bool = False  #: True takes the best section that there is anything for, however unclear

    def choose(self, title: str, text: str, language: str | None, *, nowhere: str) -> Placement:
        """Choose a section for an article.

        Args:
            title: One line.
            text: Only its first 8,000 characters are read.
            language: BCP 47; None is unknown.
            nowhere: The key that stands for no section.
        """
        words = read(title, text)
        ranked = _Ranked(weigh(words, language, self.sections), self.sections)
        found = self._by_words(ranked) or self._by_lessons(words, ranked)
        if found is None and self.closed and ranked.points[0] > 0:
            found = _by_keywords(ranked)
        why = f"no section stands out: {ranked.compared()}"
        return found or Placement(section=nowhere, by=PlacedBy.NONE, why=why, confidence=0.0)

    def _by_words(self, ranked: _Ranked) -> Placement | None:
        best, second = ranked.points
        is_learned = self.learned is not None and ranked.keys[0] in self.learned.counts
        factor = _PLAIN if is_learned else _CLEAR
        if best < _LEAST or best < factor * second or (not self.closed and ranked.is_outside(_CLEAR)):
            return None
        return _by_keywords(ranked)

    def _by_lessons(self, words: Words, ranked: _Ranked) -> Placement | None:
        learned = self.learned
        scores = learned.weigh(words, ranked.keys) if learned else {}
        if learned is None or len(scores) < 2:
            return None
        scores = _joined(scores, ranked)
        best, second = sorted(scores, key=lambda key: (-scores[key], key))[:2]
        confidence = 1 / (1 + exp(_STEEP * (scores[second] - scores[best])))
        if not self.closed and (confidence < _SURE or ranked.is_beaten(best, scores)):
            return None
        telling = " and ".join(f"“{word}”" for word in learned.telling(words, best, second, _SHOWN))
        why = f"reads like the {learned.counts[best]} articles that editors have put there"
        why += f": {telling}" if telling else ""
        return Placement(section=best, by=PlacedBy.LEARNED, why=why, confidence=round(confidence, 2))


class _Ranked:
    """Sections by the points that an article's words give them."""

    def __init__(self, weighed: Weighed, sections: tuple[Section, ...]) -> None:
        self._weighed = weighed
        self._titles = {section.key: section.title for section in sections}
        self.keys = sorted(weighed.sections, key=lambda key: -weighed.sections[key].points)  # ties keep order

    @property
    def points(self) -> tuple[float, float]:
        """The points of the best section and of the runner-up; 0 where there is none."""
        best, second = [*(self.of(key) for key in self.keys[:2]), 0.0, 0.0][:2]
        return best, second

    def of(self, key: str) -> float:
        return self._weighed.sections[key].points

    def is_outside(self, factor: float, key: str | None = None) -> bool:
        """Tell whether a topic that no section is on has more than so many times a section's points."""
        outside = self._weighed.outside
        mine = self.of(key or self.keys[0])
        return outside is not None and outside[1].points > factor * max(mine, _LEAST)

    def is_beaten(self, key: str, learned: Collection[str]) -> bool:
        """Tell whether words speak more for a section that was not learned, or for a topic outside."""
        others = (self.of(other) for other in self.keys if other not in learned)
        return self.is_outside(_CLEAR, key) or max(others, default=0.0) > self.of(key)

    def words(self) -> tuple[str, ...]:
        """The words that say most for the best section."""
        return self._weighed.sections[self.keys[0]].best(_SHOWN)

    def compared(self) -> str:
        """Say how the best two sections, and a stronger topic that is none of theirs, compare."""
        told = [f"{self._titles[key]} has {self.of(key):.1f} points" for key in self.keys[:2]]
        if self.is_outside(1.0) and self._weighed.outside:
            topic, evidence = self._weighed.outside
            told.append(f"{topic}, which no section is on, has {evidence.points:.1f}")
        return ", ".join(told)


def _by_keywords(ranked: _Ranked) -> Placement:
    best, second = ranked.points
    shown = ", ".join(f"“{word}”" for word in ranked.words())
    why = f"{shown} speak for it: {ranked.compared()}"
    confidence = best**3 / (best**3 + max(second, 1.0) ** 3)
    return Placement(section=ranked.keys[0], by=PlacedBy.KEYWORDS, why=why, confidence=round(confidence, 2))


def _joined(scores: dict[str, float], ranked: _Ranked) -> dict[str, float]:
    """Add what keywords say to what was learned: few lessons know few words."""
    whole = sum(ranked.of(key) + 1 for key in scores)
    return {key: score + log((ranked.of(key) + 1) / whole) for key, score in scores.items()}
