"""When a source is looked at next, and when its silence is unusual: rules of values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from math import exp

from digest.model import Fetching, SourceState

FIRST = timedelta(hours=1)  #: the interval of a source whose ways nobody knows yet
MOST_WANTED = timedelta(hours=6)  #: that a server's wish to be left alone counts for
MOST_RETRY = timedelta(days=1)  #: that Retry-After counts for
AFTER_FAILURE = timedelta(hours=1)  #: a source that fails is tried that often at least
SILENT_ITEMS = 5  #: a source that brought fewer has no ways yet
SILENT_GAPS = 10  #: times its usual gap without a new article are unusual
LEAST_SILENCE = timedelta(days=3)  #: weekends are not
MOST_SILENCE = timedelta(days=60)
_MEMORY = timedelta(days=3)  #: in which an old rate loses two thirds of its weight
_JITTER = 0.1  #: of the interval, so that sources that began together do not stay together
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """The bounds of what is chosen here."""

    shortest: timedelta
    longest: timedelta


def rate(state: SourceState, new: int, now: datetime) -> float:
    """Return the new articles a day of a source that has just brought some.

    What the first look finds says nothing of how often more comes.

    Args:
        state: As it was before.
        new: That came; above 0.
        now: When.
    """
    if state.changed_at is None or now <= state.changed_at:
        return state.per_day
    gap = now - state.changed_at
    seen = new / (gap / _DAY)
    weight: float = exp(-(gap / _MEMORY))
    return state.per_day * weight + seen * (1 - weight)


def interval(fetching: Fetching, state: SourceState, now: datetime, pace: Pace) -> timedelta:
    """Return how long a source is left alone after a look that went well, without jitter.

    Half the time in which a new article is to be expected: of its usual rate, or of its present silence.

    Args:
        fetching: What the operator says; `every` there decides.
        state: With what the look brought.
        now: The moment of the look.
        pace: The bounds.
    """
    if fetching.every is not None:
        return fetching.every
    if state.per_day <= 0 or state.changed_at is None:
        since = state.changed_at
        expected = 2 * FIRST if since is None else max(2 * FIRST, now - since)
    else:
        expected = max(_gap(state), now - state.changed_at)
    return min(max(expected / 2, pace.shortest), pace.longest)


def after_failure(state: SourceState, usual: timedelta, pace: Pace) -> timedelta:
    """Return how long a source is left alone that has just failed: longer each time, up to an hour."""
    grown = pace.shortest * int(2 ** min(state.failures - 1, 10))
    return min(max(pace.shortest, grown), max(usual, AFTER_FAILURE), pace.longest)


def wanted(span: timedelta | None, pace: Pace) -> timedelta:
    """Return for how long the server's wish to be left alone holds."""
    return min(span or timedelta(), MOST_WANTED, pace.longest)


def jittered(span: timedelta, name: str) -> timedelta:
    """Lengthen or shorten a span by up to a tenth; the same name gives the same."""
    share = int.from_bytes(blake2b(name.encode(), digest_size=4).digest()) / 2**32
    return span * (1 + _JITTER * (2 * share - 1))


def silence(fetching: Fetching, state: SourceState) -> timedelta | None:
    """Return after how long without a new article people are to be told; None: never."""
    if fetching.silent_after == "never":
        return None
    if fetching.silent_after != "auto":
        return fetching.silent_after
    if state.brought < SILENT_ITEMS or state.per_day <= 0:
        return None
    return min(max(SILENT_GAPS * _gap(state), LEAST_SILENCE), MOST_SILENCE)


def is_silent(fetching: Fetching, state: SourceState, now: datetime) -> bool:
    """Tell whether a source has brought nothing for unusually long."""
    patience = silence(fetching, state)
    return patience is not None and state.changed_at is not None and now - state.changed_at > patience


def _gap(state: SourceState) -> timedelta:
    """Return the usual time between two new articles; what is rarer than one in three years is not."""
    return _DAY / max(state.per_day, 0.001)
