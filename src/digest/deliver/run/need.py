"""How many connections to a relay could be of use to a run."""

from __future__ import annotations

IDLE_S = 10.0  #: connections of no use for longer are others' meanwhile


class Need:
    """The need of one relay's connections, looked at again and again."""

    def __init__(self) -> None:
        self.connections = 0  #: that could be of use, as of the last look
        self._all_at = float("-inf")  #: when all that were taken could be

    def look(self, connections: int, taken: int, now: float) -> None:
        """Note how many could be of use, and how many are open or being opened."""
        self.connections = connections
        if connections >= taken:
            self._all_at = now

    def is_less(self, now: float) -> bool:
        """Tell whether some have been of no use for a while: others may want them."""
        return now - self._all_at > IDLE_S
