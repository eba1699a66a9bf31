"""Which relays of a run are in use, and for how many of those that wait."""

from __future__ import annotations

from collections.abc import Sequence

from digest.deliver.run.misfits import Misfits
from digest.deliver.run.relay import Relay


class Choice:
    """Chooses among the relays of a run. All methods are for the loop's thread.

    Args:
        relays: All of them.
        misfits: What only some of them can carry.
    """

    def __init__(self, relays: Sequence[Relay], misfits: Misfits) -> None:
        self._relays, self._misfits = relays, misfits

    def wanted(self, now: float) -> list[Relay]:
        """List the relays that are in use, and those of weight 0 that misfits need beside them."""
        used = self._in_use(now)
        if not self._misfits.size:
            return used
        others = [one for one in self._relays if one.is_usable(now) and one not in used]
        return used + [one for one in others if self._misfits.need(one, used)]

    def share_of(self, able: int, relay: Relay, now: float) -> int:
        """Count the messages that could begin on a relay.

        Args:
            able: Those that could on any in use; misfits come beside them.
            relay: One that is wanted.
            now: Seconds of the loop's clock.
        """
        if not self._misfits.size:
            return able
        return (able if relay in self._in_use(now) else 0) + self._misfits.count_for(relay)

    def takes_any(self, relay: Relay, now: float) -> bool:
        """Tell whether a relay may take the next message, whatever it is."""
        return not self._misfits.is_full and relay in self._in_use(now)

    def has_work(self, relay: Relay, now: float) -> bool:
        """Tell whether there may be a message for a relay."""
        if not self._misfits.size and relay.weight:
            return True  # what is found after most messages
        return self._misfits.has_for(relay) or self.takes_any(relay, now)

    def _in_use(self, now: float) -> list[Relay]:
        usable = [relay for relay in self._relays if relay.is_usable(now)]
        if not usable:  # one that let nobody in a while ago may be back before those that are away
            for relay in self._relays:
                relay.knock(now)
        if len(usable) > 1:
            usable = [relay for relay in usable if not relay.is_coy(now)] or usable
        return [relay for relay in usable if relay.weight] or usable
