"""A day at a glance: what has gone out, what waits for a hand, what comes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from fastapi import APIRouter
from pydantic import Field

from digest.actions.planning.today import Entry, today
from digest.model.accounts import Right
from digest.web.api.access import scope
from digest.web.api.books import Books
from digest.web.api.digests import ComingSlot, coming_slot
from digest.web.api.progress import Step
from digest.web.api.shapes import Shape, readable
from digest.web.frame import Installed, zone_of
from digest.web.guard import Person

router = APIRouter(prefix="/api/v1/today", tags=["digests"])


class DayEntry(Shape):
    """One edition or slot of the day."""

    due: datetime
    digest: str
    title: str = Field(description="Of the digest.")
    edition: int | None = Field(description="Null: it is not built yet.")
    state: str | None
    waits: bool = Field(description="For a person: in review, held, or too late.")
    is_over: bool = Field(description="Nothing is to be decided any more.")
    decided_at: datetime | None = Field(description="When it is decided about without a person.")
    policy: str | None = Field(description="What then happens while an editor's word is missing.")
    last: Step | None = Field(description="The last step of its life.")
    books: Books | None = Field(description="Once its audience was frozen.")
    html_bytes: int | None = Field(description="When it was built.")
    readers: int | None = Field(description="Who would have got it when it was built.")
    faults: list[str] = Field(description="What stands in its way.")
    coming: ComingSlot | None = Field(description="Of a slot that is not built yet.")


class Day(Shape):
    """A day, as the token's person may see it."""

    now: datetime
    zone: str = Field(description="Whose midnight ends the day: the person's.")
    waiting: int = Field(description="Entries that wait for a person.")
    unknown: int = Field(description="Deliveries that nobody can vouch for, and that wait for a word.")
    entries: list[DayEntry] = Field(description="In the order of the clock, with what is left from before.")
    later: list[ComingSlot] = Field(description="Of the week after, at most 12.")
    sources: Mapping[str, int] = Field(description="How many stand how.")


@router.get("", dependencies=scope(Right.READ))
def show_today(app: Installed, user: Person) -> Day:
    """Show the day at a glance: what has gone out, what waits for a hand and until when, what comes."""
    zone = zone_of(app, user)
    day = today(app, zone=zone, digests=readable(app, user))
    return Day(
        now=day.now,
        zone=zone,
        waiting=sum(one.waits for one in day.entries),
        unknown=day.unknown,
        entries=[_entry(one) for one in day.entries],
        later=[coming_slot(one) for one in day.later],
        sources=day.sources,
    )


def _entry(one: Entry) -> DayEntry:
    stored, course = one.edition, one.course
    return DayEntry(
        due=one.due,
        digest=one.digest,
        title=one.title,
        edition=stored and stored.id,
        state=stored and stored.state,
        waits=one.waits,
        is_over=one.is_over,
        decided_at=course and course.decided_at,
        policy=course and course.policy,
        last=one.last and Step.model_validate(one.last),
        books=Books.of(stored.id, one.books) if stored and one.books else None,
        html_bytes=one.size,
        readers=one.readers,
        faults=list(one.faults),
        coming=one.coming and coming_slot(one.coming),
    )
