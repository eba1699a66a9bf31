"""Three steps to a first edition, and beginning a digest."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from digest.actions.app import App
from digest.actions.upkeep.starting import Start, begin_digest, beginning
from digest.model.accounts import Right, User
from digest.web.frame import Installed, done, show, zone_of
from digest.web.guard import Person, by, needs_over_all

router = APIRouter(include_in_schema=False)


def first_run(request: Request, app: App, user: User) -> HTMLResponse | None:
    """Show the way to a first edition instead of the day; None once there is one."""
    mine = [key for key in app.digests if user.may(Right.READ, key)]
    found = beginning(app, mine)
    if found is None:
        return None
    return show(request, "first_run.html", way=found, may=user.may(Right.OPERATE, None))


@router.get("/digests/new", dependencies=[Depends(needs_over_all(Right.OPERATE))])
def new(request: Request) -> HTMLResponse:
    """Show the form that begins a digest."""
    return show(request, "digest_new.html")


@router.post("/digests", dependencies=[Depends(needs_over_all(Right.OPERATE))])
def begin(
    app: Installed,
    user: Person,
    start: Annotated[Start, Form()],
    title: Annotated[str, Form(max_length=80)] = "",
) -> RedirectResponse:
    """Begin a digest with a text that works, and open it to be changed."""
    key = begin_digest(app, start, title=title, zone=zone_of(app, user), by=by(user))
    return done(f"/digests/{key}/file?mode=write", "It works as it stands. Change what you like.")
