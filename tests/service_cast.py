"""A service at work in a thread of the test, on a clock that hurries."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from digest.clock import Clock, system_clock
from digest.schedule import Pace, Way, serve

SOON_S = 60.0  #: how long a loaded machine may take for what takes moments
QUICK = Pace(tick_s=0.1, poll_s=0.1, look_s=0.1, probe_s=0.5, grace_s=25, back_off_s=0.2)


@dataclass(frozen=True)
class Hurried:
    """A clock that begins at a moment and goes so many times as fast as the machine's."""

    start: datetime
    factor: float = 1.0
    _began: float = field(default_factory=time.monotonic)

    def __call__(self) -> datetime:
        return self.start.astimezone(UTC) + timedelta(seconds=(time.monotonic() - self._began) * self.factor)


class Running:
    """Runs a service while the context is open, and ends it in good order.

    Args:
        root: The home.
        clock: What it takes for the time.
        way: All else; pages are at a free port unless it says otherwise.
    """

    def __init__(self, root: Path, clock: Clock = system_clock, way: Way | None = None) -> None:
        self._root = root
        self._over = threading.Event()
        self._begun = threading.Event()
        self.port = 0
        self.left: tuple[str, ...] | None = None  #: what had not ended; None while it runs
        self.error: Exception | None = None
        way = way or Way(pace=QUICK, listen="127.0.0.1:0")
        self._way = replace(way, clock=clock, stopped=self._over.is_set, begun=self._note)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        until(lambda: self._begun.is_set() or self.error is not None)
        if self.error is not None:
            raise self.error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Tell it to end and wait until it has."""
        self._over.set()
        self._thread.join(SOON_S)
        assert not self._thread.is_alive()

    def get(self, page: str) -> tuple[int, str]:
        """Ask for a page; return status and text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SOON_S)
        try:
            connection.request("GET", page)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def json(self, page: str) -> Any:  # noqa: ANN401  # why: JSON of any shape
        """Ask for a page of JSON."""
        return json.loads(self.get(page)[1])

    def _note(self, port: int) -> None:
        self.port = port
        self._begun.set()

    def _run(self) -> None:
        try:
            self.left = serve(self._root, self._way)
        except Exception as error:  # noqa: BLE001  # why: told to whoever waits
            self.error = error


def until(is_so: Callable[[], object], within_s: float = SOON_S) -> None:
    """Wait for a condition."""
    ends = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < ends, "it did not come true"
        time.sleep(0.02)
