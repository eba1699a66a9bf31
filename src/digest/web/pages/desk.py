"""The desk: an edition's running order beside its proof, findings and history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from digest.actions.app import App
from digest.actions.content.article_search import search
from digest.actions.editing.changed import changed
from digest.actions.editing.desk import DeskView, desk_view
from digest.actions.editing.merging import mergeable
from digest.actions.editing.picturing import offers
from digest.actions.editing.shaping import Conflict
from digest.actions.planning.today import today
from digest.model.accounts import Right
from digest.web.desk_panes import PANES, pane_values
from digest.web.frame import Installed, frame_of, show, zone_of
from digest.web.guard import Person, needs
from digest.web.looking import NARROWING, wanted_of

router = APIRouter(include_in_schema=False)

_FOUND = 30  #: articles that a search on the desk shows
_OWN_PANES = ("history", "source", "add", "merge")


@router.get("/desk", dependencies=[Depends(needs(Right.READ))])
def desks(request: Request, app: Installed, user: Person) -> HTMLResponse:
    """List the editions that can still be shaped, those that wait for a hand first."""
    mine = None if user.may(Right.READ, None) else [key for key in app.digests if user.may(Right.READ, key)]
    day = today(app, zone=zone_of(app, user), digests=mine)
    open_ones = [one for one in day.entries if one.edition is not None and not one.is_over]
    return show(request, "desks.html", entries=sorted(open_ones, key=lambda one: not one.waits))


@router.get("/desk/{edition}", dependencies=[Depends(needs(Right.READ))])
def desk(
    request: Request,
    app: Installed,
    edition: int,
    pane: Annotated[str, Query(max_length=20)] = "proof",
    item: Annotated[int, Query(ge=0, le=2**53)] = 0,
) -> HTMLResponse:
    """Show the desk with one pane beside the list; the pane reads the rest of the query."""
    return page_of(request, app, edition, pane, item)


@dataclass(frozen=True, kw_only=True)
class Unsaved:
    """What somebody wrote that was not saved, and why: nothing of it is lost."""

    conflict: Conflict
    words: Mapping[str, str]  #: by field, as typed


def page_of(
    request: Request,
    app: App,
    edition: int,
    pane: str,
    item: int,
    *,
    status: int = 200,
    refused: Unsaved | None = None,
) -> HTMLResponse:
    """Show the desk of an edition.

    Args:
        request: The request; its query says what a pane shows.
        app: The installation.
        edition: The edition.
        pane: What stands beside the list; a pane that there is not is the proof.
        item: Number of the article whose item is open for writing; 0: none.
        status: Of the answer.
        refused: What could not be saved; it stands in the fields again.
    """
    view = desk_view(app, edition)
    pane = pane if pane in (*PANES, *_OWN_PANES) else "proof"
    values: dict[str, Any] = {}  # why Any: each pane's own
    if pane in PANES:
        values = pane_values(request, app, view.stored, pane)
    elif pane == "add":
        values = _found(request, app, view)
    elif pane == "history":
        values = {"changed": changed(app, view.stored)}
    elif pane == "merge":
        asked = request.query_params.get("q", "")[:200]
        values = {"asked": asked, "choice": mergeable(app, view.stored, item, words=asked)}
    return show(
        request,
        "desk.html",
        status=status,
        view=view,
        pane=pane,
        on=item,
        pictures=offers(app, view.stored, item) if item else (),
        conflict=refused.conflict if refused else None,
        wrote=refused.words if refused else {},
        weights=_weights(view),
        may_edit=view.is_shapeable and frame_of(request, app).may("edit", view.edition.digest),
        **values,
    )


def _found(request: Request, app: App, view: DeskView) -> dict[str, Any]:
    """Look for articles that are not in, as the query says, and read where one would go."""
    fields = ("q", *NARROWING, "section", "instead")
    asked = {field: request.query_params.get(field, "")[:200] for field in fields}
    held = {one.article_id for one in view.edition.items}
    wanted = wanted_of(asked["q"], asked, frame_of(request, app).zone, limit=_FOUND)
    found = [hit for hit in search(app, wanted).hits if hit.article.id not in held]
    return {"found": found, "asked": asked, "sources": app.sources}


def _weights(view: DeskView) -> list[tuple[str, int]]:
    """Return the parts of the bar of bytes: every other section darker, and what all share."""
    parts = [("ab"[at % 2], room.share) for at, room in enumerate(view.rooms.values())]
    frame = max(
        0, 1000 * view.head.found.html_bytes // view.head.found.limit_bytes - sum(share for _, share in parts)
    )
    return [("b" if len(view.rooms) % 2 else "a", frame), *parts] if len(view.rooms) > 1 else parts
