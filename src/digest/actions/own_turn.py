"""The turn of a message of its own, such as a letter: it counts to the limits that editions keep."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from digest.actions.allotments import StoreAllotments, limits_of
from digest.actions.app import App
from digest.deliver.limits import LAPSE_S, Limit
from digest.errors import TransportError

_PATIENCE_S = 10.0  #: a moment of a pace lies 9 seconds ahead at most


@dataclass(frozen=True, kw_only=True)
class Seconds:
    """What tells the seconds, and lets them pass."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def take_turn(app: App, relay: str, recipient: str, seconds: Seconds | None = None) -> None:
    """Wait until the limits of a relay and of the recipient's domain let a message begin, which counts then.

    Connections are not counted: such a message has one of its own, beside those of editions.

    Args:
        app: The installation.
        relay: The relay's name.
        recipient: The address, its domain in A-labels.
        seconds: For whoever does not want to wait for real.

    Raises:
        TransportError: A limit is used up for now; nothing counts. Not permanent.
        StoreError: The database cannot be written; nothing may begin.
    """
    limits = limits_of(app.system, app.clock().date())
    found = (limits.relays.get(relay), limits.domains.get(recipient.rpartition("@")[2].lower()))
    counted = [one for one in found if one is not None and not one.is_free]
    if counted:
        _Turn(app, counted, seconds or Seconds()).take()


@dataclass
class _Turn:
    app: App
    counted: list[Limit]
    seconds: Seconds
    drawn: dict[Limit, float] = field(default_factory=dict)  #: moments of the limits

    def __post_init__(self) -> None:
        self.shared = StoreAllotments(store=self.app.store, clock=self.app.clock, monotonic=self.seconds.now)

    def take(self) -> None:
        ends = self.seconds.now() + _PATIENCE_S
        while not self._is_met(ends):
            self._give_back()

    def _is_met(self, ends: float) -> bool:
        """Draw a moment that all limits have, and wait for it; False when it is to be tried once more."""
        among: tuple[float, ...] | None = None
        for limit in self.counted:
            draw = self.shared.draw(limit, 1, among)
            if not draw.at and among and draw.retry_at is not None and draw.retry_at <= ends:
                # The other pace has no such moment: one that is drawn when it has the next will do.
                self._wait_until(draw.retry_at)
                return False
            self.drawn.update((limit, at) for at in draw.at)
            if not draw.at or draw.at[0] > ends:
                self._give_back()
                raise TransportError(
                    f"the limit of {limit.key} is used up for now",
                    permanent=False,
                    hint="letters and tests count as editions do; wait, or raise the limit",
                )
            among = draw.at if limit.per_second is not None else among
        at = max(self.drawn.values())
        self._wait_until(at)
        return among is None or self.seconds.now() <= at + LAPSE_S

    def _wait_until(self, second: float) -> None:
        self.seconds.sleep(max(0.0, second - self.seconds.now()))

    def _give_back(self) -> None:
        for limit, at in self.drawn.items():
            self.shared.give_back(limit, [at])
        self.drawn.clear()
