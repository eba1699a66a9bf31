"""Schedulers in processes of their own on a clock that others turn: `ticking.py HOME CLOCK WRONG_S NAME`."""

from __future__ import annotations

import random
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from commands import unmeasured
from digest.actions.planning.slots import advance
from digest.bootstrap import open_app
from digest.clock import Clock

_PAUSE_S = 0.05  #: between two ticks
_PATIENCE_S = 100.0  #: for what must be done before the clock goes on
_MOMENT = struct.Struct("d")


@dataclass(frozen=True, kw_only=True)
class SharedClock:
    """A clock in a file, which one process turns and all read."""

    file: Path
    wrong: timedelta = timedelta()  #: how far the clock of this machine is ahead

    def now(self) -> datetime:
        """Tell the time."""
        (seconds,) = _MOMENT.unpack(self.file.read_bytes())
        return datetime.fromtimestamp(seconds, UTC) + self.wrong

    def turn(self, now: datetime) -> None:
        """Let it be another time."""
        with self.file.open("r+b" if self.file.exists() else "wb") as file:
            file.write(_MOMENT.pack(now.timestamp()))


@dataclass(kw_only=True)
class Schedulers:
    """Some schedulers on one home, of which one is killed now and then and begins anew at once.

    Each that begins may have a clock that is wrong: an hour behind, or three hours ahead.
    """

    root: Path
    clock: SharedClock
    chance: random.Random
    every_s: float = 2.0  #: between two kills
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    begun: int = 0
    kills: int = 0

    def run(
        self, until: datetime, *, step: timedelta, is_done: Callable[[datetime], bool], count: int = 3
    ) -> None:
        """Turn the clock ten times a second, when all is done that must be done first; then kill all.

        Raises:
            AssertionError: It was not done in a long time, or a scheduler ended by itself.
        """
        self.running = [self._begin() for _ in range(count)]
        kill_at = time.monotonic() + self.every_s
        patient_until = time.monotonic() + _PATIENCE_S
        try:
            while (now := self.clock.now()) < until:
                time.sleep(0.1)
                if is_done(now):
                    self.clock.turn(now + step)
                    patient_until = time.monotonic() + _PATIENCE_S
                elif time.monotonic() > patient_until:
                    raise AssertionError(f"nothing goes on at {now}")
                if time.monotonic() >= kill_at:
                    self._kill(self.chance.randrange(count))
                    self.running.append(self._begin())
                    kill_at = time.monotonic() + self.every_s
        finally:
            while self.running:
                self._kill(0)

    def _begin(self) -> subprocess.Popen[bytes]:
        self.begun += 1
        wrong_h = (0, -1, 3)[self.begun % 3]
        clock = [str(self.clock.file), str(3_600 * wrong_h)]
        command = [sys.executable, __file__, str(self.root), *clock, f"w{self.begun}"]
        return subprocess.Popen(command, env=unmeasured())

    def _kill(self, number: int) -> None:
        process = self.running.pop(number)
        process.send_signal(signal.SIGKILL)
        if process.wait() != -signal.SIGKILL:
            raise AssertionError(f"a scheduler ended by itself with {process.returncode}")
        self.kills += 1


def tick_for_ever(root: Path, clock: Clock, worker: str) -> None:
    """Tick until somebody kills the process."""
    with open_app(root, clock=clock) as app:
        while True:
            advance(app, worker=worker)
            time.sleep(_PAUSE_S)


def main(words: Sequence[str]) -> None:
    """Read the arguments and tick."""
    root, file, wrong_s, worker = words
    clock = SharedClock(file=Path(file), wrong=timedelta(seconds=float(wrong_s)))
    tick_for_ever(Path(root), clock.now, worker)


if __name__ == "__main__":
    main(sys.argv[1:])
