"""The ledger's side of a run: all that waits for the database, done by one thread beside the loop."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from digest.deliver.journal.group import Mark
from digest.deliver.loop import Crew, Loop
from digest.deliver.run.answers import Heard
from digest.deliver.run.ledger import Ledger
from digest.deliver.run.looks import MOST, Looks, Seen
from digest.deliver.run.steps import Steps
from digest.errors import StoreError
from digest.model.people import Delivery, DeliveryState, Settlement

_FLUSH_S = 0.3  #: an end is in the ledger after so long, or as soon as there are many
_MANY = 500
_BESIDE = MOST + 1  #: threads for a step, and for looks that begin while another is slow
_RENEW_EVERY_S = 60.0
_AGAIN_S = 1.0  #: between tries at a database that does not answer
_PENDING, _SENT, _UNKNOWN = DeliveryState.PENDING, DeliveryState.SENT, DeliveryState.UNKNOWN


class Clerk:
    """Keeps a stock of deliveries to send, the last look fresh, and the ledger up to date.

    All methods are for the loop's thread.

    Args:
        loop: Where it is called back.
        ledger: The books.
        block: Deliveries claimed at a time.
        settled: Told which ends the journal need not keep: the ledger holds them, and of those who may
            have been mailed each copy that passes for it does.
        patience_s: For how long a database that does not answer is tried before the run fails.
        at_once: The ledger can be asked several things at once.
    """

    def __init__(
        self,
        loop: Loop,
        ledger: Ledger,
        *,
        block: int,
        settled: Callable[[Iterable[Mark]], None],
        patience_s: float,
        at_once: bool = True,
    ) -> None:
        self.ready: deque[Delivery] = deque()  #: claimed, not begun
        self.is_exhausted = False  #: nobody more is due now
        #: Gives what relays answered since it was asked last.
        self.heard: Callable[[], Sequence[Heard]] = tuple
        self.failed: Exception | None = None  #: the database stayed away for too long
        self._loop, self._ledger, self._settled = loop, ledger, settled
        self._block, self._patience_s = block, patience_s
        self._crew = Crew(1, "clerk")
        self._beside = Crew(_BESIDE, "clerk-beside") if at_once else self._crew
        self.steps = Steps(loop, self._beside, ledger.step_on, settled, patience_s=patience_s)
        self.looks = Looks(loop, self._crew, self._beside, ledger.look, self._looked)
        self._busy: set[str] = set()
        self._ends: list[Settlement] = []
        self._flush_at: float | None = None
        self._is_owed = False  #: somebody is on the way back to the ledger
        self._renew_at = loop.now() + _RENEW_EVERY_S
        self._away_since: dict[str, float] = {}  #: by question
        self._not_before = 0.0

    @property
    def is_idle(self) -> bool:
        """True when the ledger holds every end, and is asked for nothing but looks, which change nothing."""
        return not (self._ends or self._busy)

    @property
    def is_at_rest(self) -> bool:
        """True when nothing at all is asked of the ledger, nor owed to it: it may be closed."""
        return self.is_idle and not self.looks.under_way and self.steps.is_done

    def end(self, end: Settlement) -> None:
        """Have an end written down."""
        self._ends.append(end)
        if end.outcome.state is _PENDING:
            # It is to be claimed anew: not before it is free, and not much later.
            self._is_owed, self.is_exhausted, self._flush_at = True, False, self._loop.now()
        elif self._flush_at is None:
            self._flush_at = self._loop.now() + _FLUSH_S

    def tick(self, *, claims: bool) -> None:
        """Begin what is due; called once a round of the loop.

        Args:
            claims: Whether more deliveries are wanted at all.
        """
        now = self._loop.now()
        self.steps.tick(now)
        self.failed = self.failed or self.steps.failed
        if now < self._not_before:
            return
        is_due = self._flush_at is not None and (now >= self._flush_at or len(self._ends) >= _MANY)
        if is_due and "settle" not in self._busy:
            ends, self._ends, self._flush_at = self._ends, [], None
            self._ask("settle", lambda: self._settle(ends), lambda _: self._are_settled(ends), ends)
        may_claim = claims and not (self.is_exhausted or self._is_owed or "claim" in self._busy)
        if may_claim and len(self.ready) <= self._block // 2:
            self._ask("claim", lambda: self._claim(partial(self._ledger.claim, self._block)), self._claimed)
        if claims:
            self.looks.tick(now)
        if now > self._renew_at:
            self._renew_at = now + _RENEW_EVERY_S
            self._ask("renew", self._ledger.renew, lambda _: None)
            heard = self.heard()
            self._ask("heard", lambda: self._tell_heard(heard), lambda _: None)

    def flush(self) -> None:
        """Have all ends written down without waiting for more of them."""
        if self._flush_at is not None:
            self._flush_at = self._loop.now()

    def claim_again(self) -> None:
        """Look for deliveries once more."""
        self.is_exhausted = False

    def claim_early(self, count: int, words: Sequence[str], none_left: Callable[[], None]) -> None:
        """Have those claimed that were put off untried with one of some words, before their time.

        Nothing is done while another claim is under way, many are ready, or some of them are on the way to
        the ledger.

        Args:
            count: At most so many; they come before all that are ready.
            words: With which they were put off; nothing is done without any.
            none_left: Called when there were none.
        """

        def claimed(found: tuple[tuple[Delivery, ...], Seen | None]) -> None:
            self.ready.extendleft(reversed(found[0]))
            self._seen(found[1])
            if not found[0]:
                none_left()

        is_full = len(self.ready) >= 2 * self._block
        if (
            not words
            or is_full
            or self._is_owed
            or "claim" in self._busy
            or self._loop.now() < self._not_before
        ):
            return
        if not any((end.outcome.text or "").endswith(tuple(words)) for end in self._ends):
            claim = partial(self._ledger.claim_early, count, words)
            self._ask("claim", lambda: self._claim(claim), claimed)

    def ask(self, name: str, question: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Have something else asked of the ledger."""
        if name not in self._busy:
            self._ask(name, question, then)

    def tell_outage(self, domain: str, count: int, words: str) -> None:
        """Have people told that a domain knows none of so many readers in a row."""
        self.ask(f"outage {domain}", lambda: self._ledger.tell_outage(domain, count, words), lambda _: None)

    def release(self) -> None:
        """Let go of what is still claimed, and leave behind what was heard of relays."""
        heard = self.heard()

        def let_go() -> None:
            self._tell_heard(heard)
            self._ledger.release()

        self.ask("release", let_go, lambda _: None)

    def close(self) -> None:
        """End the threads once they have done what they are at."""
        for crew in {self._crew, self._beside}:
            crew.close()

    def _settle(self, ends: Sequence[Settlement]) -> None:
        mailed: list[Mark] = []
        try:
            self._ledger.settle(ends)
            mailed.extend(one.mark for one in ends if _may_be_mailed(one))
        finally:
            self.steps.owe(mailed)  # also after an error: a server may have written what it could not confirm

    def _tell_heard(self, heard: Sequence[Heard]) -> None:
        if heard:
            with suppress(StoreError):  # figures cost nobody their mail
                self._ledger.heard(heard)

    def _are_settled(self, ends: Sequence[Settlement]) -> None:
        self._is_owed = any(one.outcome.state is DeliveryState.PENDING for one in self._ends)
        # At once: these may come again, with a permit for the same mark.
        self._settled(one.mark for one in ends if not _may_be_mailed(one))

    def _claim(self, claim: Callable[[], tuple[Delivery, ...]]) -> tuple[tuple[Delivery, ...], Seen | None]:
        claimed = claim()
        try:
            return claimed, self.looks.take()
        except StoreError:
            return claimed, None  # what is claimed must not be forgotten; another look comes

    def _claimed(self, found: tuple[tuple[Delivery, ...], Seen | None]) -> None:
        claimed, look = found
        self.ready.extend(claimed)
        # Somebody who is on the way back was not there yet when this claim looked.
        self.is_exhausted = not claimed and not self._is_owed
        self._seen(look)

    def _seen(self, look: Seen | None) -> None:
        """Take note of the look behind a claim."""
        if look is None:
            self.looks.forget()  # none has seen them, nor will one that has begun by now
        else:
            self.looks.seen(look)

    def _looked(self, error: Exception | None) -> None:
        """Take note of a look that came, or why it did not."""
        if error is None:
            self._away_since.pop("look", None)
        else:
            self._missed("look", error)

    def _ask(
        self,
        name: str,
        question: Callable[[], Any],
        then: Callable[[Any], None],
        ends: Iterable[Settlement] = (),
    ) -> None:
        self._busy.add(name)

        def answered(result: object, error: Exception | None) -> None:
            self._busy.discard(name)
            if error is None:
                self._away_since.pop(name, None)
                then(result)
            else:
                self._ends[:0] = ends
                self._missed(name, error)

        self._loop.work(self._crew, question, answered)

    def _missed(self, name: str, error: Exception) -> None:
        """Try again in a while; give up on what is no mishap of the database, or lasts too long."""
        now = self._loop.now()
        self._not_before = now + _AGAIN_S
        if self._ends:
            self._flush_at = now
        # By question: a database on a full disk can be read for ever.
        since = self._away_since.setdefault(name, now)
        if not isinstance(error, StoreError) or now - since > self._patience_s:
            self.failed = self.failed or error


def _may_be_mailed(end: Settlement) -> bool:
    return end.outcome.state is _SENT or end.outcome.state is _UNKNOWN
