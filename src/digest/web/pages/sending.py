"""Editions on their way: books, rate, the brake, and what a person has to decide."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from digest.actions import braking
from digest.actions.app import App
from digest.actions.books import decide_unknown, waiting_for_a_word
from digest.actions.deadlines import BEFORE_APPROVAL
from digest.actions.live import Live, look
from digest.actions.relay_health import relays_health
from digest.actions.sent_lately import a_day, lately
from digest.model import DeliveryState, EditionState
from digest.model.accounts import Right, User
from digest.store import Closing, Unknown
from digest.web import charts
from digest.web.frame import Installed, done, own_path, show, zone_of
from digest.web.guard import Person, by, needs
from digest.web.templates import spelt

router = APIRouter(include_in_schema=False)

_DONE, _ALL = 12, 500  #: closed books that the list shows, and on wish
_UNKNOWN = 20  #: to decide, on a page
_PAGE = 100  #: deliveries on a page
_AHEAD = timedelta(minutes=2)  #: room to the right of a line that goes on
_STATES = {
    "sent": (DeliveryState.SENT,),
    "failed": (DeliveryState.FAILED,),
    "expired": (DeliveryState.EXPIRED,),
    "excluded": (DeliveryState.EXCLUDED,),
    "unknown": (DeliveryState.UNKNOWN,),
    "open": (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.DOTTED, DeliveryState.DEFERRED),
}

Ask = Annotated[Literal["", "brake", "end"], Query()]
Shown = Annotated[Literal["", "sent", "failed", "expired", "excluded", "unknown", "open"], Query()]
After = Annotated[int, Query(ge=0, le=2**53)]


@dataclass(frozen=True, kw_only=True)
class View:
    """One edition as the pages show it."""

    live: Live
    chart: charts.Chart | None
    zone: str  #: of the digest
    is_changed: bool  #: it is stopped, and is not what was approved any more


@router.get("/sending", dependencies=[Depends(needs(Right.READ))])
def sending(
    request: Request,
    app: Installed,
    user: Person,
    every: Annotated[Literal["", "yes"], Query(alias="all")] = "",
) -> HTMLResponse:
    """Show what is on its way, what is to be decided, and what went out in the last days."""
    views = tuple(_view(request, app, user, one) for one in _on_their_way(app, user))
    unknown = _unknown(app, user)
    recent = lately(app)
    mine = _readable(app, user)
    closed = tuple(one for one in recent.closings if mine is None or one.digest in mine)
    begun = tuple(one for one in recent.begun if mine is None or one.digest in mine)
    zone = zone_of(app, user)
    shown = closed[: _ALL if every else _DONE]
    return show(
        request,
        "sending.html",
        views=views,
        lede=_lede(views, sum(unknown.counts.values())),
        unknown=unknown,
        closed=shown,
        more=len(closed) if len(closed) > len(shown) else 0,
        titles={key: digest.title for key, digest in app.digests.items()},
        slots={one.edition_id: _slot_at(app, one) for one in shown},
        a_day=charts.mails_a_day(a_day(closed, ZoneInfo(zone), app.clock())),
        lateness=charts.lateness(begun, zone),
    )


@router.get("/sending/{edition}", dependencies=[Depends(needs(Right.READ))])
def one(request: Request, app: Installed, user: Person, edition: int, ask: Ask = "") -> HTMLResponse:
    """Show one edition on its way, or how it went."""
    view = _view(request, app, user, edition)
    return show(
        request,
        "sending_one.html",
        view=view,
        relays=relays_health(app),
        unknown=_unknown(app, user, edition),
        ask=ask if _may_ask(ask, view) else "",
    )


@router.get("/sending/{edition}/live", dependencies=[Depends(needs(Right.READ))])
def live(request: Request, app: Installed, user: Person, edition: int) -> HTMLResponse:
    """Answer with the part of the page that moves."""
    return show(
        request,
        "sending_live.html",
        view=_view(request, app, user, edition),
        relays=relays_health(app),
        unknown=_unknown(app, user, edition),
    )


@router.get("/sending/{edition}/deliveries", dependencies=[Depends(needs(Right.READ))])
def deliveries(
    request: Request, app: Installed, user: Person, edition: int, state: Shown = "", after: After = 0
) -> HTMLResponse:
    """Show who got an edition, and why others did not, a page at a time."""
    view = _view(request, app, user, edition)
    with app.store.reading() as tx:
        page = tx.deliveries.list(edition, states=_STATES.get(state), limit=_PAGE + 1, after_id=after)
    rows = page[:_PAGE]
    return show(
        request,
        "deliveries.html",
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


@router.post("/sending/{edition}/end", dependencies=[Depends(needs(Right.OPERATE))])
def end(app: Installed, user: Person, edition: int) -> RedirectResponse:
    """End a stopped edition for those who are open."""
    books = braking.end(app, edition, by=by(user))
    return done(f"/sending/{edition}", f"Stopped for good. {books.expired:,} readers get nothing.")


@router.post("/sending/{edition}/decide", dependencies=[Depends(needs(Right.OPERATE))])
def decide(  # why: FastAPI reads the fields of the form from the arguments
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
    what = "mailed again" if word == "again" else "left as they are"
    said = f"{count:,} {'reader is' if count == 1 else 'readers are'} {what}."
    return done(own_path(back, f"/sending/{edition}"), said)


@dataclass(frozen=True, kw_only=True)
class ToDecide:
    """The unknown that wait for a word."""

    rows: tuple[Unknown, ...]  #: the first of them
    counts: dict[int, int]  #: all of them, by edition
    until: dict[int, datetime]  #: they can be mailed again until then, by edition

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self.counts.values())


def _view(request: Request, app: App, user: User, edition: int) -> View:
    found = look(app, edition, request.app.state.counts)
    digest = app.digests.get(found.stored.edition.digest)
    stored = found.stored
    pulled = [
        step.at
        for step in found.steps
        if step.before is EditionState.SENDING and step.after is EditionState.HELD
    ]
    limits = [relay.per_second for relay in app.system.relays if relay.weight]
    return View(
        live=found,
        chart=charts.rates(
            found.line,
            zone=zone_of(app, user),
            limit=sum(limit for limit in limits if limit) if limits and all(limits) else None,
            brakes=tuple(pulled[:3]),
            until=_line_ends(found),
        ),
        zone="UTC" if digest is None else digest.zone,
        is_changed=found.is_braked and stored.content_hash != stored.approved_hash,
    )


def _line_ends(live: Live) -> datetime | None:
    """Say where the foot of the line ends: with room to the right while mail goes out, now while stopped."""
    if live.is_braked:
        return live.counted_at
    if live.stored.state is EditionState.SENDING:
        return live.counted_at + min(_AHEAD, live.left or timedelta())
    return None


def _may_ask(ask: str, view: View) -> bool:
    """Tell whether a question can be asked of an edition as it is now."""
    if ask == "brake":
        return view.live.stored.state is EditionState.SENDING
    return ask == "end" and view.live.is_braked


def _on_their_way(app: App, user: User) -> list[int]:
    """List the editions that are being sent or were stopped and one may look at, the oldest slot first."""
    mine = _readable(app, user)
    with app.store.reading() as tx:
        opened = tx.editions.open([EditionState.SENDING, *BEFORE_APPROVAL])
    return [
        each.id
        for each in opened
        if (each.state is EditionState.SENDING or each.begun_at is not None)
        and (mine is None or each.digest in mine)
    ][:10]


def _readable(app: App, user: User) -> Collection[str] | None:
    """Return the digests that one may look at; None is all."""
    return None if user.may(Right.READ, None) else {key for key in app.digests if user.may(Right.READ, key)}


def _unknown(app: App, user: User, edition: int | None = None) -> ToDecide:
    rows, counts, until = waiting_for_a_word(app, edition, digests=_readable(app, user), limit=_UNKNOWN)
    return ToDecide(rows=rows, counts=counts, until=until)


def _slot_at(app: App, closing: Closing) -> datetime | None:
    """Return when a slot was due, from its key; None when the key tells no moment."""
    digest = app.digests.get(closing.digest)
    try:
        local = datetime.fromisoformat(closing.slot.partition("#")[0])
    except ValueError:
        return None
    return local.replace(tzinfo=ZoneInfo("UTC" if digest is None else digest.zone))


def _lede(views: tuple[View, ...], unknown: int) -> str:
    """Say in a sentence or two what is going on."""
    braked = [view.live for view in views if view.live.is_braked]
    going = len(views) - len(braked)
    said = [f"{one.title} is stopped. {one.books.open:,} readers are waiting." for one in braked[:2]]
    if going:
        said.append(
            "One edition is on its way." if going == 1 else f"{spelt(going)} editions are on their way."
        )
    if unknown:
        needs_one = "delivery needs" if unknown == 1 else "deliveries need"
        said.append(f"{spelt(unknown)} {needs_one} a decision.")
    return " ".join(said) or "Nothing is on its way, and nothing waits for a decision."
