"""Decide what becomes of slots as they come near, and of those that came while nobody looked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.model import KnownSchedule, SlotRecord, SlotState
from digest.settings import DigestSettings
from digest.timetable.local_hours import LocalHours, ahead
from digest.timetable.planning import planned
from digest.timetable.rules import digest_of, lead_of, rules_of
from digest.timetable.values import Planned

TOO_LATE = "it was not built in time, and now it is too late"
SUPERSEDED = "it was not built in time, and now a newer one is due"

_BEFORE = timedelta(microseconds=1)
_AHEAD = timedelta(hours=26)  #: how far a look goes; a daily digest's next slot is within


@dataclass(frozen=True, kw_only=True, slots=True)
class Noted:
    """What a look at a digest's schedule found."""

    known: KnownSchedule  #: what is known from now on
    slots: tuple[SlotRecord, ...]  #: past and near ones, by due time; some may be on record already
    keep: frozenset[str] | None = None  #: keys of coming slots that still stand; None: all do


def take_note(
    known: KnownSchedule,
    digest: DigestSettings | None,
    *,
    now: datetime,
    max_lateness: timedelta,
    zones: Collection[str | None] = (),
) -> Noted:
    """Look at a digest's schedule: which slots were due since the last look or are to be built by now.

    Slots until now are those of the rules as they were at the last look, so what was promised before
    an outage is not forgotten; from now on the rules of now count, so a new rule never fires for the past.
    How far was looked never goes back: a clock that was set back finds nothing again. A slot that is blacked
    out is recorded when it is past, since the blackout may still be taken back; until then the looks begin
    just before it, and what lies behind is found again.

    Args:
        known: The last look; `first_look` makes one for a digest that was never seen.
        digest: As it is now; None when its file is gone.
        now: The moment of looking.
        max_lateness: How late the newest of the slots that nobody saw coming may still be built.
        zones: Of the subscribers, whose own clocks count; () when the digest's do.
    """
    rules = {} if digest is None else rules_of(digest)
    is_same = rules == known.rules
    before = None if is_same or digest is None else digest_of(known.digest, known.rules)
    lead = early = timedelta()
    if digest is not None and known.pause is None:  # a paused one is looked at when its slots are past
        lead = lead_of(digest)
        early = lead + ahead(zones, digest.timezone, now)
    until = max(known.seen_until, now + early)
    past = () if before is None else planned(before, known.seen_until, now)
    plan = () if digest is None else planned(digest, known.seen_until if is_same else now, until + _AHEAD)
    blacked = next((one.due for one in plan if one.off is not None and one.due > now), None)
    near = tuple(one for one in plan if one.due <= (until if one.off is None else now))
    wakes = [one.due - early for one in plan if one.due > until and one.off is None][:1]
    if digest is not None and digest.schedule:
        wakes.append(until + _AHEAD if blacked is None else blacked)
    seen = until if blacked is None else min(until, blacked - _BEFORE)
    return Noted(
        known=replace(known, rules=rules, seen_until=seen, next_at=min(wakes, default=None)),
        slots=tuple(
            replace(one, build_at=one.first - lead)
            for one in _fates(known, (*past, *near), now=now, oldest=now - max_lateness, zones=zones)
        ),
        keep=None if is_same or not known.rules else frozenset(one.slot.key for one in near),
    )


def first_look(key: str, now: datetime) -> KnownSchedule:
    """Make what is known of a digest before the first look: no rules, so that nothing is past."""
    return KnownSchedule(digest=key, rules={}, seen_until=now, next_at=now)


def _fates(
    known: KnownSchedule,
    plan: Sequence[Planned],
    *,
    now: datetime,
    oldest: datetime,
    zones: Collection[str | None],
) -> tuple[SlotRecord, ...]:
    """Say what becomes of slots, of which each key counts once; of those past only the newest is built."""
    newest = max((one.due for one in plan if one.due <= now and one.off is None), default=oldest)
    found: dict[str, SlotRecord] = {}
    for one in plan:
        state, note, span = SlotState.DUE, None, _span(one, zones)
        if one.off is not None or known.pause is not None:
            state, note = SlotState.OFF, one.off or str(known.pause)
        elif (one.due if span is None else span[1]) < oldest:
            state, note = SlotState.MISSED, TOO_LATE
        elif one.due < newest:
            state, note = SlotState.MISSED, SUPERSEDED
        record = SlotRecord(
            digest=known.digest,
            key=one.slot.key,
            due=one.due,
            span=span,
            build_at=one.due,
            state=state,
            note=note,
        )
        found.setdefault(record.key, record)
    return tuple(found.values())


def _span(one: Planned, zones: Collection[str | None]) -> tuple[datetime, datetime] | None:
    if not zones:
        return None
    hours = LocalHours.of(one.slot, zones)
    return hours.first, hours.last
