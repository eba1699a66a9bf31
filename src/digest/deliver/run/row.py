"""Whom one relay refuses, one after the other, and what that says of the relay."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field

from digest.deliver.run.held import domain_of
from digest.deliver.statuses import judge_failure
from digest.errors import TransportError
from digest.model.bounces import BounceKind
from digest.model.people import Delivery, Outcome

MANY = 20  #: refusals, with nobody taken in between
_DOMAINS = 3  #: of which the readers in such a row are; one alone may have an outage
_UNKNOWN, _REFUSED = "nobody is known", "nobody is accepted"
NOBODY = (_UNKNOWN, _REFUSED)  #: one of them begins what is said of a relay that knows nobody
_LOOK = "look whether this is the right relay and knows where mail of others goes"
_ASK = "ask whoever runs the relay what that means"
#: What servers say with 552 of a mailbox's own room, where the code does not: RFC 3463 has 5.2.2 for it.
_FULL, _ROOM, _MAILBOX = "5.2.2", 552, re.compile(r"\b((mail|in)[ -]?box|over[ -]?quota)\b", re.IGNORECASE)
_APPROVED = (
    "an edition that is approved after this believes it: whom it does not know has failed, and whom it"
    " refuses again once it takes somebody, or nobody is left"
)
Kept = deque[tuple[Delivery, Outcome]]  #: the first ones first, with the end that each has if it is believed


@dataclass
class Row:
    """Whom one relay refuses, one after the other."""

    kept: Kept = field(default_factory=deque)  #: until the relay has taken a mail, or is believed
    count: int = 0  #: since it took somebody, or put somebody off for their own sake
    late: int = 0  #: taken since, of what was on its way when the first of those who are kept was refused
    beside: int = 0  #: refused since, who do not count
    #: Of the last of these, also of those who are kept no longer.
    domains: deque[str] = field(default_factory=lambda: deque(maxlen=MANY))
    said: Outcome = field(init=False)  #: of the last one
    since: float = 0.0  #: when the message to the first of those who are kept began

    def add(self, delivery: Delivery, outcome: Outcome, began_at: float, *, counts: bool) -> None:
        """Keep one more, who may say by themselves that the relay takes nobody."""
        self.since = self.since if self.kept else began_at
        self.kept.append((delivery, outcome))
        self.said = outcome
        if counts:
            self.domains.append(domain_of(delivery))
            self.count += 1
        else:
            self.beside += 1

    def end(self) -> None:
        """Begin anew: the relay knows somebody."""
        self.domains.clear()
        self.count = self.late = self.beside = 0

    @property
    def tells(self) -> bool:
        """True when it is so long, and of so many domains, that the relay takes nobody."""
        return self.count - self.late >= MANY and len(set(self.domains)) >= _DOMAINS

    @property
    def most(self) -> int:
        """How many may have to be kept until it tells."""
        return MANY + self.late + self.beside

    def contradiction(self, relay: str) -> TransportError:
        """Say what is wrong with the relay that refused readers whom another took then."""
        return TransportError(
            f"relay {relay} refuses whom others take: {self.said.code} {self.said.text}",
            permanent=True,
            code=self.said.code,
            hint=_LOOK,
        )

    def fault(self, relay: str) -> TransportError:
        """Say what is wrong with the relay that refused all in the row."""
        said = self.said
        is_told = is_unknown(said)
        what, way_out = (f"{_UNKNOWN} to", _LOOK) if is_told else (f"{_REFUSED} by", _ASK)
        domains = len({*self.domains, *(domain_of(delivery) for delivery, _ in self.kept)})
        return TransportError(
            f"{what} relay {relay}: {self.count} in a row, of {domains} domain{'s' * (domains > 1)}: "
            f"{said.code} {said.text}",
            permanent=True,
            code=said.code,
            hint=f"{way_out}; {_APPROVED}",
        )


def is_unknown(outcome: Outcome) -> bool:
    """Tell whether a relay's word says that there is no such address."""
    return judge_failure(outcome.status, outcome.text or "")[0] is BounceKind.HARD


def is_full(outcome: Outcome) -> bool:
    """Tell whether a relay's word says that one mailbox has no more room."""
    is_said = outcome.code == _ROOM and _MAILBOX.search(outcome.text or "") is not None
    return outcome.status == _FULL or is_said
