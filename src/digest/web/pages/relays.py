"""Relays: how they are, what of their limits is used, and how far a warm-up is."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from digest.actions.relay_health import look_at, relays_health
from digest.model.accounts import Right
from digest.web.frame import Installed, done, show
from digest.web.guard import needs_over_all

router = APIRouter(include_in_schema=False)


@router.get("/relays", dependencies=[Depends(needs_over_all(Right.OPERATE))])
def relays(request: Request, app: Installed) -> HTMLResponse:
    """Show how the relays are."""
    return show(request, "relays.html", relays=relays_health(app), domains=app.system.delivery.domains)


@router.post("/relays/{relay}/look", dependencies=[Depends(needs_over_all(Right.OPERATE))])
def ask(app: Installed, relay: str) -> RedirectResponse:
    """Ask a relay whether it would take mail: a greeting and a login, no message."""
    seen = look_at(app, relay)
    said = f"{relay} takes nothing." if seen.trouble else f"{relay} answers, ready in {seen.ms:,} ms."
    return done("/relays", said)
