"""Leave: by one click in a mail program (RFC 8058), or by one press on a page; and the way back."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from digest.actions.readers import leaving
from digest.actions.readers.reader_links import path, payload_of
from digest.errors import NotFound
from digest.web.frame import Installed
from digest.web.guard import anyone, open_to_all
from digest.web.readers import show_reader

router = APIRouter(include_in_schema=False)


@router.get("/unsubscribe/{token}", dependencies=[Depends(anyone)])
def page(request: Request, app: Installed, token: str) -> Response:
    """Offer to stop the mails, or say that they are stopped. Changes nothing: scanners visit every link."""
    stands = leaving.standing(app, token)
    digest = app.digests.get(stands.digest)  # one whose file is gone can be left all the same
    uid = payload_of(app, "unsubscribe", token).partition(".")[0]
    return show_reader(
        request,
        "unsubscribe.html" if stands.is_on else "unsubscribed.html",
        digest,
        language=stands.language,
        stands=stands,
        of=stands.title,
        preferences=path(app, "preferences", f"{uid}.{stands.digest}") if digest else "",
        up_path=f"/subscribe/{stands.digest}" if digest else "",
    )


@router.post("/unsubscribe/{token}", dependencies=[Depends(open_to_all)])
def leave(
    app: Installed,
    token: str,
    one_click: Annotated[str, Form(alias="List-Unsubscribe", max_length=100)] = "",
    do: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """End a subscription. A mail program is answered in a word, never with a redirect."""
    if not do or one_click:
        return _one_click(app, token)
    if do == "back":
        leaving.come_back(app, token)
        choices = path(app, "preferences", payload_of(app, "unsubscribe", token))
        return RedirectResponse(f"{choices}?done=back", 303)
    leaving.leave(app, token, every=do == "all")
    return RedirectResponse(f"/unsubscribe/{token}", 303)


def _one_click(app: Installed, token: str) -> Response:
    """Do what RFC 8058 asks for; a token that is not ours hears the same as one that is."""
    with suppress(NotFound):
        leaving.leave_by_one_click(app, token)
    return PlainTextResponse("unsubscribed\n")
