"""All slots of a zone against its calendar, which is counted without the planner."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from digest.timetable import Planned, planned
from timetable_cast import scheduled

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Beirut",
    "America/Santiago",
    "Atlantic/Azores",
    "Europe/London",
    "Asia/Kathmandu",
    "UTC",
)
QUARTERS = tuple(f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 15, 30, 45))
DAY = timedelta(days=1)


def plan(zone: str, times: Sequence[str], first: date, last: date) -> list[Planned]:
    """Plan a daily digest from one local date to another, both inside."""
    since = datetime.combine(first - DAY, time(), tzinfo=UTC)
    until = datetime.combine(last + 2 * DAY, time(), tzinfo=UTC)
    slots = planned(scheduled(zone, {"at": list(times)}), since, until)
    return [each for each in slots if str(first) <= each.slot.key[:10] <= str(last)]


def faults(zone: str, slots: Sequence[Planned], times: Sequence[str], first: date, last: date) -> list[str]:
    """Say in words what is missing, too much, out of order or at a wrong moment.

    The zone is asked only in the direction that has one answer, from UTC to what clocks show.
    """
    found = Counter(each.slot.key for each in slots)
    wanted = {f"{first + number * DAY}T{at}" for number in range((last - first).days + 1) for at in times}
    wrong = [f"{zone}: {key} is missing" for key in sorted(wanted - found.keys())]
    wrong += [f"{zone}: {key} is not wanted" for key in sorted(found.keys() - wanted)]
    wrong += [f"{zone}: {key} comes {count} times" for key, count in found.items() if count > 1]
    wrong += [f"{zone}: {b.slot.key} comes too late" for a, b in pairwise(slots) if b.due < a.due]
    return wrong + [
        f"{zone}: {each.slot.key} is due at {each.due}" for each in slots if not _is_due(each, zone)
    ]


def _is_due(slot: Planned, zone: str) -> bool:
    """Tell whether clocks show the wish for the first time, or have jumped over it just now."""
    clocks, wish = ZoneInfo(zone), datetime.fromisoformat(slot.slot.key)
    local = slot.due.astimezone(clocks)
    shown = local.replace(tzinfo=None, fold=0)
    before = (slot.due - timedelta(seconds=1)).astimezone(clocks).replace(tzinfo=None, fold=0)
    return (shown == wish and not local.fold) or before < wish < shown
