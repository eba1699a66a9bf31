"""Build the editions of the slots whose time has come: each by one builder, a fault costs its slot only."""

from __future__ import annotations

import time
import traceback
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from digest.actions.app import App
from digest.actions.making.build import BuildReport, build
from digest.actions.making.orders import Order
from digest.actions.planning.noting import slot_line
from digest.errors import DigestError
from digest.log import get_logger
from digest.model import Alert, AlertKind, HistoryEntry, Slot, SlotRecord, SlotState
from digest.store import Transaction

#: How long nobody else builds a slot that one has begun. A builder that dies costs so much; one that is slow
#: only costs double work, because the record lets one edition through.
LEASE = timedelta(minutes=2)
_PATIENCE = (1, 2, 4, 8, 15)  #: minutes to the next try after so many faults


@dataclass(frozen=True, kw_only=True)
class Turn:
    """Who builds, for the record."""

    worker: str
    run: str | None
    only: str | None = None  #: the only digest that is built; None builds all


@dataclass(frozen=True, kw_only=True)
class _Try:
    """One try to build a slot's edition."""

    claimed: SlotRecord
    turn: Turn
    begun_s: float = field(default_factory=time.perf_counter)


def build_next(app: App, turn: Turn) -> SlotRecord | None:
    """Build the edition of the next slot that is to be built.

    Returns:
        The slot as it is now: built, or due still, with its fault in `note`, which is empty when nothing
        failed but somebody else has it. None when there is none.

    Raises:
        StoreError: The database cannot be read or written.
    """
    now = app.clock()
    with app.store.writing() as tx:
        shared = tx.shared_now(now)
        claimed = tx.slots.claim(turn.worker, now=now, shared=shared, lease=LEASE, digest=turn.only)
    if claimed is None:
        return None
    if claimed.digest not in app.digests:
        return _leave(app, claimed)
    attempt = _Try(claimed=claimed, turn=turn)
    try:
        report = _build(app, attempt)
    except DigestError as error:
        return _put_off(app, attempt, str(error))
    except Exception as error:  # noqa: BLE001  (whatever one digest does, the others come out)
        get_logger().error(
            "build_crashed",
            run=turn.run,
            digest=claimed.digest,
            slot=claimed.key,
            traceback=traceback.format_exc(),
        )
        # Its words may hold anything, and what is put on record is mailed and kept for good.
        where = "build_crashed" + (f" of run {turn.run}" if turn.run else "")
        told = f"an unexpected {type(error).__name__}: look for {where} in the log"
        return _put_off(app, attempt, told)
    return replace(claimed, state=SlotState.BUILT, edition_id=report.edition_id, note=None)


def slot_of(record: SlotRecord, app: App) -> Slot:
    """Return the slot of a record, on the clocks of its digest."""
    local = record.due.astimezone(app.digest(record.digest).timezone)
    plain = Slot(local=local)
    return plain if plain.key == record.key else Slot(local=local, name=record.key)


def _build(app: App, attempt: _Try) -> BuildReport:
    claimed = attempt.claimed
    order = Order(by="schedule", run=attempt.turn.run, claimed=claimed)
    report = build(app, claimed.digest, slot=slot_of(claimed, app), order=order)
    if report.existed and report.edition_id is not None:
        with app.store.writing() as tx:
            now = app.clock()
            if tx.slots.built(claimed, report.edition_id, at=now):
                line = _line(attempt, now, "ok", "it had its edition already")
                tx.history.add(replace(line, edition_id=report.edition_id))
    return report


def _leave(app: App, claimed: SlotRecord) -> SlotRecord:
    """Give back a slot of a digest that only a scheduler with newer settings knows."""
    with app.store.writing() as tx:
        now = app.clock()
        tx.slots.put_off(claimed, until=tx.shared_now(now) + _delay(1), note=claimed.note, at=now)
    return replace(claimed, worker=None, note=None)


def _put_off(app: App, attempt: _Try, fault: str) -> SlotRecord:
    """Note down that a build failed; the next try comes later each time. Tells people of the first."""
    claimed = attempt.claimed
    with app.store.writing() as tx:
        now = app.clock()
        until = tx.shared_now(now) + _delay(claimed.tries)
        if not tx.slots.put_off(claimed, until=until, note=fault, at=now):
            return replace(claimed, worker=None, note=None)  # it was overtaken meanwhile
        tx.history.add(_line(attempt, now, "failed", fault))
        _tell(tx, claimed, now, fault)
    return replace(claimed, worker=None, note=fault)


def _delay(tries: int) -> timedelta:
    return timedelta(minutes=_PATIENCE[min(tries, len(_PATIENCE)) - 1])


def _line(attempt: _Try, now: datetime, outcome: str, note: str) -> HistoryEntry:
    line = slot_line(attempt.claimed, "build", outcome, note=note, at=now, run=attempt.turn.run)
    return replace(line, seconds=time.perf_counter() - attempt.begun_s)


def _tell(tx: Transaction, claimed: SlotRecord, now: datetime, fault: str) -> None:
    alert = Alert(
        key=f"failed:{claimed.digest}:{claimed.key}",
        kind=AlertKind.FAILED,
        title=f"{claimed.digest} cannot be built for {claimed.key}",
        text=f"{fault}\nIt is tried again until it is too late. `digest check` looks for faults.",
        digest=claimed.digest,
        slot=claimed.key,
    )
    tx.alerts.add(alert, at=now)
