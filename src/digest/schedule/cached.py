"""An answer that is worked out now and then, however often it is asked for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")

_SHARE = 50.0  #: an answer is kept so many times as long as it took: it never takes more than 2 % of the time


class Cached(Generic[Answer]):
    """Keeps the last answer for a while. Safe for any number of threads; they wait for one another.

    Args:
        ask: Works the answer out.
        keep_s: For how long at least it is good.
    """

    def __init__(self, ask: Callable[[], Answer], keep_s: float) -> None:
        self._ask = ask
        self._keep_s = keep_s
        self._good_until = 0.0
        self._lock = threading.Lock()
        self._answer: Answer

    def get(self) -> Answer:
        """Return an answer that is still good, or a fresh one."""
        with self._lock:
            begun = time.monotonic()
            if begun >= self._good_until:
                self._answer = self._ask()
                ended = time.monotonic()
                self._good_until = ended + max(self._keep_s, (ended - begun) * _SHARE)
            return self._answer
