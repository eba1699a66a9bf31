"""Whose turn it is, and with what message."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from functools import partial

from digest.deliver.compose.envelope import Envelope
from digest.deliver.run.clerk import Clerk
from digest.deliver.run.ends import Ends
from digest.deliver.run.envelopes import Envelopes
from digest.deliver.run.gate import Gate
from digest.deliver.run.held import Held, domain_of
from digest.deliver.run.misfits import Misfits
from digest.deliver.run.relay import Relay
from digest.errors import MessageError
from digest.model.people import LIMITED, MOVED, UNCARRIED, Delivery, DeliveryState


class Turns:
    """Takes deliveries that are claimed as limits and the last look allow.

    Args:
        clerk: Has those that are claimed.
        gate: Says what limits allow.
        ends: For those that end without a relay.
        envelopes: Makes the messages.
        misfits: Has those that wait for a relay which can carry them.
    """

    def __init__(self, clerk: Clerk, gate: Gate, ends: Ends, envelopes: Envelopes, misfits: Misfits) -> None:
        self._clerk, self._gate, self._ends, self._envelopes = clerk, gate, ends, envelopes
        self._misfits, self._looks = misfits, clerk.looks
        self._held = Held()  #: whose domain's limit is reached
        #: Domains of which the ledger may have some that were put off for their limit, be it by another run;
        #: how many were by this one.
        self._put_off = dict.fromkeys(gate.limits.domains, 0)
        #: Put off on a connection that may have carried enough: a fresh one tells, whatever it says.
        self._again: deque[Delivery] = deque()
        self._admits = gate.admits if gate.limits.domains else None

    @property
    def waiting(self) -> int:
        """How many have not begun."""
        return len(self._clerk.ready) + self._held.size + self._misfits.size + len(self._again)

    def count_able(self) -> int:
        """Count those that could begin now or within moments, misfits aside; who cannot is held."""
        ready, room = self._clerk.ready, self._gate.room
        if self._admits is None:
            return len(ready) + len(self._again)
        self._held.sift(ready, lambda domain: room(domain) > 0)
        again = sum(room(domain_of(one)) > 0 for one in self._again)
        return len(ready) + self._held.count(room) + again

    @property
    def is_over(self) -> bool:
        """True when nobody waits here, nor in the ledger for the limit of a domain."""
        return not (self.waiting or self._put_off)

    @property
    def domains(self) -> Collection[str]:
        """The domains whose limit somebody may wait for, each once."""
        return dict.fromkeys((*self._held.domains, *self._misfits.domains, *map(domain_of, self._again)))

    def stock(self) -> None:
        """Have other threads make the messages of those whose turn it is soon; once a round of the loop."""
        self._envelopes.stock(self._clerk.ready)

    def prepare(self) -> bool:
        """Make a few of these messages now, while nothing happens; False when there is no need of any."""
        return self._envelopes.make(self._clerk.ready)

    def renew(self, delivery: Delivery) -> None:
        """Keep a delivery for a fresh connection, to whichever relay."""
        self._again.append(delivery)

    def wants_fresh(self) -> bool:
        """Tell whether of those at hand only such may begin as wait for a fresh connection."""
        return not self._clerk.ready and any(map(self._may_begin, self._again))

    def take(self, relay: Relay, *, is_fresh: bool) -> tuple[Delivery | None, Envelope | None]:
        """Return the next delivery with its message, which begins now on a relay.

        Nobody when none may begin now. Without its message, it has its end already, or waits after all.

        Args:
            relay: Which.
            is_fresh: It is the first message on its connection.
        """
        if (fitting := self._misfits.take(relay)) is not None:
            self._envelopes.keep(*fitting)
            return fitting[0], self._enclosed(relay, fitting[0])
        if is_fresh and (again := next(filter(self._may_begin, self._again), None)) is not None:
            self._again.remove(again)
            return again, self._enclosed(relay, again)
        delivery = self._held.next(self._clerk.ready, self._admits)
        if delivery is None:
            return None, None
        if not self._envelopes.has(delivery):
            self._clerk.ready.appendleft(delivery)
            return None, None
        return delivery, self._enclosed(relay, delivery)

    def may_go_on(self, delivery: Delivery, *, is_over: bool) -> bool:
        """Look again at a delivery of which no more than the first commands are written.

        Args:
            delivery: Who must not be mailed any more has an end, and who has moved is to be claimed anew;
                whoever must not be mailed now waits anew.
            is_over: The run begins nothing more.
        """
        if (reason := self._looks.barred(delivery)) is not None:
            self._turn_away(delivery, reason)
            return False
        if is_over or not self._looks.are_fresh:
            self._clerk.ready.appendleft(delivery)
            return False
        return True

    def put_back(self, most: int, tries: int | None) -> None:
        """Put those off, without counting an attempt, that wait for long or are too many to wait here.

        Args:
            most: So many of a domain wait here for its limit.
            tries: A relay that was lost so often in a row is waited for no more; None waits.
        """
        for delivery in self._held.surplus(most):
            domain = domain_of(delivery)
            self._put_off[domain] = self._put_off.get(domain, 0) + 1
            self._envelopes.forget(delivery)
            self._ends.later(delivery, self._gate.turn_s(domain), _waits_for(domain))
        for delivery, seconds, why in self._misfits.surplus(tries):
            if why is None:
                self._ends.later(delivery, seconds, UNCARRIED)
            else:
                self._ends.put_off(delivery, why)

    def fetch(self, most: int) -> None:
        """Claim those again that were put off for the limit of a domain of which few are left here.

        Args:
            most: So many of a domain wait here for its limit.
        """
        if not self._put_off:
            return  # what is found every few milliseconds
        few = {one: count for one, count in self._put_off.items() if self._held.count_of(one) * 2 < most}
        self._clerk.claim_early((most + 1) // 2, [*map(_waits_for, few)], partial(self._none_left, few))

    def look_again(self) -> None:
        """Look for deliveries once more, also for those that other runs have put off."""
        self._put_off = dict.fromkeys(self._gate.limits.domains, 0) | self._put_off
        self._clerk.claim_again()

    def empty(self) -> Iterator[Delivery]:
        """Give all that are claimed and have not begun."""
        yield from self._clerk.ready
        self._clerk.ready.clear()
        yield from self._held.empty()
        yield from self._misfits.empty()
        while self._again:
            yield self._again.popleft()

    def _none_left(self, asked: Mapping[str, int]) -> None:
        """Ask no more for domains of which nobody was found, nor was put off since."""
        self._put_off = {one: count for one, count in self._put_off.items() if asked.get(one) != count}

    def _may_begin(self, delivery: Delivery) -> bool:
        return self._admits is None or self._admits(domain_of(delivery))

    def _turn_away(self, delivery: Delivery, reason: str) -> None:
        """End what the last look bars; who has moved goes back, to be claimed with the new address."""
        if reason == MOVED:
            self._ends.end(delivery, DeliveryState.PENDING)
        else:
            self._ends.end(delivery, DeliveryState.EXCLUDED, reason)

    def _enclosed(self, relay: Relay, delivery: Delivery) -> Envelope | None:
        reason = self._looks.barred(delivery)
        if reason is not None:
            self._envelopes.forget(delivery)
            self._turn_away(delivery, reason)
            return None
        try:
            envelope = self._envelopes.take(delivery)
        except MessageError as error:
            self._ends.end(delivery, DeliveryState.FAILED, str(error))
            return None
        if self._misfits.is_one(relay, envelope):
            self._misfits.add(delivery, envelope)
            return None
        if not self._gate.begin(relay.route.name, delivery):
            self._envelopes.keep(delivery, envelope)
            self._clerk.ready.appendleft(delivery)
            return None
        self._misfits.begun(delivery)
        relay.begun += 1
        return envelope


def _waits_for(domain: str) -> str:
    """Return the words with which those are put off, and found again, whose domain's limit is reached."""
    return f"{LIMITED}{domain}"
