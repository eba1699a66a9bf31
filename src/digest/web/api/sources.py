"""Sources: how they are doing, and looking at one now."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from digest.actions import sources as acts
from digest.actions.rounds import Visited
from digest.model.accounts import Right
from digest.web.api.access import scope
from digest.web.api.shapes import Listed, Shape
from digest.web.frame import Installed

router = APIRouter(prefix="/api/v1/sources", tags=["sources"])

SourceName = Annotated[
    str, Path(max_length=80, description="Its name in sources.yaml.", examples=["harbour-wire"])
]


class Source(Shape):
    """One source and how it is doing."""

    name: str
    title: str
    url: str | None
    kind: str
    standing: str = Field(examples=["well"])
    error: str | None
    notice: str | None
    failures: int | None = Field(description="In a row.")
    tried_at: datetime | None
    succeeded_at: datetime | None
    changed_at: datetime | None = Field(description="When it last brought a new article.")
    due_at: datetime | None
    gone_at: datetime | None
    moved_to: str | None
    per_day: float | None
    brought: int | None
    every_seconds: int | None
    silent_after_seconds: int | None


class Visit(Shape):
    """What looking at a source brought."""

    source: str
    new: int
    revised: int
    pages: int
    left: int = Field(description="Pages that wait for another round.")
    unreadable: int
    error: str | None
    notice: str | None


class Visits(Shape):
    """What looking at a source brought; nothing when another process has it in hand."""

    sources: list[Visit]
    busy: list[str]


@router.get("", dependencies=scope(Right.READ))
def list_sources(app: Installed) -> Listed[Source]:
    """List the sources in the order of their file, and how each is doing."""
    return Listed(items=[_source(one) for one in acts.healths(app)], next=None)


@router.get("/{source}", dependencies=scope(Right.READ))
def show_source(app: Installed, source: SourceName) -> Source:
    """Show how one source is doing."""
    return _source(acts.health(app, source))


@router.post("/{source}/fetch", dependencies=scope(Right.OPERATE, over_all=True))
def fetch(app: Installed, source: SourceName) -> Visits:
    """Look at a source now, due or not; takes as long as the source does."""
    visits: list[Visited] = []
    busy = acts.fetch(app, [source], worker=f"api-{secrets.token_hex(8)}", told=visits.append)
    return Visits(sources=[Visit.model_validate(one) for one in visits], busy=list(busy))


def _source(one: acts.Health) -> Source:
    state = one.state
    every = one.source.fetching.every or (state.every if state else None)
    return Source(
        name=one.source.key,
        title=one.source.title,
        url=one.source.url,
        kind=one.source.kind,
        standing=one.standing,
        error=state.error if state else None,
        notice=state.notice if state else None,
        failures=state.failures if state else None,
        tried_at=state.tried_at if state else None,
        succeeded_at=state.succeeded_at if state else None,
        changed_at=state.changed_at if state else None,
        due_at=state.due_at if state else None,
        gone_at=state.gone_at if state else None,
        moved_to=state.moved_to if state else None,
        per_day=state.per_day if state else None,
        brought=state.brought if state else None,
        every_seconds=int(every.total_seconds()) if every else None,
        silent_after_seconds=int(one.silent_after.total_seconds()) if one.silent_after else None,
    )
