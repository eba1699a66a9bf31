"""When a digest is due: from what its operator wishes to moments."""

from digest.timetable.clocks import instant
from digest.timetable.describing import describe
from digest.timetable.planning import after, planned
from digest.timetable.values import CLOCK_CHANGE, GAP, MOVED, REPEATED, Planned

__all__ = ["CLOCK_CHANGE", "GAP", "MOVED", "REPEATED", "Planned", "after", "describe", "instant", "planned"]
