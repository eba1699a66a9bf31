"""Bounded memories of what is dear to make."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
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
class _Lately(Generic[Value]):
    value: Value
    good_until: float  #: on the clock
    is_renewed: bool = False  #: somebody makes it anew; the others take this one meanwhile


class Lately(Generic[Key, Value]):
    """Figures for pages, made anew no oftener than they can be. Several threads may use it.

    A figure is kept thirty times as long as it took to make: what is counted in a quarter of a second is
    some seconds old at most, what takes no time is as good as always made anew. While one makes it anew,
    the others take the last one.

    Args:
        most: Figures that are kept; those that were not asked for longest go first.
        clock: Seconds that never go back.
    """

    _SHARE = 30.0

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known = Memory[Key, _Lately[Value]](most)

    def of(self, key: Key, make: Callable[[], Value]) -> Value:
        """Return a figure.

        Args:
            key: Names it, with all that must not be mixed up.
            make: Makes it anew; what it raises is passed on, and the next who asks tries again.
        """
        with self._lock:
            known = self._known.get(key)
            if known is not None and (known.is_renewed or self._clock() < known.good_until):
                return known.value
            if known is not None:
                known.is_renewed = True
        begun = self._clock()
        try:
            value = make()
        except BaseException:
            if known is not None:
                known.is_renewed = False
            raise
        now = self._clock()
        self._known.put(key, _Lately(value=value, good_until=now + self._SHARE * (now - begun)))
        return value
