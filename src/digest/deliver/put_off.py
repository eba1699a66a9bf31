"""A run that waits for those who were put off."""

from __future__ import annotations

from collections.abc import Callable

from digest.deliver.clerk import Clerk
from digest.deliver.loop import Loop

_ASK_AGAIN_S = 1.0  #: after a question, or after what it said has come
_SHORTEST_S, _LONGEST_S = 0.5, 30.0  #: between two looks


class PutOff:
    """Has the clerk look for deliveries again when the next one is due, in the loop's thread.

    Args:
        loop: Wakes it.
        clerk: Looks.
        next_due_s: Says in how many seconds the next one is due; None when nobody waits.
        nobody: Called when nobody waits any more.
    """

    def __init__(
        self, loop: Loop, clerk: Clerk, next_due_s: Callable[[], float | None], nobody: Callable[[], None]
    ) -> None:
        self._loop, self._clerk, self._next_due_s, self._nobody = loop, clerk, next_due_s, nobody
        self._ask_at = 0.0

    def wait(self) -> None:
        """Wait a little more; called again and again while there is nothing else to do."""
        now = self._loop.now()
        if self._clerk.is_idle and now >= self._ask_at:
            self._ask_at = now + _ASK_AGAIN_S
            self._clerk.ask("next", self._next_due_s, self._heard)

    def _heard(self, seconds: float | None) -> None:
        if seconds is None:
            self._nobody()
            return
        wait_s = min(max(seconds, _SHORTEST_S), _LONGEST_S)
        self._ask_at = self._loop.now() + wait_s + _ASK_AGAIN_S
        self._loop.later(wait_s, self._clerk.claim_again)
