"""Find articles that copy another's wording."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

COPY = 0.36  #: share of the shorter text's wording found in the longer one

_SAMPLED = 8  #: one run of so many is looked up; the same ones in every text
_COMMON = 100  #: wording in more articles than this is a house phrase
_ENOUGH = 12  #: runs a text must have to be judged by a share of them


class Copies:
    """Texts by their wording, in the order they came in."""

    def __init__(self) -> None:
        self._runs: list[array[int]] = []
        self._samples: list[int] = []
        self._holders: dict[int, array[int]] = defaultdict(lambda: array("I"))

    def add(self, runs: array[int]) -> dict[int, float]:
        """Take in a text.

        Args:
            runs: As in `Words.runs`.

        Returns:
            Positions of earlier texts of which the shorter of the two stands in the longer one,
            whole or in good part, with the share of the shorter text's wording: at least `COPY`.
        """
        sample = [run for run in runs if run % _SAMPLED == 0]
        mine = set(runs)
        found = {}
        for other in self._suspects(sample):
            share = _containment(mine, self._runs[other])
            if share >= COPY:
                found[other] = share
        for run in sample:
            self._holders[run].append(len(self._runs))
        self._runs.append(runs)
        self._samples.append(len(sample))
        return found

    def _suspects(self, sample: Sequence[int]) -> Iterator[int]:
        """Find earlier texts that share enough of the sample, ascending."""
        shared: Counter[int] = Counter()
        for run in sample:
            held = self._holders.get(run, ())
            if len(held) <= _COMMON:
                shared.update(held)
        for other, count in sorted(shared.items()):
            if count >= COPY / 2 * min(len(sample), self._samples[other]):
                yield other


def _containment(mine: set[int], other: array[int]) -> float:
    smaller = min(len(mine), len(other))
    return len(mine.intersection(other)) / smaller if smaller >= _ENOUGH else 0.0
