"""Bounded memories of what is dear to make."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Memory(Generic[Key, Value]):
    """Keeps the values that were last asked for; several threads may use it.

    Args:
        most: Values that are kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        """Return what is kept under a key; None when nothing is."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Key, value: Value) -> None:
        """Keep a value, and forget what was not asked for longest when that is one too many."""
        with self._lock:
            self._kept[key] = value
            self._kept.move_to_end(key)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)


@dataclass(kw_only=True)
class _Figure(Generic[Value]):
    value: Value
    made_at: float  #: on the clock
    good_s: float  #: how long it is kept
    is_renewed: bool = False  #: it is being made anew; who asks meanwhile takes this one


class Lately(Generic[Key, Value]):
    """Figures for pages, made anew no oftener than they can be. Several threads may use it.

    What takes no time to make is made anew for everybody. What is dear is kept so many times as long as it
    took. Who asks within as long again takes it too, while it is made anew behind their back; who asks
    later, or as the first, waits for it. While one waits the others take the last one.

    Args:
        most: Figures that are kept; those that were not asked for longest go first.
        behind: Makes figures anew while nobody waits; None: whoever asks does, and waits.
        share: How many times as long as it took a figure is kept.
        dear_s: What takes less is not kept.
        clock: Seconds that never go back.
    """

    def __init__(
        self,
        most: int,
        behind: Executor | None = None,
        *,
        share: float = 30.0,
        dear_s: float = 0.05,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._behind, self._share, self._dear_s, self._clock = behind, share, dear_s, clock
        self._lock = threading.Lock()
        self._known = Memory[Key, _Figure[Value]](most)

    def of(self, key: Key, make: Callable[[], Value]) -> Value:
        """Return a figure.

        Args:
            key: Names it, with all that must not be mixed up.
            make: Makes it anew, in any thread; what it raises is passed on to who waits, and the next who
                asks tries again.
        """
        return self.many((key,), lambda _: {key: make()})[key]

    def many(
        self, keys: Collection[Key], make: Callable[[Collection[Key]], Mapping[Key, Value]]
    ) -> dict[Key, Value]:
        """Return several figures, by key.

        Args:
            keys: Name them.
            make: Makes those anew that it is given, all in one go; else as for `of`.
        """
        found: dict[Key, Value] = {}
        waited_for: list[Key] = []
        behind: list[Key] = []
        with self._lock:
            for key in keys:
                known = self._known.get(key)
                if known is None:
                    waited_for.append(key)
                    continue
                found[key] = known.value
                age = self._clock() - known.made_at
                if age >= known.good_s and not (known.is_renewed and known.good_s):
                    known.is_renewed = True
                    is_late = self._behind is None or age >= 2 * known.good_s
                    (waited_for if is_late else behind).append(key)
        if behind and self._behind is not None:
            self._behind.submit(self._make, behind, make)
        if waited_for:
            found |= self._make(waited_for, make)
        return found

    def _make(
        self, keys: Collection[Key], make: Callable[[Collection[Key]], Mapping[Key, Value]]
    ) -> Mapping[Key, Value]:
        begun = self._clock()
        try:
            made = make(keys)
        except BaseException:
            for known in map(self._known.get, keys):
                if known is not None:
                    known.is_renewed = False
            raise
        now = self._clock()
        good_s = self._share * (now - begun) if now - begun >= self._dear_s else 0.0
        for key in keys:
            self._known.put(key, _Figure(value=made[key], made_at=now, good_s=good_s))
        return made
