"""Rehearse and compare: what a digest's file and a changed text would have made of the last days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from digest.actions.home.differences import difference
from digest.actions.home.digest_files import read_file
from digest.actions.making.comparing import MOST_DAYS, Comparison, Comparisons
from digest.model.accounts import Right
from digest.web.frame import Installed, done, show
from digest.web.guard import Person, by, needs
from digest.web.pages.digest_files import TEXT_CHARS

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What all slots of a comparison come to."""

    comes_in: int
    goes_out: int
    bytes: int  #: more than before; below 0 fewer
    before: int  #: editions under the file in force
    after: int


@router.get("/digests/{digest}/compare", dependencies=[Depends(needs(Right.OPERATE))])
def compared(
    request: Request, app: Installed, digest: str, run: Annotated[str, Query(max_length=40)] = ""
) -> HTMLResponse:
    """Show a comparison while it runs and after it, or the form that begins one."""
    found = _known(request).get(digest, run) if run else None
    file = read_file(app, digest)
    known = app.digests.get(digest)
    return show(
        request,
        "digest_compare.html",
        file=file,
        title=known.title if known else digest,
        zone=known.zone if known else "UTC",
        run=found,
        rows=tuple(reversed(found.rows)) if found else (),
        sums=_sums(found) if found else None,
        lines=difference(file.text, found.text, around=0) if found else (),
        most=MOST_DAYS,
    )


@router.post("/digests/{digest}/compare", dependencies=[Depends(needs(Right.OPERATE))])
def begin(
    request: Request,
    app: Installed,
    user: Person,
    digest: str,
    text: Annotated[str, Form(max_length=TEXT_CHARS)] = "",
    days: Annotated[int, Form(ge=1, le=MOST_DAYS)] = 7,
) -> RedirectResponse:
    """Begin to compare a text with the file in force; without one the file is rehearsed alone."""
    wished = text.replace("\r\n", "\n") or read_file(app, digest).text
    found = _known(request).begin(app, digest, wished, days=days, by=by(user))
    return done(f"/digests/{digest}/compare?run={found.name}")


@router.post("/digests/{digest}/compare/{run}/stop", dependencies=[Depends(needs(Right.OPERATE))])
def stop(request: Request, digest: str, run: str) -> RedirectResponse:
    """Stop a comparison; what it has found stays."""
    _known(request).get(digest, run).stop.set()
    return done(f"/digests/{digest}/compare?run={run}", "It stops after the day that is in hand.")


def _known(request: Request) -> Comparisons:
    found: Comparisons = request.app.state.comparisons
    return found


def _sums(found: Comparison) -> Sums:
    rows = tuple(found.rows)
    sides = [
        (row.before.html_bytes if row.before else 0, row.after.html_bytes if row.after else 0) for row in rows
    ]
    return Sums(
        comes_in=sum(len(row.comes_in) for row in rows),
        goes_out=sum(len(row.goes_out) for row in rows),
        bytes=sum(after - before for before, after in sides),
        before=sum(row.before is not None and row.before.outcome == "edition" for row in rows),
        after=sum(row.after is not None and row.after.outcome == "edition" for row in rows),
    )
