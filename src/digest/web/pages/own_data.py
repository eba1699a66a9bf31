"""A reader's address and data, behind links that were mailed to the address itself."""

from __future__ import annotations

import json

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from digest.actions.readers import own_data
from digest.web.frame import Installed
from digest.web.guard import anyone
from digest.web.readers import preferred, show_reader

router = APIRouter(include_in_schema=False, dependencies=[Depends(anyone)])


@router.get("/move/{token}")
def move_page(request: Request, app: Installed, token: str) -> Response:
    """Ask whether the mail should come to the new address."""
    letter = own_data.move_letter(app, token)
    digest = app.digest(letter.digest)
    return show_reader(request, "move.html", digest, language=letter.language, email=letter.email)


@router.post("/move/{token}")
def move(app: Installed, token: str) -> Response:
    """Move the mail, and tell the old address."""
    preferences = own_data.confirm_move(app, token)
    return RedirectResponse(preferences, 303)


@router.get("/own-data/{token}")
def page(request: Request, app: Installed, token: str) -> Response:
    """Offer a copy of what is stored of somebody, and to erase it."""
    letter = own_data.own_data_letter(app, token)
    digest = app.digest(letter.digest)
    return show_reader(
        request,
        "own_data.html",
        digest,
        language=letter.language,
        email=letter.email,
        base=f"/own-data/{token}",
    )


@router.post("/own-data/{token}/copy")
def copy(app: Installed, token: str) -> Response:
    """Give the copy, as a file."""
    data = json.dumps(own_data.export_own(app, token), ensure_ascii=False, indent=2)
    fields = {"Content-Disposition": 'attachment; filename="my-data.json"'}
    return Response(data + "\n", media_type="application/json", headers=fields)


@router.post("/own-data/{token}/erase")
def erase(app: Installed, token: str) -> Response:
    """Erase somebody for good."""
    digest = own_data.own_data_letter(app, token).digest
    own_data.erase_own(app, token)
    return RedirectResponse(f"/subscribe/{digest}/erased", 303)


@router.get("/subscribe/{digest}/erased")
def erased(request: Request, app: Installed, digest: str) -> Response:
    """Say that nothing is stored any more."""
    return show_reader(request, "erased.html", app.digest(digest), language=preferred(request))
