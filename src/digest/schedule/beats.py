"""Heart beats: when each part of the service was last heard of, and how often in a row it has failed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping


class Beats:
    """Ages of parts since they were last heard of. Safe for any number of threads.

    Args:
        hung_s: A part that was not heard of for so long hangs.
        monotonic: Counts seconds and never goes back.
    """

    def __init__(self, hung_s: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._hung_s = hung_s
        self._monotonic = monotonic
        self._last: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._lock = threading.Lock()

    def beat(self, part: str) -> None:
        """Hear of a part."""
        with self._lock:
            self._last[part] = self._monotonic()

    def ended(self, part: str, failures: int) -> None:
        """Hear how a part did: it failed so many times in a row, 0 when it did well."""
        with self._lock:
            self._failures[part] = failures

    def failures(self) -> Mapping[str, int]:
        """Return for each part how often in a row it has failed, by name; none that has not ended once."""
        with self._lock:
            return dict(sorted(self._failures.items()))

    def leave(self, part: str) -> None:
        """Expect nothing more of a part; one that is not known is none."""
        with self._lock:
            self._last.pop(part, None)

    def ages(self) -> Mapping[str, float]:
        """Return for each part how many seconds ago it was heard of, by name."""
        now = self._monotonic()
        with self._lock:
            return {part: now - last for part, last in sorted(self._last.items())}

    def hung(self) -> tuple[str, ...]:
        """Name the parts that hang, in order."""
        return tuple(part for part, age in self.ages().items() if age > self._hung_s)
