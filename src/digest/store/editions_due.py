"""Editions that are neither sent nor ended, and the ones that they are compared with."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import cast

from sqlalchemy import func, select

from digest.model import EditionState
from digest.model.schedule import AlertKind, SlotState
from digest.store.decisions import Deciding
from digest.store.part import Line, ids
from digest.store.schedule_tables import alerts, slots
from digest.store.tables import OPEN, edition_log, editions
from digest.store.values import OpenEdition, PastEdition

#: What readers got or are to get; what was held or ended otherwise says nothing of what is usual.
_USUAL = (
    EditionState.DRAFT,
    EditionState.REVIEW,
    EditionState.APPROVED,
    EditionState.SENDING,
    EditionState.SENT,
)
# Under other names, since `OPEN` is literal text and knows no tables.
_SLOTS = select(
    slots.c.digest.label("of_digest"),
    slots.c.slot.label("of_slot"),
    slots.c.state.label("slot_state"),
    slots.c.first_at,
    slots.c.last_at,
).subquery()
#: When an edition was first begun to be sent; NULL when no reader can have it.
BEGUN_AT = (
    select(func.min(edition_log.c.at))
    .where(edition_log.c.edition_id == editions.c.id, edition_log.c.after == EditionState.SENDING)
    .scalar_subquery()
    .label("begun_at")
)
_LETS_GO = (EditionState.APPROVED, EditionState.SENDING)
#: A person's word that it is to be sent however late: no other step leaves an edition being sent.
_LATE = (edition_log.c.before == EditionState.SENDING) & (edition_log.c.after == EditionState.SENDING)
_OPEN = (
    select(
        *(editions.c[name] for name in ("id", "digest", "slot", "state", "built_at", "note")),
        func.coalesce(_SLOTS.c.first_at, editions.c.slot_at).label("first_at"),
        func.coalesce(_SLOTS.c.last_at, editions.c.slot_at).label("last_at"),
        _SLOTS.c.slot_state.in_((SlotState.DUE, SlotState.BUILT)).label("scheduled"),
        BEGUN_AT,
        select(func.max(edition_log.c.at))
        .where(edition_log.c.edition_id == editions.c.id, edition_log.c.after.in_(_LETS_GO))
        .scalar_subquery()
        .label("let_go_at"),
        select(func.max(edition_log.c.at))
        .where(edition_log.c.edition_id == editions.c.id, _LATE)
        .scalar_subquery()
        .label("late_at"),
        select(func.max(alerts.c.made_at))
        .where(alerts.c.edition_id == editions.c.id, alerts.c.kind == AlertKind.REMINDER)
        .scalar_subquery()
        .label("reminded_at"),
    )
    .outerjoin_from(
        editions,
        _SLOTS,
        (_SLOTS.c.of_digest == editions.c.digest) & (_SLOTS.c.of_slot == editions.c.slot),
    )
    .where(OPEN)
    .order_by(editions.c.slot_at, editions.c.id)
)


class DueReading(Deciding):
    """The part of the editions that looks at what is still to happen."""

    def open(self, states: Collection[EditionState] | None = None) -> tuple[OpenEdition, ...]:
        """Return the editions that are neither sent nor ended, all or some states', the oldest slot first."""
        query = _OPEN if states is None else _OPEN.where(editions.c.state.in_(sorted(states)))
        return tuple(_open(row) for row in self.connection.execute(query))

    def open_one(self, edition_id: int) -> OpenEdition | None:
        """Find one of them; None when it is sent or ended, or is not there."""
        row = self.connection.execute(_OPEN.where(editions.c.id.in_(ids([edition_id])))).one_or_none()
        return None if row is None else _open(row)

    def past(self, digest: str, *, before: datetime, limit: int) -> tuple[PastEdition, ...]:
        """Return a digest's last editions that readers got or are to get, the newest slot first.

        Args:
            digest: Key of the digest.
            before: Only slots before this one.
            limit: At most so many.
        """
        query = (
            select(editions.c.id, editions.c.state, editions.c.plan)
            .where(editions.c.digest == digest, editions.c.state.in_(_USUAL), editions.c.slot_at < before)
            .order_by(editions.c.slot_at.desc())
            .limit(limit)
        )
        return tuple(
            PastEdition(
                id=row.id,
                state=EditionState(row.state),
                plan=cast("Mapping[str, object]", row.plan),
            )
            for row in self.connection.execute(query)
        )


def _open(row: Line) -> OpenEdition:
    return OpenEdition(
        id=row.id,
        digest=row.digest,
        slot=row.slot,
        due=row.first_at,
        last_due=row.last_at,
        state=EditionState(row.state),
        built_at=row.built_at,
        note=row.note,
        is_scheduled=bool(row.scheduled),
        begun_at=row.begun_at,
        let_go_at=row.let_go_at,
        late_at=row.late_at,
        reminded_at=row.reminded_at,
    )
