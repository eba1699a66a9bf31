"""Approve, hold, release, cancel, send a test, waive: each asks first where it cannot be taken back."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from digest.actions.editing.approving import approve, cancel, hold, release
from digest.actions.editing.changed import changed
from digest.actions.editing.edition_head import head
from digest.actions.editing.waiving import Spot, take_back, waive
from digest.actions.mailing.trial import send_test
from digest.actions.steering.approval_links import approve_by_link, asked
from digest.errors import Refused
from digest.model import DeliveryState
from digest.model.accounts import Right
from digest.web.frame import Installed, done, show
from digest.web.guard import Person, anyone, by, needs

router = APIRouter(include_in_schema=False)

Note = Annotated[str, Form(max_length=500)]
Asked = Literal["approve", "hold", "release", "cancel"]


@router.get("/desk/{edition}/approve", dependencies=[Depends(needs(Right.APPROVE))])
def ask_approve(request: Request, app: Installed, edition: int) -> HTMLResponse:
    """Ask whether an edition shall go out as it is."""
    return _ask(request, app, edition, "approve")


@router.post("/desk/{edition}/approve", dependencies=[Depends(needs(Right.APPROVE))])
def do_approve(
    request: Request, app: Installed, user: Person, edition: int, seen: Annotated[str, Form(max_length=64)]
) -> Response:
    """Approve the content that was looked at; ask again when it is another one by now."""
    try:
        approve(app, edition, by=by(user), seen=seen)
    except Refused as error:
        return _ask(request, app, edition, "approve", fault=error)
    return done(f"/desk/{edition}", "Approved")


@router.get("/desk/{edition}/hold", dependencies=[Depends(needs(Right.EDIT))])
def ask_hold(request: Request, app: Installed, edition: int) -> HTMLResponse:
    """Ask why an edition is to be held."""
    return _ask(request, app, edition, "hold")


@router.post("/desk/{edition}/hold", dependencies=[Depends(needs(Right.EDIT))])
def do_hold(app: Installed, user: Person, edition: int, note: Note = "") -> Response:
    """Keep an edition from going out."""
    held = hold(app, edition, by=by(user), note=note.strip() or None)
    undo = f"/desk/{edition}/release" if user.may(Right.APPROVE, held.edition.digest) else None
    return done(f"/desk/{edition}", "Held", undo=undo)


@router.get("/desk/{edition}/release", dependencies=[Depends(needs(Right.APPROVE))])
def ask_release(request: Request, app: Installed, edition: int) -> HTMLResponse:
    """Ask whether a held edition shall go on."""
    return _ask(request, app, edition, "release")


@router.post("/desk/{edition}/release", dependencies=[Depends(needs(Right.APPROVE))])
def do_release(request: Request, app: Installed, user: Person, edition: int) -> Response:
    """Let a held edition go on where it stood."""
    try:
        release(app, edition, by=by(user))
    except Refused as error:
        return _ask(request, app, edition, "release", fault=error)
    return done(f"/desk/{edition}", "Released")


@router.get("/desk/{edition}/cancel", dependencies=[Depends(needs(Right.APPROVE))])
def ask_cancel(request: Request, app: Installed, edition: int) -> HTMLResponse:
    """Ask whether an edition shall end unsent."""
    return _ask(request, app, edition, "cancel")


@router.post("/desk/{edition}/cancel", dependencies=[Depends(needs(Right.APPROVE))])
def do_cancel(app: Installed, user: Person, edition: int, note: Note = "") -> Response:
    """End an edition unsent."""
    cancel(app, edition, by=by(user), note=note.strip() or None)
    return done("/", f"Edition {edition} cancelled; nobody is mailed it")


@router.post("/desk/{edition}/test", dependencies=[Depends(needs(Right.EDIT))])
def send_to_me(app: Installed, user: Person, edition: int) -> Response:
    """Mail the edition to who asks for it, and to nobody else."""
    trial = send_test(app, edition, user.email, by=by(user))
    if trial.receipt.state is DeliveryState.SENT:
        said = f"Test sent to you by relay {trial.relay}"
    else:
        said = f"Relay {trial.relay} refused it: {trial.receipt.text}"
    return done(f"/desk/{edition}", ". Passed over: ".join([said, *map(str, trial.passed)]))


def _spot(
    rule: Annotated[str, Form(max_length=40)],
    anchor: Annotated[str, Form(max_length=200)],
    content: Annotated[str, Form(max_length=16)],
) -> Spot:
    """Read which finding a form means."""
    return Spot(rule=rule, anchor=anchor, content=content)


Meant = Annotated[Spot, Depends(_spot)]


@router.post("/desk/{edition}/waive", dependencies=[Depends(needs(Right.EDIT))])
def do_waive(app: Installed, user: Person, edition: int, spot: Meant, why: Note = "") -> Response:
    """Let a finding stand, by name and with a reason."""
    waive(app, edition, spot, by=by(user), why=why)
    return done(f"/desk/{edition}?pane=findings", "Waived")


@router.post("/desk/{edition}/unwaive", dependencies=[Depends(needs(Right.EDIT))])
def do_unwaive(app: Installed, user: Person, edition: int, spot: Meant) -> Response:
    """Let a waived finding count again."""
    take_back(app, edition, spot, by=by(user))
    return done(f"/desk/{edition}?pane=findings", "Taken back")


@router.get("/approve/{token}", dependencies=[Depends(anyone)])
def ask_by_link(request: Request, app: Installed, token: str) -> HTMLResponse:
    """Ask who was mailed the link once more; changes nothing."""
    question = asked(app, token)
    digest = app.digest(question.stored.edition.digest)
    since = changed(app, question.stored)
    return show(request, "approve_link.html", asked=question, digest=digest, changed=since, is_done=False)


@router.post("/approve/{token}", dependencies=[Depends(anyone)])
def do_by_link(request: Request, app: Installed, token: str) -> HTMLResponse:
    """Approve in the name of who was mailed the link."""
    approve_by_link(app, token)
    question = asked(app, token)
    digest = app.digest(question.stored.edition.digest)
    return show(request, "approve_link.html", asked=question, digest=digest, changed=None, is_done=True)


def _ask(
    request: Request, app: Installed, edition: int, what: Asked, *, fault: Refused | None = None
) -> HTMLResponse:
    """Ask before something is done to an edition; with a fault it was tried, and why not."""
    shown = head(app, edition)
    if what == "release" and shown.is_stopped:
        what = "approve"  # the answer to a brake
    status = 200 if fault is None else 409
    since = changed(app, shown.stored) if what == "approve" else None
    values = {"head": shown, "what": what, "fault": fault, "changed": since, "pane": "ask"}
    return show(request, "desk_ask.html", status=status, **values)
