"""Deliveries that wait for their domain's limit, while the others go on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

from digest.model.people import Delivery


def domain_of(delivery: Delivery) -> str:
    """Return the domain that a delivery goes to, in lower case."""
    return delivery.subscriber.email.rpartition("@")[2].lower()


class Held:
    """Queues by domain, in the order of arrival within each; domains have their turn one after the other."""

    def __init__(self) -> None:
        self._by_domain: dict[str, deque[Delivery]] = {}
        self.size = 0

    @property
    def domains(self) -> tuple[str, ...]:
        """The domains that somebody waits for, whose turn it was last behind the others."""
        return tuple(self._by_domain)

    def next(self, ready: deque[Delivery], admits: Callable[[str], bool] | None) -> Delivery | None:
        """Return the next delivery that may begin, those held first; None when none may.

        Args:
            ready: Deliveries in order; those whose domain must wait are taken out and held.
            admits: Tells whether a message to a domain may begin now; None when all may.
        """
        if admits is None:
            return ready.popleft() if ready else None
        for domain in self._by_domain:
            if admits(domain):
                return self._take(domain)
        self.sift(ready, admits)
        return ready.popleft() if ready else None

    def sift(self, ready: deque[Delivery], admits: Callable[[str], bool]) -> None:
        """Hold deliveries whose domain must wait, up to the first that need not."""
        while ready and not admits(domain := domain_of(ready[0])):
            self._by_domain.setdefault(domain, deque()).append(ready.popleft())
            self.size += 1

    def count(self, room: Callable[[str], int]) -> int:
        """Count those that could begin.

        Args:
            room: Says how many more to a domain could.
        """
        return sum(min(len(queue), room(domain)) for domain, queue in self._by_domain.items())

    def count_of(self, domain: str) -> int:
        """Count those of a domain."""
        return len(self._by_domain.get(domain, ()))

    def surplus(self, most: int) -> Iterator[Delivery]:
        """Give what waits beyond so many of a domain, the last first: it can be somebody else's to hold."""
        for queue in self._by_domain.values():
            while len(queue) > most:
                self.size -= 1
                yield queue.pop()

    def empty(self) -> Iterator[Delivery]:
        """Give all that is held, to be given back."""
        for domain in self.domains:
            while domain in self._by_domain:
                yield self._take(domain)

    def _take(self, domain: str) -> Delivery:
        queue = self._by_domain.pop(domain)
        delivery = queue.popleft()
        self.size -= 1
        if queue:
            self._by_domain[domain] = queue
        return delivery
