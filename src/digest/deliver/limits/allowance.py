"""What one process may send of one limit at this moment. No I/O: somebody else draws."""

from __future__ import annotations

from collections import deque
from math import ceil

from digest.deliver.limits.limit import HOLD, LAPSE_S, SLACK_S, Draw, Limit

_ASK_AGAIN_S = 0.01  #: how long to wait for a draw that is on its way
_SOON_S = 1.0  #: what can be drawn so soon is worth being ready for
_MOST = 1_000  #: messages drawn at a time
_FIRST = 10  #: messages drawn at first when no pace says how many a second's worth are
_RETRY_S = 30.0  #: the longest wait for a used-up quota: somebody may have given some back
_SPARE = 10_000  #: lapsed moments kept for giving back; older ones are forgotten


class Allowance:
    """A stock of moments at which messages may begin; ask it for each message.

    A moment that is not used lapses, so what was drawn by one process and not used never adds to
    what others send. Not for several threads at a time.

    Args:
        limit: Without a rate `take` is always None and nothing is ever wanted.
    """

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._is_paced = limit.per_second is not None
        self._lapse_s = LAPSE_S if self._is_paced else HOLD.total_seconds() - 1
        self._stock: deque[float] = deque()
        self._spare: deque[float] = deque(maxlen=_SPARE if limit.quotas else 0)
        held, self._window_s = _window(limit.per_second)
        self._begun: deque[float] = deque(maxlen=held)
        self._target = _FIRST if limit.per_second is None else max(1, min(_MOST, ceil(limit.per_second)))
        self._newest = float("-inf")
        self._is_awaited = False
        self.is_spent = False  #: the last draw found an hour or a day used up
        self._retry_at = self._asked_at = float("-inf")

    @property
    def is_awaited(self) -> bool:
        """True while a draw is on its way."""
        return self._is_awaited

    def is_hopeful(self, now: float) -> bool:
        """Tell whether messages may begin soon, as far as anybody knows.

        Not while more can only be drawn later, nor after a used-up hour or day until a draw gives some.
        """
        if self._limit.is_free:
            return True
        self._drop_lapsed(now)
        return bool(self._stock) or not (self.is_spent or self._retry_at > now + _SOON_S)

    @property
    def stock(self) -> tuple[float, ...]:
        """The moments at which messages may begin, in order; some may have lapsed."""
        return tuple(self._stock)

    def ready(self, now: float) -> float | None:
        """Tell whether a message may begin, without beginning it; ask all limits, then `take` of each.

        Args:
            now: Seconds of the monotonic clock.

        Returns:
            None: it may. Else the second at which to ask again.
        """
        if self._limit.is_free:
            return None
        self._drop_lapsed(now)
        if not self._stock:
            return max(now + _ASK_AGAIN_S, self._retry_at)
        earliest = self._stock[0]
        if self._is_paced and len(self._begun) == self._begun.maxlen:
            earliest = max(earliest, self._begun[0] + self._window_s)
        return None if earliest <= now else earliest

    def take(self, now: float) -> float | None:
        """Begin a message, if one may begin; the answer is that of `ready`."""
        wait = self.ready(now)
        if wait is None and not self._limit.is_free:
            self._stock.popleft()
            self._begun.append(now)
        return wait

    def wanted(self, now: float) -> int:
        """Say how many should be drawn; ask while messages wait to be sent.

        Whatever is not 0 counts as on its way until `fill` is called, with an empty draw if it failed.

        Args:
            now: Seconds of the monotonic clock.
        """
        if self._limit.is_free or self._is_awaited or now < self._retry_at:
            return 0
        self._drop_lapsed(now)
        if len(self._stock) * 2 > self._target:
            return 0
        if not self._is_paced and not self._stock and self._begun:
            self._target = min(_MOST, 2 * self._target)  # ran dry: a second's worth is more
        self._is_awaited, self._asked_at = True, now
        return self._target - len(self._stock)

    def fill(self, draw: Draw) -> None:
        """Put in what was drawn."""
        self._is_awaited = False
        self.is_spent = draw.spent is not None and not draw.at
        self._retry_at = (
            float("-inf") if draw.retry_at is None else min(draw.retry_at, self._asked_at + _RETRY_S)
        )
        interval_s = (self._limit.interval_us or 0) / 1_000_000
        for moment in draw.at:
            # Too near to the one before only if the wall clock was set in between.
            if self._is_paced and moment < self._newest + interval_s - (SLACK_S - LAPSE_S):
                self._spare.append(moment)
            else:
                self._stock.append(moment)
                self._newest = moment

    def lapsed(self) -> tuple[float, ...]:
        """Take out moments that have lapsed, to give back; () when no hour or day is counted."""
        spare = tuple(self._spare)
        self._spare.clear()
        return spare

    def unused(self) -> tuple[float, ...]:
        """Take out all that was drawn and not begun, to give back at the end."""
        left = self.lapsed() + tuple(self._stock)
        self._stock.clear()
        return left

    def _drop_lapsed(self, now: float) -> None:
        while self._stock and self._stock[0] + self._lapse_s < now:
            self._spare.append(self._stock.popleft())
            if not self._is_paced:
                self._target = _FIRST


def _window(per_second: float | None) -> tuple[int, float]:
    """Return how many messages which seconds hold: 2.5 a second are 5 in 2 s, 0.1 are 1 in 10 s."""
    if per_second is None:
        return 1, 0.0
    if per_second < 1:
        return 1, 1 / per_second
    whole = (seconds for seconds in range(1, 10) if per_second * seconds % 1 == 0)
    seconds = next(whole, 10)
    return int(per_second * seconds), float(seconds)
