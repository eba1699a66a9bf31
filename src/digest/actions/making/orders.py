"""Who has an edition built and for which slot, and what is put on record when it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.actions.timing.local_hours import record_of
from digest.errors import Refused
from digest.model import Edition, EditionState, HistoryEntry, Slot, SlotRecord, SlotState
from digest.settings import DigestSettings
from digest.store import Transaction
from digest.timetable import planned

_TICK = timedelta(microseconds=1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Order:
    """What an edition is built on."""

    by: str = "digest"  #: who wants it: a person, or 'schedule'
    run: str | None = None  #: of the service or command
    claimed: SlotRecord | None = None  #: the slot that is in the builder's hand; None when a person wants it


@dataclass(frozen=True, kw_only=True)
class Stored:
    """An edition that was just stored, as the record tells it."""

    id: int
    edition: Edition
    state: EditionState
    at: datetime
    seconds: float  #: that building took
    counts: Mapping[str, int]
    note: str | None = None


def slot_at(digest: DigestSettings, moment: datetime) -> Slot:
    """Return the slot that a digest has in the minute of a moment: the planned one where there is one."""
    local = moment.astimezone(digest.timezone).replace(second=0, microsecond=0)
    due = planned(digest, local - _TICK, local + _MINUTE - _TICK)
    return due[0].slot if due else Slot(local=local)


def put_on_record(
    tx: Transaction, digest: DigestSettings, order: Order, stored: Stored, *, max_lateness: timedelta
) -> None:
    """Tell slot and history of a new edition, in the transaction that stores it.

    Args:
        tx: That transaction.
        digest: The edition's digest.
        order: Who wants it.
        stored: The edition.
        max_lateness: How late what a person wants may be to count for the slot that it stands for.

    Raises:
        Refused: The claimed slot has its end by now; the edition must not be stored.
    """
    slot = stored.edition.slot
    if order.claimed is None:
        _count(tx, digest, stored, max_lateness)
    elif not tx.slots.built(order.claimed, stored.id, at=stored.at):
        raise Refused(f"slot {slot.key} of {digest.key} has ended while it was built")
    outcome = {EditionState.SKIPPED: "skipped", EditionState.HELD: "held"}.get(stored.state, "ok")
    tx.history.add(
        HistoryEntry(
            at=stored.at,
            by=order.by,
            event="build",
            outcome=outcome,
            run=order.run,
            digest=digest.key,
            slot=slot.key,
            edition_id=stored.id,
            seconds=stored.seconds,
            counts=stored.counts,
            note=stored.note,
        )
    )


def _count(tx: Transaction, digest: DigestSettings, stored: Stored, max_lateness: timedelta) -> None:
    """Let an edition that a person had built count for the planned slot that it stands for.

    Not when it is too late for that slot: the next tick would let the edition expire. It is the person's.
    """
    slot = stored.edition.slot
    due = slot.local
    if slot.key in {one.slot.key for one in planned(digest, due - _TICK, due)}:
        record = record_of(tx, digest, slot)
        if stored.at <= record.last + max_lateness:
            built = replace(record, state=SlotState.BUILT, edition_id=stored.id)
            tx.slots.built_by_hand(built, at=stored.at)
