"""What is on record: every change and every refused try, by whom and when."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from digest.actions.staff.accounts import users
from digest.actions.staff.records import Wish, records
from digest.model import REFUSED
from digest.model.accounts import Right
from digest.web.frame import Installed, show, zone_of
from digest.web.guard import Person, needs

router = APIRouter(include_in_schema=False)

_PARTS = ("schedule", "service", "worker")  # that do things, besides people


@router.get("/audit", dependencies=[Depends(needs(Right.OPERATE))])
def audit(
    request: Request,
    app: Installed,
    user: Person,
    who: Annotated[str, Query(max_length=320)] = "",
    what: Annotated[str, Query(max_length=40)] = "",
    digest: Annotated[str, Query(max_length=200)] = "",
    day: Annotated[str, Query(max_length=10)] = "",
    before: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
) -> Response:
    """Show what is on record, the newest first, by who, what, digest and day."""
    chosen = _day(day)
    wish = Wish(by=who or None, event=what or None, digest=digest or None, day=chosen, before=before)
    found = records(app, user, wish, zone=zone_of(app, user))
    asked = {"who": who, "what": what, "digest": digest, "day": day if chosen else ""}
    kept = {name: value for name, value in asked.items() if value}
    own = [(key, one.title) for key, one in app.digests.items() if user.may(Right.OPERATE, key)]
    return show(
        request,
        "audit.html",
        who=who,
        what=what,
        refused=REFUSED,
        digest=digest,
        day=day if chosen else "",
        found=found,
        people=[*((one.email, one.name) for one in users(app)), *((part, part) for part in _PARTS)],
        digests=own,
        titles={key: one.title for key, one in app.digests.items()},
        is_later=before is not None,
        first=_address(kept),
        older=None if found.older is None else _address({**kept, "before": str(found.older)}),
    )


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _address(asked: dict[str, str]) -> str:
    return f"/audit?{urlencode(asked)}" if asked else "/audit"
