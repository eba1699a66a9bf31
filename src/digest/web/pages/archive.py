"""The archive: what has come out, for everybody where a digest says so; and for the desk with its books."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from digest.actions.app import App
from digest.actions.mailing.places import places
from digest.actions.readers.archive import as_mailed, public_digests, sent_editions, shelf, volume
from digest.clock import aware
from digest.errors import NotFound
from digest.model.accounts import Right
from digest.web.frame import Installed, show
from digest.web.guard import Person, anyone, needs
from digest.web.headers import MAIL_POLICY
from digest.web.kept import KeptPages

router = APIRouter(include_in_schema=False)

_PUBLIC = [Depends(anyone)]
_FOREVER = "public, max-age=31536000, immutable"
_PICTURES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
    ".webp": "image/webp",
}
Before = Annotated[str, Query(max_length=40)]
Past = Annotated[int | None, Query(ge=1, le=2**53)]


@router.get("/archive", dependencies=_PUBLIC)
def shelves(request: Request, app: Installed) -> Response:
    """List the digests whose archive anybody may read."""

    def page() -> Response:
        return show(request, "archives.html", digests=public_digests(app), plate="", language="en")

    return _kept(request, app, "archives", page)


@router.get("/archive/{digest}", dependencies=_PUBLIC)
def editions(request: Request, app: Installed, digest: str, before: Before = "") -> Response:
    """List the editions of a digest, the newest first."""

    def page() -> Response:
        found = shelf(app, digest, before=_moment(before))
        return _listed(app, digest, show(request, "archive.html", shelf=found, **_plate(app, digest)))

    return _kept(request, app, ("archive", digest, before), page)


@router.get("/archive/{digest}/feed.xml", dependencies=_PUBLIC)
def feed(request: Request, app: Installed, digest: str) -> Response:
    """Answer with the newest editions as an Atom feed (RFC 4287)."""

    def entries() -> Response:
        made = show(request, "archive_feed.xml", shelf=shelf(app, digest), base=_base(app))
        made.headers["Content-Type"] = "application/atom+xml; charset=utf-8"
        return _listed(app, digest, made)

    return _kept(request, app, ("feed", digest), entries)


@router.get("/archive/{digest}/{number}", dependencies=_PUBLIC)
def edition(request: Request, app: Installed, digest: str, number: int) -> Response:
    """Show one edition as a page to read and to share."""

    def page() -> Response:
        found = volume(app, digest, number)
        values = {"volume": found, "base": _base(app), **_plate(app, digest)}
        return _listed(app, digest, show(request, "archive_edition.html", **values))

    return _kept(request, app, ("edition", digest, number), page)


@router.get("/archive/{digest}/{number}/mail", dependencies=_PUBLIC)
def mailed(request: Request, app: Installed, digest: str, number: int) -> Response:
    """Show one edition as it was mailed."""

    def page() -> Response:
        # The page of the edition is what search engines should find, not its second form.
        fields = {"Content-Security-Policy": MAIL_POLICY, "X-Robots-Tag": "noindex"}
        return Response(as_mailed(app, digest, number), media_type="text/html", headers=fields)

    return _kept(request, app, ("mail", digest, number), page)


@router.get("/media/{name}", dependencies=_PUBLIC)
def picture(app: Installed, name: str) -> Response:
    """Answer with a picture that mails show; its name changes with it."""
    file = app.home.media / name
    kind = _PICTURES.get(file.suffix.lower())
    if kind is None or name.startswith(".") or file.parent != app.home.media or not _is_there(file):
        raise HTTPException(404)
    fields = {
        "Cache-Control": _FOREVER,
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return Response(file.read_bytes(), media_type=kind, headers=fields)


@router.get("/sent", dependencies=[Depends(needs(Right.READ))])
def sent(request: Request, app: Installed, user: Person, digest: str = "", past: Past = None) -> HTMLResponse:
    """List what was sent, with books and with what each section held."""
    mine = None if user.may(Right.READ, None) else [key for key in app.digests if user.may(Right.READ, key)]
    only = digest if digest in app.digests else None
    found, older = sent_editions(app, digests=mine, digest_key=only, past=past)
    known = {key: one.title for key, one in app.digests.items() if mine is None or key in mine}
    return show(request, "sent.html", sent=found, older=older, digests=known, only=only)


@router.get("/sent/{edition}", dependencies=[Depends(needs(Right.READ))])
def sent_places(request: Request, app: Installed, edition: int) -> HTMLResponse:
    """Show where the sections and items of an edition stood, in how many mails."""
    found = places(app, edition)
    return show(request, "sent_places.html", places=found, digest=app.digest(found.stored.edition.digest))


def _is_there(file: Path) -> bool:
    try:
        return file.is_file()
    except OSError:  # no name of a file can be so long
        return False


def _plate(app: App, digest: str) -> dict[str, Any]:  # why Any: what a template names
    """Return what a subscribers' page says of a digest."""
    found = app.digests[digest]
    foot = app.system.site.postal_address
    return {
        "plate": found.title,
        "plate_path": f"/archive/{digest}",
        "language": found.language,
        "foot": foot,
    }


def _moment(written: str) -> datetime | None:
    if not written:
        return None
    try:
        return aware(datetime.fromisoformat(written))
    except (ValueError, OverflowError):  # the latter: a zone takes it out of the calendar
        raise NotFound("that page is not there", hint="begin with the newest editions") from None


def _listed(app: App, digest: str, page: Response) -> Response:
    """Tell search engines to pass a page over, where its digest wishes so."""
    if not app.digest(digest).index:
        page.headers["X-Robots-Tag"] = "noindex"
    return page


def _base(app: App) -> str:
    return app.system.site.base_url.rstrip("/")


def _kept(request: Request, app: App, name: Hashable, make: Callable[[], Response]) -> Response:
    kept: KeptPages = request.app.state.kept
    return kept.answer(request, app, name, make)
