"""Editions as they would be mailed, and what is found against them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response
from pydantic import Field

from digest.actions.editing.approving import preflight
from digest.actions.editing.asking import ask_links
from digest.actions.editing.waiving import Spot, take_back, waive
from digest.actions.printing.inspecting import Judged, Preflight
from digest.actions.printing.proofing import proof_mail
from digest.model.accounts import Right
from digest.web.api.access import scope
from digest.web.api.shapes import EditionNumber, Line, Name, Shape, Wish, wish_like
from digest.web.frame import Installed
from digest.web.guard import Person, by

router = APIRouter(prefix="/api/v1/editions", tags=["editions"])

Reader = Annotated[
    str | None,
    Query(
        alias="as", max_length=320, description="As this subscriber gets it.", examples=["sam@example.org"]
    ),
]
_MAIL = {"description": "The whole message.", "content": {"message/rfc822": {"schema": {"type": "string"}}}}
_TEXT = {"description": "The text part.", "content": {"text/plain": {"schema": {"type": "string"}}}}
_HTML = {"description": "The HTML part.", "content": {"text/html": {"schema": {"type": "string"}}}}
#: Whoever opens it in a browser gets no script, no frame, and no form of it.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; sandbox"


class WaivedBy(Shape):
    """Who let a finding stand."""

    by: str
    at: datetime
    why: str


class Found(Shape):
    """One thing that is found against an edition."""

    rule: str
    level: str = Field(description="'block' keeps it from being approved.")
    place: str
    anchor: str
    content: str
    message: str
    hint: str
    waived: WaivedBy | None


class LinkState(Shape):
    """What the network said of a link when somebody last asked."""

    url: str
    state: str | None = Field(description="alive, dead or silent; null: nobody asked lately.")


class Check(Shape):
    """What is found against an edition as it is now."""

    edition: int
    findings: list[Found]
    links: list[LinkState]
    passed: list[str] = Field(description="Rules that it keeps.")
    html_bytes: int
    limit_bytes: int


class WaiveWish(Wish):
    """Which finding may stand, and why."""

    rule: Name = Field(description="Of the finding.")
    anchor: Name = Field(description="Of the finding: its place.")
    content: Line | None = Field(
        default=None, description="Of the one finding; null: all of this rule there."
    )
    why: Name = Field(description="Goes on record.")

    model_config = wish_like(rule="link-http", anchor="item-17", why="the archive has no certificate")


class UnwaiveWish(Wish):
    """Which waived finding counts again."""

    rule: Name = Field(description="Of the finding.")
    anchor: Name = Field(description="Of the finding: its place.")
    content: Line | None = Field(
        default=None, description="Of the one finding; null: all of this rule there."
    )

    model_config = wish_like(rule="link-http", anchor="item-17")


@router.get(
    "/{edition}/preview.html",
    dependencies=scope(Right.READ),
    response_class=HTMLResponse,
    responses={200: _HTML},
)
def preview_html(app: Installed, edition: EditionNumber, reader: Reader = None) -> HTMLResponse:
    """Answer with the bytes of the mail's HTML; its signed links are nobody's."""
    body = proof_mail(app, edition, address=reader).html
    return HTMLResponse(body, headers={"Content-Security-Policy": _POLICY})


@router.get(
    "/{edition}/preview.txt", dependencies=scope(Right.READ), response_class=Response, responses={200: _TEXT}
)
def preview_text(app: Installed, edition: EditionNumber, reader: Reader = None) -> Response:
    """Answer with the mail's text; its signed links are nobody's."""
    return Response(proof_mail(app, edition, address=reader).text, media_type="text/plain; charset=utf-8")


@router.get(
    "/{edition}/preview.eml", dependencies=scope(Right.READ), response_class=Response, responses={200: _MAIL}
)
def preview_message(app: Installed, edition: EditionNumber, reader: Reader = None) -> Response:
    """Answer with the message; its signed links are nobody's."""
    return Response(proof_mail(app, edition, address=reader).message, media_type="message/rfc822")


@router.get("/{edition}/findings", dependencies=scope(Right.READ))
def list_findings(app: Installed, edition: EditionNumber) -> Check:
    """Look an edition over as it would be mailed now; asks nobody on the network."""
    return _check(preflight(app, edition))


@router.post("/{edition}/findings/links", dependencies=scope(Right.EDIT))
def ask_for_links(app: Installed, edition: EditionNumber) -> Check:
    """Ask the network for the links of an edition, and look it over; takes up to half a minute."""
    return _check(ask_links(app, edition))


@router.post("/{edition}/waivers", dependencies=scope(Right.EDIT))
def waive_finding(app: Installed, user: Person, edition: EditionNumber, wish: WaiveWish) -> Check:
    """Let a finding stand until what it is about changes; on record, with the reason."""
    spot = Spot(rule=wish.rule, anchor=wish.anchor, content=wish.content)
    return _check(waive(app, edition, spot, by=by(user), why=wish.why))


@router.post("/{edition}/waivers/take-back", dependencies=scope(Right.EDIT))
def unwaive_finding(app: Installed, user: Person, edition: EditionNumber, wish: UnwaiveWish) -> Check:
    """Let a waived finding count again."""
    spot = Spot(rule=wish.rule, anchor=wish.anchor, content=wish.content)
    return _check(take_back(app, edition, spot, by=by(user)))


def _check(found: Preflight) -> Check:
    return Check(
        edition=found.edition_id,
        findings=[_found(one) for one in found.judged],
        links=[LinkState(url=url, state=_answer(found, url)) for url in found.links],
        passed=list(found.passed),
        html_bytes=found.html_bytes,
        limit_bytes=found.limit_bytes,
    )


def _answer(found: Preflight, url: str) -> str | None:
    answer = found.answers.get(url)
    return None if answer is None else answer.state


def _found(one: Judged) -> Found:
    found = one.finding
    return Found(
        rule=found.rule,
        level=found.level,
        place=found.place,
        anchor=found.anchor,
        content=found.content,
        message=found.message,
        hint=found.hint,
        waived=one.waiver and WaivedBy.model_validate(one.waiver),
    )
