"""Which limits are used up, as whoever draws from them hears."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from digest.clock import Clock
from digest.deliver.limits.limit import Allotments, Draw, Limit, Spent
from digest.deliver.run.terms import UsedUp


class Overheard:
    """Allotments, and which of the limits were found to be used up. Any thread may draw while another asks.

    Args:
        allotments: What is drawn from.
        clock: Tells when more may begin.
        now: Tells the seconds in which draws are counted.
    """

    def __init__(self, allotments: Allotments, clock: Clock, now: Callable[[], float]) -> None:
        self._allotments, self._clock, self._now = allotments, clock, now
        self.give_back, self.seats, self.leave = allotments.give_back, allotments.seats, allotments.leave
        self._spent: dict[str, Spent] = {}

    def draw(self, limit: Limit, count: int, among: Sequence[float] | None = None) -> Draw:
        """Draw messages; see `Allotments.draw`."""
        draw = self._allotments.draw(limit, count, among)
        if draw.spent is not None:
            self._spent[limit.key] = draw.spent
        elif draw.at:
            self._spent.pop(limit.key, None)
        return draw

    def used_up(self) -> tuple[UsedUp, ...]:
        """Return the limits that let nothing more begin for now, by name."""
        now = self._now()
        return tuple(
            UsedUp(
                limit=key,
                most=one.most,
                window=one.window,
                again_at=self._clock() + timedelta(seconds=one.until - now),
            )
            for key, one in sorted(self._spent.items())
            if one.until > now
        )
