"""How much a relay takes on one connection."""

from __future__ import annotations

from digest.deliver.run.lane import Lane
from digest.deliver.smtp.replies import Receipt
from digest.model.people import DeliveryState

_FEW = 5  #: messages; a relay that ends a connection before so many is busy, and has no such rule
_ALIKE = 3  #: connections in a row that were ended after as many messages: it is the relay's rule
_KEPT_TO = 20  #: connections by which the rule is kept before it is tried whether it still holds
_TRIAL = 4  #: the last of so many messages for fresh connections tries whether these are of any use
_SENT = DeliveryState.SENT  # taken out of its class once: asked for each message


class Ration:
    """Tells how many messages a relay takes on one connection, learnt from those it ended.

    It does so with 421, or says no more than 4xx to MAIL.

    Args:
        most: Messages after which a connection is replaced, unless its relay wants fewer.
    """

    def __init__(self, most: int) -> None:
        self.most = most  #: messages after which a connection is to be replaced
        self._full = most
        self._taken = self._alike = 0  #: messages on the connection that ended last, and how often so
        self._kept = 0  #: connections that we ended for the rule's sake
        self._renewed = 0  #: messages that were left for a fresh connection
        self._has_none = False  #: the relay puts some off whatever their connection has carried

    def is_over(self, lane: Lane, receipt: Receipt) -> bool:
        """Count an answer that may say that a connection has carried enough; False for any other.

        What a fresh connection is told counts as it is said. Now and then one that may be used up is asked
        on: if it takes a mail, the relay meant no connection, and what it says counts from then on.
        """
        if lane.is_on_trial and receipt.state is _SENT:  # no other says that it goes on
            self._has_none = True
            self.lift()
        if self._has_none or not (lane.served and receipt.may_be_connections):
            return False
        if lane.is_on_trial:
            lane.is_used_up = True
            return True
        self.ended(lane.carried - 1)
        self._renewed += 1
        lane.is_on_trial = self._renewed % _TRIAL == 0
        lane.is_used_up = not lane.is_on_trial
        return True

    def ended(self, taken: int) -> bool:
        """Count a connection that the relay ended after so many; True when that is its rule, no trouble."""
        if taken < _FEW:
            return False
        self._alike = self._alike + 1 if taken == self._taken else 1
        self._taken = taken
        if self._alike < _ALIKE:
            return False
        self.most, self._kept = min(self._full, taken), 0
        return True

    def lift(self) -> None:
        """Forget the rule: there is none."""
        self.most, self._alike = self._full, 0

    def closed(self, begun: int, *, by_relay: bool) -> None:
        """Count any connection; one that took more refutes the rule, which is tried now and then."""
        if begun > self._taken + 1:
            self._alike = 0
        elif self.most < self._full and begun >= self.most and not by_relay:
            self._kept += 1
            if self._kept >= _KEPT_TO:
                self.most = self._full
