"""A reader's own mail in the browser, and the accent of a digest's pages."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from digest.actions.readers.reading import in_browser
from digest.web.accent import accent_sheet
from digest.web.frame import Installed
from digest.web.guard import anyone
from digest.web.headers import MAIL_POLICY
from digest.web.kept import answered, name_of

router = APIRouter(include_in_schema=False, dependencies=[Depends(anyone)])


@router.get("/read/{token}")
def mail(request: Request, app: Installed, token: str) -> Response:
    """Show a reader's own mail of an edition, as it was sent; only their own browser may keep it."""
    body = in_browser(app, token)
    fields = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": MAIL_POLICY,
        "X-Robots-Tag": "noindex",
        "Cache-Control": "private, no-cache",
        "ETag": name_of(body),
    }
    return answered(request, body, fields)


@router.get("/accent/{digest}.css")
def accent(app: Installed, digest: str) -> Response:
    """Put the accent of a digest's theme in place of ours, where it can be read."""
    found = app.digest(digest)
    sheet = accent_sheet(*app.renderer.accents(app.look(found)))
    return Response(sheet, media_type="text/css", headers={"Cache-Control": "public, max-age=3600"})
