"""One thread that serves many sockets, and hands what takes long to other threads."""

from __future__ import annotations

import heapq
import math
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import count
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Self

Call = Callable[[], None]
# Linux alone has one beside the other; elsewhere the monotonic clock of the system counts sleep.
_SLEEPLESS = partial(time.clock_gettime, getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
_LONGEST_WAIT_S = 0.2  #: also how long a signal may wait to be noticed


class Crew:
    """Threads that do what takes long, in the order it is asked for.

    They hold up nobody's end: a program that ends does not wait for them.

    Args:
        size: How many.
        name: What they are called in a list of threads.
    """

    def __init__(self, size: int, name: str) -> None:
        self._tasks: SimpleQueue[Call | None] = SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True)
            for number in range(size)
        ]
        for thread in self._threads:
            thread.start()

    def do(self, task: Call) -> None:
        """Have a task done, which must not raise."""
        self._tasks.put(task)

    def close(self, *, wait_s: float = 0.0) -> None:
        """Let the threads end once they have done what was asked for.

        Args:
            wait_s: For how long to wait for each.
        """
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join(wait_s)

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            task()


class Loop:
    """Runs what sockets, moments and other threads ask for, one thing at a time.

    All methods are for the loop's own thread, but `post`, which any thread may call.

    Args:
        monotonic: What tells the seconds; it may stand still while the machine sleeps.
        sleepless: The same, of a clock that goes on meanwhile.
    """

    def __init__(
        self, monotonic: Callable[[], float] = time.monotonic, sleepless: Callable[[], float] = _SLEEPLESS
    ) -> None:
        self.now, self.sleepless = monotonic, sleepless
        #: Does a small piece of what is of use later; asked while nothing happens, until it returns False.
        self.spare: Callable[[], bool] = lambda: False
        self._selector = selectors.DefaultSelector()
        self._later: list[tuple[float, int, Call]] = []
        self._order = count()
        self._inbox: deque[Call] = deque()
        self._wake_at = math.inf
        self._is_asleep = False
        self._is_over = False
        self._bell, self._ear = socket.socketpair()
        for end in (self._bell, self._ear):
            end.setblocking(False)
        self._selector.register(self._ear, selectors.EVENT_READ, self._hear)

    def __enter__(self) -> Self:
        """Return the loop."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Close what the loop itself has opened; watched sockets are their owners' to close."""
        self._is_over = True
        self._empty_inbox()
        self._selector.close()
        self._bell.close()
        self._ear.close()

    def post(self, call: Call) -> None:
        """Have something done in the loop's thread; from any thread, in the order of posting.

        What is posted after the loop has ended is done at once: whoever brings something back must
        be able to close it.
        """
        self._inbox.append(call)
        if self._is_over:
            self._empty_inbox()
        elif self._is_asleep:
            with suppress(OSError):  # full: it rings already; closed: nobody listens any more
                self._bell.send(b"!")

    def later(self, seconds: float, call: Call) -> None:
        """Have something done after so many seconds."""
        heapq.heappush(self._later, (self.now() + seconds, next(self._order), call))

    def wake_at(self, second: float) -> None:
        """Begin another round at a second of the clock, or before."""
        self._wake_at = min(self._wake_at, second)

    def work(
        self, crew: Crew, task: Callable[[], Any], then: Callable[[Any, Exception | None], None]
    ) -> None:
        """Have a task done by another thread, and its result or error brought back here."""

        def done() -> None:
            result, error = None, None
            try:
                result = task()
            except Exception as raised:  # noqa: BLE001  # why: whatever it is belongs to who asked
                error = raised
            self.post(lambda: then(result, error))

        crew.do(done)

    def watch(self, sock: socket.socket, on_event: Call) -> None:
        """Call whenever there is something to read."""
        self._selector.register(sock, selectors.EVENT_READ, on_event)

    def want_room(self, sock: socket.socket, on_event: Call, *, wanted: bool) -> None:
        """Call also when there is room to write, or no more."""
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if wanted else 0)
        self._selector.modify(sock, events, on_event)

    def forget(self, sock: socket.socket) -> None:
        """Watch a socket no more; before it is closed."""
        self._selector.unregister(sock)

    def run(self, is_over: Callable[[], bool]) -> None:
        """Serve until `is_over` says so; asked after each round, at least five times a second."""
        while not is_over():
            patience = self._patience()
            events = self._selector.select(0.0)
            if patience and not events:
                if self.spare():
                    continue
                events = self._sleep(patience)
            for key, _ in events:
                key.data()
            self._do_due()
            self._empty_inbox()

    def _sleep(self, seconds: float) -> list[tuple[selectors.SelectorKey, int]]:
        # Said before the inbox is looked at: who posts after that look will ring.
        self._is_asleep = True
        events = self._selector.select(0.0 if self._inbox else seconds)
        self._is_asleep = False
        return events

    def _empty_inbox(self) -> None:
        while True:
            try:
                call = self._inbox.popleft()
            except IndexError:  # not asked before, since at the end two threads may empty it
                return
            call()

    def _patience(self) -> float:
        if self._inbox:
            return 0.0
        first = min(self._wake_at, self._later[0][0] if self._later else math.inf)
        self._wake_at = math.inf
        return min(max(0.0, first - self.now()), _LONGEST_WAIT_S)

    def _do_due(self) -> None:
        while self._later and self._later[0][0] <= self.now():
            heapq.heappop(self._later)[2]()

    def _hear(self) -> None:
        with suppress(BlockingIOError):
            while self._ear.recv(4096):
                pass
