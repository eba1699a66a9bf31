"""Schedulers in processes of their own on a clock that hurries: `ticking.py HOME START FACTOR EPOCH NAME`."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from digest.actions.slots import advance
from digest.bootstrap import open_app
from digest.clock import Clock

_PAUSE_S = 0.05  #: between two ticks


@dataclass(frozen=True, kw_only=True)
class Hurry:
    """A clock that all processes of this machine share, faster than the machine's."""

    start: datetime
    factor: float  #: seconds that pass in a second
    epoch_s: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        """Tell the hurried time."""
        return self.start + timedelta(seconds=self.factor * (time.monotonic() - self.epoch_s))

    def words(self) -> list[str]:
        """Write it as arguments of a process."""
        return [self.start.isoformat(), str(self.factor), str(self.epoch_s)]


@dataclass(kw_only=True)
class Schedulers:
    """Some schedulers on one home, of which one is killed now and then and begins anew at once.

    Each that begins may have a clock that goes wrong: an hour back, or three hours forth.
    """

    root: Path
    hurry: Hurry
    chance: random.Random
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    begun: int = 0
    kills: int = 0

    def run(self, until: datetime, *, count: int = 3, every_s: float = 2.0) -> None:
        """Go on until a moment of the hurried clock; then all are killed."""
        try:
            self.running = [self._begin() for _ in range(count)]
            while self.hurry.now() < until:
                time.sleep(every_s)
                self._kill(self.chance.randrange(count))
                self.running.append(self._begin())
        finally:
            while self.running:
                self._kill(0)

    def _begin(self) -> subprocess.Popen[bytes]:
        self.begun += 1
        wrong = (timedelta(), timedelta(hours=-1), timedelta(hours=3))[self.begun % 3]
        hurry = Hurry(start=self.hurry.start + wrong, factor=self.hurry.factor, epoch_s=self.hurry.epoch_s)
        command = [sys.executable, __file__, str(self.root), *hurry.words(), f"w{self.begun}"]
        return subprocess.Popen(command)

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
    root, start, factor, epoch_s, worker = words
    hurry = Hurry(start=datetime.fromisoformat(start), factor=float(factor), epoch_s=float(epoch_s))
    tick_for_ever(Path(root), hurry.now, worker)


if __name__ == "__main__":
    main(sys.argv[1:])
