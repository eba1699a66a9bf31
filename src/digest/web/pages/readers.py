"""Readers as operators see them: by number, with addresses masked until somebody asks, on record."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, Response

from digest.actions import people
from digest.actions.readers_desk import (
    PAGE,
    add_reader,
    bar_reader,
    erase_reader,
    find_reader,
    import_readers,
    reader,
    reveal,
    unbar_reader,
)
from digest.errors import DigestError, NotFound
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
    after: Annotated[int, Query(ge=0, le=2**53)] = 0,
) -> HTMLResponse:
    """List readers by number, of one digest or of all."""
    return _list(request, app, user, digest=digest, after=after)


@router.post("/readers/find")
def find(request: Request, app: Installed, user: Person, email: Text) -> Response:
    """Go to the reader with an address; by a form, so that no address gets into a history of addresses."""
    try:
        number = find_reader(app, email)
        _need_reader(app, user, number)
    except NotFound as error:
        return _list(request, app, user, fault=error)
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
    _need(user, digest)
    try:
        new = NewSubscriber(email=email, name=name or None)
        added = add_reader(app, digest, new, consent=consent, by=by(user))
    except DigestError as error:
        return _list(request, app, user, fault=error)
    return done(f"/readers/{added.subscriber.id}", "Added, confirmed by that consent")


@router.get("/readers/import")
def import_form(request: Request, app: Installed, user: Person) -> HTMLResponse:
    """Show the form to import a file of readers."""
    return show(request, "readers_import.html", digests=_mine(app, user), imported=None, fault=None)


@router.post("/readers/import")
def import_file(
    request: Request, app: Installed, user: Person, file: UploadFile, digest: DigestKey, consent: Text
) -> HTMLResponse:
    """Import a CSV file of readers, and tell what came of each line."""
    _need(user, digest)
    try:
        imported = import_readers(app, file.file, digest, consent=consent, by=by(user))
    except DigestError as error:
        return show(
            request,
            "readers_import.html",
            status=code_of(error),
            digests=_mine(app, user),
            imported=None,
            fault=error,
        )
    return show(request, "readers_import.html", digests=_mine(app, user), imported=imported, fault=None)


@router.get("/readers/suppressed", dependencies=[_OVER_ALL])
def suppressed(
    request: Request, app: Installed, after: Annotated[str, Query(max_length=320)] = ""
) -> HTMLResponse:
    """List the addresses that must not be mailed, masked."""
    found = people.suppressions(app, after=after, limit=PAGE + 1)
    return show(request, "readers_suppressed.html", found=found[:PAGE], has_more=len(found) > PAGE)


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
    after: int = 0,
    fault: DigestError | None = None,
) -> HTMLResponse:
    mine = _mine(app, user)
    everybody = None if user.may(Right.OPERATE, None) else next(iter(mine))
    only = digest if digest in mine else everybody
    found = people.listing(app, only, limit=PAGE + 1, after_id=after)
    return show(
        request,
        "readers.html",
        status=code_of(fault) if fault else 200,
        found=found[:PAGE],
        older=found[PAGE - 1].id if len(found) > PAGE else None,
        digests=mine,
        only=only,
        sees_all=everybody is None,
        fault=fault,
    )


def _mine(app: Installed, user: User) -> dict[str, str]:
    """Return the titles of the digests that somebody operates, by key."""
    return {key: one.title for key, one in app.digests.items() if user.may(Right.OPERATE, key)}


def _titles(app: Installed) -> dict[str, str]:
    return {key: one.title for key, one in app.digests.items()}


def _need(user: User, digest: str) -> None:
    if not user.may(Right.OPERATE, digest):
        raise NotAllowed(Right.OPERATE, digest, user)


def _need_reader(app: Installed, user: User, number: int) -> None:
    """Let an operator of some digests see their readers alone; others are not there."""
    if user.may(Right.OPERATE, None):
        return
    if not any(user.may(Right.OPERATE, choice.digest) for choice in reader(app, number).choices):
        raise NotFound(f"there is no reader {number}", hint="they may read other digests than yours")
