"""Work on many rows that does not hold up the program's other threads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from time import sleep
from typing import TypeVar

_EVERY = 50  #: items: some 0.3 ms of work
_PAUSE_S = 0.0003

T = TypeVar("T")


def in_turns(items: Iterable[T]) -> Iterator[T]:
    """Give items in their order, and the interpreter to whoever waits for it after each fifty.

    A thread that computes gives it away after 5 ms only (`sys.getswitchinterval`), each time another one
    comes back from the system, as a sender's loop does three times a message: while claims were read,
    connections stood still and the relay ran out of work.
    """
    for number, item in enumerate(items, 1):
        yield item
        if number % _EVERY == 0:
            sleep(_PAUSE_S)
