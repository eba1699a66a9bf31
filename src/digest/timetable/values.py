"""Planned slots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from digest.model import Slot

REPEATED: Final = "repeated"  #: clocks show the wished minute twice that day; the first one counts
GAP: Final = "gap"  #: clocks skip the wished minute; it is due at the first moment after
MOVED: Final = "moved"  #: it was wished for a day that a blackout takes
CLOCK_CHANGE: Final = "clock-change"  #: clocks change at some time of its wished date


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """One slot of a digest as its schedule has it, with what is special about it."""

    slot: Slot
    due: datetime  #: in UTC
    rule: str = ""  #: the name of the schedule's entry; '' for one without
    marks: tuple[str, ...] = ()  #: of the four above, in their order
    moved_from: date | None = None  #: the day it was wished for, the earliest when several came together
    off: str | None = None  #: why it does not take place: 'Christmas Day (holidays/de.ics)'
