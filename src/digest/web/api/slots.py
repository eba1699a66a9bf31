"""What comes in the next days, of all digests."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from digest.actions.planning.agenda import coming
from digest.actions.planning.month_ahead import DAYS
from digest.model.accounts import Right
from digest.web.api.access import scope
from digest.web.api.digests import ComingSlot, coming_slot
from digest.web.api.shapes import Listed
from digest.web.frame import Installed
from digest.web.guard import Person

router = APIRouter(prefix="/api/v1/slots", tags=["digests"])


@router.get("", dependencies=scope(Right.READ))
def list_all_slots(
    app: Installed,
    user: Person,
    days: Annotated[int, Query(ge=1, le=DAYS, description="How many of them.")] = 7,
) -> Listed[ComingSlot]:
    """List the next days' slots of all digests that one may look at, also those that do not take place."""
    found = coming(app, app.clock() + timedelta(days=days))
    mine = [one for one in found if user.may(Right.READ, one.digest.key)]
    return Listed(items=[coming_slot(one) for one in mine], next=None)
