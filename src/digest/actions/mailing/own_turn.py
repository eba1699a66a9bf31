"""The turn of a message of its own, such as a letter: it counts to the limits that editions keep."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Self

from digest.actions.app import App
from digest.actions.mailing.allotments import StoreAllotments, limits_of
from digest.deliver.limits.limit import HOLD, LAPSE_S, Limit
from digest.errors import TransportError

LEAD_S = 0.5  #: a connection is opened so long before its message's moment, where nobody knows better
_PATIENCE_S = 10.0  #: a moment of a pace lies 9 seconds ahead at most
_HOLD_S = HOLD.total_seconds() - 1  #: what a pace does not date is begun within it; the rest is for clocks


@dataclass(frozen=True, kw_only=True)
class Seconds:
    """What tells the seconds, and lets them pass."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class Turn:
    """A place for one message within the limits of a relay and of the recipient's domain.

    Entering waits until it is time to open the connection, so that no relay waits for a message; `begin`
    waits for the moment itself. What was not begun is given back; of a pace the moment is lost.
    Connections are not counted: such a message has one of its own, beside those of editions.

    Args:
        app: The installation.
        relay: The relay's name.
        recipient: The address, its domain in A-labels.
        lead_s: How long opening a connection takes.
        seconds: For whoever does not want to wait for real.
    """

    def __init__(
        self, app: App, relay: str, recipient: str, *, lead_s: float = LEAD_S, seconds: Seconds | None = None
    ) -> None:
        limits = limits_of(app.system, app.clock().date())
        found = (limits.relays.get(relay), limits.domains.get(recipient.rpartition("@")[2].lower()))
        self._counted = [one for one in found if one is not None and not one.is_free]
        self._seconds = seconds or Seconds()
        self._lead_s = lead_s
        self._drawn: dict[Limit, float] = {}  #: moments of the limits
        self._soon = StoreAllotments(store=app.store, clock=app.clock, monotonic=self._seconds.now)
        self._ahead = StoreAllotments(
            store=app.store, clock=app.clock, monotonic=self._seconds.now, lead=timedelta(seconds=lead_s)
        )

    def __enter__(self) -> Self:
        """Wait until the connection is to be opened.

        Raises:
            TransportError: A limit is used up for now; nothing counts. Not permanent.
            StoreError: The database cannot be written; nothing may begin.
        """
        if self._counted:
            try:
                self._draw(self._ahead, self._seconds.now() + _PATIENCE_S)
                self._wait_until(self._moment - self._lead_s)
            except BaseException:
                self._give_back()  # whoever does not get in does not leave either
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Give back what was not begun."""
        self._give_back()

    def begin(self) -> None:
        """Wait until the message may begin, which counts then; another moment is drawn where one is missed.

        Raises:
            TransportError: A limit is used up for now; nothing counts. Not permanent.
            StoreError: The database cannot be written; nothing may begin.
        """
        is_met = not self._drawn or self._is_met()
        ends = self._seconds.now() + _PATIENCE_S
        while not is_met:
            self._give_back()
            self._draw(self._soon, ends)
            is_met = self._is_met()
        self._drawn.clear()

    @property
    def _moment(self) -> float:
        return max(self._drawn.values())

    def _is_met(self) -> bool:
        """Wait for the moment; False when it has passed, or the hold of what has none."""
        self._wait_until(self._moment)
        now = self._seconds.now()
        ends = [at + (_HOLD_S if one.per_second is None else LAPSE_S) for one, at in self._drawn.items()]
        return now <= min(ends)

    def _draw(self, allotments: StoreAllotments, ends: float) -> None:
        """Draw a moment that all limits have, until the patience ends."""
        while (again_at := self._missed(allotments, ends)) is not None:
            self._give_back()
            self._wait_until(again_at)

    def _missed(self, allotments: StoreAllotments, ends: float) -> float | None:
        """Draw of each limit; return when to try once more, None when there is a moment."""
        among: tuple[float, ...] | None = None
        for limit in self._counted:
            draw = allotments.draw(limit, 1, among)
            if not draw.at and among and draw.retry_at is not None and draw.retry_at <= ends:
                # The other pace has no such moment: one that is drawn when it has the next will do.
                return draw.retry_at
            self._drawn.update((limit, at) for at in draw.at)
            if not draw.at or draw.at[0] > ends:
                self._give_back()
                raise TransportError(
                    f"the limit of {limit.key} is used up for now",
                    permanent=False,
                    hint="letters and tests count as editions do; wait, or raise the limit",
                )
            among = draw.at if limit.per_second is not None else among
        return None

    def _wait_until(self, second: float) -> None:
        self._seconds.sleep(max(0.0, second - self._seconds.now()))

    def _give_back(self) -> None:
        for limit, at in self._drawn.items():
            self._soon.give_back(limit, [at])
        self._drawn.clear()
