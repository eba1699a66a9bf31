"""The alarm clock: APScheduler calls each deed at its interval, or sooner when something is due.

It knows nothing of schedules: what is due stands in our tables, so an alarm that is late, lost or
doubled changes nothing but the moment.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from digest.clock import Clock
from digest.schedule.deed import Deed

_JUMP_S = 2.0  # what a wall clock may gain on the monotonic one between two looks

# It warns whenever a deed takes longer than its interval, and of errors that deeds have logged.
logging.getLogger("apscheduler").setLevel(logging.CRITICAL)


class Ticker:
    """Rings for deeds in threads of its own, for each deed never twice at once.

    Args:
        deeds: Each with the seconds between two alarms.
        clock: What the moments mean that deeds return.
    """

    def __init__(self, deeds: dict[Deed, float], clock: Clock) -> None:
        self.deeds = deeds  #: as given
        self._clock = clock
        self._offset = _offset()
        self._alarm = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(max(1, len(deeds)))},
            # A late alarm still rings, many missed ones ring once, and none rings into itself.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone=UTC,
        )

    def start(self) -> None:
        """Ring for all at once, then at their intervals."""
        for deed, every_s in self.deeds.items():
            self._alarm.add_job(
                self._ringing(deed, every_s),
                "interval",
                seconds=every_s,
                id=deed.name,
                next_run_time=datetime.now(UTC),
            )
        self._alarm.start()

    def stop(self) -> None:
        """Ring no more; what is being done goes on."""
        self._alarm.shutdown(wait=False)

    def busy(self) -> tuple[str, ...]:
        """Name the deeds that are being done."""
        return tuple(deed.name for deed in self.deeds if deed.is_busy)

    def mind_the_clock(self, offset: float | None = None) -> bool:
        """Ring for all when the machine's clock was set; call this every second or so.

        APScheduler would wait until the clock is back where it was: an hour, or for ever.

        Args:
            offset: Of the wall clock from the monotonic one, in seconds; None asks the machine.

        Returns:
            True when it was set.
        """
        now = _offset() if offset is None else offset
        jumped, self._offset = abs(now - self._offset) > _JUMP_S, now
        if jumped:
            for deed in self.deeds:
                self._alarm.modify_job(deed.name, next_run_time=datetime.now(UTC))
        return jumped

    def _ringing(self, deed: Deed, every_s: float) -> Callable[[], None]:
        def ring() -> None:
            again = deed.do()
            if again is None or not self._alarm.running:
                return
            left = max(again - self._clock(), timedelta(milliseconds=50))
            if left.total_seconds() < every_s:
                self._ring_at(deed, datetime.now(UTC) + left)

        return ring

    def _ring_at(self, deed: Deed, moment: datetime) -> None:
        """Bring the next alarm of a deed forward."""
        job = self._alarm.get_job(deed.name)
        if job is not None and (job.next_run_time is None or moment < job.next_run_time):
            job.modify(next_run_time=moment)


def _offset() -> float:
    return time.time() - time.monotonic()
