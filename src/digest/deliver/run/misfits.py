"""Messages that the relay at hand cannot carry, which wait for one that can, while the others go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from digest.deliver.compose.envelope import Envelope
from digest.deliver.run.gate import Gate
from digest.deliver.run.held import domain_of
from digest.deliver.run.relay import Relay
from digest.errors import TransportError
from digest.model.people import Books, Delivery

_MOST = 96  #: no relay is given others once so many wait
_KEPT = 48  #: so many wait here for a relay that is away; those beyond are put off
_STUCK_S = 5.0  #: without one that could go
_PUT_OFF_S = 60.0  #: nobody is put off for less,
_APART_S = 0.05  #: and each so much longer than the one before, or they came back all at once


class Misfits:
    """A queue of messages with letters beyond ASCII, or beyond the SIZE of some relay.

    A relay counts as able until it is known that it has not offered what a message needs. One that is away is
    waited for, and whoever only one can reach that refuses the sender is put off, with its words. All methods
    are for the loop's thread.

    Args:
        relays: All of the run.
        now: Tells the seconds, as the loop does.
        gate: Says what limits allow; None where no domain has one.
    """

    def __init__(
        self,
        relays: Sequence[Relay],
        now: Callable[[], float],
        gate: Gate | None = None,
    ) -> None:
        self._relays, self._now, self._gate = relays, now, gate
        self._waiting: list[tuple[Delivery, Envelope]] = []
        self._left_at = self._turn_at = float("-inf")
        self._stranded: dict[int, TransportError] = {}  #: by delivery, until it is taken up again

    @property
    def size(self) -> int:
        """How many wait."""
        return len(self._waiting)

    @property
    def is_full(self) -> bool:
        """True when it is time to wait for the relay that they need."""
        return len(self._waiting) >= _MOST

    @property
    def domains(self) -> Iterator[str]:
        """The domains that they go to."""
        return (domain_of(delivery) for delivery, _ in self._waiting)

    def is_one(self, relay: Relay, envelope: Envelope) -> bool:
        """Tell whether a message is to be kept for another relay; not when no other could carry it either."""
        return len(self._relays) > 1 and not relay.may_carry(envelope) and bool(self._able(envelope))

    def add(self, delivery: Delivery, envelope: Envelope) -> None:
        """Keep a message."""
        if not self._waiting:
            self._left_at = self._now()
        for relay in self._able(envelope):
            relay.knock(self._now())
        self.begun(delivery)
        self._waiting.append((delivery, envelope))

    def begun(self, delivery: Delivery) -> None:
        """Count a delivery as stranded no more: there is a way for it, or one is looked for again."""
        self._stranded.pop(delivery.id, None)

    @property
    def stranded(self) -> tuple[int, ...]:
        """Who was put off though each relay that could carry them is of no use any more, by delivery.

        What has become of them since, by another sender or their own leaving, is not known here.
        """
        return tuple(self._stranded)

    def stranding(self) -> TransportError | None:
        """Return what the first of these relays says; None when nobody is stranded."""
        if not self._stranded:
            return None
        said = next(iter(self._stranded.values()))
        words = f"{said.message}; no other relay can carry what is left"
        return TransportError(words, permanent=True, code=said.code, where=said.where, hint=said.hint)

    def verdict(self, books: Books) -> TransportError | None:
        """Return what these relays say when all who are open are stranded, and nobody has the edition."""
        is_all = 0 < books.open <= len(self._stranded) and not books.sent
        return self.stranding() if is_all else None

    def has_for(self, relay: Relay) -> bool:
        """Tell whether one of them may begin on a relay."""
        return self._place(relay) is not None

    def take(self, relay: Relay) -> tuple[Delivery, Envelope] | None:
        """Take the next one that may begin on a relay: it carries it, or no relay would."""
        at = self._place(relay)
        if at is None:
            return None
        self._left_at = self._now()
        return self._waiting.pop(at)

    def count_for(self, relay: Relay) -> int:
        """Count those that could begin on a relay, which may turn out to carry them."""
        return sum(
            relay.may_carry(envelope) and (self._gate is None or self._gate.room(domain_of(delivery)) > 0)
            for delivery, envelope in self._waiting
        )

    def need(self, relay: Relay, others: Sequence[Relay]) -> bool:
        """Tell whether a relay may carry one that none of the others can."""
        return any(
            relay.may_carry(envelope) and not any(one.may_carry(envelope) for one in others)
            for _, envelope in self._waiting
        )

    def surplus(self, tries: int | None) -> Iterator[tuple[Delivery, float, TransportError | None]]:
        """Give those that need not wait here, and for how many seconds each is to be put off, or for what.

        Args:
            tries: A relay that was lost so often in a row is waited for no more; None waits. One that
                greets with 554 is asked again when they come back.
        """
        yield from self._given_up(tries)
        while len(self._waiting) > _KEPT and self._now() - self._left_at > _STUCK_S:
            yield self._waiting.pop()[0], self._turn_s(), None

    def empty(self) -> Iterator[Delivery]:
        """Give all, to be given back."""
        while self._waiting:
            yield self._waiting.pop(0)[0]

    def _given_up(self, tries: int | None) -> Iterator[tuple[Delivery, float, TransportError | None]]:
        for one in tuple(self._waiting):
            able = self._able(one[1])
            if able and all(relay.is_given_up(tries) for relay in able):
                self._waiting.remove(one)
                said = [relay.barred for relay in able]
                why = said[0] if all(said) else None
                if why is not None:
                    self._stranded[one[0].id] = why
                yield one[0], self._turn_s(), why

    def _able(self, envelope: Envelope) -> list[Relay]:
        return [relay for relay in self._relays if relay.may_carry(envelope)]

    def _place(self, relay: Relay) -> int | None:
        for at, (delivery, envelope) in enumerate(self._waiting):
            may_go = relay.may_carry(envelope) or not self._able(envelope)
            if may_go and (self._gate is None or self._gate.admits(domain_of(delivery))):
                return at
        return None

    def _turn_s(self) -> float:
        now = self._now()
        self._turn_at = max(self._turn_at, now + _PUT_OFF_S) + _APART_S
        return self._turn_at - now
