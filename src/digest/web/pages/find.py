"""Find or do: places, editions, digests, sources, readers by name, articles by their words, and deeds."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse

from digest.actions.app import App
from digest.actions.content.article_search import Page, search
from digest.actions.upkeep.find_or_do import Things, find_things
from digest.model.accounts import Right, User
from digest.web.do_lines import Line, do_lines
from digest.web.frame import Installed, frame_of, show
from digest.web.guard import Person, needs
from digest.web.looking import NARROWING, wanted_of
from digest.words import folded_words

router = APIRouter(include_in_schema=False)

_ARTICLES = 20  #: on the page
_FEW = 5  #: in the overlay
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
    narrowed = {"tag": tag, "source": source, "since": since, "until": until}
    is_narrowed = any(narrowed.values()) or bool(after)
    zone = frame_of(request, app).zone
    wanted = wanted_of(q, narrowed, zone, limit=_ARTICLES, after=after or None)
    things, lines = Things(), tuple[Line, ...]()
    if q.strip() and not is_narrowed:
        things, lines = _found(request, app, user, q)
    return show(
        request,
        "find.html",
        q=q,
        narrowed=narrowed,
        is_narrowed=is_narrowed,
        things=things,
        lines=lines,
        page=search(app, wanted) if q.strip() or is_narrowed else Page(hits=(), after=None),
        sources=app.sources,
        titles=_titles(app),
    )


@router.post("/find", dependencies=[Depends(needs(Right.READ))])
def find_as_typed(
    request: Request, app: Installed, user: Person, q: Annotated[str, Form(max_length=200)] = ""
) -> HTMLResponse:
    """Answer with the lines of the overlay; by a form, so that no address gets into a log of addresses."""
    things, lines = _found(request, app, user, q)
    wanted = wanted_of(q, dict.fromkeys(NARROWING, ""), frame_of(request, app).zone, limit=_FEW)
    hits = search(app, wanted).hits if q.strip() else ()
    return show(request, "find_lines.html", q=q, things=things, lines=lines, hits=hits, titles=_titles(app))


def _found(request: Request, app: App, user: User, q: str) -> tuple[Things, tuple[Line, ...]]:
    things = find_things(app, q, user)
    words, ways = folded_words(q).split(), frame_of(request, app).ways
    return things, do_lines(words, things, app.digests.values(), ways, user)


def _titles(app: App) -> dict[str, str]:
    return {key: one.title for key, one in app.digests.items()}
