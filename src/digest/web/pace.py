"""How often each program may ask."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import deque
from collections.abc import Callable

from digest.errors import TooMany

_MINUTE_S = 60.0


class Pace:
    """Counts requests by token: never more within any minute than may be. Safe for any number of threads.

    Args:
        clock: Seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[bytes, deque[float]] = {}  # only tokens that hold: as many as were made
        self._lock = threading.Lock()

    def count(self, token: str, most: int) -> None:
        """Count a request.

        Args:
            token: Whose it is.
            most: So many may come within any minute.

        Raises:
            TooMany: It is one more than that, and is not counted.
        """
        key = hashlib.sha256(token.encode()).digest()
        with self._lock:
            now = self._clock()
            seen = self._seen.setdefault(key, deque())
            while seen and seen[0] <= now - _MINUTE_S:
                seen.popleft()
            if len(seen) < most:
                seen.append(now)
                return
            wait_s = int(seen[-most] + _MINUTE_S - now) + 1
        raise TooMany(f"more than {most:,} requests within a minute", wait_s=wait_s)
