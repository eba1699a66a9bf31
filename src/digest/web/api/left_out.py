"""The candidates that are not in an edition, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from digest.actions.editing.left_out import Group, left_out
from digest.actions.editing.left_out import LeftOut as Found
from digest.model.accounts import Right
from digest.web.api.access import scope
from digest.web.api.shapes import EditionNumber, Shape
from digest.web.frame import Installed

router = APIRouter(prefix="/api/v1/editions", tags=["editions"])


class LeftOut(Shape):
    """A candidate that is not in the edition."""

    article: int
    title: str
    source: str
    url: str | None
    at: datetime = Field(description="The moment that its age counts from.")
    section: str = Field(description="That it was weighed for.")
    group: Group
    rule: str = Field(description="That decided.")
    value: str = Field(description="The figure that decided, or who.")
    short: str = Field(description="The reason in a few words.")
    text: str = Field(description="The reason in a sentence.")
    change: str = Field(description="What would have to be otherwise; empty when only a hand can.")
    stands_again: bool = Field(description="The next edition weighs it once more.")
    leads: int | None = Field(description="The article that tells the same story in its place.")


class LeftOuts(Shape):
    """What is not in an edition, counted; and the first ones."""

    edition: int
    candidates: int = Field(description="All that were weighed.")
    counts: Mapping[Group, int]
    items: list[LeftOut] = Field(description="A page of at most 200, by group, then the best first.")


@router.get("/{edition}/left-out", dependencies=scope(Right.READ))
def list_left_out(
    app: Installed,
    edition: EditionNumber,
    group: Annotated[Group | None, Query(description="Only these; null: all.")] = None,
    page: Annotated[int, Query(ge=1, le=10_000, description="Which page of them.")] = 1,
) -> LeftOuts:
    """List the candidates that are not in an edition, each with the reason and what would have changed it."""
    found = left_out(app, edition, only=group, page=page)
    return LeftOuts(
        edition=edition,
        candidates=found.candidates,
        counts=found.counts,
        items=[_shown(one) for one in found.told],
    )


def _shown(one: Found) -> LeftOut:
    return LeftOut(
        article=one.article_id,
        title=one.title,
        source=one.source,
        url=one.url,
        at=one.at,
        section=one.section,
        group=one.group,
        rule=one.reason.rule,
        value=one.reason.value,
        short=one.reason.short,
        text=one.reason.text,
        change=one.reason.change,
        stands_again=one.stands_again,
        leads=one.leads,
    )
