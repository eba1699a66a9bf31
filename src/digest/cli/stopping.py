"""Ending in good order: what is under way is finished first."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

import typer

from digest.log import get_logger

_STATUS = {signal.SIGINT: 130, signal.SIGTERM: 143}
_AT_MOST_S = 29.0  #: a machine that goes down kills after thirty seconds
_TOLD_S = 0.8
#: What comes so soon is the same signal: a wrapper passes on what the terminal or the machine sent to both.
_SAME_S = 0.5
_IN_DOUBT = (
    "the same command goes on where it stopped; those whose answers were awaited may have it: they are "
    "unknown then, and `digest deliveries EDITION` names them"
)


@contextmanager
def serving() -> Iterator[Callable[[], bool]]:
    """Let the first signal to stop be asked about, as the way that a service ends; a later one ends all.

    It waits for no thread: what was in flight is picked up when the service is started again.
    """
    with _noting(lambda number: os._exit(_STATUS[number])) as (came, guard):
        try:
            yield lambda: bool(came)
        finally:
            guard.cancel()


@contextmanager
def finishing() -> Iterator[Callable[[], bool]]:
    """Let the first signal to stop be asked about instead of obeyed at once; a later one is obeyed.

    Gives a function that is True once a signal has come. The guard stays on after that: what is closed
    behind the block may hang, too.

    Raises:
        typer.Exit: The block has ended after a signal; the status says which.
        SystemExit: It was ended by another one; the status says which, and a note what that leaves behind.
    """
    with _noting(_cut_short) as (came, _guard):
        yield lambda: bool(came)
    if came:
        raise typer.Exit(_STATUS[came[0]])


@contextmanager
def _noting(
    again: Callable[[signal.Signals], None],
) -> Iterator[tuple[list[signal.Signals], threading.Timer]]:
    """Note signals to stop; give them, and what ends the process when the first one is not obeyed in time.

    A server of a database that hangs would keep whoever waits for it, also where connections are closed.
    """
    came: list[signal.Signals] = []
    first_at = 0.0
    guard = threading.Timer(_AT_MOST_S, _leave)
    guard.daemon = True

    def note(number: int, _frame: FrameType | None) -> None:
        nonlocal first_at
        if not came:
            came.append(signal.Signals(number))
            first_at = time.monotonic()
            guard.start()
        elif time.monotonic() - first_at > _SAME_S:
            again(signal.Signals(number))

    before = {}
    with suppress(ValueError):  # why: signals are for the main thread alone
        for number in _STATUS:
            before[number] = signal.signal(number, note)
    try:
        yield came, guard
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave() -> NoReturn:
    told = threading.Thread(target=_tell, daemon=True)
    told.start()
    told.join(_TOLD_S)  # what reads the log may hang as well
    os._exit(1)


def _tell() -> None:
    get_logger().error(
        "not_ended", after_s=_AT_MOST_S, hint="a database that does not answer? Nobody is lost"
    )


def _cut_short(number: signal.Signals) -> NoReturn:
    end = SystemExit(_STATUS[number])
    end.add_note(_IN_DOUBT)
    raise end
