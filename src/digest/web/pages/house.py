"""Small pages of the frame: files, the look, the ways to everything, the keys."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from digest.web.assets import assets
from digest.web.frame import LOOKS, own_path, show
from digest.web.guard import anyone, is_secure, signed_in
from digest.web.packing import is_packed

router = APIRouter(include_in_schema=False)

_FOREVER = "public, max-age=31536000, immutable"
_LOOK_AGE_S = 365 * 86_400


@router.get("/static/{version}/{name:path}", dependencies=[Depends(anyone)])
def static(request: Request, version: str, name: str) -> Response:
    """Answer with a file that pages need; what has another version is not kept by browsers."""
    found = assets().files.get(name)
    if found is None:
        raise HTTPException(404)
    is_current = version == assets().version
    fields = {"Cache-Control": _FOREVER if is_current else "no-store", "Vary": "Accept-Encoding"}
    if found.packed is not None and is_packed(request):
        return Response(found.packed, media_type=found.type, headers={**fields, "Content-Encoding": "gzip"})
    return Response(found.body, media_type=found.type, headers=fields)


@router.post("/look", dependencies=[Depends(anyone)])
def look(
    request: Request, look: Annotated[str, Form()] = "auto", back: Annotated[str, Form()] = "/"
) -> RedirectResponse:
    """Keep in a cookie whether pages are light or dark, and go back to where the wish came from."""
    answer = RedirectResponse(own_path(back), 303)
    answer.set_cookie(
        "look",
        look if look in LOOKS else "auto",
        max_age=_LOOK_AGE_S,
        httponly=True,
        secure=is_secure(request),
        samesite="lax",
    )
    return answer


@router.get("/more", dependencies=[Depends(signed_in)])
def more(request: Request) -> HTMLResponse:
    """Show the ways to everything that who looks may use."""
    return show(request, "more.html")


@router.get("/keys", dependencies=[Depends(signed_in)])
def keys(request: Request) -> HTMLResponse:
    """Show which keys do what."""
    return show(request, "keys.html")
