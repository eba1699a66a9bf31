"""A line to the relay that stays open over many messages, and the pace of the messages on it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from digest.deliver.replies import Receipt
from digest.errors import TransportError
from digest.model.people import DeliveryState

_LONGEST_WAIT_S = 60.0


class Transport(Protocol):
    """Whatever takes messages: one connection, used by one thread."""

    @property
    def is_open(self) -> bool:
        """False once another connection is needed."""

    def send(self, sender: str, recipient: str, message: bytes, on_dot: Callable[[], None]) -> Receipt:
        """Hand over one message; see `RelayConnection.send`, whose promises all transports keep."""

    def close(self) -> None:
        """Close; closing twice is harmless."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Timer:
    """Time as an argument: what tells it and what waits."""

    monotonic: Callable[[], float] = time.monotonic  #: seconds
    wait: Callable[[float], None] = time.sleep  #: seconds


class Pacer:
    """Let messages go at an even rate, never in bursts.

    Args:
        per_second: The rate; None lets them go at once.
        timer: What tells the time and waits.
    """

    def __init__(self, per_second: float | None, timer: Timer) -> None:
        self._interval_s = 0.0 if per_second is None else 1 / per_second
        self._timer = timer
        self._next_s = 0.0

    def wait(self) -> None:
        """Wait until the next message may go.

        The moments lie on a grid of the interval, so that waits that last a little too long
        do not add up. Time lost to a slow relay is not made up for.
        """
        if not self._interval_s:
            return
        now = self._timer.monotonic()
        if now < self._next_s:
            self._timer.wait(self._next_s - now)
            now = self._next_s
        self._next_s = now + self._interval_s


class Line:
    """Opens connections when they are needed, and gives up after too many losses in a row.

    Args:
        connect: Opens a connection or raises TransportError.
        tries: Losses in a row after which the last one is raised; at least 1.
        per_connection: Messages after which a connection is replaced.
        timer: What waits between tries.
    """

    def __init__(
        self, connect: Callable[[], Transport], *, tries: int, per_connection: int, timer: Timer
    ) -> None:
        self._connect = connect
        self._tries = tries
        self._per_connection = per_connection
        self._timer = timer
        self._transport: Transport | None = None
        self._carried = 0
        self._losses = 0

    def ready(self) -> Transport:
        """Return an open connection.

        Raises:
            TransportError: The relay was lost too often, or no further try can help.
        """
        if self._transport is not None and self._carried >= self._per_connection:
            self.close()
        while self._transport is None or not self._transport.is_open:
            self.close()
            if self._losses:
                self._timer.wait(min(_LONGEST_WAIT_S, 2.0 ** (self._losses - 1)))
            try:
                self._transport = self._connect()
            except TransportError as error:
                self.lost(error)
        return self._transport

    def lost(self, error: TransportError) -> None:
        """Count a loss.

        Raises:
            TransportError: The loss given, when it is permanent or one too many.
        """
        self.close()
        self._losses += 1
        if error.permanent or self._losses >= self._tries:
            raise error

    def took(self, receipt: Receipt) -> None:
        """Count an answer; an unknown end is a loss as well, or a dying relay would eat an audience.

        Raises:
            TransportError: That was one loss too many.
        """
        self._carried += 1
        if receipt.state is DeliveryState.UNKNOWN:
            self.lost(TransportError(receipt.text, permanent=False, where=f"{receipt.phase}"))
        else:
            self._losses = 0

    def close(self) -> None:
        """Close the connection if there is one."""
        transport, self._transport = self._transport, None
        self._carried = 0
        if transport is not None:
            transport.close()
