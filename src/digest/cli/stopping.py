"""Ending in good order: what is under way is finished first."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import typer

_STATUS = {signal.SIGINT: 130, signal.SIGTERM: 143}
_AT_MOST_S = 29.5  #: a machine that goes down kills after thirty seconds


@contextmanager
def serving() -> Iterator[Callable[[], bool]]:
    """Let the first signal to stop be asked about, as the way that a service ends; a second one ends all.

    It waits for no thread: what was in flight is picked up when the service is started again. Nor does the
    first one wait for ever: a server of a database that hangs would keep what closes its connections.
    """
    came: list[int] = []
    guard = threading.Timer(_AT_MOST_S, os._exit, (1,))
    guard.daemon = True

    def note(number: int, _frame: FrameType | None) -> None:
        if came:
            os._exit(_STATUS[signal.Signals(number)])
        came.append(number)
        guard.start()

    before = {number: signal.signal(number, note) for number in _STATUS}
    try:
        yield lambda: bool(came)
    finally:
        guard.cancel()
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def finishing() -> Iterator[Callable[[], bool]]:
    """Let the first signal to stop be asked about instead of obeyed at once; a second one is obeyed.

    Gives a function that is True once a signal has come.

    Raises:
        typer.Exit: The block has ended after a signal; the status says which.
    """
    came: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        if came:
            raise KeyboardInterrupt
        came.append(number)

    before = {}
    with suppress(ValueError):  # why: signals are for the main thread alone
        for number in _STATUS:
            before[number] = signal.signal(number, note)
    try:
        yield lambda: bool(came)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if came:
        raise typer.Exit(_STATUS[signal.Signals(came[0])])
