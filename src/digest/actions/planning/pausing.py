"""Let a digest rest for a while, or leave out one of its slots."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from digest.actions.app import App
from digest.actions.planning.noting import look_at, take_all, tell_ends
from digest.actions.timing.local_hours import record_of
from digest.errors import Refused
from digest.model import HistoryEntry, Pause, SlotRecord, SlotState
from digest.settings import DigestSettings
from digest.store import Transaction
from digest.timetable import Planned, after, planned

_DAYS = timedelta(days=2)  #: around a slot's local date, whatever its zone
_NEXT = 3  #: slots that are offered when there is none of that key


def pause(app: App, digest_key: str, *, by: str, note: str | None = None) -> bool:
    """Let no slot of a digest be built until it is resumed; what is being built is not stored.

    Slots that come meanwhile are recorded as off. Editions that are built already go on: see `agenda.unsent`.

    Returns:
        False when it is paused already: nothing was changed.

    Raises:
        NotFound: There is no such digest.
    """
    app.digest(digest_key)
    now = app.clock()
    with app.store.writing() as tx:
        (known,) = take_all(tx, [digest_key], now)
        if known.pause is not None:
            return False
        wish = Pause(at=now, by=by, note=note)
        # From now on slots are recorded when they are past, so what was seen coming is seen again.
        seen_until = min(known.seen_until, now)
        tx.schedules.put([replace(known, pause=wish, seen_until=seen_until, next_at=now)])
        tx.slots.withdraw(digest_key, after=now, keep=())
        _end_waiting(tx, app, digest_key, str(wish), now)
        tx.history.add(_line("pause", digest_key, None, by=by, note=note, at=now))
    return True


def resume(app: App, digest_key: str, *, by: str, note: str | None = None) -> bool:
    """Let a paused digest come out again, from its next slot on; never for those that are past.

    Returns:
        False when it is not paused: nothing was changed.

    Raises:
        NotFound: There is no such digest.
    """
    app.digest(digest_key)
    now = app.clock()
    with app.store.writing() as tx:
        known = tx.schedules.take([digest_key])
        if not known or known[0].pause is None:
            return False
        tell_ends(tx, look_at(tx, app, known, now), now, None)
        tx.schedules.put([replace(one, pause=None, next_at=now) for one in tx.schedules.take([digest_key])])
        tx.history.add(_line("resume", digest_key, None, by=by, note=note, at=now))
    return True


def skip(app: App, digest_key: str, slot_key: str, *, by: str, note: str | None = None) -> bool:
    """Leave out one coming slot.

    Returns:
        False when it is skipped already: nothing was changed.

    Raises:
        NotFound: There is no such digest.
        Refused: There is no such slot to come, or it is built or being built.
    """
    digest = app.digest(digest_key)
    now = app.clock()
    coming = _coming(digest, slot_key, now)
    why = f"skipped by {by}" + (f": {note}" if note else "")
    with app.store.writing() as tx:
        record = tx.slots.get(digest_key, slot_key) or _new(tx, digest, coming, now)
        if record.state is SlotState.OFF:
            return False
        if not tx.slots.end(record, SlotState.OFF, note=why, now=now, shared=tx.shared_now(now)):
            raise _taken(record)
        tx.history.add(_line("skip", digest_key, slot_key, by=by, note=note, at=now))
    return True


def unskip(app: App, digest_key: str, slot_key: str, *, by: str, note: str | None = None) -> bool:
    """Let a coming slot take place after all that was skipped, or recorded as missed by a wrong clock.

    Returns:
        False when it is neither: nothing was changed.

    Raises:
        NotFound: There is no such digest.
        Refused: There is no such slot to come.
    """
    digest = app.digest(digest_key)
    now = app.clock()
    coming = _coming(digest, slot_key, now)
    with app.store.writing() as tx:
        known = tx.schedules.take([digest_key])
        if known and coming.due <= known[0].seen_until:
            is_back = tx.slots.bring_back(digest_key, slot_key, now=now)
        else:
            is_back = tx.slots.forget(digest_key, slot_key)  # it will be seen coming
        if is_back:
            tx.schedules.put(replace(one, next_at=now) for one in known)
            tx.history.add(_line("unskip", digest_key, slot_key, by=by, note=note, at=now))
    return is_back


def _coming(digest: DigestSettings, slot_key: str, now: datetime) -> Planned:
    """Find a coming slot by its key."""
    found = None
    try:
        day = datetime.combine(date.fromisoformat(slot_key[:10]), datetime.min.time(), tzinfo=now.tzinfo)
        plan = planned(digest, max(now, day - _DAYS), day + 2 * _DAYS)
        found = next((one for one in plan if one.slot.key == slot_key), None)
    except (ValueError, OverflowError):
        pass  # why: no date, so no slot either
    if found is None:
        keys = ", ".join(one.slot.key for one in after(digest, now, _NEXT)) or "none is planned"
        raise Refused(f"no slot {slot_key} of {digest.key} is to come", hint=f"the next: {keys}")
    if found.off is not None:
        raise Refused(f"slot {slot_key} of {digest.key} does not take place anyway: {found.off}")
    return found


def _new(tx: Transaction, digest: DigestSettings, coming: Planned, now: datetime) -> SlotRecord:
    record = record_of(tx, digest, coming.slot)
    tx.slots.add([record], at=now)
    return record


def _taken(record: SlotRecord) -> Refused:
    if record.edition_id is None:
        return Refused(
            f"slot {record.key} of {record.digest} is being built or has ended",
            hint="hold its edition when it is there",
        )
    return Refused(
        f"slot {record.key} of {record.digest} has edition {record.edition_id}",
        hint=f"`digest editions hold {record.edition_id}` keeps it from going out",
    )


def _end_waiting(tx: Transaction, app: App, digest_key: str, why: str, now: datetime) -> None:
    """End slots that are past due and are being built, or wait for another try."""
    since, shared = now - 2 * app.system.delivery.max_lateness, tx.shared_now(now)
    ended = [
        replace(one, state=SlotState.OFF, note=why)
        for one in tx.slots.list(since=since, until=now, digest=digest_key)
        if one.state is SlotState.DUE
        and tx.slots.end(one, SlotState.OFF, note=why, now=now, shared=shared, in_hand=True)
    ]
    tell_ends(tx, ended, now, None)


def _line(
    event: str, digest: str, slot: str | None, *, by: str, note: str | None, at: datetime
) -> HistoryEntry:
    return HistoryEntry(at=at, by=by, event=event, outcome="ok", digest=digest, slot=slot, note=note)
