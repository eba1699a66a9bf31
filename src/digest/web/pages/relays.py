"""Relays: how they are, what of their limits is used, and how far a warm-up is."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from digest.actions.mailing.relay_answers import answer_figures
from digest.actions.mailing.relay_health import look_at, relays_health
from digest.model.accounts import Right
from digest.web.charts import answer_times, ms_words
from digest.web.frame import Installed, done, show, zone_of
from digest.web.guard import Person, needs_over_all

router = APIRouter(include_in_schema=False)


@router.get("/relays", dependencies=[Depends(needs_over_all(Right.OPERATE))])
def relays(request: Request, app: Installed, user: Person) -> HTMLResponse:
    """Show how the relays are, and what they answered to mail lately."""
    zone = zone_of(app, user)
    answers = [one for one in answer_figures(app).values() if one.total]
    return show(
        request,
        "relays.html",
        relays=relays_health(app),
        domains=app.system.delivery.domains,
        answers=[(one, answer_times(one.paces, one.relay, zone)) for one in answers],
        ms=ms_words,
    )


@router.post("/relays/{relay}/look", dependencies=[Depends(needs_over_all(Right.OPERATE))])
def ask(app: Installed, relay: str) -> RedirectResponse:
    """Ask a relay whether it would take mail: a greeting and a login, no message."""
    seen = look_at(app, relay)
    said = f"{relay} takes nothing." if seen.trouble else f"{relay} answers, ready in {seen.ms:,} ms."
    return done("/relays", said)
