"""Threads for work that mostly waits: what takes long goes aside, so that it keeps nothing else waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

QUICK_S = 1.0  #: what takes longer goes aside
ASIDE = 8  #: times as many may be aside as are quick


@dataclass(eq=False, slots=True)
class _Task:
    begun: float = field(default_factory=time.monotonic)
    aside: bool = False


class Lanes:
    """Runs tasks in threads of their own, at most so many at once."""

    def __init__(self) -> None:
        self.most = 1  #: quick tasks at once; may be changed at any time
        self._running: set[_Task] = set()
        self._changed = threading.Condition()
        self.surprise: Exception | None = None  #: what a task raised

    def start(self, work: Callable[[], None], *, aside: bool = False) -> None:
        """Begin a task; `aside` when it is known to take long. Whether there is room is asked before."""
        task = _Task(aside=aside)
        with self._changed:
            self._running.add(task)
        threading.Thread(target=self._run, args=(task, work), name="fetcher", daemon=True).start()

    def room(self) -> int:
        """Return how many quick tasks may begin."""
        now = time.monotonic()
        with self._changed:
            free = self.most * ASIDE - sum(task.aside for task in self._running)
            for task in self._running:
                if free > 0 and not task.aside and now - task.begun > QUICK_S:
                    task.aside = True
                    free -= 1
            return self.most - sum(not task.aside for task in self._running)

    def room_aside(self) -> int:
        """Return how many tasks that take long may begin: the half is kept for those that nobody knows."""
        with self._changed:
            return self.most * ASIDE // 2 - sum(task.aside for task in self._running)

    def busy(self) -> int:
        """Return how many tasks there are."""
        with self._changed:
            return len(self._running)

    def wait(self, seconds: float) -> None:
        """Wait until a task ends, or so long."""
        with self._changed:
            self._changed.wait(seconds)

    def _run(self, task: _Task, work: Callable[[], None]) -> None:
        try:
            work()
        # A broad catch on purpose: this is the top of a thread; who waits raises it again.
        except Exception as error:  # noqa: BLE001
            self.surprise = error
        finally:
            with self._changed:
                self._running.discard(task)
                self._changed.notify_all()
