"""Find or do: places, editions, digests and sources by name, articles by their words."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from digest.actions.article_search import Page, search
from digest.actions.find_or_do import begins, find_things
from digest.model.accounts import Right
from digest.web.frame import Installed, frame_of, show
from digest.web.guard import Person, needs
from digest.web.looking import wanted_of
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
    wanted = wanted_of(q, narrowed, frame.zone, limit=20, after=after or None)
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
