"""Where articles come from: how each source is doing, what it gave, adding, pausing and removing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

from digest.actions.content.finding import find_source
from digest.actions.content.prospects import Prospect
from digest.actions.content.source_list import (
    add_sources,
    free_name,
    pause_source,
    refuse_known,
    remove_source,
    source_entry,
)
from digest.actions.content.source_past import past
from digest.actions.content.source_yields import DAYS, last_given, yields
from digest.actions.content.sources import Health, Standing, fetch_soon, health, healths
from digest.errors import DigestError, NotFound
from digest.model import MOST_FURTHER
from digest.model.accounts import Right
from digest.web.frame import Installed, done, show, zone_of
from digest.web.guard import Person, by, needs, needs_over_all
from digest.web.strips import large, small

router = APIRouter(include_in_schema=False)

_PAGE = 50
_ILL = frozenset({Standing.FAILING, Standing.DEAD, Standing.GONE, Standing.SILENT})
_NEW = "/sources/_new"  # no source can have this name

Shown = Literal["all", "look", "unused", "paused"]


class Wanted(BaseModel):
    """The form that adds what was tried out."""

    url: str = Field(max_length=2_000)
    kind: str = Field(max_length=20)
    name: str = Field(max_length=63)
    title: str = Field(max_length=120)
    homepage: str = Field(default="", max_length=2_000)
    tags: str = Field(default="", max_length=600)  #: with commas between


@router.get("/sources", dependencies=[Depends(needs(Right.READ))])
def sources(  # why: FastAPI reads the address from the arguments
    request: Request,
    app: Installed,
    user: Person,
    q: Annotated[str, Query(max_length=100)] = "",
    shown: Shown = "all",
    page: Annotated[int, Query(ge=1, le=1_000)] = 1,
) -> HTMLResponse:
    """List the sources, those that need a look first."""
    every = sorted(healths(app), key=_order)
    zone = zone_of(app, user)
    found = [one for one in every if _says(one, q.casefold())]
    if shown == "look":
        found = [one for one in found if one.standing in _ILL]
    elif shown == "paused":
        found = [one for one in found if one.standing is Standing.PAUSED]
    elif shown == "unused":
        gave = yields(app, [one.source.key for one in found], zone=zone)
        found = [one for one in found if gave[one.source.key].used_percent == 0]
    part = found[(page - 1) * _PAGE : page * _PAGE]
    gave = yields(app, [one.source.key for one in part], zone=zone)
    return show(
        request,
        "sources.html",
        may=user.may(Right.OPERATE, None),
        rows=[(one, gave[one.source.key], small(gave[one.source.key])) for one in part],
        counts={
            "all": len(every),
            "look": sum(one.standing in _ILL for one in every),
            "paused": sum(one.standing is Standing.PAUSED for one in every),
        },
        q=q,
        shown=shown,
        page=page,
        left=len(found) - page * _PAGE,
        lede=_lede(every),
        zone=zone,
        host=_host,
    )


@router.get(_NEW, dependencies=[Depends(needs_over_all(Right.OPERATE))])
def new(request: Request, url: Annotated[str, Query(max_length=2_000)] = "") -> HTMLResponse:
    """Show the form that tries an address out; nobody goes there by that."""
    return _new(request, url)


@router.post(_NEW, dependencies=[Depends(needs_over_all(Right.OPERATE))])
def try_out(
    request: Request, app: Installed, url: Annotated[str, Form(max_length=2_000)] = ""
) -> HTMLResponse:
    """Go to an address, and show what could be a source there; nothing is stored."""
    address = url.strip()
    if not address:
        return _new(
            request, "", fault=DigestError("there is no address", hint="write one, such as news.example.org")
        )
    try:
        prospect = find_source(app, address)
        refuse_known(app.sources, prospect.found.url)
    except DigestError as error:
        return _new(request, address, fault=error)
    name = free_name(prospect.title, prospect.found.url, (one.key for one in app.sources))
    return _new(request, address, prospect=prospect, name=name)


@router.post("/sources", dependencies=[Depends(needs_over_all(Right.OPERATE))])
def add(app: Installed, user: Person, form: Annotated[Wanted, Form()]) -> Response:
    """List what was tried out in config/sources.yaml."""
    refuse_known(app.sources, form.url)
    tags = [tag.strip() for tag in form.tags.split(",") if tag.strip()]
    entry = {
        "name": form.name.strip(),
        "title": form.title.strip(),
        "homepage": form.homepage,
        "tags": tags,
        "url": form.url,
        "kind": form.kind,
    }
    add_sources(app, [{key: value for key, value in entry.items() if value}], by=by(user))
    return done("/sources", f"{entry['title']} is listed. It’s read as soon as the service gets to it.")


@router.post("/sources/_fetch", dependencies=[Depends(needs_over_all(Right.OPERATE))])
def fetch_all(app: Installed, user: Person) -> RedirectResponse:
    """Let the service look at all sources now."""
    names = [one.key for one in app.sources if one.url is not None and not one.fetching.paused]
    if names:
        fetch_soon(app, names, by=by(user))
    return done("/sources", f"{len(names):,} are read as soon as the service gets to them.")


@router.get("/sources/{name}", dependencies=[Depends(needs(Right.READ))])
def source(
    request: Request, app: Installed, user: Person, name: str, ask: Literal["", "remove"] = ""
) -> HTMLResponse:
    """Show how one source is doing, what it gave, and what became of that."""
    one = health(app, name)
    zone = zone_of(app, user)
    gave = yields(app, [name], zone=zone)[name]
    articles, total = last_given(app, name)
    today = app.clock().astimezone(ZoneInfo(zone)).date()
    return show(
        request,
        "source.html",
        may=user.may(Right.OPERATE, None),
        one=one,
        gave=gave,
        chart=large(gave, today, refused=_refused(one, app.clock())) if sum(gave.daily) else None,
        past=past(app, one.source),
        most=MOST_FURTHER,
        articles=articles,
        total=total,
        titles={key: digest.title for key, digest in app.digests.items()},
        feeds=[
            digest.title
            for digest in app.digests.values()
            if user.may(Right.READ, digest.key)
            and set(one.source.tags) & {tag for section in digest.sections for tag in section.tags}
        ],
        zone=zone,
        host=_host,
        ask=ask,
    )


@router.post("/sources/{name}/pause", dependencies=[Depends(needs_over_all(Right.OPERATE))])
def pause(app: Installed, user: Person, name: str) -> RedirectResponse:
    """Let nobody go to a source for now."""
    pause_source(app, name, by=by(user))
    return done(f"/sources/{name}", "Paused: nobody goes there.", undo=f"/sources/{name}/resume")


@router.post("/sources/{name}/resume", dependencies=[Depends(needs_over_all(Right.OPERATE))])
def resume(app: Installed, user: Person, name: str) -> RedirectResponse:
    """Go to a source again."""
    pause_source(app, name, by=by(user), paused=False)
    return done(f"/sources/{name}", "It’s read again from now on.")


@router.post("/sources/{name}/fetch", dependencies=[Depends(needs_over_all(Right.OPERATE))])
def fetch(app: Installed, user: Person, name: str) -> RedirectResponse:
    """Let the service look at a source now."""
    fetch_soon(app, [name], by=by(user))
    return done(f"/sources/{name}", "It’s read as soon as the service gets to it.")


@router.post("/sources/{name}/further", dependencies=[Depends(needs_over_all(Right.OPERATE))])
def further(
    app: Installed, user: Person, name: str, pages: Annotated[int, Form(ge=1, le=MOST_FURTHER)]
) -> RedirectResponse:
    """Let the service read further pages of a source's listing, for what is past."""
    fetch_soon(app, [name], by=by(user), further=pages)
    count = "1 further page is" if pages == 1 else f"{pages} further pages are"
    return done(f"/sources/{name}", f"{count} read as soon as the service gets to it.")


@router.post("/sources/{name}/remove", dependencies=[Depends(needs_over_all(Right.OPERATE))])
def remove(app: Installed, user: Person, name: str) -> RedirectResponse:
    """Take a source off the list; its articles stay."""
    remove_source(app, name, by=by(user))
    return done("/sources", f"{name} is no longer listed. Its articles stay.")


def _new(
    request: Request,
    url: str,
    *,
    prospect: Prospect | None = None,
    name: str = "",
    fault: DigestError | None = None,
) -> HTMLResponse:
    return show(
        request,
        "source_new.html",
        status=422 if fault else 200,
        url=url,
        prospect=prospect,
        entry=source_entry(prospect, name) if prospect else {},
        fault=fault,
        is_nothing=isinstance(fault, NotFound),
    )


def _order(one: Health) -> tuple[int, str]:
    first = {Standing.GONE: 0, Standing.DEAD: 0, Standing.FAILING: 1, Standing.SILENT: 2}
    last = {Standing.PAUSED: 5, Standing.NAME: 6}
    return first.get(one.standing, last.get(one.standing, 4)), one.source.title.casefold()


def _says(one: Health, words: str) -> bool:
    source = one.source
    return words in " ".join([source.key, source.title, source.url or "", *source.tags]).casefold()


def _host(url: str | None) -> str:
    return (urlsplit(url or "").hostname or "").removeprefix("www.")


def _refused(one: Health, now: datetime) -> int:
    """Return on how many of the last days the source could not be read."""
    state = one.state
    if state is None or not state.failures or state.succeeded_at is None:
        return 0
    return min(DAYS, (now - state.succeeded_at).days)


def _lede(every: Sequence[Health]) -> str:
    if not every:
        return "None is listed yet."
    counts: Mapping[Standing, int] = {word: sum(one.standing is word for one in every) for word in Standing}
    read = sum(bool(one.source.url) for one in every)
    fresh = f"{counts[Standing.WELL]:,} of them fresh" if read else "none with an address to read"
    said = [f"{len(every):,} source{'' if len(every) == 1 else 's'}, {fresh}."]
    words = {
        Standing.GONE: "gone",
        Standing.DEAD: "dead",
        Standing.FAILING: "failing",
        Standing.SILENT: "silent",
    }
    ill = [f"{counts[one]} {word}" for one, word in words.items() if counts[one]]
    if ill:
        said.append(f"{', '.join(ill)[:1].upper()}{', '.join(ill)[1:]}.")
    return " ".join(said)
