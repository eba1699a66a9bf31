"""What the end of an attempt means for the books."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from digest.clock import Clock
from digest.deliver.compose.spellings import spellings
from digest.deliver.run.hiding import hide, may_end_within
from digest.deliver.run.terms import SendingRules
from digest.deliver.smtp.replies import Receipt, Verdict
from digest.errors import TransportError
from digest.model.people import MAY_HAVE_IT, PARTICULAR, Delivery, DeliveryState, Outcome

_DEFERRED, _UNKNOWN, _SENT = DeliveryState.DEFERRED, DeliveryState.UNKNOWN, DeliveryState.SENT
#: How long to wait after the first, second and later answers that ask to try again.
BACKOFF = (timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))


@dataclass(frozen=True, kw_only=True, slots=True)
class Judge:
    """Turns what happened into what is written down."""

    clock: Clock
    give_up_at: datetime  #: who is put off beyond it has expired
    #: The same for one recipient; None when it is `give_up_at` for all.
    give_up_of: Callable[[Delivery], datetime] | None = None
    resend_unknown: bool  #: mail again when nobody can tell whether a mail was taken
    believes: bool = False  #: a relay that refuses many in a row, as `SendingRules` say
    #: Asked until when all may be mailed, whatever the rules say; None: as they say.
    let_go_until: Callable[[], datetime | None] = lambda: None

    @classmethod
    def of(cls, rules: SendingRules, clock: Clock, let_go_until: Callable[[], datetime | None]) -> Self:
        """Judge as the rules of a run say, or the word of a person while it goes on."""
        return cls(
            clock=clock,
            give_up_at=rules.give_up_at,
            give_up_of=rules.give_up_of,
            resend_unknown=rules.resend_unknown,
            believes=rules.believes,
            let_go_until=let_go_until,
        )

    def receipt(self, delivery: Delivery, receipt: Receipt) -> Outcome:
        """Say what a relay's answer means for a delivery."""
        text, goes_on = receipt.text, receipt.state is _UNKNOWN and self.resend_unknown
        if receipt.state is not _SENT:
            if text.startswith(PARTICULAR):
                text = f"{receipt.code} {text}"  # only the program puts that on record
            if goes_on and not delivery.may_have_it:
                text += MAY_HAVE_IT
            if receipt.state is _DEFERRED or goes_on:
                return self.put_off(delivery, text, code=receipt.code, status=receipt.enhanced)
            if receipt.state is _UNKNOWN:
                text = _beside(delivery, text)  # a person may have them mailed again
        return self.end(receipt.state, text, code=receipt.code, status=receipt.enhanced)

    def put_off(
        self, delivery: Delivery, text: str, *, code: int | None = None, status: str | None = None
    ) -> Outcome:
        """Try again after 5, 15, 60, 60 ... minutes; beyond the time to give up, expire, or be unknown."""
        now = self.clock()
        tries = 1 if delivery.is_first_try else delivery.attempt
        next_at = now + BACKOFF[min(tries, len(BACKOFF)) - 1]
        own = self.give_up_at if self.give_up_of is None else self.give_up_of(delivery)
        if next_at >= (self.let_go_until() or own):
            state = _UNKNOWN if MAY_HAVE_IT in text else DeliveryState.EXPIRED
            return self.end(state, f"put off until it was too late: {text}", code=code, status=status)
        words = _beside(delivery, text)
        return Outcome(state=_DEFERRED, at=now, code=code, status=status, text=words, next_at=next_at)

    def later(self, delivery: Delivery, seconds: float, text: str) -> Outcome:
        """Wait for so many seconds, untried, an hour at most and not beyond the time to give up."""
        now = self.clock()
        next_at = min(
            now + min(timedelta(seconds=seconds), BACKOFF[-1]),
            max(now, self.let_go_until() or self.give_up_at),
        )
        words = _beside(delivery, text)
        return Outcome(state=_DEFERRED, at=now, text=words, next_at=next_at, is_try=False)

    def end(
        self, state: DeliveryState, text: str, *, code: int | None = None, status: str | None = None
    ) -> Outcome:
        """Make an end as of now."""
        return Outcome(state=state, at=self.clock(), code=code, status=status, text=text)


def _beside(delivery: Delivery, text: str) -> str:
    """Leave it on record that somebody is particular, beside what has put them off since."""
    return f"{PARTICULAR}{text}" if delivery.is_particular else text


def nameless(verdict: Verdict, email: str) -> Verdict:
    """Take an address out of a verdict's words before anything is made of them: logs name nobody."""
    if isinstance(verdict, TransportError):
        verdict.message = hidden(verdict.message, email)
        return verdict
    words = hidden(verdict.text, email)
    return verdict if words == verdict.text else replace(verdict, text=words)


def hidden(text: str, email: str) -> str:
    """Take an address out of what a relay said: the row names the person, and may have to forget them.

    A signed envelope sender is taken out, too.
    """
    if "@" not in text and "+" not in text and "%" not in text and not may_end_within(text, email):
        return text
    return hide(text, spellings(email, text))
