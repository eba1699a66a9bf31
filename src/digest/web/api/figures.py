"""What went out: sent editions with their books, and figures of the last days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from digest.actions.mailing.sent_lately import a_day, lately
from digest.actions.readers.archive import sent_editions
from digest.model import BounceKind
from digest.model.accounts import Right
from digest.web.api.access import scope
from digest.web.api.books import Books
from digest.web.api.shapes import Cursor, Listed, Shape, behind, number_in, readable
from digest.web.frame import Installed, zone_of
from digest.web.guard import Person

router = APIRouter(prefix="/api/v1", tags=["records"])


class SectionCount(Shape):
    """A section with how many items it had."""

    key: str
    title: str
    items: int


class SentEdition(Shape):
    """An edition that was sent, or is being sent."""

    edition: int
    digest: str
    number: int = Field(description="Among those of its digest.")
    slot: datetime
    subject: str
    books: Books
    sections: list[SectionCount]


class Closing(Shape):
    """The last time that the books of an edition were closed."""

    edition: int
    digest: str
    slot: str
    at: datetime
    seconds: float | None = Field(description="That its sending took.")
    counts: Mapping[str, int]


class Lateness(Shape):
    """How late an edition began to be sent."""

    edition: int
    digest: str
    due: datetime
    begun_at: datetime
    late_seconds: float


class MailDay(Shape):
    """The mails of a day."""

    day: date
    sent: int


class Figures(Shape):
    """The last 30 days."""

    zone: str = Field(description="By whose midnights days are counted: the person's.")
    days: list[MailDay] = Field(description="The oldest first; today is not over, and not there.")
    closings: list[Closing] = Field(description="The newest first.")
    lateness: list[Lateness] = Field(description="The oldest slot first.")
    came_back: Mapping[BounceKind, int] = Field(description="Reports about mail, by kind.")


@router.get("/sent", dependencies=scope(Right.READ))
def list_sent(  # why: FastAPI reads the query from the arguments
    request: Request,
    response: Response,
    app: Installed,
    user: Person,
    digest: Annotated[str | None, Query(max_length=80, description="Only those of this digest.")] = None,
    cursor: Cursor = None,
) -> Listed[SentEdition]:
    """List what was sent with its books and sections, the newest slot first; 40 a page."""
    found, older = sent_editions(app, digests=readable(app, user), digest_key=digest, past=number_in(cursor))
    following = None if older is None else behind(request, response, older)
    shown = [
        SentEdition(
            edition=one.stored.id,
            digest=one.stored.edition.digest,
            number=one.stored.edition.number,
            slot=one.stored.edition.slot.local,
            subject=one.stored.edition.subject,
            books=Books.of(one.stored.id, one.books),
            sections=[
                SectionCount(key=part.key, title=part.title or "More", items=len(part.items))
                for part in one.stored.edition.sections
            ],
        )
        for one in found
    ]
    return Listed(items=shown, next=following)


@router.get("/figures", dependencies=scope(Right.READ))
def show_figures(app: Installed, user: Person) -> Figures:
    """Show the last 30 days: mails a day, books that were closed, how late editions began, what came back."""
    recent, zone = lately(app, readable(app, user)), zone_of(app, user)
    return Figures(
        zone=zone,
        days=[
            MailDay(day=day, sent=sent) for day, sent in a_day(recent.closings, ZoneInfo(zone), app.clock())
        ],
        closings=[
            Closing(
                edition=one.edition_id,
                digest=one.digest,
                slot=one.slot,
                at=one.at,
                seconds=one.seconds,
                counts=one.counts,
            )
            for one in recent.closings
        ],
        lateness=[
            Lateness(
                edition=one.edition_id,
                digest=one.digest,
                due=one.due,
                begun_at=one.at,
                late_seconds=(one.at - one.due).total_seconds(),
            )
            for one in recent.begun
        ],
        came_back=recent.came_back,
    )
