"""What pages show of many rows, counted no oftener than needed."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.memory import Lately
from digest.model import Books
from digest.store import Reason, Tally

_EDITIONS = 64  #: of which what is dear is kept
_FIGURES = 1_000  #: of each kind

Chosen = tuple[tuple[str | None, str], ...]  #: zones and hours that readers of a digest chose


@dataclass(frozen=True, kw_only=True)
class Yield:
    """What one source gave."""

    daily: tuple[int, ...]  #: articles a day, the oldest day first, today last
    used: tuple[int, ...]  #: of them in an edition that went out

    @property
    def per_day(self) -> float:
        """Articles a day."""
        return sum(self.daily) / len(self.daily)

    @property
    def used_percent(self) -> int | None:
        """How many of a hundred went out; None when there were none."""
        given = sum(self.daily)
        return round(100 * sum(self.used) / given) if given else None


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What a walk over the rows of an edition found."""

    tally: Tally
    each: timedelta
    reasons: tuple[Reason, ...]
    at: datetime


class Figures:
    """What pages show of many rows, counted no oftener than needed.

    Args:
        behind: Counts anew while nobody waits; None: whoever asks does, and waits.
    """

    def __init__(self, behind: Executor | None = None) -> None:
        self.books = Lately[tuple[int, str], Books](_FIGURES, behind)  #: by number and state of an edition
        self.readers = Lately[str, int](_FIGURES, behind)  #: by digest
        self.hours = Lately[str, Chosen](_FIGURES, behind)  #: by digest
        #: of an edition on its way, by number and state
        self.counts: Lately[tuple[int, str], Counted] = Lately(_EDITIONS, behind, share=10)
        #: of sources, by zone, keys and what has come since
        self.yields: Lately[Hashable, Mapping[str, Yield]] = Lately(
            _EDITIONS, behind, share=600, dear_s=0.005
        )
