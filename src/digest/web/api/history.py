"""What happened, and what people were told of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from fastapi import APIRouter, Request, Response
from pydantic import Field

from digest.actions.agenda import told as told_history
from digest.actions.alerts import Told
from digest.actions.alerts import told as told_alerts
from digest.model.accounts import Right
from digest.web.api.access import scope
from digest.web.api.shapes import Cursor, DigestKey, Limit, Listed, Shape, number_in, turned
from digest.web.frame import Installed

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


@router.get("/history", dependencies=scope(Right.OPERATE, over_all=True))
def list_history(
    request: Request, response: Response, app: Installed, limit: Limit = 50, cursor: Cursor = None
) -> Listed[HistoryLine]:
    """List what was done, by whom, the newest first: the audit trail."""
    return _history(request, response, app, None, limit, cursor)


@router.get("/digests/{digest}/history", dependencies=scope(Right.READ))
def list_digest_history(  # why: FastAPI reads query and path from the arguments
    request: Request,
    response: Response,
    app: Installed,
    digest: DigestKey,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[HistoryLine]:
    """List what happened to one digest, the newest first."""
    return _history(request, response, app, digest, limit, cursor)


@router.get("/alerts", dependencies=scope(Right.OPERATE, over_all=True))
def list_alerts(
    request: Request, response: Response, app: Installed, limit: Limit = 50, cursor: Cursor = None
) -> Listed[Alert]:
    """List what people were or are to be told, the newest first, with the way each alert went."""
    rows = told_alerts(app, limit + 1, before=number_in(cursor))
    page, following = turned(request, response, rows, limit, lambda one: one.id)
    return Listed(items=[_alert(one) for one in page], next=following)


def _history(  # why: passed on
    request: Request, response: Response, app: Installed, digest: str | None, limit: int, cursor: str | None
) -> Listed[HistoryLine]:
    rows = told_history(app, digest, before=number_in(cursor), limit=limit + 1)
    page, following = turned(request, response, rows, limit, lambda one: one.id)
    return Listed(items=[HistoryLine.model_validate(one) for one in page], next=following)


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
