"""When to leave a relay alone, and when to stop asking all of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

_LONGEST_PAUSE_S = 50.0  #: between two tries: a relay that is back is used within a minute
_FEW = 5  #: messages; a relay that ends a connection before so many is busy, and has no such rule
_ALIKE = 3  #: connections in a row that were ended after as many messages: it is the relay's rule
_KEPT_TO = 20  #: connections by which the rule is kept before it is tried whether it still holds


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

    def lost(self, now: float, began_at: float | None = None) -> None:
        """Count a connection that failed or was lost with a message on it.

        Those that are lost during a pause were lost together with the one before it: a relay
        that starts anew ends all its connections at once.

        Args:
            now: Seconds of any one clock.
            began_at: When it began to be opened; the next one may begin fifty seconds later at the latest.
        """
        if now < self._until:
            return
        self.losses += 1
        pause = min(2.0 ** (self.losses - 1), _LONGEST_PAUSE_S) * (0.75 + self._chance() / 4)
        self._until = min(now + pause, (now if began_at is None else began_at) + _LONGEST_PAUSE_S)

    def worked(self) -> None:
        """Count a message that was answered: the relay is well."""
        self.losses, self._until = 0, 0.0

    def pause_s(self, now: float) -> float:
        """Return for how long the relay is to be left alone; 0 when it may be tried."""
        return max(0.0, self._until - now)


class SenderFaults:
    """Tells a sender that nobody accepts from a recipient who is particular.

    Five refusals of the sender in a row, or ten among twenty answers, are the sender's fault.
    """

    def __init__(self) -> None:
        self._answers: deque[bool] = deque(maxlen=20)

    def add(self, *, refused: bool) -> bool:
        """Take an answer into account; True when sending must stop."""
        self._answers.append(refused)
        if not refused:
            return False  # nothing that is not over already ends with a good answer
        answers = list(self._answers)
        return (len(answers) >= 5 and all(answers[-5:])) or sum(answers) >= 10


class Ration:
    """Tells how many messages a relay takes on one connection, learnt from those it ended.

    It does so with 421, or says no more than 4xx to MAIL.

    Args:
        most: Messages after which a connection is replaced, unless its relay wants fewer.
    """

    def __init__(self, most: int) -> None:
        self.most = most  #: messages after which a connection is to be replaced
        self._full = most
        self._taken = self._alike = 0  #: messages on the connection that ended last, and how often so
        self._kept = 0  #: connections that we ended for the rule's sake

    def ended(self, taken: int) -> bool:
        """Count a connection that the relay ended after so many; True when that is its rule, no trouble."""
        if taken < _FEW:
            return False
        self._alike = self._alike + 1 if taken == self._taken else 1
        self._taken = taken
        if self._alike < _ALIKE:
            return False
        self.most, self._kept = min(self._full, taken), 0
        return True

    def lift(self) -> None:
        """Forget the rule: there is none."""
        self.most, self._alike = self._full, 0

    def closed(self, begun: int, *, by_relay: bool) -> None:
        """Count any connection; one that took more refutes the rule, which is tried now and then."""
        if begun > self._taken + 1:
            self._alike = 0
        elif self.most < self._full and begun >= self.most and not by_relay:
            self._kept += 1
            if self._kept >= _KEPT_TO:
                self.most = self._full
