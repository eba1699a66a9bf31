"""The ledger's side of a run: all that waits for the database, done by one thread beside the loop."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from digest.deliver.loop import Crew, Loop
from digest.deliver.run.answers import Heard
from digest.deliver.run.ledger import Ledger, Look
from digest.deliver.run.steps import Steps
from digest.errors import StoreError
from digest.model.people import Delivery, DeliveryState, Settlement

_FLUSH_S = 0.3  #: an end is in the ledger after so long, or as soon as there are many
_MANY = 500
_LOOK_EVERY_S = 0.35
LOOK_HOLDS_S = 0.9  #: nobody is mailed on an older look: an unsubscribe stops all that begins 1 s later
_LOOK_IN_TIME_S = 0.6  #: of looks that take so long three at a time still come before the last one is old
_LOOKS = 3  #: under way at once
_BLIND_S = 5.0  #: without a look, after which people are told
_BESIDE = _LOOKS + 1  #: threads for a step, and for looks that begin while another is slow
_RENEW_EVERY_S = 60.0
_AGAIN_S = 1.0  #: between tries at a database that does not answer
_PENDING = DeliveryState.PENDING
_Seen = tuple[float, float, Look]  #: when it began, the same on the clock that no sleep stops, what it saw


class Clerk:
    """Keeps a stock of deliveries to send, the last look fresh, and the ledger up to date.

    All methods are for the loop's thread.

    Args:
        loop: Where it is called back.
        ledger: The books.
        block: Deliveries claimed at a time.
        settled: Told which ends the ledger holds by now.
        patience_s: For how long a database that does not answer is tried before the run fails.
        at_once: The ledger can be asked several things at once.
    """

    def __init__(
        self,
        loop: Loop,
        ledger: Ledger,
        *,
        block: int,
        settled: Callable[[Sequence[Settlement]], None],
        patience_s: float,
        at_once: bool = True,
    ) -> None:
        self.ready: deque[Delivery] = deque()  #: claimed, not begun
        self.is_exhausted = False  #: nobody more is due now
        self.halted: str | None = None
        self.let_go_until: datetime | None = None  #: a person's word, as the last look saw it
        self.looks_in_time = True  #: as the last one tells, each comes before the one before it is old
        #: Gives what relays answered since it was asked last.
        self.heard: Callable[[], Sequence[Heard]] = tuple
        self.failed: Exception | None = None  #: the database stayed away for too long
        self._loop, self._ledger, self._settled = loop, ledger, settled
        self._block, self._patience_s = block, patience_s
        self._crew = Crew(1, "clerk")
        self._beside = Crew(_BESIDE, "clerk-beside") if at_once else self._crew
        self.steps = Steps(loop, self._beside, ledger.step_on, patience_s=patience_s)
        self._busy: set[str] = set()
        self._ends: list[Settlement] = []
        self._flush_at: float | None = None
        self._is_owed = False  #: somebody is on the way back to the ledger
        self._barred: Mapping[int, str] = {}
        self._looked_at = self._look_begun_at = self._unseen_until = float("-inf")
        self._seen_at = float("-inf")  #: as `_looked_at`, on the clock that goes on while the machine sleeps
        self._look_every_s = _LOOK_EVERY_S
        self._looks = 0  #: under way
        self._look_took_s = 0.0  #: the last one
        self._most_looks, self._in_time_s = (_LOOKS, _LOOK_IN_TIME_S) if at_once else (1, LOOK_HOLDS_S / 2)
        self._began_at = loop.now()
        self._renew_at = self._began_at + _RENEW_EVERY_S
        self._away_since: dict[str, float] = {}  #: by question
        self._not_before = 0.0

    @property
    def is_fresh(self) -> bool:
        """True when the last look is recent enough to begin a message on it."""
        return self._loop.sleepless() - self._seen_at < LOOK_HOLDS_S

    @property
    def blindness(self) -> str | None:
        """Say that nobody may be mailed since looks come too late, or not at all; None while they come."""
        age_s = self._loop.now() - max(self._looked_at, self._began_at)
        is_blind = self._look_took_s >= LOOK_HOLDS_S or age_s > _BLIND_S
        if self.is_fresh or not self.ready or not is_blind:
            return None
        took = f"{max(age_s, self._look_took_s):.1f} s"
        return f"the database takes {took} to say who has left; after {LOOK_HOLDS_S} s nobody is mailed on it"

    @property
    def is_idle(self) -> bool:
        """True when the ledger holds every end, and is asked for nothing but looks, which change nothing."""
        return not (self._ends or self._busy)

    @property
    def is_at_rest(self) -> bool:
        """True when nothing at all is asked of the ledger, nor owed to it: it may be closed."""
        return self.is_idle and not self._looks and self.steps.is_done

    def barred(self, delivery: Delivery) -> str | None:
        """Say why a person must not be mailed as they were claimed; None when they may."""
        return self._barred.get(delivery.id)

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
            self._ask("claim", self._claim, self._claimed)
        last = max(self._looked_at, self._look_begun_at if self._looks else float("-inf"))
        if claims and self._looks < self._most_looks and now - last > self._look_every_s:
            self._ask_look(now)
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
        try:
            self._ledger.settle(ends)
        finally:
            self.steps.owe()  # also after an error: a server may have written what it could not confirm

    def _tell_heard(self, heard: Sequence[Heard]) -> None:
        if heard:
            with suppress(StoreError):  # figures cost nobody their mail
                self._ledger.heard(heard)

    def _are_settled(self, ends: Sequence[Settlement]) -> None:
        self._is_owed = any(one.outcome.state is DeliveryState.PENDING for one in self._ends)
        self._settled(ends)

    def _claim(self) -> tuple[tuple[Delivery, ...], _Seen | None]:
        claimed = self._ledger.claim(self._block)
        try:
            return claimed, self._look()
        except StoreError:
            return claimed, None  # what is claimed must not be forgotten; another look comes

    def _claimed(self, found: tuple[tuple[Delivery, ...], _Seen | None]) -> None:
        claimed, look = found
        self.ready.extend(claimed)
        # Somebody who is on the way back was not there yet when this claim looked.
        self.is_exhausted = not claimed and not self._is_owed
        if look is None:
            # No look has seen them, nor will one that has begun by now: nobody knows who has left.
            self._looked_at = self._seen_at = float("-inf")
            self._unseen_until = self._loop.now()
        else:
            self._take_look(look)

    def _ask_look(self, now: float) -> None:
        """Have a look taken, beside one that is slow: else there would be none in time each time."""
        crew = self._beside if self._looks else self._crew
        self._looks, self._look_begun_at = self._looks + 1, now

        def answered(look: _Seen | None, error: BaseException | None) -> None:
            self._looks -= 1
            if look is not None:
                self._away_since.pop("look", None)
                self._take_look(look)
            elif error is not None:
                self._missed("look", error)

        self._loop.work(crew, self._look, answered)

    def _look(self) -> _Seen:
        return self._loop.now(), self._loop.sleepless(), self._ledger.look()

    def _take_look(self, look: _Seen) -> None:
        """Take what was seen, unless another has begun after it; of several at once any may end first."""
        if look[0] > max(self._looked_at, self._unseen_until):
            now = self._loop.now()
            took_s = now - look[0]
            self._look_took_s = took_s
            is_late = LOOK_HOLDS_S < now - self._looked_at < float("inf")
            self.looks_in_time = not is_late and took_s < self._in_time_s
            self._look_every_s = min(_LOOK_EVERY_S, max(0.1, (LOOK_HOLDS_S - took_s) / 2))
            self._looked_at, self._seen_at, seen = look
            self._barred, self.halted = seen.barred, seen.halted
            self.let_go_until = seen.let_go_until

    def _ask(
        self,
        name: str,
        question: Callable[[], Any],
        then: Callable[[Any], None],
        ends: Iterable[Settlement] = (),
    ) -> None:
        self._busy.add(name)

        def answered(result: object, error: BaseException | None) -> None:
            self._busy.discard(name)
            if error is None:
                self._away_since.pop(name, None)
                then(result)
            else:
                self._ends[:0] = ends
                self._missed(name, error)

        self._loop.work(self._crew, question, answered)

    def _missed(self, name: str, error: BaseException) -> None:
        """Try again in a while; give up on what is no mishap of the database, or lasts too long."""
        now = self._loop.now()
        self._not_before = now + _AGAIN_S
        if self._ends:
            self._flush_at = now
        # By question: a database on a full disk can be read for ever.
        since = self._away_since.setdefault(name, now)
        if not isinstance(error, StoreError) or now - since > self._patience_s:
            self.failed = self.failed or (error if isinstance(error, Exception) else RuntimeError(str(error)))
