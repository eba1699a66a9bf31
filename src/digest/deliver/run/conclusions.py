"""What a verdict means for the one who was to be mailed, and for the relay."""

from __future__ import annotations

from digest.deliver.loop import Loop
from digest.deliver.run.doubts import Doubts
from digest.deliver.run.ends import Ends
from digest.deliver.run.lane import Lane
from digest.deliver.run.outcomes import nameless
from digest.deliver.run.relay import Relay
from digest.deliver.run.turns import Turns
from digest.deliver.smtp.replies import Verdict
from digest.errors import TransportError
from digest.model.people import Delivery, DeliveryState


class Conclusions:
    """Draws them, one verdict after the other.

    Args:
        loop: Tells the time.
        ends: For those whose connection was lost before the dot.
        doubts: Judges the answers of relays.
        turns: Takes back who is to be asked for again at once.
    """

    def __init__(self, loop: Loop, ends: Ends, doubts: Doubts, turns: Turns) -> None:
        self._loop, self._ends, self._doubts, self._turns = loop, ends, doubts, turns

    def draw(self, lane: Lane, relay: Relay, delivery: Delivery, verdict: Verdict) -> None:
        """Let relay and delivery have what follows from a verdict on one of its lanes."""
        now = self._loop.now()
        verdict = nameless(verdict, delivery.subscriber.email)
        relay.answers.add(verdict, lane.took_s)
        if isinstance(verdict, TransportError):
            if verdict.permanent:
                self._doubts.set_aside(delivery, verdict, relay)
            else:
                relay.lost(verdict, now, taken=lane.carried - 1)
                self._ends.retry(delivery, verdict)
            return
        if relay.has_had_enough(lane, verdict):
            self._turns.renew(delivery)
            return
        if verdict.state is DeliveryState.UNKNOWN:
            relay.lost_dot(verdict.text, now)
        elif verdict.code is not None:  # otherwise the relay was not asked
            relay.worked(now, verdict, delivery.subscriber.email)
        self._doubts.receipt(delivery, verdict, relay, now - lane.took_s)
