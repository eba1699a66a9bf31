"""The last looks at who has left: kept fresh, since nobody is mailed on one that is old."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from digest.deliver.loop import Crew, Loop
from digest.deliver.run.ledger import Look
from digest.model.people import Delivery

HOLDS_S = 0.9  #: nobody is mailed on an older look: an unsubscribe stops all that begins 1 s later
MOST = 3  #: under way at once
_EVERY_S = 0.35
_IN_TIME_S = 0.6  #: of looks that take so long three at a time still come before the last one is old
_BLIND_S = 5.0  #: without a look, after which people are told
_NEVER = float("-inf")

Seen = tuple[float, float, Look]  #: when it began, the same on the clock that no sleep stops, what it saw


class Looks:
    """Takes looks at the ledger, another one beside one that is slow, and has what the last one saw.

    All methods are for the loop's thread, but `take`.

    Args:
        loop: Where it is called back.
        crew: Takes them; its owner ends it.
        beside: Takes those that begin while another is under way; the same one when the ledger is asked one
            thing at a time.
        look: Takes one; raises while the ledger does not answer.
        missed: Told why one came to nothing; None: one came.
    """

    def __init__(
        self,
        loop: Loop,
        crew: Crew,
        beside: Crew,
        look: Callable[[], Look],
        missed: Callable[[Exception | None], None],
    ) -> None:
        self.halted: str | None = None  #: why all must stop
        self.let_go_until: datetime | None = None  #: a person's word
        self.come_in_time = True  #: as the last one tells, each comes before the one before it is old
        self.under_way = 0
        self._loop, self._crew, self._beside, self._look, self._missed = loop, crew, beside, look, missed
        self._most, self._in_time_s = (1, HOLDS_S / 2) if beside is crew else (MOST, _IN_TIME_S)
        self._barred: Mapping[int, str] = {}
        self._seen_from = _NEVER  #: when the last one began
        self._seen_at = _NEVER  #: the same on the clock that goes on while the machine sleeps
        self._begun_at = _NEVER  #: the newest one that is under way
        self._unseen_until = _NEVER
        self._every_s = _EVERY_S
        self._took_s = 0.0  #: the last one
        self._since = loop.now()

    @property
    def are_fresh(self) -> bool:
        """True when the last one is recent enough to begin a message on it."""
        return self._loop.sleepless() - self._seen_at < HOLDS_S

    @property
    def blindness(self) -> str | None:
        """Say that nobody may be mailed since looks come too late, or not at all; None while they come."""
        age_s = self._loop.now() - max(self._seen_from, self._since)
        if self.are_fresh or (self._took_s < HOLDS_S and age_s <= _BLIND_S):
            return None
        took = f"{max(age_s, self._took_s):.1f} s"
        return f"the database takes {took} to say who has left; after {HOLDS_S} s nobody is mailed on it"

    def barred(self, delivery: Delivery) -> str | None:
        """Say why a person must not be mailed as they were claimed; None when they may."""
        return self._barred.get(delivery.id)

    def tick(self, now: float) -> None:
        """Begin one that is due; called once a round of the loop."""
        last = max(self._seen_from, self._begun_at if self.under_way else _NEVER)
        if self.under_way < self._most and now - last > self._every_s:
            self._ask(now)

    def take(self) -> Seen:
        """Take a look, in whichever thread."""
        return self._loop.now(), self._loop.sleepless(), self._look()

    def seen(self, look: Seen) -> None:
        """Take in what was seen, unless another has begun after it; of several at once any may end first."""
        began, began_sleepless, saw = look
        if began <= max(self._seen_from, self._unseen_until):
            return
        now = self._loop.now()
        is_late = HOLDS_S < now - self._seen_from < float("inf")
        self._took_s = now - began
        self.come_in_time = not is_late and self._took_s < self._in_time_s
        self._every_s = min(_EVERY_S, max(0.1, (HOLDS_S - self._took_s) / 2))
        self._seen_from, self._seen_at = began, began_sleepless
        self._barred, self.halted, self.let_go_until = saw.barred, saw.halted, saw.let_go_until

    def forget(self) -> None:
        """Believe none until one begins from here on: there is somebody whom no look has seen."""
        self._seen_from = self._seen_at = _NEVER
        self._unseen_until = self._loop.now()

    def _ask(self, now: float) -> None:
        """Have one taken, beside one that is slow: else there would be none in time each time."""
        crew = self._beside if self.under_way else self._crew
        self.under_way, self._begun_at = self.under_way + 1, now

        def answered(look: Seen | None, error: Exception | None) -> None:
            self.under_way -= 1
            self._missed(error)
            if look is not None:
                self.seen(look)

        self._loop.work(crew, self.take, answered)
