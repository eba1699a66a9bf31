"""From what clocks show to moments.

The truth about a zone is asked by PEP 495: of a minute that clocks show twice, fold 0 is the first; in a
gap, fold 0 counts by the offset before it and fold 1 by the one after.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from digest.errors import DigestError
from digest.markup import clean_line
from digest.timetable.values import GAP, REPEATED

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """What a wished minute comes to."""

    local: datetime  #: aware
    due: datetime  #: the same in UTC
    mark: str | None  #: REPEATED, GAP, or None


def read_zone(name: str | None) -> str | None:
    """Return the name of a zone that is one; None stays None.

    Raises:
        DigestError: There is no such zone.
    """
    try:
        return name and ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise DigestError(f"'{clean_line(name or '', 60)}' is no IANA zone such as Europe/Berlin") from error


def instant(wall: datetime, zone: ZoneInfo) -> datetime | None:
    """Find the moment at which clocks of a zone show a minute.

    Args:
        wall: Naive: the minute that is wished.
        zone: Whose clocks they are.

    Returns:
        Aware, in the zone: the only or the first such moment; in a gap the first moment after it. None when
        the whole date does not exist there.

    Raises:
        ValueError: `wall` carries a zone.
    """
    if wall.tzinfo is not None:
        raise ValueError("a wished minute without a zone is needed")
    moment = find(wall, zone)
    return None if moment is None else moment.local


def find(wall: datetime, zone: ZoneInfo) -> Moment | None:
    """Do what `instant` does, and tell what is special about the minute."""
    local = wall.replace(tzinfo=zone, fold=0)
    before, later = _offset(local), _offset(local.replace(fold=1))
    if later <= before:
        due = (wall - before).replace(tzinfo=UTC)
        return Moment(local=local, due=due, mark=None if later == before else REPEATED)
    if not exists(wall.date(), zone):
        return None
    due = _first_after(wall - later, wall - before, zone)
    return Moment(local=due.astimezone(zone), due=due, mark=GAP)


def exists(day: date, zone: ZoneInfo) -> bool:
    """Tell whether a zone's calendar has a date: Apia went from 29 to 31 December 2011."""
    midnight = datetime.combine(day, time(), tzinfo=zone)
    # In a gap both folds differ; only one that swallows the day keeps them apart until its last second.
    evening = datetime.combine(day, time(23, 59, 59), tzinfo=zone)
    return not (_is_skipped(midnight) and _is_skipped(evening))


def changes(day: date, zone: ZoneInfo) -> bool:
    """Tell whether a zone's clocks change at some time of a date."""
    midnight = datetime.combine(day, time(), tzinfo=zone)
    return midnight.utcoffset() != (midnight + _DAY).utcoffset()


def _is_skipped(local: datetime) -> bool:
    return _offset(local.replace(fold=0)) < _offset(local.replace(fold=1))


def _first_after(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    """Find the change of clocks between two moments of naive UTC, the second of which comes after it."""
    low, high = early.replace(tzinfo=UTC), late.replace(tzinfo=UTC)
    new = high.astimezone(zone).utcoffset()
    while high - low > _SECOND:
        middle = low + (high - low) // 2
        if middle.astimezone(zone).utcoffset() == new:
            high = middle
        else:
            low = middle
    return high.replace(microsecond=0)


def _offset(local: datetime) -> timedelta:
    offset = local.utcoffset()
    return timedelta() if offset is None else offset  # a ZoneInfo always knows it
