"""Put slots on record as they come near, and end those that nobody will build any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from weakref import WeakKeyDictionary

from digest.actions.app import App
from digest.actions.timing.local_hours import zones_of
from digest.model import Alert, AlertKind, HistoryEntry, KnownSchedule, SlotRecord, SlotState
from digest.settings import DigestSettings
from digest.store import CHUNK, Store, Transaction
from digest.timetable import SUPERSEDED, TOO_LATE, digest_of, first_look, rules_of, take_note

GONE = "the digest's file is gone"
_SHOWN = 10  #: slots that an alert names one by one

# Which settings every schedule was compared with, so that an idle tick compares none of ten thousand.
_compared: WeakKeyDictionary[Store, Mapping[str, DigestSettings]] = WeakKeyDictionary()


@dataclass(kw_only=True)
class Ends:
    """Slots that have no edition and will have none."""

    missed: list[SlotRecord] = field(default_factory=list)
    off: list[SlotRecord] = field(default_factory=list)

    def take(self, records: Iterable[SlotRecord]) -> None:
        """Add those of these that have such an end."""
        for record in records:
            if record.state is SlotState.MISSED:
                self.missed.append(record)
            elif record.state is SlotState.OFF:
                self.off.append(record)


def is_compared(app: App) -> bool:
    """Tell whether these very settings were compared with the record since this process began."""
    return _compared.get(app.store) is app.digests


def note_slots(app: App, now: datetime, run: str | None, only: str | None = None) -> Ends:
    """Put on record what has come near or past, with a history line for each slot that has its end.

    There is one alert for all that a digest has missed. Very many digests take several short
    transactions, so that others who write are not kept waiting.

    Args:
        app: The installation.
        now: The moment.
        run: Names the run of the service, for the history.
        only: The only digest to look at; None looks at all.
    """
    ends = Ends()
    wanted = _wanted(app, now) if only is None else (only,)
    for at in range(0, len(wanted), CHUNK):
        keys = wanted[at : at + CHUNK]
        with app.store.writing() as tx:
            ended = note_some(tx, app, keys, now)
            tell_ends(tx, ended, now, run)
        ends.take(ended)
    if only is not None:
        return ends
    with app.store.writing() as tx:
        ended = _end_overdue(tx, app, now, None)
        tell_ends(tx, ended, now, run)
    ends.take(ended)
    _compared[app.store] = app.digests
    return ends


def note_some(tx: Transaction, app: App, keys: Sequence[str], now: datetime) -> tuple[SlotRecord, ...]:
    """Take note of the slots of some digests, at most CHUNK; return those that ended or are new on record."""
    noted = look_at(tx, app, take_all(tx, keys, now), now)
    return (*_end_overdue(tx, app, now, keys), *noted)


def take_all(tx: Transaction, keys: Sequence[str], now: datetime) -> tuple[KnownSchedule, ...]:
    """Return what is known of digests, by key; nobody else changes it meanwhile, also when it is new."""
    tx.schedules.begin(first_look(key, now) for key in keys)
    return tx.schedules.take(keys)


def look_at(
    tx: Transaction, app: App, known: Sequence[KnownSchedule], now: datetime
) -> tuple[SlotRecord, ...]:
    """Take note of some digests' slots; return those that are new on record, ended or due.

    A digest whose rules only a newer program knows is left to that one.
    """
    late = app.system.delivery.max_lateness
    noted, changed = [], []
    for schedule in known:
        digest = _current(app, schedule)
        if digest is None and is_compared(app) and schedule.rules:
            tx.alerts.add(_unknown_alert(schedule.digest, now), at=now)
            continue
        one = take_note(schedule, digest, now=now, max_lateness=late, zones=zones_of(tx, digest))
        noted.append(one)
        if one.known != schedule:
            changed.append(one.known)
    tx.schedules.put(changed)
    for one in noted:
        if one.keep is not None:
            tx.slots.withdraw(one.known.digest, after=now, keep=one.keep)
    return tx.slots.add((slot for one in noted for slot in one.slots), at=now)


def tell_ends(tx: Transaction, ended: Sequence[SlotRecord], now: datetime, run: str | None) -> None:
    """Write a history line for each slot that was missed or off, and an alert a digest for the missed."""
    done = sorted((one for one in ended if one.state is not SlotState.DUE), key=lambda one: one.due)
    tx.history.add_all(
        slot_line(one, one.state.value, "skipped", note=one.note, at=now, run=run) for one in done
    )
    missed: defaultdict[str, list[SlotRecord]] = defaultdict(list)
    for one in done:
        if one.state is SlotState.MISSED:
            missed[one.digest].append(one)
    for digest, slots in missed.items():
        tx.alerts.add(_missed_alert(digest, slots), at=now)


def slot_line(
    slot: SlotRecord, event: str, outcome: str, *, note: str | None, at: datetime, run: str | None
) -> HistoryEntry:
    """Make the history line of what the schedule did with a slot."""
    return HistoryEntry(
        at=at,
        by="schedule",
        event=event,
        outcome=outcome,
        run=run,
        digest=slot.digest,
        slot=slot.key,
        note=note,
    )


def _wanted(app: App, now: datetime) -> tuple[str, ...]:
    """Name all digests when settings are new to this process, else those whose time has come."""
    with app.store.reading() as tx:
        if is_compared(app):
            return tx.schedules.near(now)
        return tuple(sorted({*tx.schedules.keys(), *app.digests}))


def _current(app: App, known: KnownSchedule) -> DigestSettings | None:
    """Return a digest as it is now.

    A process that compared its settings goes on by the record, which another one with newer settings may
    have changed since. None when the file is gone, or this program does not know rules of the record.
    """
    mine = app.digests.get(known.digest)
    if not is_compared(app) or (mine is not None and rules_of(mine) == known.rules):
        return mine
    return digest_of(known.digest, known.rules)


def _end_overdue(
    tx: Transaction, app: App, now: datetime, digests: Sequence[str] | None
) -> tuple[SlotRecord, ...]:
    """End slots that came near in time, were not built, and are too late now or have a newer one."""
    ended = []
    shared = tx.shared_now(now)
    oldest = now - app.system.delivery.max_lateness
    for record, has_newer in tx.slots.overdue(now, digests, shared=shared):
        state, why = SlotState.MISSED, SUPERSEDED
        if record.digest not in app.digests and _is_gone(tx, record.digest):
            state, why = SlotState.OFF, GONE
        elif record.last < oldest:
            why = TOO_LATE
        elif not has_newer:
            continue
        note = f"{why}; {record.note}" if record.note else why
        if tx.slots.end(record, state, note=note, now=now, shared=shared):
            ended.append(replace(record, state=state, note=note))
    return tuple(ended)


def _is_gone(tx: Transaction, digest: str) -> bool:
    known = tx.schedules.get(digest)
    return known is None or not known.rules


def _unknown_alert(digest: str, now: datetime) -> Alert:
    return Alert(
        key=f"rules:{digest}:{now.date()}",
        kind=AlertKind.SETTINGS,
        title=f"A scheduler does not know the rules of {digest}",
        text="A newer program has written them, and this one leaves the digest to it. Update them all.",
        digest=digest,
    )


def _missed_alert(digest: str, slots: Sequence[SlotRecord]) -> Alert:
    lines = [f"{one.key}: {one.note}" for one in slots[-_SHOWN:]]
    if len(slots) > _SHOWN:
        lines.insert(0, f"and {len(slots) - _SHOWN} before these")
    count = "a slot" if len(slots) == 1 else f"{len(slots)} slots"
    return Alert(
        key=f"missed:{digest}:{slots[-1].key}",
        kind=AlertKind.MISSED,
        title=f"{digest} has missed {count}",
        text="\n".join([*lines, f"`digest build {digest} --at TIME` builds one all the same."]),
        digest=digest,
        slot=slots[-1].key,
    )
