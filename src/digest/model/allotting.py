"""The arithmetic of limits that several senders share: moments of a pace, parts of a window, seats.

Whole numbers throughout, in whatever unit the caller keeps time in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BUCKETS = 360  #: a window is counted in so many parts: an hour in 10 seconds, a day in 4 minutes


@dataclass(frozen=True, kw_only=True, slots=True)
class Reserved:
    """What was reserved of a pace."""

    at: tuple[int, ...]  #: in order; fewer than asked for when they lie too far ahead
    retry_at: int | None  #: when the next moment comes within reach; None when all were reserved


def reserve(last: int | None, *, interval: int, count: int, now: int, ahead: int) -> Reserved:
    """Reserve the next moments of a pace (GCRA without a burst).

    Args:
        last: The newest moment that anybody has reserved; None when nobody has.
        interval: From one moment to the next, at least 1.
        count: How many are wanted.
        now: No moment lies before it.
        ahead: No moment lies further ahead than that.
    """
    first = now if last is None else max(now, last + interval)
    within = (now + ahead - first) // interval + 1 if first <= now + ahead else 0
    at = tuple(first + number * interval for number in range(min(count, within)))
    retry_at = None if len(at) == count else first + len(at) * interval - ahead
    return Reserved(at=at, retry_at=retry_at)


def reserve_among(
    last: int | None, wishes: Sequence[int], *, interval: int, count: int, now: int
) -> Reserved:
    """Reserve moments of a pace among those that would be of use; the others stay free.

    Args:
        last: The newest moment that anybody has reserved; None when nobody has.
        wishes: In order.
        interval: From one moment to the next, at least 1.
        count: How many are wanted.
        now: No moment lies before it.

    Returns:
        What was reserved; when it is fewer, `retry_at` is when a later wish may be one, never before now.
    """
    first = now if last is None else max(now, last + interval)
    at: list[int] = []
    for wish in wishes:
        if wish >= first and len(at) < count:
            at.append(wish)
            first = wish + interval
    return Reserved(at=tuple(at), retry_at=None if len(at) == count else first)


def bucket_of(window: int) -> int:
    """Return how long one part of a window is."""
    return max(1, -(-window // BUCKETS))


@dataclass(frozen=True, kw_only=True, slots=True)
class Seat:
    """What one worker holds and wants of a number of seats."""

    worker: str
    held: int
    wanted: int


def seat(limit: int, seats: Sequence[Seat], worker: str) -> tuple[int, int]:
    """Say how many seats a worker holds from now on, and how many of them it may use.

    It never holds fewer than before: seats over its share are free only when the worker says so.

    Args:
        limit: How many seats there are.
        seats: All workers that are there, in any order.
        worker: One of them.
    """
    # Who holds most stands first, so that a newcomer's name moves nobody's odd seat.
    ordered = sorted(seats, key=lambda each: (-each.held, each.worker))
    place = next(at for at, each in enumerate(ordered) if each.worker == worker)
    fair = shares(limit, [each.wanted for each in ordered])[place]
    free = max(0, limit - sum(each.held for each in ordered))
    held = max(ordered[place].held, min(fair, ordered[place].held + free))
    return held, min(fair, held)


def shares(limit: int, wanted: Sequence[int]) -> list[int]:
    """Share seats out evenly, one after the other in turns, to nobody more than they want.

    Args:
        limit: How many there are.
        wanted: How many each wants; who stands first gets what cannot be shared evenly.

    Returns:
        A number for each, in the order of `wanted`; together at most `limit`.
    """
    given = [0] * len(wanted)
    left = min(limit, sum(wanted))
    while left > 0:
        for place, most in enumerate(wanted):
            if left > 0 and given[place] < most:
                given[place] += 1
                left -= 1
    return given
