"""Editions on their way: the books, who got it, the brake, the unknown."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from digest.actions.mailing.books import books_of, decide_unknown, deliveries, off_record
from digest.actions.mailing.places import places
from digest.actions.steering import braking
from digest.actions.steering.late import let_go_late
from digest.model import Books as Found
from digest.model import DeliveryState
from digest.model.accounts import Right
from digest.web.api.access import scope
from digest.web.api.edition_shapes import EditionLine, line_of
from digest.web.api.shapes import (
    Cursor,
    EditionNumber,
    Limit,
    Listed,
    NoteWish,
    Number,
    Shape,
    Wish,
    number_in,
    turned,
    wish_like,
)
from digest.web.frame import Installed
from digest.web.guard import Person, by

router = APIRouter(prefix="/api/v1/editions", tags=["deliveries"])


class Books(Shape):
    """frozen = sent + failed + expired + excluded + unknown (+ open)."""

    edition: int
    frozen: int
    sent: int
    failed: int
    expired: int
    excluded: int
    unknown: int
    open: int
    balance: bool

    @classmethod
    def of(cls, edition: int, found: Found) -> Books:
        """Show the books of an edition."""
        return cls(
            edition=edition,
            frozen=found.frozen,
            sent=found.sent,
            failed=found.failed,
            expired=found.expired,
            excluded=found.excluded,
            unknown=found.unknown,
            open=found.open,
            balance=found.balance,
        )


class OffRecord(Shape):
    """Recipients of an edition of whom only the sums are left."""

    recipients: int
    since: datetime


class EditionBooks(Books):
    """The books of one edition, and how many of its recipients are no longer on record one by one."""

    off_record: OffRecord | None = Field(description="Null: all are on record.")


class Delivery(Shape):
    """One edition to one subscriber."""

    id: int
    email: str = Field(
        description="Where the mail went; one that is still to come goes to `email_now` where that is given."
    )
    email_now: str | None = Field(description="Their address of now, where that is another one.")
    state: str
    reason: str | None
    reply: str | None = Field(description="The relay's last words.")
    version: int | None = Field(
        description="The edition's version that they were mailed, or last tried with; 0 is as it was built."
    )


class ItemPlaces(Shape):
    """Where one item stood."""

    article: int
    title: str
    mails: dict[int, int] = Field(description="How many, by its place in the whole mail; 1 leads.")


class SectionPlaces(Shape):
    """Where one section stood."""

    key: str
    title: str
    chosen: int = Field(description="Readers who named it when they chose sections.")
    mails: dict[int, int] = Field(description="How many held it, by its place among their sections.")
    items: list[ItemPlaces]


class Places(Shape):
    """Where sections and items stood in the mails that were sent."""

    sent: int
    choosers: int = Field(description="Of them to readers who chose sections; the others get all.")
    sections: list[SectionPlaces]


class UnknownWish(Wish):
    """What shall become of those of whom nobody can tell whether the mail arrived."""

    resend: bool = Field(
        description="Mail them again, at the risk of a second copy; false leaves them, on record."
    )
    deliveries: Annotated[list[Number], Field(min_length=1, max_length=10_000)] | None = Field(
        default=None, description="Only these, by the `id` of the delivery; null: all of the edition."
    )

    model_config = wish_like(resend=False)


class UnknownDecided(Shape):
    """What was decided on the unknown."""

    edition: int
    decided: int
    resend: bool


@router.get("/{edition}/books", dependencies=scope(Right.READ))
def show_books(app: Installed, edition: EditionNumber) -> EditionBooks:
    """Show the books of an edition; all zero before its audience is frozen."""
    books, gone = Books.of(edition, books_of(app, edition)), off_record(app, edition)
    return EditionBooks(**dict(books), off_record=gone and OffRecord.model_validate(gone))


@router.get("/{edition}/places", dependencies=scope(Right.READ))
def show_places(app: Installed, edition: EditionNumber) -> Places:
    """Show where sections and items stood in the mails of an edition that were sent."""
    return Places.model_validate(places(app, edition))


@router.get("/{edition}/deliveries", dependencies=scope(Right.OPERATE))
def list_deliveries(  # why: FastAPI reads the query from the arguments
    request: Request,
    response: Response,
    app: Installed,
    edition: EditionNumber,
    state: Annotated[list[DeliveryState] | None, Query(description="Only those; may repeat.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Listed[Delivery]:
    """List to whom an edition went, and why not to others."""
    after = number_in(cursor) or 0
    rows = deliveries(app, edition, states=state or None, limit=limit + 1, after_id=after)
    page, following = turned(request, response, rows, limit, lambda one: one.id)
    shown = [
        Delivery(
            id=one.id,
            email=one.email,
            email_now=one.email_now,
            state=one.state,
            reason=one.reason,
            reply=one.reply,
            version=one.version,
        )
        for one in page
    ]
    return Listed(items=shown, next=following)


@router.put("/{edition}/brake", dependencies=scope(Right.OPERATE))
def stop_sending(
    app: Installed, user: Person, edition: EditionNumber, wish: NoteWish | None = None
) -> EditionLine:
    """Stop an edition that is going out; nobody is lost."""
    return line_of(braking.pull(app, edition, by=by(user), note=wish.note if wish else None), None)


@router.delete("/{edition}/brake", dependencies=scope(Right.OPERATE))
def resume_sending(app: Installed, user: Person, edition: EditionNumber) -> EditionLine:
    """Let a stopped edition go on."""
    return line_of(braking.resume(app, edition, by=by(user)), None)


@router.post("/{edition}/late", dependencies=scope(Right.OPERATE))
def send_late(app: Installed, user: Person, edition: EditionNumber) -> EditionLine:
    """Let an edition go to those still open although `max_lateness` has passed; the service mails them."""
    return line_of(let_go_late(app, edition, by=by(user)), None)


@router.post("/{edition}/end", dependencies=scope(Right.OPERATE))
def end_sending(app: Installed, user: Person, edition: EditionNumber) -> Books:
    """End a stopped edition for good: those who have none yet get nothing, and the books close."""
    return Books.of(edition, braking.end(app, edition, by=by(user)))


@router.post("/{edition}/unknown", dependencies=scope(Right.OPERATE))
def decide_unknown_deliveries(
    app: Installed, user: Person, edition: EditionNumber, wish: UnknownWish
) -> UnknownDecided:
    """Decide on those of whom nobody can tell whether the mail arrived."""
    count = decide_unknown(app, edition, resend=wish.resend, by=by(user), only=wish.deliveries)
    return UnknownDecided(edition=edition, decided=count, resend=wish.resend)
