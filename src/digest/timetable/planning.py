"""Plan the slots of a digest between two moments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.model import Slot
from digest.settings import DigestSettings, ScheduleSettings
from digest.timetable.blackouts import Blackouts
from digest.timetable.clocks import changes, find
from digest.timetable.values import CLOCK_CHANGE, GAP, MOVED, Planned

_DAY = timedelta(days=1)
_HORIZON = 5 * 366 * _DAY  #: how far `after` looks


@dataclass(frozen=True, kw_only=True, slots=True)
class _Day:
    """A day on which slots are due, and how they came to it."""

    day: date
    moved_from: date | None
    off: str | None
    marks: tuple[str, ...]


def planned(digest: DigestSettings, since: datetime, until: datetime) -> tuple[Planned, ...]:
    """Plan all slots that are due after `since` and not after `until`.

    The span may be cut anywhere: the slots of its parts are the slots of the whole.

    Args:
        digest: Brings schedule, zone, blackouts and the holidays they name.
        since: Aware; outside.
        until: Aware; inside.

    Returns:
        Ascending by the moment they are due, then by key; unique by slot key. Slots that a blackout takes
        away are among them, with `off`. Empty when there is no schedule, or `until` is not after `since`.

    Raises:
        ValueError: A moment is without a zone.
    """
    if since.tzinfo is None or until.tzinfo is None:
        raise ValueError("moments need a zone")
    if until <= since or not digest.schedule:
        return ()
    zone, blackouts = digest.timezone, Blackouts(digest)
    # Clocks that show a date are through with the one before, but may fall back to it for a while.
    days = blackouts.days(since.astimezone(zone).date(), until.astimezone(zone).date() + _DAY)
    found: dict[tuple[datetime, str], Planned] = {}
    for wished in days:
        rules = [rule for rule in digest.schedule if rule.is_on(wished, blackouts.works)]
        if rules:
            here = _settle(wished, blackouts, zone)
            for rule in rules:
                _plan(rule, here, zone, found)
    due = sorted((each.due, key, each) for key, each in found.items() if since < each.due <= until)
    return tuple(each for _, _, each in due)


def after(digest: DigestSettings, moment: datetime, limit: int) -> tuple[Planned, ...]:
    """Plan the next slots after a moment, as `planned` does.

    Args:
        digest: The digest.
        moment: Aware; outside.
        limit: How many at most; those with `off` count.

    Returns:
        Fewer than `limit` when no more come within five years.

    Raises:
        ValueError: The moment is without a zone.
    """
    found: list[Planned] = []
    end, span = moment, 32 * _DAY
    while len(found) < limit and end < moment + _HORIZON:
        begin, end = end, min(end + span, moment + _HORIZON)
        found += planned(digest, begin, end)
        span *= 2
    return tuple(found[:limit])


def _settle(wished: date, blackouts: Blackouts, zone: ZoneInfo) -> _Day:
    off = blackouts.reason(wished)
    target = None if off is None else blackouts.target(wished)
    day = wished if target is None else target
    return _Day(
        day=day,
        moved_from=None if target is None else wished,
        off=off if target is None else None,
        marks=(CLOCK_CHANGE,) if changes(day, zone) else (),
    )


def _plan(
    rule: ScheduleSettings, here: _Day, zone: ZoneInfo, found: dict[tuple[datetime, str], Planned]
) -> None:
    """Add a rule's slots of a day; one that moves there yields to one that is there already."""
    name = rule.name or ""
    for at in rule.times:
        wall = datetime.combine(here.day, at)
        if here.moved_from is not None and (wall, name) in found:
            continue
        each = _slot(wall, name, here, zone)
        if each is not None:
            found[wall, name] = each


def _slot(wall: datetime, name: str, here: _Day, zone: ZoneInfo) -> Planned | None:
    moment = find(wall, zone)
    if moment is None:
        return None
    key = ""
    if name or moment.mark == GAP:
        key = f"{wall.isoformat(timespec='minutes')}{'#' if name else ''}{name}"
    marks = here.marks
    if moment.mark is not None:
        marks = (moment.mark, *marks)
    if here.moved_from is not None:
        marks = (*marks, MOVED)
    return Planned(
        slot=Slot(local=moment.local, name=key),
        due=moment.due,
        rule=name,
        marks=marks,
        moved_from=here.moved_from,
        off=here.off,
    )
