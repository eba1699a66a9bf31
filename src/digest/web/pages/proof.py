"""The proof of an edition, what is found against it, and what is not in it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from digest.actions.asking import ask_links
from digest.actions.edition_head import head
from digest.actions.left_out import Group
from digest.actions.proofing import Scheme, in_scheme, picture_sources, proof_mail
from digest.model.accounts import Right
from digest.preflight import RULES
from digest.web.desk_panes import left_out_values, proof_values
from digest.web.frame import Installed, done, show
from digest.web.guard import needs

router = APIRouter(include_in_schema=False)

View = Literal["wide", "phone", "dark", "text", "reader"]
ReaderQuery = Annotated[str | None, Query(alias="as", max_length=320)]


@router.get("/desk/{edition}/proof.html", dependencies=[Depends(needs(Right.READ))])
def html(
    app: Installed, edition: int, reader: ReaderQuery = None, scheme: Scheme | None = None
) -> HTMLResponse:
    """Answer with the very bytes of the mail's HTML, for a frame of the desk or a window of its own."""
    mail = proof_mail(app, edition, address=reader or None)
    body = mail.html if scheme is None else in_scheme(mail.html, scheme)
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
def proof(
    request: Request, app: Installed, edition: int, reader: ReaderQuery = None, view: View = "wide"
) -> HTMLResponse:
    """Show the proof: wide, on a phone, dark, as text, as a reader gets it."""
    values = proof_values(app, edition, reader=reader, shown=view)
    status = 404 if values["fault"] else 200
    return show(request, "desk_side.html", status=status, head=head(app, edition), pane="proof", **values)


@router.get("/desk/{edition}/findings", dependencies=[Depends(needs(Right.READ))])
def findings(request: Request, app: Installed, edition: int) -> HTMLResponse:
    """Show what is found, where, and how to mend it."""
    return show(request, "desk_side.html", head=head(app, edition), pane="findings", rules=RULES)


@router.post("/desk/{edition}/links", dependencies=[Depends(needs(Right.EDIT))])
def links(app: Installed, edition: int) -> Response:
    """Ask the network for the links of an edition; takes up to half a minute."""
    found = ask_links(app, edition)
    alive = sum(answer.state == "alive" for answer in found.answers.values())
    return done(f"/desk/{edition}/findings", f"{alive} of {len(found.links)} links answer")


@router.get("/desk/{edition}/left-out", dependencies=[Depends(needs(Right.READ))])
def not_in(request: Request, app: Installed, edition: int, group: Group | None = None) -> HTMLResponse:
    """Show the candidates that are not in, each with the reason."""
    values = left_out_values(app, edition, group)
    return show(request, "desk_side.html", head=head(app, edition), pane="leftout", **values)
