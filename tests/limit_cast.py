"""Time that tests of limits turn by hand, and the counting of what was begun."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from store_cast import NOW


class HandTime:
    """A wall clock and a monotonic one that go together until somebody sets the wall clock."""

    def __init__(self) -> None:
        self.seconds = 1_000.0
        self._ahead = timedelta()

    def monotonic(self) -> float:
        """Tell the seconds."""
        return self.seconds

    def clock(self) -> datetime:
        """Tell the moment."""
        return NOW + self._ahead + timedelta(seconds=self.seconds - 1_000.0)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds

    def set_clock(self, by: timedelta) -> None:
        """Set the wall clock forward, or back."""
        self._ahead += by


def most_in(begun: Sequence[float], window_s: float) -> int:
    """Count the most that any stretch of so many seconds holds, its end not included; by trying all."""
    ordered = sorted(begun)
    # A microsecond for fractions that no float holds.
    return max((sum(at <= each < at + window_s - 1e-6 for each in ordered) for at in ordered), default=0)
