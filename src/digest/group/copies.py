"""Find articles that copy another's wording."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import chain, repeat

COPY = 0.36  #: share of the shorter text's wording found in the longer one, at least

#: What was cut from a copy cannot be shared. The less is missing, the more must be the same, or two
#: reports that quote one speech would be copies. Fitted on edited news articles.
_COPY_OF_NONE, _COPY_OF_ALL = 0.19, 0.59

_SAMPLED = 8  #: one run of so many is looked up; the same ones in every text
_COMMON = 100  #: wording in more articles than this is a house phrase
_ENOUGH = 12  #: runs a text must have to be judged by a share of them


class Copies:
    """Texts by their wording, in the order they came in."""

    def __init__(self) -> None:
        self._runs: list[array[int]] = []
        self._samples: list[int] = []
        self._holders: dict[int, list[int]] = defaultdict(list)

    def add(self, runs: array[int]) -> dict[int, float]:
        """Take in a text.

        Args:
            runs: As in `Words.runs`.

        Returns:
            Positions of earlier texts of which the shorter of the two stands in the longer one,
            whole or in good part, with the share of the shorter text's wording.
        """
        sample = [run for run in runs if run % _SAMPLED == 0]
        found = {}
        suspects = self._suspects(sample)
        mine = set(runs) if suspects else set()
        for other in suspects:
            share, least = _containment(mine, self._runs[other])
            if share >= least:
                found[other] = share
        here = len(self._runs)
        for run in sample:
            self._holders[run].append(here)
        self._runs.append(runs)
        self._samples.append(len(sample))
        return found

    def _suspects(self, sample: Sequence[int]) -> list[int]:
        """Find earlier texts that share enough of the sample, ascending."""
        holders = map(self._holders.get, sample, repeat(()))
        shared = Counter(chain.from_iterable([held for held in holders if len(held) <= _COMMON]))
        few, samples = COPY / 2 * len(sample), self._samples
        return sorted(
            other for other, count in shared.items() if count >= few or count >= COPY / 2 * samples[other]
        )


def _containment(mine: set[int], other: array[int]) -> tuple[float, float]:
    """Return the share of the shorter text's wording in the longer one, and how much makes it a copy."""
    smaller, larger = sorted((len(mine), len(other)))
    if smaller < _ENOUGH:
        return 0.0, COPY
    least = _COPY_OF_NONE + (_COPY_OF_ALL - _COPY_OF_NONE) * smaller / larger
    return len(mine.intersection(other)) / smaller, max(COPY, least)
