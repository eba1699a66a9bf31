"""Limits of sending, and what the event loop asks for to keep them together with other workers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from typing import Protocol, Self

from digest.deliver.limits.warm_up import WarmUp, per_day

LAPSE_S = 0.04  #: a message of a pace begins within so many seconds of its moment, or not at that moment
#: Moments of a pace lie so much further apart, a second's worth together, that those which begin
#: at the end of the lapse are never too near to those after. The rest is for clocks read late.
SLACK_S = 0.05
HOLD = timedelta(seconds=10)  #: whatever is drawn is begun within it, or not at all
AHEAD = timedelta(seconds=9)  #: how far ahead moments are drawn; the rest of `HOLD` is for clocks
#: What is given back later than so long after its moment counts as begun: once the window that it
#: was drawn from has moved on, taking it out would hit what others have begun since.
RETURN_WITHIN = timedelta(minutes=10)
SEAT_LEASE = timedelta(seconds=30)  #: connections are counted so long after the last call; call thrice within

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """How much may be sent to one relay or domain by all workers together; None sets no bound."""

    key: str  #: what the limit is counted under, such as 'relay main' or 'domain gmail.com'
    per_second: float | None = None  #: messages begun; below 1 it is a pause between two
    per_hour: int | None = None  #: messages begun in any 60 minutes
    per_day: int | None = None  #: messages begun in any 24 hours
    connections: int | None = None  #: open at the same time; not what `Allowance` is about
    warm_up: WarmUp | None = None  #: by which `per_day` grows from the day on that the limit was read for
    bound: int | None = None  #: what it grows to; None without end

    @property
    def is_free(self) -> bool:
        """Tell whether messages are not counted at all."""
        return self.per_second is None and not self.quotas

    def on(self, day: date) -> Self:
        """Return the limit as it is on a day, in UTC."""
        if self.warm_up is None:
            return self
        return replace(self, per_day=per_day(self.warm_up, self.bound, day))

    def grows_at(self, now: datetime) -> datetime | None:
        """Return the moment after which a day has room for more; None when the next has not."""
        day = now.astimezone(UTC).date() + timedelta(days=1)
        is_more = self.on(day).per_day != self.on(day - timedelta(days=1)).per_day
        return datetime.combine(day, time(), UTC) if is_more else None

    @property
    def quotas(self) -> tuple[tuple[int, timedelta], ...]:
        """Return the messages and the length of each window, the longest first."""
        both = ((self.per_day, DAY), (self.per_hour, HOUR))
        return tuple((most, window) for most, window in both if most is not None)

    @property
    def interval_us(self) -> int | None:
        """Return how many microseconds apart the moments of the pace are; None without a pace."""
        if self.per_second is None:
            return None
        exact = (1 + SLACK_S * min(1.0, self.per_second)) / self.per_second * 1_000_000
        return ceil(round(exact, 3))  # 420000.00000000006 is 420000


@dataclass(frozen=True, kw_only=True, slots=True)
class Spent:
    """An hour's or a day's worth that is used up."""

    most: int  #: messages
    window: timedelta  #: in which so many may begin
    until: float  #: seconds of the monotonic clock: more may begin from here on


@dataclass(frozen=True, kw_only=True, slots=True)
class Draw:
    """What was drawn of a limit."""

    #: When each message may begin, in seconds of the monotonic clock, in order.
    at: tuple[float, ...] = ()
    retry_at: float | None = None  #: when more can be drawn, on the same clock; None at any time
    spent: Spent | None = (
        None  #: an hour or a day of which nothing is left; None where fewer have another reason
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """All limits of an installation on one day."""

    relays: dict[str, Limit]  #: by the relay's name; every relay has one
    domains: dict[str, Limit]  #: by recipients' domain in A-labels and lower case; exactly these domains


class Allotments(Protocol):
    """Where limits are drawn from by all who share them. Every call may take a while."""

    def draw(self, limit: Limit, count: int, among: Sequence[float] | None = None) -> Draw:
        """Draw messages of a limit: 0 to `count`, and when to ask again if it is fewer.

        Args:
            limit: The limit.
            count: How many are wanted.
            among: Of a pace only these moments, in order, on the monotonic clock; None: any. The others
                stay free for whoever can use them.
        """

    def give_back(self, limit: Limit, unused: Sequence[float]) -> None:
        """Give back moments that were drawn and not begun, for the limit's hour and day.

        Each once, and within `RETURN_WITHIN`; those that come later are not counted.
        """

    def seats(self, key: str, worker: str, wanted: int, limit: int) -> int:
        """Ask for connections, keep those that are held, and learn how many may be open.

        With fewer than before the worker ends some and calls `leave`. It asks again after a third
        of `SEAT_LEASE`; when no call has come back for so long, it ends them all.

        Args:
            key: The limit's.
            worker: A name that no other run of any worker has ever had.
            wanted: How many could be used.
            limit: How many there are for all workers together.
        """

    def leave(self, key: str, worker: str, keep: int = 0) -> None:
        """Give back connections that have ended; 0 also ends the waiting for more."""
