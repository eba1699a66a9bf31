"""What must be on record before a final dot is written, and what the relay answered: group commit.

Many connections wait for permits at the same time. What they ask for while one group is brought to
the disk makes the next group: one write and one sync, in a thread of its own, serve them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Protocol

from digest.deliver.loop import Crew, Loop
from digest.model.people import Settlement

_LINGER_S = 0.001  #: a permit waits so long for others at most, where others are to be expected
CLOSE_S = 2.0  #: a disk that hangs holds up the end no longer; what it has is found by the next sender
Mark = tuple[int, int]  #: delivery id and attempt


class Record(Protocol):
    """Where permits and answers are written. Used by one thread."""

    @property
    def can_recover(self) -> bool:
        """False when nothing may be written any more after an error."""

    def write(self, permits: Sequence[Mark], answers: Sequence[Settlement]) -> frozenset[Mark]:
        """Bring answers, then permits to where no crash can lose them.

        Returns:
            Those permits that are granted.

        Raises:
            OSError, DigestError: Nothing of it can be relied on; no permit is granted.
        """

    def settled(self, marks: Iterable[Mark]) -> None:
        """Forget what the ledger itself holds by now."""

    def close(self, *, keep: bool) -> None:
        """Let go; what was written may be removed unless it is to be kept."""


Granted = Callable[[Sequence[Mark], frozenset[Mark], BaseException | None], None]


class Journal:
    """Takes wishes and answers in groups. All methods are for the loop's thread.

    Args:
        loop: Where it is called back.
        record: Where they are written.
        on_granted: Told each permit that was asked for, those granted, and the error when they could
            not be written.
    """

    def __init__(self, loop: Loop, record: Record, on_granted: Granted) -> None:
        self._loop, self._record, self._on_granted = loop, record, on_granted
        self._crew = Crew(1, "journal")
        self._permits: dict[Mark, None] = {}  #: in order
        self._answers: list[Settlement] = []
        self._withdrawn: list[Mark] = []  #: asked for, and not needed any more before they were written
        self._settled: list[Mark] = []
        self._asked_at = 0.0
        self._is_writing = False

    def ask(self, mark: Mark) -> None:
        """Ask for the permit to write a delivery's final dot."""
        if not self._permits:
            self._asked_at = self._loop.now()
        self._permits[mark] = None

    def note(self, answer: Settlement) -> None:
        """Write down how a delivery ended; on disk before any permit that is asked for later."""
        if answer.mark in self._permits:
            # Answers are written first: its permit would stand behind it, and say that nobody knows.
            del self._permits[answer.mark]
            self._withdrawn.append(answer.mark)
        self._answers.append(answer)

    def settled(self, marks: Iterable[Mark]) -> None:
        """Say that the ledger holds these ends."""
        self._settled.extend(marks)

    def tick(self, busy: int) -> None:
        """Write what has come together; called once a round of the loop.

        Args:
            busy: Connections with a message on them: those that permits may be asked for soon.
        """
        if self._is_writing or not (self._permits or self._answers or self._settled):
            return
        # Each group is a wake-up of two threads: of smaller ones they would cost more than the sync itself.
        is_due = len(self._permits) * 3 > busy * 2 or self._loop.now() - self._asked_at > _LINGER_S
        if not is_due:
            self._loop.wake_at(self._asked_at + _LINGER_S)
        else:
            self._is_writing = True
            asked, self._withdrawn = [*self._permits, *self._withdrawn], []
            self._loop.work(self._crew, self._group(), partial(self._written, asked))

    def close(self, *, keep: bool) -> None:
        """Write what is waiting, and end.

        Args:
            keep: The ledger does not hold all ends yet, or deliveries are still claimed: what is
                written will be read by whoever comes next.
        """
        self._permits = {}
        self._loop.work(self._crew, self._group(), lambda _granted, _error: None)
        self._crew.do(lambda: self._record.close(keep=keep))
        self._crew.close(wait_s=CLOSE_S)

    def _group(self) -> Callable[[], frozenset[Mark]]:
        """Take all that waits, as one task."""
        permits, answers, settled = tuple(self._permits), self._answers, self._settled
        self._permits, self._answers, self._settled = {}, [], []

        def write() -> frozenset[Mark]:
            # Before the permits: a delivery that is settled may have gone back and come again.
            self._record.settled(settled)
            granted = self._record.write(permits, answers) if permits or answers else frozenset()
            # The ledger was quicker than the disk: nobody will ask for these answers, nor say so again.
            self._record.settled({one.mark for one in answers}.intersection(settled).difference(permits))
            return granted

        return write

    def _written(
        self, permits: Sequence[Mark], granted: frozenset[Mark] | None, error: BaseException | None
    ) -> None:
        self._is_writing = False
        if permits or error is not None:
            self._on_granted(permits, granted or frozenset(), error)
