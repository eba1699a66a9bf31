"""A reader's own mail in the browser, and the accent of a digest's pages."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from digest.actions.reading import in_browser
from digest.web.accent import accent_sheet
from digest.web.frame import Installed
from digest.web.guard import anyone

router = APIRouter(include_in_schema=False, dependencies=[Depends(anyone)])

#: A mail brings its own styles and pictures, and nothing that runs.
_MAIL = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: data: 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-popups allow-top-navigation"
)


@router.get("/read/{token}")
def mail(app: Installed, token: str) -> Response:
    """Show a reader's own mail of an edition, as it was sent."""
    fields = {"Content-Security-Policy": _MAIL, "X-Robots-Tag": "noindex"}
    return Response(in_browser(app, token), media_type="text/html", headers=fields)


@router.get("/accent/{digest}.css")
def accent(app: Installed, digest: str) -> Response:
    """Put the accent of a digest's theme in place of ours, where it can be read."""
    found = app.digest(digest)
    sheet = accent_sheet(*app.renderer.accents(app.look(found)))
    return Response(sheet, media_type="text/css", headers={"Cache-Control": "public, max-age=3600"})
