"""When to leave a relay alone, and when to stop asking all of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

_LONGEST_PAUSE_S = 50.0  #: between two tries: a relay that is back is used within a minute
_MOST_IN_A_ROW = 10  #: with one more on each connection, twenty have heard it when it is over


class Breaker:
    """Counts losses of a relay in a row, and says when it may be tried again.

    Pauses double from one second to fifty. A share of each is left to chance, so that many senders
    do not come back in the same second.

    Args:
        chance: Returns a number from 0 to 1.
    """

    def __init__(self, chance: Callable[[], float]) -> None:
        self._chance = chance
        self._until = 0.0
        self.losses = 0  #: in a row

    def lost(self, now: float, began_at: float | None = None) -> bool:
        """Count a connection that failed or was lost with a message on it; True when it counts.

        Those that are lost during a pause were lost together with the one before it: a relay
        that starts anew ends all its connections at once.

        Args:
            now: Seconds of any one clock.
            began_at: When it began to be opened; the next one may begin fifty seconds later at the latest.
        """
        if now < self._until:
            return False
        self.losses += 1
        pause = min(2.0 ** (self.losses - 1), _LONGEST_PAUSE_S) * (0.75 + self._chance() / 4)
        self._until = min(now + pause, (now if began_at is None else began_at) + _LONGEST_PAUSE_S)
        return True

    def worked(self) -> None:
        """Count a message that was answered: the relay is well."""
        self.losses, self._until = 0, 0.0

    def pause_s(self, now: float) -> float:
        """Return for how long the relay is to be left alone; 0 when it may be tried."""
        return max(0.0, self._until - now)


class SenderFaults:
    """Tells a sender that nobody accepts from a recipient who is particular.

    Five refusals of the sender in a row, or ten among twenty answers, are the sender's fault. A refusal of
    one message, as for its size, counts in neither, but ten refusals of any kind in a row are too many.
    Where they came after RCPT, what is said to RCPT ends no row: the relay had not seen the message.
    """

    def __init__(self) -> None:
        self._answers: deque[bool] = deque(maxlen=20)
        self._in_a_row, self._is_row_late = 0, False

    def add(self, *, refused: bool, own: bool = False, late: bool = True) -> bool:
        """Take an answer into account; True when sending must stop.

        Args:
            refused: Whether it refused sender or message.
            own: It spoke of this message, and perhaps of no other.
            late: It came after RCPT.
        """
        if not refused:
            self._answers.append(False)
            if late or not self._is_row_late:
                self._in_a_row, self._is_row_late = 0, False
            return False  # nothing that is not over already ends with a good answer
        self._in_a_row += 1
        self._is_row_late |= late
        if own:
            return self._in_a_row >= _MOST_IN_A_ROW
        self._answers.append(True)
        answers = list(self._answers)
        return (len(answers) >= 5 and all(answers[-5:])) or sum(answers) >= 10
