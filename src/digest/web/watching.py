"""Notices that something has happened, once for all who listen, however many pages are open."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from digest.actions.app import App
from digest.errors import DigestError
from digest.log import get_logger
from digest.store import Marks

MOST = 500  #: pages that may listen at once
MOST_OF_ONE = 20  #: of them, of one person: a forgotten program must not keep the others out
_EACH_S = 1.0  #: between two looks
_LISTEN_S = 2.0  #: between two words that mail is on its way

log = get_logger()


@dataclass(eq=False)
class Listener:
    """Somebody who waits for news; what is not fetched in time is told once, not piled up."""

    loop: asyncio.AbstractEventLoop
    person: int  #: whose page it is
    news: set[str] = field(default_factory=set)
    is_over: bool = False
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def next(self, within_s: float) -> tuple[str, ...]:
        """Wait for news; return their names in order, () when there were none in time or it is over."""
        try:
            async with asyncio.timeout(within_s):
                await self._woken.wait()
        except TimeoutError:
            return ()
        self._woken.clear()
        found, self.news = tuple(sorted(self.news)), set()
        return found

    def tell(self, names: frozenset[str], *, is_over: bool = False) -> None:
        """Add news; for the thread of its loop alone."""
        self.news |= names
        self.is_over = self.is_over or is_over
        self._woken.set()


class Watcher:
    """Looks at the store while anybody listens, in a thread of its own.

    News are names: `sending` every other second while an edition is being sent, `edition` when one has
    moved on or something was written down, `alert` when people are to be told something.

    Args:
        current: Gives the installation under the settings in force.
        each_s: Seconds between two looks.
    """

    def __init__(self, current: Callable[[], App], each_s: float = _EACH_S) -> None:
        self._current = current
        self._each_s = each_s
        self._lock = threading.Lock()
        self._listeners: set[Listener] = set()
        self._thread: threading.Thread | None = None
        self._over = threading.Event()

    def join(self, person: int) -> Listener | None:
        """Begin to listen, in the running loop.

        Args:
            person: The number of who looks.

        Returns:
            None when too many pages do, of all or of this person, or it is over.
        """
        listener = Listener(loop=asyncio.get_running_loop(), person=person)
        with self._lock:
            theirs = sum(one.person == person for one in self._listeners)
            if self._over.is_set() or len(self._listeners) >= MOST or theirs >= MOST_OF_ONE:
                return None
            self._listeners.add(listener)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="watcher", daemon=True)
                self._thread.start()
        return listener

    def leave(self, listener: Listener) -> None:
        """Stop listening."""
        with self._lock:
            self._listeners.discard(listener)

    def close(self) -> None:
        """End the thread, and let all who listen know that it is over."""
        self._over.set()
        with self._lock:
            thread = self._thread
        self._tell(frozenset(), is_over=True)
        if thread is not None:
            thread.join(2 * self._each_s + 5)

    def _watch(self) -> None:
        marks: Marks | None = None
        told_s = 0.0
        while not self._over.wait(self._each_s):
            with self._lock:
                if not self._listeners:
                    self._thread = None
                    return
            new = self._look()
            if new is None:
                continue
            told_s += self._each_s
            if names := news_of(marks, new, is_due=told_s >= _LISTEN_S):
                told_s = 0.0 if "sending" in names else told_s
                self._tell(names)
            marks = new

    def _look(self) -> Marks | None:
        try:
            with self._current().store.reading() as tx:
                return tx.figures.marks()
        except DigestError as error:
            log.warning("watcher_without_database", cause=error.message)
            return None

    def _tell(self, names: frozenset[str], *, is_over: bool = False) -> None:
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            try:
                listener.loop.call_soon_threadsafe(partial(listener.tell, names, is_over=is_over))
            except RuntimeError:  # why: its loop has ended, and it with it
                self.leave(listener)


def news_of(before: Marks | None, now: Marks, *, is_due: bool) -> frozenset[str]:
    """Say what has happened between two looks.

    Args:
        before: The look before; None: this is the first.
        now: This look.
        is_due: It is time to say that mail is on its way, if it is.
    """
    names = set()
    if now.sending and is_due:
        names.add("sending")
    if before is not None:
        if (before.history, before.log, before.sending) != (now.history, now.log, now.sending):
            names.add("edition")
        if before.alerts != now.alerts:
            names.add("alert")
    return frozenset(names)
