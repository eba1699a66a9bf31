"""Editions as the API shows them."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from digest.actions.timing.deadlines import Course
from digest.model import Edition
from digest.store import StoredEdition
from digest.web.api.shapes import Shape


class Item(Shape):
    """An article in an edition."""

    article: int
    title: str
    source: str
    url: str | None
    summary: str
    method: str = Field(description="What wrote the summary.", examples=["weighted"])
    note: str | None = Field(description="Why the method is not the usual one.")
    also: list[str] = Field(description="Sources that tell the story as well.")


class Section(Shape):
    """A titled, ordered part of an edition."""

    key: str
    title: str
    items: list[Item]


class EditionLine(Shape):
    """An edition without its items."""

    edition: int
    digest: str
    number: int = Field(description="Among those of its digest.")
    slot: str = Field(examples=["2026-11-19T07:00"])
    state: str = Field(examples=["review"])
    subject: str
    preheader: str
    items: int
    built_at: datetime
    deadline: datetime | None = Field(description="Until when it waits for a person.")
    content_hash: str | None = Field(description="What `seen` of an approval names.")
    approved_by: str | None
    approved_at: datetime | None
    note: str | None


def line_of(stored: StoredEdition, course: Course | None) -> EditionLine:
    """Show an edition without its items; course is None once it is sent or has ended."""
    return EditionLine(
        edition=stored.id,
        digest=stored.edition.digest,
        number=stored.edition.number,
        slot=stored.edition.slot.key,
        state=stored.state,
        subject=stored.edition.subject,
        preheader=stored.edition.preheader,
        items=len(stored.edition.items),
        built_at=stored.built_at,
        deadline=None if course is None else course.decided_at,
        content_hash=stored.content_hash,
        approved_by=stored.approved_by,
        approved_at=stored.approved_at,
        note=stored.note,
    )


def sections_of(edition: Edition) -> list[Section]:
    """Show an edition's sections and items, in their order."""
    return [
        Section(
            key=section.key,
            title=section.title or "More",
            items=[
                Item(
                    article=item.article_id,
                    title=item.title,
                    source=item.source,
                    url=item.url,
                    summary=item.summary.text,
                    method=item.summary.method,
                    note=item.summary.note,
                    also=list(item.also),
                )
                for item in section.items
            ],
        )
        for section in edition.sections
    ]
