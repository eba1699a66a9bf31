"""Addresses that a relay says it does not know: readers who are gone, or a relay that knows nobody."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator

from digest.deliver.held import domain_of
from digest.deliver.statuses import judge_failure
from digest.errors import TransportError
from digest.model.bounces import BounceKind
from digest.model.people import Delivery, DeliveryState, Outcome

IN_A_ROW = 20  #: answers, with nobody taken in between
_DOMAINS = 3  #: of which the readers in such a row are; one alone may have an outage
UNCOUNTED = "not known to the relay, like everybody at that moment: it counts against nobody"
Doubt = tuple[Delivery, Outcome]


class Strangers:
    """Keeps those whom a relay does not know until it has taken a mail, or is believed."""

    def __init__(self) -> None:
        self._row: deque[Doubt] = deque()
        self._by_domain: Counter[str] = Counter()  #: in a row, of each domain
        self.error: TransportError | None = None  #: what is wrong with a relay that knows nobody

    @property
    def size(self) -> int:
        """How many are kept."""
        return len(self._row)

    def add(self, delivery: Delivery, outcome: Outcome) -> tuple[Doubt, ...]:
        """Keep one; return those that are kept no longer since the row is long, and of too few domains."""
        self._row.append((delivery, outcome))
        domains = {domain_of(one) for one, _ in self._row}
        if len(self._row) >= IN_A_ROW and len(domains) >= _DOMAINS and self.error is None:
            self.error = TransportError(
                f"nobody is known: {len(self._row)} in a row, of {len(domains)} domains: "
                f"{outcome.code} {outcome.text}",
                permanent=True,
                code=outcome.code,
                hint="look whether this is the right relay and knows where mail of others goes; they end as "
                "failed, which counts against nobody, and `digest send EDITION --failed` tries them again",
            )
        may_go = self.error is None and len(self._row) > IN_A_ROW
        return (self._row.popleft(),) if may_go else ()

    def is_outage(self, delivery: Delivery) -> bool:
        """Count one of its domain; True for the last one that makes so many in a row, once."""
        domain = domain_of(delivery)
        self._by_domain[domain] += 1
        return self._by_domain[domain] == IN_A_ROW

    def taken(self, delivery: Delivery) -> None:
        """Take note that a relay has taken a mail: it knows somebody, and somebody of that domain."""
        if self._by_domain:
            self._by_domain.pop(domain_of(delivery), None)

    def empty(self) -> Iterator[Doubt]:
        """Give all that are kept."""
        while self._row:
            yield self._row.popleft()


def is_unknown(outcome: Outcome) -> bool:
    """Tell whether an attempt failed since a relay says that there is no such address."""
    is_said = outcome.state is DeliveryState.FAILED and (outcome.code or 0) >= 500
    return is_said and judge_failure(outcome.status, outcome.text or "")[0] is BounceKind.HARD
