"""Sources: how they are doing, and looking at one now."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from digest.actions.app import App
from digest.actions.content import sources as acts
from digest.actions.content.rounds import Visited
from digest.actions.content.source_past import past
from digest.model import MOST_FURTHER
from digest.model.accounts import Right
from digest.web.api.access import scope
from digest.web.api.shapes import Listed, Shape, Wish, wish_like
from digest.web.frame import Installed
from digest.web.guard import Person, by

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


class FurtherWish(Wish):
    """How far into the past of a source to read."""

    pages: int = Field(ge=1, le=MOST_FURTHER, description="Further pages of its listing.")

    model_config = wish_like(pages=20)


class FurtherRead(Shape):
    """What came of a wish for further pages."""

    at: datetime
    by: str = Field(description="Who looked.")
    wanted: int = Field(description="Further pages.")
    pages: int = Field(
        description="That were read; fewer when there are no more, or something was in the way."
    )
    new: int = Field(description="Articles.")
    revised: int
    left: int = Field(description="Pages of articles that wait for another look.")
    error: str | None = Field(description="Why the whole look failed.")
    notice: str | None = Field(description="What was odd.")


class FurtherPages(Shape):
    """What is wanted of the past of a source, and what came of the last wish."""

    source: str
    wanted: int | None = Field(
        description="Further pages that wait for the next look; null: none are wanted."
    )
    wanted_at: datetime | None
    last: FurtherRead | None


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
    worker = f"api-{secrets.token_hex(8)}"
    busy = acts.fetch_while_waiting(app, source, worker=worker, told=visits.append)
    return Visits(sources=[Visit.model_validate(one) for one in visits], busy=list(busy))


@router.get("/{source}/further", dependencies=scope(Right.READ))
def show_further_pages(app: Installed, source: SourceName) -> FurtherPages:
    """Show what is wanted of a source's past, and what came of the last wish."""
    return _further(app, source)


@router.post("/{source}/further", dependencies=scope(Right.OPERATE, over_all=True))
def read_further_pages(app: Installed, user: Person, source: SourceName, wish: FurtherWish) -> FurtherPages:
    """Let the service read further pages of a source's listing: its past; nobody waits for it here."""
    acts.fetch_soon(app, [source], by=by(user), further=wish.pages)
    return _further(app, source)


def _further(app: App, name: str) -> FurtherPages:
    found = past(app, acts.health(app, name).source)
    return FurtherPages(
        source=name,
        wanted=found.wish.pages if found.wish else None,
        wanted_at=found.wish.at if found.wish else None,
        last=FurtherRead.model_validate(found.last) if found.last else None,
    )


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
