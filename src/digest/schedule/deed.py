"""One thing that a service does again and again, and what happens when it fails."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from datetime import datetime

from structlog.contextvars import bound_contextvars

from digest.errors import DigestError
from digest.log import get_logger
from digest.schedule.beats import Beats

TELL_AFTER = 10  #: failures in a row, some four minutes, until people are told
Call = Callable[[str], datetime | None]  #: told its run; returns when it should be called again at the latest

log = get_logger()


def new_run() -> str:
    """Name a run: the same word stands in its log lines and in the history."""
    return secrets.token_hex(6)


class Deed:
    """Calls something and outlives its failures: they are logged, and it waits longer after each.

    Args:
        name: For logs, heart beats and figures.
        call: What to do.
        beats: Hears of it as it begins and ends.
        back_off_s: The longest wait after failures.
        took: Told the seconds of each call that ended well.
        tell: Told when it fails again and again, and why.
    """

    def __init__(
        self,
        name: str,
        call: Call,
        *,
        beats: Beats,
        back_off_s: float,
        took: Callable[[str, float], None] = lambda _name, _seconds: None,
        tell: Callable[[str, str], None] = lambda _name, _why: None,
    ) -> None:
        self.name = name
        self._call = call
        self._beats = beats
        self._back_off_s = back_off_s
        self._took = took
        self._tell = tell
        self._failures = 0
        self._not_before = 0.0
        self._busy = threading.Lock()

    @property
    def is_busy(self) -> bool:
        """True while it is being done."""
        return self._busy.locked()

    def do(self) -> datetime | None:
        """Do it once, unless it failed a moment ago; return when it should be done again at the latest.

        Never raises an Exception.
        """
        with self._busy:
            self._beats.beat(self.name)
            begun = time.monotonic()
            if begun < self._not_before:
                return None
            with bound_contextvars(run=(run := new_run()), part=self.name):
                try:
                    again = self._call(run)
                    self._failures = 0
                    self._took(self.name, time.monotonic() - begun)
                except DigestError as error:
                    log.error("part_failed", kind=type(error).__name__, cause=error.message)
                    again = self._wait(error.message)
                except Exception as error:  # why: a part that dies must not take the service with it
                    log.exception("part_died")
                    again = self._wait(f"an unexpected error: {type(error).__name__}")
            self._beats.beat(self.name)
            self._beats.ended(self.name, self._failures)
            return again

    def _wait(self, why: str) -> datetime | None:
        """Wait a second, then twice as long each time; people are told when it goes on."""
        delay_s = min(2.0 ** min(self._failures, 30), self._back_off_s)
        self._failures += 1
        self._not_before = time.monotonic() + delay_s
        log.warning("part_waits", failures=self._failures, seconds=delay_s)
        if self._failures == TELL_AFTER:
            self._tell(self.name, why)
        return None
