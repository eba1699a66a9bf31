"""The file that lists the sources, as a whole: what it says, what it said, and letting it say that again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from digest.actions.content.source_file import old_sources, read_sources_file, restore_sources
from digest.model.accounts import Right
from digest.web.filepanes import elsewhere, pane
from digest.web.frame import Installed, done, show
from digest.web.guard import Person, by, needs_over_all

router = APIRouter(include_in_schema=False, prefix="/sources/_file")  # no source has such a name


@router.get("", dependencies=[Depends(needs_over_all(Right.OPERATE))])
def whole(request: Request, app: Installed) -> HTMLResponse:
    """Show the file as it stands, with its faults and versions."""
    file = read_sources_file(app)
    return show(
        request,
        "source_file.html",
        file=file,
        lines=pane(file.text, file.faults),
        elsewhere=elsewhere(file.faults),
    )


@router.get("/{number}", dependencies=[Depends(needs_over_all(Right.OPERATE))])
def before(request: Request, app: Installed, number: Annotated[int, Path(ge=1, le=2**53)]) -> HTMLResponse:
    """Show what the file said in a version, and how that differs from what it says now."""
    found = old_sources(app, number)
    return show(
        request, "source_version.html", old=found.version, found=found, lines=pane(found.version.text)
    )


@router.post("/restore", dependencies=[Depends(needs_over_all(Right.OPERATE))])
def bring_back(
    app: Installed,
    user: Person,
    number: Annotated[int, Form(ge=1, le=2**53)],
    base: Annotated[str, Form(max_length=64)] = "",
) -> RedirectResponse:
    """Let the file say again what it said."""
    is_new = restore_sources(app, number, base=base, by=by(user))
    said = f"The file says again what version {number} said." if is_new else "It says that already."
    return done("/sources/_file", said)
