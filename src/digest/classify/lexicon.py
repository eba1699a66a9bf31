"""Lists of words that speak for something, and what an article has of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import log1p

from digest.classify.words import Words
from digest.words import LEAST_STEM, MOST_STEM, stem_of, tokens

__all__ = ["STRONG", "Evidence", "Lexicon"]

STRONG = 2.0  #: what a word that hardly comes elsewhere weighs; a usual one weighs 1

Labels = Mapping[str, float]  #: what an entry speaks for, and how strongly


@dataclass(slots=True)
class Evidence:
    """The points that an article has for one label."""

    points: float = 0.0
    terms: list[tuple[float, str]] = field(default_factory=list)  #: points and word, as found

    def add(self, points: float, term: str) -> None:
        """Count one word."""
        self.points += points
        self.terms.append((points, term))

    def best(self, count: int) -> tuple[str, ...]:
        """Return the words with the most points, the greatest first."""
        return tuple(term for _, term in sorted(self.terms, key=lambda pair: (-pair[0], pair[1]))[:count])


class Lexicon:
    """Words with the labels they speak for.

    An entry is a word, the beginning of one (`bank*`), the end of one (`*bank`) or several
    words that stand together. A word that speaks for several labels is parted among them.
    """

    def __init__(self, entries: Iterable[tuple[str, str, float]]) -> None:
        """Take entries of (text, label, weight); of one text and label the greatest weight counts."""
        self._words: dict[str, dict[str, float]] = defaultdict(dict)
        self._starts: dict[str, dict[str, float]] = defaultdict(dict)
        self._ends: dict[str, dict[str, float]] = defaultdict(dict)
        self._runs: dict[tuple[str, ...], dict[str, float]] = defaultdict(dict)
        for text, label, weight in entries:
            self._add(text, label, weight)
        self._known: dict[str, Labels] = {}

    def weigh(self, words: Words) -> dict[str, Evidence]:
        """Give each label its points: the weight of each word, by the logarithm of how often it comes."""
        found: dict[str, Evidence] = defaultdict(Evidence)
        for word, times in words.counts.items():
            for label, weight in self._labels(word).items():
                found[label].add(weight * log1p(times), word)
        for run, labels in self._runs.items():
            times = min(words.pairs.get(pair, 0) for pair in run)
            if times:
                shown = " ".join([run[0], *(pair.rpartition(" ")[2] for pair in run[1:])])
                for label, weight in labels.items():
                    found[label].add(weight / len(labels) * log1p(times), shown)
        return found

    def _add(self, text: str, label: str, weight: float) -> None:
        parts = tokens(text)
        if len(parts) > 1:
            run = tuple(f"{one} {other}" for one, other in pairwise(parts))
            table, key = self._runs, run
            table[key][label] = max(weight, table[key].get(label, 0.0))
            return
        if not parts:
            return
        kind = self._starts if text.endswith("*") else self._ends if text.startswith("*") else self._words
        word = parts[0] if kind is self._words else stem_of(text, parts[0])
        kind[word][label] = max(weight, kind[word].get(label, 0.0))

    def _labels(self, word: str) -> Labels:
        """Look a word up, and remember the answer: most words come in many articles."""
        known = self._known.get(word)
        if known is None:
            found = self._find(word)
            known = {label: weight / len(found) for label, weight in found.items()}
            if len(self._known) < _MOST_KNOWN:
                self._known[word] = known
        return known

    def _find(self, word: str) -> Labels:
        if word in self._words:
            return self._words[word]
        longest = min(len(word), MOST_STEM)
        for size in range(longest, LEAST_STEM - 1, -1):
            if word[:size] in self._starts:
                return self._starts[word[:size]]
            if word[-size:] in self._ends:
                return self._ends[word[-size:]]
        if "-" in word:
            parts = [self._find(part) for part in word.split("-")[:3] if part]
            return {label: weight / 2 for part in parts for label, weight in part.items()}
        return {}


_MOST_KNOWN = 50_000  #: words that are remembered, about 10 MB
