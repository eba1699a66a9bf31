"""What must be on record before a final dot is written, and what the relay answered: group commit.

Many connections wait for permits at the same time. A thread of its own takes all that wait, brings
them to the disk with one write and one sync, and says which are granted.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Protocol

from digest.model.people import Outcome

Mark = tuple[int, int]  #: delivery id and attempt


class Record(Protocol):
    """Where permits and answers are written. Used by one thread."""

    def write(self, permits: Sequence[Mark], answers: Sequence[Answer]) -> frozenset[Mark]:
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """How a delivery ended that had a permit."""

    mark: Mark
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class _Settled:
    marks: tuple[Mark, ...]


Granted = Callable[[Sequence[Mark], frozenset[Mark], Exception | None], None]


class Journal:
    """Takes wishes from the loop and answers in groups.

    Args:
        record: Where they are written.
        on_granted: Told, in the journal's thread: the permits asked for, those granted, and the
            error when they could not be written.
    """

    def __init__(self, record: Record, on_granted: Granted) -> None:
        self._record = record
        self._on_granted = on_granted
        self._keep = True
        self._queue: SimpleQueue[Mark | Answer | _Settled | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="journal", daemon=True)
        self._thread.start()

    def ask(self, mark: Mark) -> None:
        """Ask for the permit to write a delivery's final dot."""
        self._queue.put(mark)

    def note(self, answer: Answer) -> None:
        """Write down how a delivery ended; on disk before any permit that is asked for later."""
        self._queue.put(answer)

    def settled(self, marks: Iterable[Mark]) -> None:
        """Say that the ledger holds these ends."""
        self._queue.put(_Settled(tuple(marks)))

    def close(self, *, keep: bool) -> None:
        """Write what is waiting, and end.

        Args:
            keep: The ledger does not hold all ends yet, or deliveries are still claimed: what is
                written will be read by whoever comes next.
        """
        self._keep = keep
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        is_over = False
        while not is_over:
            group = [self._queue.get()]
            try:
                while True:
                    group.append(self._queue.get_nowait())
            except Empty:
                pass
            is_over = None in group
            self._commit(group)
        self._record.close(keep=self._keep)

    def _commit(self, group: Sequence[Mark | Answer | _Settled | None]) -> None:
        asked = [one for one in group if isinstance(one, tuple)]
        granted: frozenset[Mark] = frozenset()
        error = None
        try:
            granted = self._bring(group)
        except Exception as raised:  # noqa: BLE001  # why: whatever it is, the dots stay unwritten
            error = raised
        if asked or error is not None:
            self._on_granted(asked, granted, error)

    def _bring(self, group: Sequence[Mark | Answer | _Settled | None]) -> frozenset[Mark]:
        """Bring a group to the record; return the permits that are granted."""
        permits: dict[Mark, None] = {}
        answers = []
        for one in group:
            if isinstance(one, _Settled):
                # Before the permits: the same delivery may have gone back and come again.
                self._record.settled(one.marks)
            elif isinstance(one, Answer):
                answers.append(one)
                # Answers are written first: a permit asked for before its answer would stand behind
                # it, and say that nobody knows how the delivery ended.
                permits.pop(one.mark, None)
            elif one is not None:
                permits[one] = None
        return self._record.write(list(permits), answers) if permits or answers else frozenset()
