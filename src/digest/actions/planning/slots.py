"""What becomes of every slot: the tick of a scheduler, and the wishes of people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.actions.app import App
from digest.actions.home.instance import ADOPT, LOOK_AGAIN, notice
from digest.actions.planning.building import Turn, build_next
from digest.actions.planning.noting import Ends, is_compared, note_slots
from digest.actions.planning.pausing import pause, resume, skip, unskip
from digest.model import Alert, AlertKind, SlotRecord, SlotState

__all__ = ["BUSY", "Advanced", "advance", "pause", "resume", "skip", "unskip"]

BUSY = timedelta(seconds=20)  #: for how long one tick begins builds; then new slots are looked for
_SOONEST = timedelta(seconds=1)  #: to the next tick, also when something is left that others are to do


@dataclass(frozen=True, kw_only=True)
class Advanced:
    """What a tick did."""

    next_at: datetime | None  #: when to tick again at the latest; None when no slot is planned
    built: tuple[SlotRecord, ...] = ()
    failed: tuple[SlotRecord, ...] = ()  #: to be tried again; the fault is in `note`
    missed: tuple[SlotRecord, ...] = ()
    off: tuple[SlotRecord, ...] = ()
    refused: tuple[str, ...] = ()  #: why this home must not go on: then nothing was done


def advance(app: App, *, worker: str, run: str | None = None, only: str | None = None) -> Advanced:
    """Take note of slots that come near, record missed and off ones, build those that are to be built.

    Any number of processes may do it at the same time, killed at any point: each slot gets one edition.
    An idle tick reads two numbers. A fault of one digest is noted, and its slot is tried again later.

    Args:
        app: The installation.
        worker: Names who ticks, unlike all others.
        run: Names the run of the service, for the history.
        only: Look after this digest alone.

    Raises:
        StoreError: The database cannot be read or written.
        DigestError: The home cannot be written in.
    """
    now = app.clock()
    wake_at = _next_at(app, now)
    if is_compared(app) and (wake_at is None or wake_at > now):
        return Advanced(next_at=wake_at)
    refused = notice(app.home, app.store, app.keyring)
    if refused:
        _tell_refused(app, refused, now)
        return Advanced(next_at=now + LOOK_AGAIN, refused=refused)
    ends = note_slots(app, now, run, only)
    tried = tuple(_build_all(app, Turn(worker=worker, run=run, only=only), until=now + BUSY))
    return _advanced(app, ends, tried)


def _next_at(app: App, now: datetime) -> datetime | None:
    with app.store.reading() as tx:
        moments = (tx.schedules.next_at(), tx.slots.next_at(now, shared=tx.shared_now(now)))
    return min((moment for moment in moments if moment is not None), default=None)


def _build_all(app: App, turn: Turn, *, until: datetime) -> Iterator[SlotRecord]:
    """Build slot by slot until none is left to be built, or others may have come near meanwhile."""
    while (tried := build_next(app, turn)) is not None:
        yield tried
        if app.clock() >= until:
            return


def _advanced(app: App, ends: Ends, tried: tuple[SlotRecord, ...]) -> Advanced:
    now = app.clock()
    next_at = _next_at(app, now)
    return Advanced(
        next_at=None if next_at is None else max(next_at, now + _SOONEST),
        built=tuple(one for one in tried if one.state is SlotState.BUILT),
        failed=tuple(one for one in tried if one.state is SlotState.DUE and one.note),
        missed=tuple(ends.missed),
        off=tuple(ends.off),
    )


def _tell_refused(app: App, reasons: tuple[str, ...], now: datetime) -> None:
    """Tell people, once a day, that this home waits for their word."""
    alert = Alert(
        key=f"refused:{now.date()}",
        kind=AlertKind.HELD,
        title="The schedule stands still: this may be a restored backup or a copied home",
        text="\n".join([*reasons, ADOPT]),
    )
    with app.store.writing() as tx:
        tx.alerts.add(alert, at=now)
