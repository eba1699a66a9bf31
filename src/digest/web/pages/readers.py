"""Readers as operators see them: by number, with addresses masked until somebody asks, on record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from digest.actions.app import App
from digest.actions.readers import people
from digest.actions.readers.readers_desk import (
    PAGE,
    add_reader,
    bar_reader,
    bounced,
    erase_reader,
    find_reader,
    reader,
    readers_like,
    readers_of,
    reveal,
    unbar_reader,
)
from digest.errors import DigestError, NotFound
from digest.model import Subscriber, SubscriptionState
from digest.model.accounts import Right, User
from digest.store import NewSubscriber
from digest.web.errors import code_of
from digest.web.frame import Installed, done, show
from digest.web.guard import NotAllowed, Person, by, needs, needs_over_all

_OVER_ALL = Depends(needs_over_all(Right.OPERATE))  #: what is done reaches every digest

router = APIRouter(include_in_schema=False, dependencies=[Depends(needs(Right.OPERATE))])

Text = Annotated[str, Form(max_length=320)]
DigestKey = Annotated[str, Form(max_length=80)]


@router.get("/readers")
def readers(
    request: Request,
    app: Installed,
    user: Person,
    digest: Annotated[str, Query(max_length=80)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    after: Annotated[int, Query(ge=0, le=2**53)] = 0,
) -> HTMLResponse:
    """List readers by number, of one digest or of all."""
    return _list(request, app, user, digest=digest, state=state, after=after)


@router.post("/readers/find")
def find(request: Request, app: Installed, user: Person, email: Text) -> Response:
    """Go to the reader with an address, or list those whose address begins so.

    By a form, so that no address gets into a history of addresses.
    """
    try:
        number = find_reader(app, email)
        _need_reader(app, user, number)
    except NotFound as error:
        like = readers_like(app, email) if user.may(Right.OPERATE, None) else ()
        return _list(request, app, user, like=like, fault=None if like else error)
    return done(f"/readers/{number}")


@router.post("/readers/add")
def add(
    request: Request,
    app: Installed,
    user: Person,
    email: Text,
    digest: DigestKey,
    consent: Text,
    name: Text = "",
) -> Response:
    """Add somebody who has agreed elsewhere."""
    need_digest(user, digest)
    try:
        new = NewSubscriber(email=email, name=name or None)
        added = add_reader(app, digest, new, consent=consent, by=by(user))
    except DigestError as error:
        return _list(request, app, user, fault=error)
    return done(f"/readers/{added.subscriber.id}", "Added, confirmed by that consent")


@router.get("/readers/suppressed", dependencies=[_OVER_ALL])
def suppressed(request: Request, app: Installed) -> HTMLResponse:
    """List the addresses that must not be mailed, masked."""
    return _suppressed(request, app, "")


@router.post("/readers/suppressed", dependencies=[_OVER_ALL])
def more_suppressed(request: Request, app: Installed, after: Text = "") -> HTMLResponse:
    """Turn the page; by a form, since an address says where it begins."""
    return _suppressed(request, app, after)


@router.get("/readers/bounces", dependencies=[_OVER_ALL])
def bounces(
    request: Request, app: Installed, before: Annotated[int, Query(ge=0, le=2**53)] = 0
) -> HTMLResponse:
    """List reports about mail that came back, the newest first."""
    found = bounced(app, before=before or None)
    older = found[PAGE - 1].id if len(found) > PAGE else None
    return show(request, "readers_bounces.html", found=found[:PAGE], older=older)


@router.get("/readers/{number}")
def one(request: Request, app: Installed, user: Person, number: int) -> HTMLResponse:
    """Show one reader, the address masked."""
    _need_reader(app, user, number)
    return show(request, "reader.html", reader=reader(app, number), is_open=False, titles=_titles(app))


@router.post("/readers/{number}/reveal")
def open_address(request: Request, app: Installed, user: Person, number: int) -> HTMLResponse:
    """Show one reader with the address, which goes on record."""
    _need_reader(app, user, number)
    found = reveal(app, number, by=by(user))
    return show(request, "reader.html", reader=found, is_open=True, titles=_titles(app))


@router.post("/readers/{number}/suppress", dependencies=[_OVER_ALL])
def suppress(app: Installed, user: Person, number: int, reason: Text = "") -> Response:
    """Never mail a reader again."""
    bar_reader(app, number, reason, by=by(user))
    return done(f"/readers/{number}", "Not mailed any more", undo=f"/readers/{number}/unsuppress")


@router.post("/readers/{number}/unsuppress", dependencies=[_OVER_ALL])
def unsuppress(app: Installed, user: Person, number: int) -> Response:
    """Let a reader be mailed again."""
    unbar_reader(app, number, by=by(user))
    return done(f"/readers/{number}", "May be mailed again")


@router.post("/readers/{number}/erase", dependencies=[_OVER_ALL])
def erase(
    request: Request, app: Installed, user: Person, number: int, sure: Annotated[bool, Form()] = False
) -> Response:
    """Erase a reader for good, when somebody has said that they are sure."""
    if not sure:
        return show(request, "reader.html", reader=reader(app, number), is_open=False, titles=_titles(app))
    erase_reader(app, number, by=by(user))
    return done("/readers", f"Reader {number} is erased")


def _list(
    request: Request,
    app: Installed,
    user: User,
    *,
    digest: str = "",
    state: str = "",
    after: int = 0,
    like: Sequence[Subscriber] = (),
    fault: DigestError | None = None,
) -> HTMLResponse:
    mine = operated(app, user)
    everybody = None if user.may(Right.OPERATE, None) else next(iter(mine))
    only = digest if digest in mine else everybody
    wanted = SubscriptionState(state) if state in set(SubscriptionState) else None
    choices = () if only is None or like else readers_of(app, only, state=wanted, after=after)
    people_found = like or [one.subscriber for one in choices]
    if only is None and not like:
        people_found = people.listing(app, None, limit=PAGE + 1, after_id=after)
    return show(
        request,
        "readers.html",
        status=code_of(fault) if fault else 200,
        found=people_found[:PAGE],
        states={one.subscriber.id: one.state for one in choices},
        state=wanted,
        known_states=list(SubscriptionState),
        is_like=bool(like),
        older=people_found[PAGE - 1].id if len(people_found) > PAGE else None,
        digests=mine,
        only=only,
        sees_all=everybody is None,
        fault=fault,
    )


def _suppressed(request: Request, app: App, after: str) -> HTMLResponse:
    found = people.suppressions(app, after=after, limit=PAGE + 1)
    following = found[PAGE - 1].email if len(found) > PAGE else ""
    return show(request, "readers_suppressed.html", found=found[:PAGE], after=following)


def operated(app: App, user: User) -> dict[str, str]:
    """Return the titles of the digests that somebody operates, by key."""
    return {key: one.title for key, one in app.digests.items() if user.may(Right.OPERATE, key)}


def _titles(app: Installed) -> dict[str, str]:
    return {key: one.title for key, one in app.digests.items()}


def need_digest(user: User, digest: str) -> None:
    """Let only operators of a digest do something to its readers.

    Raises:
        NotAllowed: They are not.
    """
    if not user.may(Right.OPERATE, digest):
        raise NotAllowed(Right.OPERATE, digest, user)


def _need_reader(app: Installed, user: User, number: int) -> None:
    """Let an operator of some digests see their readers alone; others are not there."""
    if user.may(Right.OPERATE, None):
        return
    if not any(user.may(Right.OPERATE, choice.digest) for choice in reader(app, number).choices):
        raise NotFound(f"there is no reader {number}", hint="they may read other digests than yours")
