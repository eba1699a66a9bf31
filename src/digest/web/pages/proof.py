"""The proof of an edition: its parts as they are mailed, and the pane that shows them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from digest.actions.editing.asking import ask_links
from digest.actions.editions import find
from digest.actions.printing.proofing import Scheme, in_scheme, picture_sources, proof_mail, with_pictures
from digest.model.accounts import Right
from digest.web.desk_panes import pane_values
from digest.web.frame import Installed, done, show
from digest.web.guard import needs

router = APIRouter(include_in_schema=False)

ReaderQuery = Annotated[str | None, Query(alias="as", max_length=320)]


@router.get("/desk/{edition}/proof.html", dependencies=[Depends(needs(Right.READ))])
def html(
    app: Installed, edition: int, reader: ReaderQuery = None, scheme: Scheme | None = None
) -> HTMLResponse:
    """Answer with the very bytes of the mail's HTML, for a frame of the desk or a window of its own."""
    mail = proof_mail(app, edition, address=reader or None)
    body = with_pictures(app, mail.html if scheme is None else in_scheme(mail.html, scheme))
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src {picture_sources(app)}; "
        "frame-ancestors 'self'; base-uri 'none'; form-action 'none'; sandbox"
    )
    return HTMLResponse(body, headers={"Content-Security-Policy": policy})


@router.get("/desk/{edition}/proof.txt", dependencies=[Depends(needs(Right.READ))])
def text(app: Installed, edition: int, reader: ReaderQuery = None) -> Response:
    """Answer with the text part of the mail."""
    mail = proof_mail(app, edition, address=reader or None)
    return Response(mail.text, media_type="text/plain; charset=utf-8")


@router.get("/desk/{edition}/proof.eml", dependencies=[Depends(needs(Right.READ))])
def message(app: Installed, edition: int, reader: ReaderQuery = None) -> Response:
    """Answer with the message as a file."""
    mail = proof_mail(app, edition, address=reader or None)
    name = f'attachment; filename="edition-{edition}.eml"'
    return Response(mail.message, media_type="message/rfc822", headers={"Content-Disposition": name})


@router.get("/desk/{edition}/proof", dependencies=[Depends(needs(Right.READ))])
def proof(request: Request, app: Installed, edition: int) -> HTMLResponse:
    """Show the proof on a page of its own, for small screens."""
    values = pane_values(request, app, find(app, edition), "proof")
    status = 404 if values["fault"] else 200
    return show(request, "desk_alone.html", status=status, pane="proof", **values)


@router.post("/desk/{edition}/check-links", dependencies=[Depends(needs(Right.EDIT))])
def check_links(app: Installed, edition: int) -> Response:
    """Ask the network for the links of an edition; takes up to half a minute."""
    found = ask_links(app, edition)
    alive = sum(answer.state == "alive" for answer in found.answers.values())
    return done(f"/desk/{edition}?pane=findings", f"{alive} of {len(found.links)} links answer")
