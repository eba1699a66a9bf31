"""A run that waits for those who were put off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import inf

from digest.deliver.loop import Loop
from digest.deliver.run.clerk import Clerk
from digest.deliver.run.fleet import Fleet
from digest.deliver.run.ledger import Ledger
from digest.deliver.run.need import IDLE_S
from digest.deliver.run.turns import Turns
from digest.errors import TransportError

_ASK_AGAIN_S = 1.0  #: after a question, or after what it said has come
_SHORTEST_S, _LONGEST_S = 0.5, 30.0  #: between two looks
_STRANDED = inf  #: seconds until the next one, when all that are open are stranded


class PutOff:
    """Has the clerk look for deliveries again when the next one is due, in the loop's thread.

    Args:
        loop: Wakes it.
        clerk: Asks the ledger.
        ledger: Says in how many seconds the next one is due.
        fleet: Rests meanwhile, and knows who was put off and is not worth waiting for.
        turns: Has the clerk look for them.
        over: Called when nobody waits any more; with what is wrong when all that wait are stranded.
    """

    def __init__(
        self,
        loop: Loop,
        clerk: Clerk,
        ledger: Ledger,
        fleet: Fleet,
        turns: Turns,
        over: Callable[[TransportError | None], None],
    ) -> None:
        self._loop, self._clerk, self._ledger, self._over = loop, clerk, ledger, over
        self._fleet, self._misfits, self._turns = fleet, fleet.misfits, turns
        self._ask_at = 0.0

    def wait(self) -> None:
        """Wait a little more; called again and again while there is nothing else to do."""
        now = self._loop.now()
        if self._clerk.is_idle and now >= self._ask_at:
            self._ask_at = now + _ASK_AGAIN_S
            self._clerk.ask("next", partial(self._next_due_s, self._misfits.stranded), self._heard)

    def _next_due_s(self, stranded: Sequence[int]) -> float | None:
        if stranded and 0 < self._ledger.books().open <= self._ledger.count_waiting(stranded):
            return _STRANDED
        return self._ledger.next_due_s()

    def _heard(self, seconds: float | None) -> None:
        if seconds is None or seconds == _STRANDED:
            self._over(None if seconds is None else self._misfits.stranding())
            return
        if seconds > IDLE_S:
            self._fleet.rest()
        wait_s = min(max(seconds, _SHORTEST_S), _LONGEST_S)
        self._ask_at = self._loop.now() + wait_s + _ASK_AGAIN_S
        self._loop.later(wait_s, self._turns.look_again)
