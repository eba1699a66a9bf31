"""Lists of readers in and out: a file is looked at first, then taken in with how far it is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from digest.actions.readers.exporting import export_csv
from digest.actions.readers.import_desk import drop_import, go_on, keep_file, running_import
from digest.errors import DigestError
from digest.model.accounts import Right
from digest.web.errors import code_of
from digest.web.frame import Installed, done, show
from digest.web.guard import Person, by, needs
from digest.web.pages.readers import DigestKey, Text, need_digest, operated

#: Named so that its paths come before those that hold a reader's number.
router = APIRouter(include_in_schema=False, dependencies=[Depends(needs(Right.OPERATE))])


@router.get("/readers/import/new")
def choose(request: Request, app: Installed, user: Person) -> HTMLResponse:
    """Show the form to import a file of readers."""
    return show(request, "readers_import.html", digests=operated(app, user), fault=None)


@router.post("/readers/import")
def keep(
    request: Request,
    app: Installed,
    user: Person,
    file: UploadFile,
    digest: DigestKey,
    consent: Text,
) -> Response:
    """Keep a CSV file of readers, and lead to what would come of it."""
    need_digest(user, digest)
    try:
        kept = keep_file(app, file.file, file.filename or "", digest, consent=consent, by=by(user))
    except DigestError as error:
        digests = operated(app, user)
        return show(request, "readers_import.html", status=code_of(error), digests=digests, fault=error)
    return done(f"/readers/import/{kept.name}")


@router.get("/readers/import/{name}")
def look(request: Request, app: Installed, user: Person, name: str) -> HTMLResponse:
    """Show what would come of an import, how far it is, or what has come of it."""
    running = running_import(app, name, by=by(user))
    title = app.digest(running.digest).title
    return show(request, "readers_import_one.html", running=running, title=title)


@router.post("/readers/import/{name}")
def take(app: Installed, user: Person, name: str) -> Response:
    """Take in as many lines as a second or two allow."""
    need_digest(user, running_import(app, name, by=by(user)).digest)
    go_on(app, name, by=by(user))
    return done(f"/readers/import/{name}")


@router.post("/readers/import/{name}/drop")
def drop(app: Installed, user: Person, name: str) -> Response:
    """Forget a file that is not to be taken in."""
    drop_import(app, name, by=by(user))
    return done("/readers/import/new", "Forgotten; nobody was taken in from here on")


@router.post("/readers/export")
def export(app: Installed, user: Person, digest: Annotated[str, Form(max_length=80)]) -> Response:
    """Give all readers of a digest as CSV, which goes on record."""
    need_digest(user, digest)
    fields = {"Content-Disposition": f'attachment; filename="{app.digest(digest).key}-readers.csv"'}
    pieces = export_csv(app, digest, by=by(user))
    return StreamingResponse(pieces, media_type="text/csv; charset=utf-8", headers=fields)
