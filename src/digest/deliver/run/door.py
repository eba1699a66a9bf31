"""Whether a relay lets anybody in."""

from __future__ import annotations

from digest.errors import TransportError

_SHUT = 554  #: a greeting of relays that serve nobody, and of those that have too many connections just now
_SHUT_S = 50.0  #: after so long one is asked again, by messages that no other can carry
_MOST_SHUT = 5  #: greetings of 554 in a row, as many minutes apart: it is for good


class Door:
    """What a relay greets with while none of its connections are open."""

    def __init__(self) -> None:
        self.error: TransportError | None = None  #: why it cannot be connected to
        self._until, self._times = 0.0, 0

    @property
    def is_shut(self) -> bool:
        """True while it lets nobody in, perhaps for a moment only."""
        return self.error is not None and self.error.code == _SHUT

    @property
    def is_barred(self) -> bool:
        """True when it greets so whenever it is tried."""
        return self.is_shut and self._times >= _MOST_SHUT

    def shut(self, error: TransportError, now: float) -> None:
        """Note that somebody was not let in; those who knocked at the same time heard the same."""
        self._times += self.error is None
        self.error, self._until = error, now + _SHUT_S

    def knock(self, now: float) -> None:
        """Let it be tried again if it was shut a while ago."""
        if self.is_shut and now >= self._until:
            self.error = None

    def opened(self) -> None:
        """Note that somebody was let in; whatever another one was refused for, this one was not."""
        self.error, self._times = None, 0
