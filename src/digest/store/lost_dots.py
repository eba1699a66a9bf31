"""Who may have a copy already: whatever ends them but a mail that was taken, they are unknown."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, case, literal

from digest.model import MAY_HAVE_IT, DeliveryState
from digest.store.people_tables import deliveries

MAYBE = deliveries.c.reason.contains(MAY_HAVE_IT)
_UNKNOWN = literal(DeliveryState.UNKNOWN.value)
_MISSED = [state.value for state in (DeliveryState.FAILED, DeliveryState.EXPIRED, DeliveryState.EXCLUDED)]


def ended_as(state: ColumnElement[str]) -> ColumnElement[str]:
    """Say how a delivery ends, or what it waits for, that would without an earlier dot be in that state."""
    return case((and_(state.in_(_MISSED), MAYBE), _UNKNOWN), else_=state)


def ended_why(state: ColumnElement[str], reason: ColumnElement[str]) -> ColumnElement[str]:
    """Say why: of whom may have a copy that stays on record, beside that reason.

    Args:
        state: As `ended_as` has it; not sent.
        reason: Why it is in that state.
    """
    return case(
        (and_(state.in_(_MISSED), MAYBE), deliveries.c.reason + "; " + reason),
        (MAYBE, reason + MAY_HAVE_IT),
        else_=reason,
    )
