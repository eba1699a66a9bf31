"""Ending a run in good order: since when nothing new is begun, why, and for how long the rest may take."""

from __future__ import annotations

from digest.deliver.run.clerk import Clerk
from digest.deliver.run.lane import Lane

BEGUN_S = 6.0  #: a message that has begun may have its dot for so long: its answer has 17 s then
ANSWER_S = 23.0  #: the answer to a dot is waited for so long
LEDGER_S = 23.5  #: and the ledger: a machine that goes down kills us after thirty seconds, books and all
AWAY_S = 3.0  #: a ledger that has not answered for long is asked for so long once more


class Stop:
    """Whether and why a run is to end."""

    def __init__(self) -> None:
        self.error: BaseException | None = None  #: the first one counts
        self._at: float | None = None

    @property
    def is_wanted(self) -> bool:
        """True once nothing new may begin."""
        return self._at is not None

    def want(self, error: BaseException | None, now: float) -> None:
        """End from now on; an error is what the run fails with."""
        self.error = self.error or error
        if self._at is None:
            self._at = now

    def is_late(self, now: float) -> bool:
        """Tell whether it is too late for another dot."""
        return self._at is not None and now - self._at > BEGUN_S

    def must_leave(self, lane: Lane, now: float) -> bool:
        """Tell whether a message has had all the time there is."""
        return self._at is not None and now - self._at > (ANSWER_S if lane.is_past_dot else BEGUN_S)

    def need_not_wait_for(self, clerk: Clerk, now: float) -> bool:
        """Tell whether the ledger has it all, or will not take it any more: the journal has it then."""
        stopped_for = 0.0 if self._at is None else now - self._at
        return clerk.is_at_rest or stopped_for > (LEDGER_S if clerk.failed is None else AWAY_S)
