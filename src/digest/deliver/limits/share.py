"""What one run holds of one limit: moments at which messages may begin, and connections."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from digest.deliver.limits.allowance import Allowance
from digest.deliver.limits.limit import SEAT_LEASE, Allotments, Draw, Limit
from digest.deliver.loop import Crew, Loop

_LEASE_S = SEAT_LEASE.total_seconds()
_RENEW_S = _LEASE_S / 3
_AGAIN_S = 1.0  #: after a draw that failed
_LOOK_S = 0.1  #: between draws while none of certain moments will do
_KNOWN_S = 0.5  #: how long before its time a moment of another pace is known, as a rule

_NEVER = float("-inf")


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawing:
    """How shares draw more while the loop goes on."""

    loop: Loop  #: where they are called back
    crew: Crew  #: whose threads wait for the allotments
    allotments: Allotments
    worker: str  #: this run, as no other was ever named


class Share:
    """What this run holds of one limit. All methods are for the loop's thread.

    Args:
        limit: Whose share it is.
        drawing: How more is drawn.
    """

    def __init__(self, limit: Limit, drawing: Drawing) -> None:
        self.limit = limit
        self.is_free = limit.is_free  #: messages are not counted, only connections
        self.is_paced = limit.per_second is not None  #: its messages have moments of their own
        self.open = 0  #: messages at a time, for a domain
        self._drawing = drawing
        self._allowance = Allowance(limit)
        self._seats = 0
        self._asked_at = self._heard_at = _NEVER  #: heard: when what was answered had been asked
        self._asked_for = 0
        self._is_asking = False
        self._is_known = False  #: it has or waits for seats, as far as others are told
        self._is_owing = False  #: seats were taken away, and are to be left once what sits there has ended
        self._turn_at = float("-inf")

    def is_ready(self) -> bool:
        """Tell whether a message may begin now; if not, the loop wakes when one may."""
        wait_until = self._allowance.ready(self._drawing.loop.now())
        if wait_until is not None:
            self._drawing.loop.wake_at(wait_until)
        return wait_until is None

    def take(self) -> None:
        """Count a message that begins now; only when the share is ready."""
        self._allowance.take(self._drawing.loop.now())

    def turn_s(self, soonest_s: float) -> float:
        """Return in how many seconds one more message may have its turn, each call a later one."""
        now = self._drawing.loop.now()
        self._turn_at = max(self._turn_at, now + soonest_s) + _seconds_a_message(self.limit)
        return self._turn_at - now

    def room(self, most: int) -> int:
        """Return how many messages could begin now or soon, up to so many, as far as anybody knows."""
        if not self._allowance.is_hopeful(self._drawing.loop.now()):
            return 0
        seats = self.seats
        return most if seats is None else max(0, seats - self.open)

    @property
    def has_room(self) -> bool:
        """True when messages could begin now or soon; seats nobody has asked for lately may be had."""
        is_unheard = self.limit.connections is not None and self._heard_at == _NEVER
        return self._allowance.is_hopeful(self._drawing.loop.now()) if is_unheard else self.room(1) > 0

    @property
    def is_spent(self) -> bool:
        """True while the last draw found an hour or a day used up."""
        return self._allowance.is_spent

    @property
    def moments(self) -> tuple[float, ...]:
        """The moments at which messages may begin, in order; some may have lapsed."""
        return self._allowance.stock

    @property
    def is_awaiting(self) -> bool:
        """True while a draw of messages is on its way."""
        return self._allowance.is_awaited

    def stock(self, among: Sequence[float] | None = None) -> None:
        """Draw messages when they run low.

        Args:
            among: The only moments that are of use, in order; None: any.
        """
        count = self._allowance.wanted(self._drawing.loop.now())
        if count:
            draw = partial(self._drawing.allotments.draw, self.limit, count, among)
            self._work(draw, partial(self._drawn, is_choosy=among is not None))

    @property
    def seats(self) -> int | None:
        """How many seats are this run's for certain; None when nobody counts them."""
        if self.limit.connections is None:
            return None
        is_known = self._drawing.loop.now() - self._heard_at < _LEASE_S  # or the lease ran out unheard
        return self._seats if is_known else 0

    def stock_seats(self, wanted: int, taken: int) -> None:
        """Ask for seats, keep those that are held, and leave those that were taken away.

        Args:
            wanted: How many could be of use; none leaves all, for whoever can use them.
            taken: On how many somebody sits.
        """
        now, most = self._drawing.loop.now(), self.limit.connections
        if most is None:
            return
        if not wanted:
            self._leave_all()
            return
        if self._is_owing and taken <= self._seats and not self._is_asking:
            # Only what has ended may be given to others, or there would be one too many; and not behind
            # a question whose answer may count on what is left here.
            self._is_owing = False
            self._leave(self._seats)
        every = _RENEW_S if self._seats and wanted == self._asked_for else _AGAIN_S
        if not self._is_asking and now - self._asked_at > every:
            self._is_asking = self._is_known = True
            self._asked_at, self._asked_for = now, wanted
            drawing = self._drawing
            ask = partial(drawing.allotments.seats, self.limit.key, drawing.worker, min(wanted, most), most)
            self._work(ask, self._seated)

    def _leave_all(self) -> None:
        if self._is_known and not self._is_asking:  # or the answer would come after them
            self._seats, self._is_owing, self._is_known = 0, False, False
            self._asked_at = self._heard_at = _NEVER  # whoever comes back asks at once
            self._leave(0)

    def close(self) -> None:
        """Give back what was drawn and not begun, and all seats."""
        self._give_back(self._allowance.unused())
        if self.limit.connections is not None:
            self._leave(0)

    def _drawn(self, draw: Draw | None, error: BaseException | None, *, is_choosy: bool) -> None:
        now = self._drawing.loop.now()
        if error is not None or draw is None:
            draw = Draw(retry_at=now + _AGAIN_S)
        elif is_choosy and draw.retry_at is not None:
            # While the next one is some way ahead: what others have then is known a little before.
            draw = replace(draw, retry_at=max(now + _LOOK_S, draw.retry_at - _KNOWN_S))
        self._allowance.fill(draw)
        self._give_back(self._allowance.lapsed())

    def _seated(self, seats: int | None, error: BaseException | None) -> None:
        self._is_asking = False
        if error is None and seats is not None:
            self._is_owing = self._is_owing or seats < self._seats
            self._seats = seats
            self._heard_at = self._asked_at  # the lease may have begun then: the answer took its time

    def _give_back(self, moments: Sequence[float]) -> None:
        if moments:
            self._work(partial(self._drawing.allotments.give_back, self.limit, moments), _forget)

    def _leave(self, keep: int) -> None:
        drawing = self._drawing
        self._work(partial(drawing.allotments.leave, self.limit.key, drawing.worker, keep), _forget)

    def _work(self, task: Callable[[], Any], then: Callable[[Any, BaseException | None], None]) -> None:
        self._drawing.loop.work(self._drawing.crew, task, then)


def _forget(_result: object, _error: BaseException | None) -> None:
    """What cannot be given back counts as used until its window or lease has passed."""


def _seconds_a_message(limit: Limit) -> float:
    """Return how long a message takes at the limit's rate; a second where only connections are counted."""
    rates = [limit.per_second, limit.per_hour and limit.per_hour / 3_600]
    return 1 / min((rate for rate in rates if rate), default=1.0)
