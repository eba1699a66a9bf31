"""When a reader's next edition comes: by what is on its way to them, else by the schedule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from digest.actions.app import App
from digest.actions.timing.deadlines import BEFORE_SENDING
from digest.model import SlotRecord, SlotState, Subscription, SubscriptionState
from digest.settings import DigestSettings
from digest.store import Transaction
from digest.timetable import LocalHours, Planned, planned

#: A reader's hour may be so much later than the digest's: 26 hours for the farthest zone, 24 for their own.
_BEHIND = timedelta(hours=50)
_AHEAD = timedelta(hours=26)  #: or so much sooner
_SPAN = timedelta(days=7)  #: that is looked at first; then twice as much each time
_HORIZON = timedelta(days=5 * 366)
_MOST = 500  #: slots that are looked at


def next_edition(app: App, tx: Transaction, digest: DigestSettings, choice: Subscription) -> datetime | None:
    """Say when a reader's next edition comes; None when none is planned, or they get none.

    An edition that waits for people past its hour is not told: nobody knows when it comes.

    Args:
        app: The installation.
        tx: To read in.
        digest: Whose edition.
        choice: The reader's.
    """
    if choice.state is not SubscriptionState.CONFIRMED:
        return None
    on_its_way = tx.people.next_mail(choice.subscriber.id, digest.key)
    planned_at = _planned(app, tx, digest, choice)
    return min((one for one in (on_its_way, planned_at) if one is not None), default=None)


def _planned(app: App, tx: Transaction, digest: DigestSettings, choice: Subscription) -> datetime | None:
    """Find the first hour of theirs to come of a slot that takes place, and whose audience is still open."""
    now, back = app.clock(), choice.paused_until
    known = tx.schedules.get(digest.key)
    is_paused = known is not None and known.pause is not None
    begin = max(now - _BEHIND, back or now - _BEHIND) - timedelta.resolution
    for slots in _spans(digest, begin, now + _AHEAD if is_paused else now + _HORIZON):
        records = {one.key: one for one in tx.slots.list(since=begin, until=slots[-1].due, digest=digest.key)}
        for one in slots:
            record = records.get(one.slot.key)
            if not _takes_place(tx, one, record, now, is_paused=is_paused):
                continue
            due = _due(digest, choice, one)
            if due > now and (back is None or one.due >= back):
                return due
    return None


def _spans(digest: DigestSettings, begin: datetime, end: datetime) -> Iterator[tuple[Planned, ...]]:
    """Plan the slots of a stretch, piece by piece, until so many were looked at."""
    span, seen = _SPAN, 0
    while begin < end and seen < _MOST:
        until = min(begin + span, end)
        slots = planned(digest, begin, until)
        if slots:
            yield slots
        begin, span, seen = until, 2 * span, seen + len(slots)


def _takes_place(
    tx: Transaction, one: Planned, record: SlotRecord | None, now: datetime, *, is_paused: bool
) -> bool:
    """Tell whether a slot's edition goes to all who get the digest, as far as anybody knows."""
    if record is None:
        return one.due > now and one.off is None and not is_paused
    if record.state is SlotState.BUILT:
        # A pause keeps new editions from being built, and no built one from going out.
        return tx.editions.state_of(record.edition_id or 0) in BEFORE_SENDING
    return record.state is SlotState.DUE and not is_paused


def _due(digest: DigestSettings, choice: Subscription, one: Planned) -> datetime:
    """Say when they are due, as the sender does."""
    zone, hour = choice.subscriber.zone, choice.hour
    zones = [zone] if digest.local_to == "subscriber" else []
    hours = LocalHours.of(one.slot, zones).with_hours([(zone, hour)] if hour else [])
    return hours.of_reader(zone, hour)
