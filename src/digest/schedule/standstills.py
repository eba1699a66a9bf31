"""For how long trouble has kept everybody's mail of an edition back."""

from __future__ import annotations

import threading
from collections.abc import Collection

_AGAIN_S = 60.0  #: until people are told anew whom nobody could be told, since the database did not take it


class Standstills:
    """Times editions from the first trouble on, from turn to turn of each. For any thread.

    Args:
        most_s: For so long trouble may last before people are told; when it was over for as long, it is over.
    """

    def __init__(self, most_s: float) -> None:
        self._most_s = most_s
        self._lock = threading.Lock()
        self._spans: dict[int, tuple[float, float]] = {}  #: by edition: since when, and when it was seen last
        self._tried_at: dict[int, float] = {}
        self._told: set[int] = set()

    def heard(self, edition_id: int, *, in_trouble: bool, has_moved: bool, now: float) -> float | None:
        """Take note of how an edition goes.

        Args:
            edition_id: Which.
            in_trouble: Relays, home or database keep back whoever is due.
            has_moved: Somebody got a mail meanwhile.
            now: Seconds of any one clock.

        Returns:
            For how many seconds it stands still, when people are to be told; None otherwise.
        """
        with self._lock:
            if has_moved:
                self._spans.pop(edition_id, None)
            if not in_trouble:
                return None
            since, seen = self._spans.get(edition_id, (now, now))
            if now - seen > self._most_s:
                since = now
            self._spans[edition_id] = since, now
            tried_at = self._tried_at.get(edition_id)
            is_free = tried_at is None or now - tried_at > _AGAIN_S
            if now - since <= self._most_s or edition_id in self._told or not is_free:
                return None
            self._tried_at[edition_id] = now
            return now - since

    def told(self, edition_id: int) -> None:
        """Say that people know of it: they are told once an edition."""
        with self._lock:
            self._told.add(edition_id)

    def keep(self, editions: Collection[int]) -> None:
        """Forget all others."""
        with self._lock:
            for one in self._spans.keys() | self._tried_at.keys() | self._told:
                if one not in editions:
                    self._spans.pop(one, None)
                    self._tried_at.pop(one, None)
                    self._told.discard(one)
