"""Home and database step on together while somebody is mailed; nobody new is while they cannot."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence

from digest.deliver.journal.group import Mark
from digest.deliver.loop import Crew, Loop
from digest.errors import StoreError

_EVERY_S = 1.0  #: whom a copy of the database does not know that is made right before a crash
_AGAIN_S = 1.0  #: between tries
_HOLDS_S = 5.0  #: people are mailed so long on a last step; one takes 2 ms, on a slow server 1 s
_HANGS = "home and database have not stepped on together for seconds, and neither says why"
_LOOK_AT = "look at the disk of the home's `var`, and at the database's server"


class Steps:
    """Steps on beside all else: a disk of the home that is full, or hangs, holds up no look.

    All methods are for the loop's thread, but `owe`.

    Args:
        loop: Where it is called back.
        crew: Does it; its owner ends it.
        step_on: Does it, and raises while it cannot.
        settled: Told which marks every copy that passes for the database has an end of.
        patience_s: For how long it is tried before the run fails.
    """

    def __init__(
        self,
        loop: Loop,
        crew: Crew,
        step_on: Callable[[], None],
        settled: Callable[[Iterable[Mark]], None],
        *,
        patience_s: float,
    ) -> None:
        self.is_behind = False  #: nobody new may be mailed: a copy of the database would pass for it
        self.trouble: Exception | None = None  #: why it could not the last time; None when it could
        self.failed: Exception | None = None  #: it could not for too long, or never will
        self._loop, self._crew, self._step_on, self._patience_s = loop, crew, step_on, patience_s
        self._settled = settled
        self._owed: deque[Sequence[Mark]] = deque()
        self._is_owed = self._is_asked = False
        self._owed_since: float | None = None
        self._tried_since: float | None = None
        self._not_before = loop.now() + _EVERY_S

    @property
    def words(self) -> str:
        """Say why nobody may be mailed, while that is so."""
        return _HANGS if self.trouble is None else str(self.trouble)

    @property
    def is_done(self) -> bool:
        """True when every copy that lacks an end is behind."""
        return not (self._is_owed or self._is_asked)

    def owe(self, marks: Sequence[Mark]) -> None:
        """Say that ends are in the database of which a copy may not know; from any thread, once they are.

        Args:
            marks: Those of them that the journal has to keep until no such copy passes any more.
        """
        self._owed.append(marks)
        self._is_owed = True

    def tick(self, now: float) -> None:
        """Begin what is due; called once a round of the loop."""
        if self._is_owed and self._owed_since is None:
            self._owed_since = now
        self.is_behind = self._owed_since is not None and now - self._owed_since > _HOLDS_S
        if self._tried_since is not None and now - self._tried_since > self._patience_s:
            self.failed = self.failed or self.trouble or StoreError(self.words, hint=_LOOK_AT)
        if self._is_owed and not self._is_asked and now > self._not_before:
            self._ask(now)

    def hurry(self) -> None:
        """Take the last one without waiting for its time; one that failed is tried again when it may be."""
        if self.trouble is None:
            self._not_before = self._loop.now()

    def _ask(self, now: float) -> None:
        self._is_asked, self._not_before = True, now + _EVERY_S
        self._tried_since = now if self._tried_since is None else self._tried_since

        def answered(behind: Sequence[Sequence[Mark]], error: Exception | None) -> None:
            self._is_asked, self.trouble = False, error
            if self.trouble is None:
                self._settled(mark for marks in behind for mark in marks)
                # Ends that came meanwhile may not be behind this one.
                self._owed_since, self._tried_since = now if self._is_owed else None, None
            else:
                self._not_before = self._loop.now() + _AGAIN_S
                if not isinstance(self.trouble, StoreError):
                    self.failed = self.failed or self.trouble

        self._loop.work(self._crew, self._step, answered)

    def _step(self) -> Sequence[Sequence[Mark]]:
        self._is_owed = False  # before: whoever comes behind owes another one
        behind = [self._owed.popleft() for _ in range(len(self._owed))]
        try:
            self._step_on()
        except Exception:
            self._owed.extend(behind)
            self._is_owed = True
            raise
        return behind
