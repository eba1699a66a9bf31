"""Threads for work that mostly waits: what takes long goes aside, so that it keeps nothing else waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

QUICK_S = 1.0  #: what takes longer goes aside
ASIDE = 10  #: times as many may be aside as are quick


HELD = 512  #: documents that have come and wait to be read; beyond it nothing is begun
HELD_BYTES = 32_000_000  #: of these documents; beyond it nothing is begun


@dataclass(eq=False, slots=True)
class _Task:
    begun: float = field(default_factory=time.monotonic)
    aside: bool = False
    held: int | None = None  #: bytes of a document that has come and waits to be read; None: it is awaited


class Lanes:
    """Runs tasks in threads of their own, at most so many at once.

    A task is quick at first. One that waits long for its server goes aside, and one whose document has come
    waits for nobody but ourselves: neither keeps others from beginning, within bounds.
    """

    def __init__(self) -> None:
        self.most = 1  #: quick tasks at once; may be changed at any time
        self._running: set[_Task] = set()
        self._changed = threading.Condition()
        self._mine = threading.local()
        self.surprise: Exception | None = None  #: what a task raised

    def start(self, work: Callable[[], None], *, aside: bool = False) -> None:
        """Begin a task; `aside` when it is known to take long. Whether there is room is asked before."""
        task = _Task(aside=aside)
        with self._changed:
            self._running.add(task)
        threading.Thread(target=self._run, args=(task, work), name="fetcher", daemon=True).start()

    def hold(self, size: int) -> None:
        """Say that the document of this thread's task has come, of so many bytes."""
        task: _Task | None = getattr(self._mine, "task", None)
        if task is not None:
            task.held = size

    def room(self) -> int:
        """Return how many quick tasks may begin; may be below 0."""
        now = time.monotonic()
        with self._changed:
            if self._is_full():
                return 0
            free = self.most * ASIDE - self._aside()
            for task in self._running:
                waits = not task.aside and task.held is None
                if free > 0 and waits and now - task.begun > QUICK_S:
                    task.aside = True
                    free -= 1
            return self.most - sum(not task.aside and task.held is None for task in self._running)

    def room_aside(self) -> int:
        """Return how many tasks that take long may begin: a quarter is kept for those that nobody knows."""
        with self._changed:
            return 0 if self._is_full() else self.most * ASIDE * 3 // 4 - self._aside()

    def busy(self) -> int:
        """Return how many tasks there are."""
        with self._changed:
            return len(self._running)

    def wait(self, seconds: float) -> None:
        """Wait until a task ends, or so long."""
        with self._changed:
            self._changed.wait(seconds)

    def _aside(self) -> int:
        return sum(task.aside and task.held is None for task in self._running)

    def _is_full(self) -> bool:
        held = [task.held for task in self._running if task.held is not None]
        return sum(held) > HELD_BYTES or len(held) >= HELD

    def _run(self, task: _Task, work: Callable[[], None]) -> None:
        self._mine.task = task
        try:
            work()
        # A broad catch on purpose: this is the top of a thread; who waits raises it again.
        except Exception as error:  # noqa: BLE001
            self.surprise = error
        finally:
            with self._changed:
                self._running.discard(task)
                self._changed.notify_all()
