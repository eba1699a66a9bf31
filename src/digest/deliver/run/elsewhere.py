"""Whom one relay refuses is asked for at another that knows readers, once, before that is believed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from digest.deliver.run.relay import Relay
from digest.deliver.smtp.replies import Receipt, puts_off_everybody
from digest.model.people import Delivery, DeliveryState

_WRONG = 5  #: whom others took: a relay that refused so many, and takes nobody meanwhile, is used no more
_PATIENCE_S = 600.0  #: another sender may have who was refused
_SENT, _FAILED = DeliveryState.SENT, DeliveryState.FAILED


class Elsewhere:
    """Knows who is asked for a second time, and what became of it.

    A relay whose word is in question gets no more mail meanwhile than what no other carries. All methods are
    for the loop's thread.

    Args:
        relays: All of the run.
        has_room: Tells whether limits let messages begin on one, by its name.
    """

    def __init__(self, relays: Sequence[Relay], has_room: Callable[[str], bool]) -> None:
        self.asked: dict[int, Relay] = {}  #: by delivery: who refused them, until another has answered
        self._relays, self._has_room = relays, has_room
        self._looks: set[Relay] = set()
        self._agreed: set[int] = set()  #: deliveries that another refused as well
        self._wrong: Counter[Relay] = Counter()
        #: When one was found in question; None: since the last tick.
        self._since: dict[Relay, float | None] = {}

    def put_off(self, delivery: Delivery, receipt: Receipt, relay: Relay) -> None:
        """Take note that a relay has put somebody off: if it was for their own sake, it looks at readers."""
        if relay not in self._looks and not puts_off_everybody(receipt, delivery.subscriber.email):
            self._looks.add(relay)

    def may_be_asked(self, relay: Relay) -> bool:
        """Tell whether another relay could be asked for those that one refuses.

        What has no weight beside others got only what they cannot carry.
        """
        return len(self._relays) > 1 and relay.route.weight > 0 and any(map(self._is_open, self._but(relay)))

    def is_better(self, relay: Relay) -> bool:
        """Tell whether one of those has taken mail in this run, looked at somebody, or was not asked yet."""
        if not self.may_be_asked(relay):
            return False
        others = filter(self._is_open, self._but(relay))
        return any(one.has_taken or one in self._looks or not one.begun for one in others)

    def ask(self, delivery: Delivery, relay: Relay) -> bool:
        """Ask for somebody elsewhere whom a relay refused.

        Returns:
            False when the refusal is to be believed: another has said the same, or none was to be had.
        """
        if delivery.id in self._agreed or delivery.id in self.asked:
            self._answered(delivery)
            return False
        self.asked[delivery.id] = relay
        self._since.setdefault(relay)
        relay.weight = 0
        return True

    def heard(self, delivery: Delivery, state: DeliveryState, relay: Relay) -> Relay | None:
        """Take note of an answer; return the relay that it shows to know nobody, if it does.

        Args:
            delivery: To whom.
            state: What the answer means.
            relay: Whose it is.
        """
        first = self.asked.get(delivery.id)
        if first is None or first is relay:
            return None
        self._answered(delivery)
        if state is _FAILED:
            self._agreed.add(delivery.id)
        self._wrong[first] += state is _SENT
        return first if self._wrong[first] >= _WRONG else None

    def knows(self, relay: Relay) -> None:
        """Take note that a relay has taken a mail: what it was wrong about before counts no more."""
        self._wrong.pop(relay, None)

    def tick(self, now: float) -> None:
        """Let a relay have its share again that others were silent about for long, or let nobody begin."""
        for relay, since in tuple(self._since.items()):
            if since is None:
                self._since[relay] = now
            elif now - since >= _PATIENCE_S or not any(map(self._can_begin, self._but(relay))):
                self._restore(relay)

    def restore(self) -> None:
        """Let all have their share again: nobody is left to ask, for now or in this run."""
        for relay in tuple(self._since):
            self._restore(relay)

    def _answered(self, delivery: Delivery) -> None:
        relay = self.asked.pop(delivery.id, None)
        if relay is not None and relay in self._since and relay not in self.asked.values():
            self._restore(relay)

    def _restore(self, relay: Relay) -> None:
        relay.weight = relay.route.weight
        del self._since[relay]

    def _but(self, relay: Relay) -> list[Relay]:
        return [one for one in self._relays if one is not relay]

    def _is_open(self, relay: Relay) -> bool:
        return relay.weight > 0 and relay.is_well and self._can_begin(relay)

    def _can_begin(self, relay: Relay) -> bool:
        return relay.refusal is None and self._has_room(relay.route.name)
