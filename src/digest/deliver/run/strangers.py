"""Addresses that a relay does not know or refuses: readers who are gone, or a relay that takes nobody.

| who is doubted | when | what follows |
| --- | --- | --- |
| a relay | 20 in a row, of three domains; 500, where another one takes mail | no more of this run |
| all of them | 20 and more, and nobody else is left of the edition | no more of this run |
| all of them | 500, where nobody has the edition and nobody was put off | no more of this run |
| one that takes nobody | nobody is left to ask, another one takes mail | those in doubt are asked for there |

A row is over when somebody is taken, or put off for their own sake. Whoever is in doubt is pending
again then; the others are believed to be gone once the relay takes a mail, or nobody is left to ask.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from digest.deliver.run.held import domain_of
from digest.deliver.statuses import judge_failure
from digest.errors import TransportError
from digest.model.bounces import BounceKind
from digest.model.people import Delivery, DeliveryState, Outcome

IN_A_ROW = 20  #: answers, with nobody taken in between
_FEW = 5  #: of them, after which others are asked for once: imports stand together
_DOMAINS = 3  #: of which the readers in such a row are; one alone may have an outage
MOST = 500  #: that are kept of a relay which has taken nobody yet
_UNKNOWN, _REFUSED = "nobody is known", "nobody is accepted"
NOBODY = (_UNKNOWN, _REFUSED)  #: one of them begins what is said of a relay that knows nobody
Doubt = tuple[Delivery, Outcome]


class Strangers:
    """Keeps those whom one relay refuses until it has taken a mail, or is believed."""

    def __init__(self) -> None:
        self._kept: deque[Doubt] = deque()
        self._row: deque[str] = deque(maxlen=IN_A_ROW)  #: their domains, also of those kept no longer
        self.in_a_row = 0
        self._asks_others = False

    def add(self, delivery: Delivery, outcome: Outcome) -> bool:
        """Keep one more; True when it is time to ask for readers at the other end of the list."""
        domain = domain_of(delivery)
        self._kept.append((delivery, outcome))
        self._row.append(domain)
        self.in_a_row += 1
        turns, self._asks_others = not self._asks_others and len(self._row) >= _FEW, len(self._row) >= _FEW
        return turns

    @property
    def kept(self) -> int:
        """How many are kept."""
        return len(self._kept)

    @property
    def are_all(self) -> bool:
        """True when the row is so long, and of so many domains, that the relay takes nobody."""
        return len(self._row) >= IN_A_ROW and len(set(self._row)) >= _DOMAINS

    def fault(self, relay: str) -> TransportError:
        """Say what is wrong with the relay that said so of all in the row."""
        said = self._kept[-1][1]
        what = f"{_UNKNOWN} to" if is_unknown(said) else f"{_REFUSED} by"
        domains = len({*self._row, *(domain_of(delivery) for delivery, _ in self._kept)})
        return TransportError(
            f"{what} relay {relay}: {self.in_a_row} in a row, of {domains} domain{'s' * (domains > 1)}: "
            f"{said.code} {said.text}",
            permanent=True,
            code=said.code,
            hint="look whether this is the right relay and knows where mail of others goes; an edition that "
            "is approved after this believes it: whom it does not know ends as failed",
        )

    def knows(self) -> bool:
        """Take note that the relay has taken a mail, or put somebody off for their own sake: the row is over.

        Returns:
            True when it is time to go on where the list was left.
        """
        self._row.clear()
        self.in_a_row = 0
        turns, self._asks_others = self._asks_others, False
        return turns

    def empty(self, *, down_to: int = 0) -> Iterator[Doubt]:
        """Give those that are kept, the first ones first, but for so many."""
        while len(self._kept) > down_to:
            yield self._kept.popleft()


def is_unknown(outcome: Outcome) -> bool:
    """Tell whether a relay's word says that there is no such address."""
    return judge_failure(outcome.status, outcome.text or "")[0] is BounceKind.HARD


def is_refused(outcome: Outcome) -> bool:
    """Tell whether an attempt failed by a relay's word about the recipient."""
    return outcome.state is DeliveryState.FAILED and (outcome.code or 0) >= 500
