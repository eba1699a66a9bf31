"""Webhooks: where alerts and news go by HTTP, what went there, and trying one out."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from digest.actions.upkeep.webhooks import send_test, webhooks
from digest.model.accounts import Right
from digest.web.frame import Installed, done, show
from digest.web.guard import Person, by, needs_over_all

router = APIRouter(include_in_schema=False, prefix="/webhooks")


@router.get("", dependencies=[Depends(needs_over_all(Right.OPERATE))])
def hooks(request: Request, app: Installed) -> HTMLResponse:
    """Show the webhooks and what went there."""
    return show(request, "webhooks.html", hooks=webhooks(app))


@router.post("/{hook}/test", dependencies=[Depends(needs_over_all(Right.OPERATE))])
def try_out(app: Installed, user: Person, hook: str) -> RedirectResponse:
    """Send a test, and wait for the answer."""
    ended = send_test(app, hook, by=by(user))
    said = f"{hook} took the test." if ended.error is None else f"{hook} didn’t take the test: {ended.error}."
    return done("/webhooks", said)
