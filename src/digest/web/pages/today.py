"""The first page: the day sheet."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from digest.actions.planning.today import Day, Entry, today
from digest.model import EditionState
from digest.model.accounts import Right
from digest.web.frame import Installed, show, zone_of
from digest.web.guard import Person, needs
from digest.web.pages.first_run import first_run

router = APIRouter(include_in_schema=False)


@router.get("/", dependencies=[Depends(needs(Right.READ))])
def day_sheet(request: Request, app: Installed, user: Person) -> HTMLResponse:
    """Show the day: what went out, what waits, what comes."""
    mine = None if user.may(Right.READ, None) else [key for key in app.digests if user.may(Right.READ, key)]
    way = first_run(request, app, user)
    if way is not None:
        return way
    day = today(app, zone=zone_of(app, user), digests=mine)
    before = [entry for entry in day.entries if entry.due <= day.now]
    return show(
        request,
        "today.html",
        day=day,
        before=before,
        after=day.entries[len(before) :],
        first=_first(day),
        lede=_lede(day),
    )


def _first(day: Day) -> Entry | None:
    """Return the entry that needs a hand first: the first in review, else the first that is held."""
    waiting = [entry for entry in day.entries if entry.waits]
    in_review = [one for one in waiting if one.edition and one.edition.state is not EditionState.HELD]
    return next(iter([*in_review, *waiting]), None)


def _lede(day: Day) -> str:
    """Say in a sentence or two what the day asks of people."""
    waiting = [one for one in day.entries if one.waits and one.edition]
    held = sum(one.edition is not None and one.edition.state is EditionState.HELD for one in waiting)
    review = [one.title for one in waiting if one.edition and one.edition.state is not EditionState.HELD]
    said = []
    if review:
        names = review[0] if len(review) == 1 else f"{', '.join(review[:-1])} and {review[-1]}"
        said.append(f"{names} wait{'s' if len(review) == 1 else ''} for a hand.")
    if held:
        said.append("One edition is held." if held == 1 else f"{held} editions are held.")
    if not said:
        said.append("Nothing waits for a hand." if day.entries else "Nothing is due today.")
    return " ".join(said)
