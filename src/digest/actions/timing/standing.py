"""How an edition stands: whether mail of it goes out, what it waits for, and who stopped it and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from digest.actions.telling import SCHEDULE
from digest.actions.timing.deadlines import BEFORE_APPROVAL, Course
from digest.model import EditionState
from digest.store import LogEntry

#: Mail goes out; it was stopped on its way; it is too late for those still open; it is too late, and nobody
#: has it; none of these, as it has not begun, or is over.
Word = Literal["going", "braked", "late", "late_unsent", "at_rest"]


@dataclass(frozen=True, kw_only=True)
class Stand:
    """Whether mail of an edition goes out, and what it waits for otherwise."""

    word: Word
    last: datetime | None  #: until when it goes out without a word to send it late; None: it is over
    held: LogEntry | None  #: the step that holds it; None: nothing does
    sent_late: LogEntry | None  #: the last word to send it late after that
    is_known: bool  #: False: its digest's file is gone, so that nobody can send it

    @property
    def is_late(self) -> bool:
        """True when it is too late, and a person says what becomes of those still open."""
        return self.word in {"late", "late_unsent"}

    @property
    def waits(self) -> bool:
        """True when it waits for a person to let it go on, or to end it."""
        return self.is_late or self.word == "braked"

    @property
    def stop(self) -> LogEntry | None:
        """Who stopped it and why; None when nobody did, or when the schedule found it too late."""
        held, last = self.held, self.last
        is_for_lateness = held is not None and held.by == SCHEDULE and last is not None and held.at > last
        return None if is_for_lateness else held


def standing_of(state: EditionState, log: Sequence[LogEntry], course: Course | None, now: datetime) -> Stand:
    """Say how an edition stands.

    Args:
        state: Where it is in its life.
        log: All its steps, in order.
        course: Its moments; None when it is sent or has ended.
        now: When it is asked.
    """
    last = None if course is None else course.last
    begun = [one for one in log if one.after is EditionState.SENDING]
    # The word to send it late leaves it being sent; an end, or a begin in the last second, is none.
    words = [one for one in begun if one.before is EditionState.SENDING]
    late = [one for one in words if last is not None and one.at > last]
    # A change of what is in it while it is held is no step into that.
    held = [one for one in log if one.after is EditionState.HELD is not one.before]
    word: Word = "at_rest"
    if course is not None and course.is_late(now):
        word = "late" if begun else "late_unsent"
    elif begun and state in BEFORE_APPROVAL:
        word = "braked"
    elif state is EditionState.SENDING:
        word = "going"
    return Stand(
        word=word,
        last=last,
        held=held[-1] if held and state is EditionState.HELD else None,
        sent_late=late[-1] if late else None,
        is_known=course is None or course.is_known,
    )
