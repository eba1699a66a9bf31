"""How far an edition is on its way: rates, reasons, steps; and the unknown that wait for a word."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import Field

from digest.actions.mailing.books import mailable_until, waiting_for_a_word
from digest.actions.mailing.live import look
from digest.deliver import UsedUp
from digest.model.accounts import Right
from digest.web.api.access import scope
from digest.web.api.books import Books, OffRecord
from digest.web.api.shapes import EditionNumber, Listed, Shape, readable
from digest.web.frame import Installed
from digest.web.guard import Person

router = APIRouter(prefix="/api/v1", tags=["deliveries"])


class Point(Shape):
    """One stretch of the line of an edition's mails."""

    at: datetime = Field(description="When it began.")
    per_second: float


class NoMail(Shape):
    """Why so many have no mail."""

    state: str
    code: int | None = Field(description="The relay's reply code.")
    text: str
    count: int


class Step(Shape):
    """One step in the life of an edition."""

    at: datetime
    by: str
    before: str | None
    after: str
    note: str | None


class LimitUsedUp(Shape):
    """A limit of a relay or domain that lets nothing more begin for now."""

    limit: str = Field(description="Such as `relay main`.")
    most: int = Field(description="Messages.")
    seconds: int = Field(description="In which so many may begin.")
    again_at: datetime = Field(description="When the next may begin.")

    @classmethod
    def of(cls, one: UsedUp) -> LimitUsedUp:
        """Make it of what was found."""
        seconds = int(one.window.total_seconds())
        return cls(limit=one.limit, most=one.most, seconds=seconds, again_at=one.again_at)


class Progress(Shape):
    """An edition on its way, or one that has been sent, at one moment."""

    edition: int
    digest: str
    state: str
    books: Books
    counted_at: datetime
    begun_at: datetime | None = Field(description="When it began to be sent; null: never.")
    is_braked: bool = Field(description="It waits for a person's word, and some readers may have it.")
    is_late: bool = Field(description="It was not sent to all by then, and a person decides on those open.")
    until: datetime = Field(description="It may go out until then.")
    now_per_second: float = Field(description="In the last half minute.")
    mean_per_second: float | None = Field(description="Since it began.")
    left_seconds: int | None = Field(description="For those who are open; null: nobody can tell.")
    stretch_seconds: float = Field(description="Of each point.")
    points: list[Point]
    reasons: list[NoMail] = Field(description="The most frequent first.")
    steps: list[Step] = Field(description="The newest first.")
    off_record: OffRecord | None = Field(
        description="Recipients of whom only the sums are left; null: all are on record."
    )
    used_up: list[LimitUsedUp] = Field(description="While it goes out and somebody is open.")


class Undecided(Shape):
    """Deliveries of an edition of which nobody can tell whether the mail arrived."""

    edition: int
    count: int
    until: datetime = Field(description="They can be mailed again until then.")


@router.get("/editions/{edition}/progress", dependencies=scope(Right.READ))
def show_progress(app: Installed, edition: EditionNumber) -> Progress:
    """Show how far an edition is on its way, how fast, and why some have no mail."""
    found = look(app, edition)
    return Progress(
        edition=edition,
        digest=found.stored.edition.digest,
        state=found.stored.state,
        books=Books.of(edition, found.books),
        counted_at=found.counted_at,
        begun_at=found.begun_at,
        is_braked=found.is_stopped,
        is_late=found.standing.is_late,
        until=found.until,
        now_per_second=found.now_rate,
        mean_per_second=found.mean_rate,
        left_seconds=None if found.left is None else round(found.left.total_seconds()),
        stretch_seconds=found.line.each.total_seconds(),
        points=[Point(at=at, per_second=rate) for at, rate in found.line.points],
        reasons=[NoMail.model_validate(one) for one in found.reasons],
        steps=[Step.model_validate(one) for one in found.steps],
        off_record=found.off_record and OffRecord.model_validate(found.off_record),
        used_up=[LimitUsedUp.of(one) for one in found.used_up],
    )


@router.get("/unknown", dependencies=scope(Right.READ))
def list_undecided(app: Installed, user: Person) -> Listed[Undecided]:
    """List the editions with deliveries that wait for a person's word, the newest first."""
    _, counts = waiting_for_a_word(app, None, digests=readable(app, user), limit=0)
    until = mailable_until(app, counts)
    rows = [Undecided(edition=number, count=count, until=until[number]) for number, count in counts.items()]
    return Listed(items=rows, next=None)
