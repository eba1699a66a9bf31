"""Mail that came back: the reports, and taking one in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from pydantic import Field

from digest.actions.mailing.bounces import take_message
from digest.actions.readers.readers_desk import bounced
from digest.deliver.reports.bounces import MAX_REPORT_BYTES
from digest.model.accounts import Right
from digest.web.api.access import scope
from digest.web.api.shapes import Cursor, Limit, Listed, Name, Shape, number_in, turned
from digest.web.frame import Installed

router = APIRouter(prefix="/api/v1/bounces", tags=["subscribers"])


class Bounce(Shape):
    """A report about one edition to one subscriber."""

    id: int
    at: datetime = Field(description="When it was taken in.")
    email: str = Field(description="Empty when the person is erased.")
    edition: int
    kind: str = Field(examples=["hard"])
    status: str | None = Field(examples=["5.1.1"])


class BounceTaken(Shape):
    """What became of a report."""

    outcome: str = Field(
        description="noted, suppressed, ended, known, ignored; stranger: its addresses name no mail of ours."
    )
    kind: str | None
    status: str | None
    email: str | None = Field(description="Whom it is about, once that is verified.")
    edition: int | None


@router.get("", dependencies=scope(Right.OPERATE, over_all=True))
def list_bounces(
    request: Request, response: Response, app: Installed, limit: Limit = 50, cursor: Cursor = None
) -> Listed[Bounce]:
    """List the reports about mail that came back, the newest first."""
    rows = bounced(app, before=number_in(cursor), limit=limit + 1)
    page, following = turned(request, response, rows, limit, lambda one: one.id)
    shown = [
        Bounce(
            id=one.id or 0,
            at=one.at,
            email=one.subscriber.email,
            edition=one.edition_id,
            kind=one.kind,
            status=one.status,
        )
        for one in page
    ]
    return Listed(items=shown, next=following)


@router.post("", dependencies=scope(Right.OPERATE, over_all=True))
def take_bounce(
    app: Installed,
    message: Annotated[UploadFile, File(description="A message as it came in (RFC 5322).")],
    recipient: Annotated[
        Name | None, Form(description="Of its envelope, which tells best whom it is about.")
    ] = None,
) -> BounceTaken:
    """Take in a report that a mail server hands over; each counts once, and only mail of ours counts."""
    data = message.file.read(MAX_REPORT_BYTES)
    return BounceTaken.model_validate(take_message(app, data, file="the API", recipient=recipient))
