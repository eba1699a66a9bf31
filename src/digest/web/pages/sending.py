"""Editions on their way: books, rate, the brake, and what a person has to decide."""

from __future__ import annotations

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from digest.actions.editing.printed import printed
from digest.actions.mailing.books import decide_unknown, onward
from digest.actions.mailing.relay_health import relays_health
from digest.actions.mailing.sent_lately import a_day, lately
from digest.actions.steering import braking
from digest.actions.steering.late import let_go_late
from digest.model import BounceKind, DeliveryState
from digest.model.accounts import Right
from digest.web import charts
from digest.web.frame import Installed, done, own_path, show, zone_of
from digest.web.guard import Person, by, needs
from digest.web.on_their_way import (
    lede_of,
    may_ask,
    on_their_way,
    readable,
    slot_at,
    to_decide,
    view_of,
)

router = APIRouter(include_in_schema=False)

_DONE, _ALL = 12, 500  #: closed books that the list shows, and on wish
_SHOWN = 10  #: editions on their way, with their books
_PAGE = 100  #: deliveries on a page
_STATES = {
    "sent": (DeliveryState.SENT,),
    "failed": (DeliveryState.FAILED,),
    "expired": (DeliveryState.EXPIRED,),
    "excluded": (DeliveryState.EXCLUDED,),
    "unknown": (DeliveryState.UNKNOWN,),
    "open": (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.DOTTED, DeliveryState.DEFERRED),
}
_CAME_BACK = {
    BounceKind.HARD: "for good",
    BounceKind.SOFT: "for now",
    BounceKind.REFUSED: "refused for sender or content",
    BounceKind.COMPLAINT: "called spam",
    BounceKind.REPLY: "answered by a machine",
    BounceKind.UNKNOWN: "not to be read",
}

Ask = Annotated[Literal["", "brake", "late", "end"], Query()]
Shown = Annotated[Literal["", "sent", "failed", "expired", "excluded", "unknown", "open"], Query()]
After = Annotated[int, Query(ge=0, le=2**53)]


@router.get("/sending", dependencies=[Depends(needs(Right.READ))])
def sending(
    request: Request,
    app: Installed,
    user: Person,
    every: Annotated[Literal["", "yes"], Query(alias="all")] = "",
) -> HTMLResponse:
    """Show what is on its way, what is to be decided, and what went out in the last days."""
    on_way, forgotten = on_their_way(app, user)
    views = tuple(view_of(app, user, one) for one in on_way[:_SHOWN])
    unknown = to_decide(app, user)
    recent = lately(app, readable(app, user))
    closed = recent.closings
    zone = zone_of(app, user)
    shown = closed[: _ALL if every else _DONE]
    return show(
        request,
        "sending.html",
        views=views,
        hidden=len(on_way) - len(views),
        forgotten=forgotten,
        lede=lede_of(views, sum(unknown.counts.values())),
        unknown=unknown,
        closed=shown,
        more=len(closed) if len(closed) > len(shown) else 0,
        titles={key: digest.title for key, digest in app.digests.items()},
        slots={one.edition_id: slot_at(app, one) for one in shown},
        a_day=charts.mails_a_day(a_day(closed, ZoneInfo(zone), app.clock())),
        lateness=charts.lateness(recent.begun, zone),
        came_back=[(_CAME_BACK[kind], count) for kind, count in recent.came_back.items()],
    )


@router.get("/sending/{edition}", dependencies=[Depends(needs(Right.READ))])
def one(request: Request, app: Installed, user: Person, edition: int, ask: Ask = "") -> HTMLResponse:
    """Show one edition on its way, or how it went."""
    view = view_of(app, user, edition)
    return show(
        request,
        "sending_one.html",
        view=view,
        relays=relays_health(app),
        unknown=to_decide(app, user, edition),
        ask=ask if may_ask(ask, view) else "",
    )


@router.get("/sending/{edition}/live", dependencies=[Depends(needs(Right.READ))])
def live(request: Request, app: Installed, user: Person, edition: int) -> HTMLResponse:
    """Answer with the part of the page that moves."""
    return show(
        request,
        "sending_live.html",
        view=view_of(app, user, edition),
        relays=relays_health(app),
        unknown=to_decide(app, user, edition),
    )


@router.get("/sending/{edition}/deliveries", dependencies=[Depends(needs(Right.READ))])
def deliveries(
    request: Request, app: Installed, user: Person, edition: int, state: Shown = "", after: After = 0
) -> HTMLResponse:
    """Show who got an edition, and why others did not, a page at a time."""
    view = view_of(app, user, edition)
    with app.store.reading() as tx:
        page = tx.deliveries.list(edition, states=_STATES.get(state), limit=_PAGE + 1, after_id=after)
    rows = page[:_PAGE]
    return show(
        request,
        "deliveries.html",
        versions=printed(app, edition),
        view=view,
        rows=rows,
        state=state,
        is_first=after == 0,
        next_after=rows[-1].id if len(page) > _PAGE else None,
    )


@router.post("/sending/{edition}/brake", dependencies=[Depends(needs(Right.OPERATE))])
def brake(
    app: Installed, user: Person, edition: int, note: Annotated[str, Form(max_length=500)] = ""
) -> RedirectResponse:
    """Stop an edition that is going out."""
    braking.pull(app, edition, by=by(user), note=note.strip() or None)
    return done(f"/sending/{edition}", "The brake is on. No new mail starts.")


@router.post("/sending/{edition}/resume", dependencies=[Depends(needs(Right.OPERATE))])
def resume(app: Installed, user: Person, edition: int) -> RedirectResponse:
    """Let a stopped edition go on."""
    braking.resume(app, edition, by=by(user))
    return done(f"/sending/{edition}", "It goes on with those who have none yet.")


@router.post("/sending/{edition}/late", dependencies=[Depends(needs(Right.OPERATE))])
def late(app: Installed, user: Person, edition: int) -> RedirectResponse:
    """Let an edition go to those still open although max_lateness has passed."""
    let_go_late(app, edition, by=by(user))
    return done(f"/sending/{edition}", "It goes to those who have none yet.")


@router.post("/sending/{edition}/end", dependencies=[Depends(needs(Right.OPERATE))])
def end(app: Installed, user: Person, edition: int) -> RedirectResponse:
    """End a stopped edition for those who are open."""
    books = braking.end(app, edition, by=by(user))
    return done(f"/sending/{edition}", f"Stopped for good. {books.expired:,} readers get nothing.")


@router.post("/sending/{edition}/decide", dependencies=[Depends(needs(Right.OPERATE))])
def decide(
    app: Installed,
    user: Person,
    edition: int,
    word: Annotated[Literal["again", "leave"], Form()],
    delivery: Annotated[int | None, Form()] = None,
    back: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Decide on those of whom nobody can tell whether the mail arrived: one, or all of an edition."""
    only = None if delivery is None else [delivery]
    count = decide_unknown(app, edition, resend=word == "again", by=by(user), only=only)
    what = "left as they are"
    if word == "again":
        what = "mailed again" + ", once it goes on" * onward(app, edition).stopped
    said = f"{count:,} {'reader is' if count == 1 else 'readers are'} {what}."
    return done(own_path(back, f"/sending/{edition}"), said)
