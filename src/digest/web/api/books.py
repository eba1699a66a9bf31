"""Editions on their way: the books, who got it, the brake, the unknown."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from digest.actions import braking
from digest.actions.books import books_of, decide_unknown, deliveries
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


class Delivery(Shape):
    """One edition to one subscriber."""

    id: int
    email: str
    state: str
    reason: str | None
    reply: str | None = Field(description="The relay's last words.")
    version: int | None = Field(
        description="The edition's version that they were mailed, or last tried with; 0 is as it was built."
    )


class UnknownWish(Wish):
    """What shall become of those of whom nobody can tell whether the mail arrived."""

    resend: bool = Field(
        description="Mail them again, at the risk of a second copy; false leaves them, on record."
    )
    deliveries: Annotated[list[Number], Field(min_length=1, max_length=10_000)] | None = Field(
        default=None, description="Only these, by the `id` of the delivery; null: all of the edition."
    )

    model_config = wish_like(resend=False)


class Decided(Shape):
    """What was decided on the unknown."""

    edition: int
    decided: int
    resend: bool


@router.get("/{edition}/books", dependencies=scope(Right.READ))
def show_books(app: Installed, edition: EditionNumber) -> Books:
    """Show the books of an edition; all zero before its audience is frozen."""
    return Books.of(edition, books_of(app, edition))


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
            email=one.subscriber.email,
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


@router.post("/{edition}/end", dependencies=scope(Right.OPERATE))
def end_sending(app: Installed, user: Person, edition: EditionNumber) -> Books:
    """End a stopped edition for good: those who have none yet get nothing, and the books close."""
    return Books.of(edition, braking.end(app, edition, by=by(user)))


@router.post("/{edition}/unknown", dependencies=scope(Right.OPERATE))
def decide_unknown_deliveries(
    app: Installed, user: Person, edition: EditionNumber, wish: UnknownWish
) -> Decided:
    """Decide on those of whom nobody can tell whether the mail arrived."""
    count = decide_unknown(app, edition, resend=wish.resend, by=by(user), only=wish.deliveries)
    return Decided(edition=edition, decided=count, resend=wish.resend)
