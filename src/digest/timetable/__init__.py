"""When a digest is due: from what its operator wishes to moments."""

from digest.timetable.clocks import instant, read_zone
from digest.timetable.describing import describe
from digest.timetable.local_hours import LocalHours
from digest.timetable.noting import SUPERSEDED, TOO_LATE, Noted, first_look, take_note
from digest.timetable.planning import after, planned
from digest.timetable.rules import digest_of, lead_of, rules_of
from digest.timetable.values import CLOCK_CHANGE, GAP, MOVED, REPEATED, Planned

__all__ = [
    "CLOCK_CHANGE",
    "GAP",
    "MOVED",
    "REPEATED",
    "SUPERSEDED",
    "TOO_LATE",
    "LocalHours",
    "Noted",
    "Planned",
    "after",
    "describe",
    "digest_of",
    "first_look",
    "instant",
    "lead_of",
    "planned",
    "read_zone",
    "rules_of",
    "take_note",
]
