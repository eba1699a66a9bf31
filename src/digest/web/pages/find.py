"""Find or do: places, editions, digests and sources by name, articles by their words."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from digest.actions.article_search import Page, Wanted, search
from digest.actions.find_or_do import begins, find_things
from digest.model.accounts import Right
from digest.web.frame import Installed, frame_of, show
from digest.web.guard import Person, needs
from digest.words import folded_words

router = APIRouter(include_in_schema=False)

Field = Annotated[str, Query(max_length=200)]


@router.get("/find", dependencies=[Depends(needs(Right.READ))])
def find(
    request: Request,
    app: Installed,
    user: Person,
    q: Field = "",
    tag: Field = "",
    source: Field = "",
    since: Field = "",
    until: Field = "",
    after: Annotated[int, Query(ge=0, le=2**53)] = 0,
) -> HTMLResponse:
    """Find what somebody types; tag, source and days narrow the articles, which then stand alone."""
    mine = None if user.may(Right.READ, None) else [key for key in app.digests if user.may(Right.READ, key)]
    frame = frame_of(request, app)
    narrowed = {"tag": tag, "source": source, "since": since, "until": until}
    is_narrowed = any(narrowed.values()) or bool(after)
    words = folded_words(q).split()
    wanted = Wanted(
        words=q,
        tags=(tag,) if tag else (),
        sources=(source,) if source else (),
        since=_moment(since, frame.zone),
        until=_moment(until, frame.zone, days=1),
        limit=20,
        after=after or None,
    )
    return show(
        request,
        "find.html",
        q=q,
        narrowed=narrowed,
        is_narrowed=is_narrowed,
        things=find_things(app, "" if is_narrowed else q, digests=mine),
        places=[way for way in frame.ways if words and begins(words, way.title)],
        page=search(app, wanted) if q.strip() or is_narrowed else Page(hits=(), after=None),
        sources=app.sources,
        titles={key: one.title for key, one in app.digests.items()},
    )


def _moment(written: str, zone: str, *, days: int = 0) -> datetime | None:
    """Return the beginning of a day on somebody's clocks, or the last instant before that of a later one.

    What is no day, or outside the calendar, does not restrict.
    """
    try:
        begin = datetime.combine(date.fromisoformat(written), time(), ZoneInfo(zone))
        found = (begin + timedelta(days=days)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found - timedelta(microseconds=1) if days else found
