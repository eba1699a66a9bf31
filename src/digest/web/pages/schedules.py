"""When digests come out: the day sheet of 30 days, pausing, skipping, and building one now."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from digest.actions.app import App
from digest.actions.making.build import BuildReport, build
from digest.actions.making.orders import Order
from digest.actions.planning import slots
from digest.actions.planning.agenda import standings, unsent
from digest.actions.planning.month_ahead import Month, month_ahead
from digest.errors import NotFound
from digest.model import EditionState
from digest.model.accounts import Right, User
from digest.timetable import describe
from digest.web import daysheets
from digest.web.filepanes import review_words
from digest.web.frame import Installed, done, show, zone_of
from digest.web.guard import Person, by, needs

router = APIRouter(include_in_schema=False)

Note = Annotated[str, Form(max_length=200)]


@router.get("/schedules", dependencies=[Depends(needs(Right.READ))])
def schedules(
    request: Request,
    app: Installed,
    user: Person,
    digest: Annotated[str, Query(max_length=63)] = "",
    axis: Literal["own", "utc"] = "own",
    ask: Literal["", "pause"] = "",
) -> HTMLResponse:
    """Show the next 30 days: a strip a day, and the list beside it."""
    mine = _readable(app, user)
    known = {key: one for key, one in app.digests.items() if mine is None or key in mine}
    chosen = digest or (next(iter(known)) if len(known) == 1 else "")
    if chosen and chosen not in known:
        raise NotFound(f"no digest '{chosen}'", hint=f"known: {', '.join(known) or 'none yet'}")
    month = month_ahead(app, zone="UTC" if axis == "utc" else zone_of(app, user), digests=mine)
    (standing,) = standings(app, chosen) if chosen else (None,)
    ticks = [tick for day in month.days for tick in day.ticks if chosen in {"", tick.slot.digest.key}]
    return show(
        request,
        "schedules.html",
        digests=known,
        may_begin=user.may(Right.OPERATE, None),
        chosen=chosen,
        axis=axis,
        ask=ask,
        zone=zone_of(app, user),
        city=daysheets.city,
        off_words=daysheets.off_words,
        month=month,
        rows=daysheets.rows(month, chosen or None),
        ticks=[tick for tick in ticks if tick.slot.planned.due > app.clock()],
        shifts=_shifts(month),
        lede=_lede(month),
        standing=standing,
        sentences=describe(app.digest(chosen)) if chosen else (),
        review=review_words(standing.digest) if standing else "",
        unsent=unsent(app, chosen) if chosen else (),
    )


@router.post("/digests/{digest}/pause", dependencies=[Depends(needs(Right.OPERATE))])
def pause(app: Installed, user: Person, digest: str, note: Note = "") -> RedirectResponse:
    """Let a digest rest until it is resumed."""
    slots.pause(app, digest, by=by(user), note=note.strip() or None)
    said = f"{app.digest(digest).title} is paused."
    return done(_back(digest), said, undo=f"/digests/{digest}/resume")


@router.post("/digests/{digest}/resume", dependencies=[Depends(needs(Right.OPERATE))])
def resume(app: Installed, user: Person, digest: str) -> RedirectResponse:
    """Let a paused digest come out again."""
    slots.resume(app, digest, by=by(user))
    return done(_back(digest), f"{app.digest(digest).title} comes out again from its next slot on.")


@router.post("/digests/{digest}/slots/{slot}/skip", dependencies=[Depends(needs(Right.OPERATE))])
def skip(app: Installed, user: Person, digest: str, slot: str) -> RedirectResponse:
    """Leave out one coming slot."""
    slots.skip(app, digest, slot, by=by(user))
    said = f"{app.digest(digest).title} skips {slot.replace('T', ' ')}."
    return done(_back(digest), said, undo=f"/digests/{digest}/slots/{slot}/unskip")


@router.post("/digests/{digest}/slots/{slot}/unskip", dependencies=[Depends(needs(Right.OPERATE))])
def unskip(app: Installed, user: Person, digest: str, slot: str) -> RedirectResponse:
    """Take a skip back."""
    is_back = slots.unskip(app, digest, slot, by=by(user))
    said = "comes out after all" if is_back else "was not skipped"
    return done(_back(digest), f"{app.digest(digest).title} {slot.replace('T', ' ')} {said}.")


@router.post("/digests/{digest}/run", dependencies=[Depends(needs(Right.OPERATE))])
def run(app: Installed, user: Person, digest: str) -> RedirectResponse:
    """Build an edition of this minute, which then takes the way of every edition."""
    report = build(app, digest, order=Order(by=by(user)))
    title = app.digest(digest).title
    if report.state is EditionState.SKIPPED:
        return done(
            _back(digest), f"There is too little for an edition of {title}. {_too_little(app, report)}"
        )
    said = "has one of this minute already" if report.existed else "is built"
    return done(f"/desk/{report.edition_id}", f"{title} {said}.")


def _too_little(app: App, report: BuildReport) -> str:
    """Say what was found, and the way out."""
    least = app.digest(report.edition.digest).selection.at_least
    if report.existed:
        return "The one of this minute was left out; try again in the next."
    fits = f"Of {report.kept + report.dropped:,} articles {report.kept:,} fit, and it takes {least:,}"
    return f"{fits}: read more, or change its file."


def _back(digest: str) -> str:
    return f"/schedules?digest={digest}"


def _readable(app: App, user: User) -> Collection[str] | None:
    """Return the digests that one may look at; None is all."""
    return None if user.may(Right.READ, None) else {key for key in app.digests if user.may(Right.READ, key)}


def _lede(month: Month) -> str:
    """Say in a sentence or two what is special about the month."""
    runs = "1 run" if month.runs == 1 else f"{month.runs:,} runs"
    said = [f"{runs} in the next {len(month.days)} days."]
    clocks = sum(bool(day.changes) for day in month.days)
    if clocks:
        said.append(f"Clocks change on {'one day' if clocks == 1 else f'{clocks} days'}.")
    empty = sum(bool(day.ticks) and not any(tick.why == "on" for tick in day.ticks) for day in month.days)
    if empty:
        said.append("One day has no mail." if empty == 1 else f"{empty} days have no mail.")
    return " ".join(said)


def _shifts(month: Month) -> dict[str, str]:
    """Say before which slots of the list clocks have changed, by the day they do."""
    return {
        f"{day.day}": f"{day.day:%a} {day.day.day}: clocks go {'back' if change.forward < 0 else 'forward'}"
        + (", UTC moves by an hour" if abs(change.forward) == 60 else "")
        for day in month.days
        for change in day.changes
        if change.zone == month.zone
    }
