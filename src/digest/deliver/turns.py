"""Whose turn it is, and with what message."""

from __future__ import annotations

from collections.abc import Iterator

from digest.deliver.clerk import Clerk
from digest.deliver.ends import Ends
from digest.deliver.envelope import Envelope
from digest.deliver.gate import Gate
from digest.deliver.held import Held
from digest.deliver.letters import Letters
from digest.deliver.relay import Relay
from digest.errors import MessageError
from digest.model.people import Delivery, DeliveryState


class Turns:
    """Takes deliveries that are claimed as limits and the last look allow.

    Args:
        clerk: Has those that are claimed.
        gate: Says what limits allow.
        ends: For those that end without a relay.
        letters: Makes the messages.
    """

    def __init__(self, clerk: Clerk, gate: Gate, ends: Ends, letters: Letters) -> None:
        self._clerk, self._gate, self._ends, self._letters = clerk, gate, ends, letters
        self.held = Held()  #: whose domain's limit is reached
        self._admits = gate.admits if gate.limits.domains else None

    @property
    def waiting(self) -> int:
        """How many have not begun."""
        return len(self._clerk.ready) + self.held.size

    def stock(self) -> None:
        """Have other threads make the messages of those whose turn it is soon; once a round of the loop."""
        self._letters.stock(self._clerk.ready)

    def prepare(self) -> bool:
        """Make a few of these messages now, while nothing happens; False when there is no need of any."""
        return self._letters.make(self._clerk.ready)

    def take(self, relay: Relay) -> tuple[Delivery | None, Envelope | None]:
        """Return the next delivery with its message, which begins now on a relay.

        Nobody when none may begin now. Without its message, it has its end already, or waits after all.
        """
        delivery = self.held.next(self._clerk.ready, self._admits)
        if delivery is None:
            return None, None
        if not self._letters.has(delivery):
            self._clerk.ready.appendleft(delivery)
            return None, None
        return delivery, self._enclosed(relay, delivery)

    def surplus(self, most: int) -> Iterator[Delivery]:
        """Give those held beyond so many of a domain, and let their messages go."""
        for delivery in self.held.surplus(most):
            self._letters.forget(delivery)
            yield delivery

    def _enclosed(self, relay: Relay, delivery: Delivery) -> Envelope | None:
        reason = self._clerk.barred(delivery)
        if reason is not None:
            self._letters.forget(delivery)
            self._ends.end(delivery, DeliveryState.EXCLUDED, reason)
            return None
        try:
            envelope = self._letters.take(delivery)
        except MessageError as error:
            self._ends.end(delivery, DeliveryState.FAILED, str(error))
            return None
        if not self._gate.begin(relay.route.name, delivery):
            self._letters.keep(delivery, envelope)
            self._clerk.ready.appendleft(delivery)
            return None
        relay.begun += 1
        return envelope
