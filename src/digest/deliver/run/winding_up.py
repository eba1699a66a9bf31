"""The end of a run: what is under way is finished, what is not goes back, and the ledger holds it all."""

from __future__ import annotations

from collections.abc import Mapping

from digest.deliver.run.clerk import Clerk
from digest.deliver.run.doubts import Doubts
from digest.deliver.run.ends import Ends
from digest.deliver.run.lane import Lane
from digest.deliver.run.stop import Stop
from digest.deliver.run.turns import Turns
from digest.model.people import Delivery, DeliveryState


class WindingUp:
    """Winds a run up that has been stopped.

    Args:
        stop: Says how long it may take.
        clerk: Its side of the ledger.
        turns: Has those that have not begun.
        ends: Gives them back.
        doubts: Decides on those in doubt.
    """

    def __init__(self, stop: Stop, clerk: Clerk, turns: Turns, ends: Ends, doubts: Doubts) -> None:
        self._stop, self._clerk, self._turns, self._ends, self._doubts = stop, clerk, turns, ends, doubts
        self._has_given_back = self._is_released = False

    @property
    def is_clean(self) -> bool:
        """True when all has gone back and the ledger holds every end: nobody needs the journal."""
        return self._has_given_back and self._clerk.is_idle

    def go_on(self, jobs: Mapping[Lane, Delivery], now: float) -> bool:
        """Do what is left of it; True when the ledger holds it all, or will not take it any more.

        Args:
            jobs: What is under way; a lane that has had all the time there is is closed.
            now: Of the loop's clock.
        """
        for lane in tuple(jobs):
            if self._stop.must_leave(lane, now):
                lane.close("stopped")
        if jobs:
            return False
        if self._clerk.ready or not self._has_given_back:  # a claim may come in late
            self._has_given_back = True
            for delivery in self._turns.empty():
                self._ends.end(delivery, DeliveryState.PENDING)
            self._doubts.end(self._stop.error)
        self._clerk.flush()
        if self._clerk.is_idle and not self._is_released:
            self._is_released = True
            self._clerk.release()
        if self._is_released:
            self._clerk.steps.hurry()
        return self._stop.need_not_wait_for(self._clerk, now)
