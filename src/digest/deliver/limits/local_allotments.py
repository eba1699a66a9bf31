"""Limits of a process that shares them with nobody, such as test sends. The same promises as shared ones."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from math import ceil

from digest.deliver.limits.limit import AHEAD, HOLD, RETURN_WITHIN, SEAT_LEASE, Draw, Limit, Spent
from digest.model.allotting import Reserved, Seat, reserve, reserve_among, seat

_US = 1_000_000


class LocalAllotments:
    """Limits in memory, for any number of threads.

    Args:
        monotonic: Tells the time in seconds.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._last: dict[str, int] = {}
        self._uses: defaultdict[tuple[str, timedelta], list[float]] = defaultdict(list)
        self._seats: defaultdict[str, dict[str, tuple[Seat, float]]] = defaultdict(dict)

    def draw(self, limit: Limit, count: int, among: Sequence[float] | None = None) -> Draw:
        """Draw messages; see `Allotments.draw`."""
        with self._lock:
            now = self._monotonic()
            bounds = [self._room(limit, most, window, now) for most, window in limit.quotas]
            paced = self._pace(limit, min([count, *(room for room, _ in bounds)]), now, among)
            granted = len(paced.at)
            for _, window in limit.quotas:
                self._uses[limit.key, window].extend([now] * granted)
        later = [retry_at for room, retry_at in bounds if granted == room < count]
        if paced.retry_at is not None:
            later.append(paced.retry_at / _US)
        spent = [
            Spent(most=most, window=window, until=retry_at)
            for (most, window), (room, retry_at) in zip(limit.quotas, bounds, strict=True)
            if granted == room < count
        ]
        at = tuple(at / _US for at in paced.at)
        return Draw(at=at, retry_at=max(later, default=None), spent=next(iter(spent), None))

    def give_back(self, limit: Limit, unused: Sequence[float]) -> None:
        """Take back what was not begun; see `Allotments.give_back`."""
        with self._lock:
            oldest = self._monotonic() - RETURN_WITHIN.total_seconds()
            unused = [moment for moment in unused if moment > oldest]
            if not unused:
                return
            drawn_after = min(unused) - HOLD.total_seconds()
            for _, window in limit.quotas:
                uses = self._uses[limit.key, window]
                first = next((at for at, use in enumerate(uses) if use >= drawn_after), len(uses))
                del uses[first : first + len(unused)]

    def seats(self, key: str, worker: str, wanted: int, limit: int) -> int:
        """Ask for connections; see `Allotments.seats`."""
        with self._lock:
            now = self._monotonic()
            rows = self._seats[key]
            for name in [name for name, row in rows.items() if row[1] <= now and name != worker]:
                del rows[name]
            held = rows[worker][0].held if worker in rows else 0
            mine = Seat(worker=worker, held=held, wanted=wanted)
            others = [row[0] for name, row in rows.items() if name != worker]
            held, usable = seat(limit, [*others, mine], worker)
            rows[worker] = (replace(mine, held=held), now + SEAT_LEASE.total_seconds())
            return usable

    def leave(self, key: str, worker: str, keep: int = 0) -> None:
        """Give connections back; see `Allotments.leave`."""
        with self._lock:
            row = self._seats[key].pop(worker, None)
            if keep > 0 and row is not None:
                self._seats[key][worker] = (replace(row[0], held=min(row[0].held, keep)), row[1])

    def _room(self, limit: Limit, most: int, window: timedelta, now: float) -> tuple[int, float]:
        """Return how many a window has room for, and when it has room for another one."""
        length_s = (window + HOLD).total_seconds()
        uses = [use for use in self._uses[limit.key, window] if use > now - length_s]
        self._uses[limit.key, window] = uses
        return max(0, most - len(uses)), (uses[0] if uses else now) + length_s

    def _pace(self, limit: Limit, count: int, now: float, among: Sequence[float] | None) -> Reserved:
        ticks, interval = ceil(now * _US), limit.interval_us
        if interval is None:
            return Reserved(at=(ticks,) * count, retry_at=None)
        ahead, last = ceil(AHEAD.total_seconds() * _US), self._last.get(limit.key)
        if among is None:
            paced = reserve(last, interval=interval, count=count, now=ticks, ahead=ahead)
        else:
            wishes = [ceil(wish * _US) for wish in among if wish <= now + AHEAD.total_seconds()]
            paced = reserve_among(last, wishes, interval=interval, count=count, now=ticks)
        if paced.at:
            self._last[limit.key] = paced.at[-1]
        return paced
