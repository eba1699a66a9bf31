"""Whether a relay puts everybody off."""

from __future__ import annotations

from digest.deliver.smtp.replies import Receipt, puts_off_everybody

_COY = 3  #: answers in a row that put everybody off, after which it is left alone for a while
_COY_S = 30.0  #: for so long other relays, if there are any, get the mail


class Coyness:
    """Counts the answers in a row that put off whoever the message is for."""

    def __init__(self) -> None:
        self._in_a_row = 0
        self._until = 0.0

    def heard(self, receipt: Receipt, email: str, now: float) -> bool:
        """Count an answer; True when it puts everybody off as those before it did.

        Args:
            receipt: The answer.
            email: Whom the message was for; the answer names them no more.
            now: Seconds of the loop's clock.
        """
        self._in_a_row = self._in_a_row + 1 if puts_off_everybody(receipt, email) else 0
        if self._in_a_row < _COY:
            return False
        self._until = now + _COY_S
        return True

    @property
    def puts_off_all(self) -> bool:
        """True from the third such answer on, until there is another."""
        return self._in_a_row >= _COY

    def is_recent(self, now: float) -> bool:
        """Tell whether it put everybody off a moment ago."""
        return now < self._until
