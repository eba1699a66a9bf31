"""What happened, and what people were told of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from digest.actions.planning.agenda import told as told_history
from digest.actions.staff.records import Wish, records
from digest.actions.upkeep.alerts import Told
from digest.actions.upkeep.alerts import told as told_alerts
from digest.model import REFUSED
from digest.model.accounts import Right
from digest.web.api.access import scope
from digest.web.api.shapes import (
    Cursor,
    DigestKey,
    Limit,
    Line,
    Listed,
    Shape,
    behind,
    number_in,
    turned,
)
from digest.web.frame import Installed, zone_of
from digest.web.guard import Person

router = APIRouter(prefix="/api/v1", tags=["records"])


class HistoryLine(Shape):
    """One line of the history; never changed, never removed."""

    id: int | None
    at: datetime = Field(description="When it ended.")
    by: str = Field(description="A person, or 'schedule', 'worker', 'service'.")
    event: str = Field(examples=["approve"])
    outcome: str = Field(examples=["ok"])
    run: str | None = Field(description="Of the service or command; the same word stands in its logs.")
    digest: str | None
    slot: str | None
    edition_id: int | None
    seconds: float | None
    counts: Mapping[str, int]
    note: str | None


class AlertWay(Shape):
    """One channel of an alert."""

    channel: str
    tries: int
    sent_at: datetime | None
    next_at: datetime | None
    error: str | None


class Alert(Shape):
    """What people were or are to be told."""

    alert: int
    at: datetime
    kind: str
    title: str
    text: str
    digest: str | None
    slot: str | None
    edition: int | None
    sends: list[AlertWay]


def _wanted(  # why: FastAPI reads the query from the arguments
    by: Annotated[
        Line | None, Query(max_length=320, description="Only what this person or part did.")
    ] = None,
    event: Annotated[
        Line | None, Query(max_length=40, description="Only of this event, such as 'refused'.")
    ] = None,
    digest: Annotated[str | None, Query(max_length=80, description="Only what was done to it.")] = None,
    day: Annotated[date | None, Query(description="Only of this day, in the zone of the person.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Wish:
    return Wish(by=by, event=event, digest=digest, day=day, before=number_in(cursor), limit=limit)


@router.get("/history", dependencies=scope(Right.OPERATE))
def list_history(
    request: Request,
    response: Response,
    app: Installed,
    user: Person,
    wish: Annotated[Wish, Depends(_wanted)],
) -> Listed[HistoryLine]:
    """List what was done, by whom, the newest first: the audit trail, of the digests that one operates."""
    found = records(app, user, wish, zone=zone_of(app, user))
    following = None if found.older is None else behind(request, response, found.older)
    return Listed(items=[HistoryLine.model_validate(one) for one in found.lines], next=following)


@router.get("/digests/{digest}/history", dependencies=scope(Right.READ))
def list_digest_history(  # why: FastAPI reads query and path from the arguments
    request: Request,
    response: Response,
    app: Installed,
    user: Person,
    digest: DigestKey,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[HistoryLine]:
    """List what happened to one digest, the newest first; refused tries for those alone who operate it."""
    without = None if user.may(Right.OPERATE, digest) and Right.OPERATE in request.state.scopes else REFUSED
    rows = told_history(app, digest, without=without, before=number_in(cursor), limit=limit + 1)
    page, following = turned(request, response, rows, limit, lambda one: one.id)
    return Listed(items=[HistoryLine.model_validate(one) for one in page], next=following)


@router.get("/alerts", dependencies=scope(Right.OPERATE, over_all=True))
def list_alerts(
    request: Request, response: Response, app: Installed, limit: Limit = 50, cursor: Cursor = None
) -> Listed[Alert]:
    """List what people were or are to be told, the newest first, with the way each alert went."""
    rows = told_alerts(app, limit + 1, before=number_in(cursor))
    page, following = turned(request, response, rows, limit, lambda one: one.id)
    return Listed(items=[_alert(one) for one in page], next=following)


def _alert(one: Told) -> Alert:
    alert = one.alert
    return Alert(
        alert=one.id,
        at=one.at,
        kind=alert.kind,
        title=alert.title,
        text=alert.text,
        digest=alert.digest,
        slot=alert.slot,
        edition=alert.edition_id,
        sends=[AlertWay.model_validate(send) for send in one.sends],
    )
