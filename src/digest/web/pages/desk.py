"""The desk: an edition's running order beside its proof, findings and history; and what hands do to it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from digest.actions.app import App
from digest.actions.article_search import Wanted, search
from digest.actions.articles import get, mark
from digest.actions.desk import DeskView, desk_view
from digest.actions.shaping import Conflict, difference, redo, shape, undo
from digest.actions.states import Shaped
from digest.actions.stories import split
from digest.actions.taking import Place, summarise_again, summarise_by_hand, take_in
from digest.actions.today import today
from digest.errors import Refused
from digest.model.accounts import Right
from digest.shape import Drop, Headline, Move, MoveSection, Retitle, Write
from digest.web.desk_panes import PANES, pane_values
from digest.web.frame import Installed, done, frame_of, show, zone_of
from digest.web.guard import Person, by, needs

router = APIRouter(include_in_schema=False)

_EDIT = [Depends(needs(Right.EDIT))]
_FOUND = 30  #: articles that a search on the desk shows
_OWN_PANES = ("history", "source", "add", "hold")

Version = Annotated[int, Form(ge=0, le=1_000_000)]
Article = Annotated[int, Form(ge=1, le=2**53)]
Key = Annotated[str, Form(max_length=80)]


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
    section: Annotated[str, Query(max_length=80)] = "",
    q: Annotated[str, Query(max_length=200)] = "",
    instead: Annotated[int, Query(ge=0, le=2**53)] = 0,
) -> HTMLResponse:
    """Show the desk with one pane beside the list."""
    return _page(request, app, edition, pane, item, section=section, q=q, instead=instead)


@router.post("/desk/{edition}/move", dependencies=_EDIT)
def move(
    app: Installed,
    user: Person,
    edition: int,
    article: Article,
    section: Key,
    to: Annotated[int, Form(ge=-1, le=10_000)],
    version: Version,
) -> Response:
    """Put an item somewhere else; said as 'now 1st in Town'."""
    title = desk_view(app, edition).sections.get(section, "")
    deed = Move(article=article, section=section, to=to, title=title)
    shaped = shape(app, edition, deed, on_version=version, by=by(user))
    place = next(
        f"{_ordinal(at)} in {one.title or 'More'}"
        for one in shaped.stored.edition.sections
        for at, item in enumerate(one.items, 1)
        if item.article_id == article
    )
    return _after(shaped, f"“{_title(shaped, article)}” is now {place}")


@router.post("/desk/{edition}/drop", dependencies=_EDIT)
def drop(app: Installed, user: Person, edition: int, article: Article, version: Version) -> Response:
    """Take an item out."""
    title = get(app, article).title
    shaped = shape(app, edition, Drop(article=article), on_version=version, by=by(user))
    return _after(shaped, f"Dropped “{title}”")


@router.post("/desk/{edition}/take", dependencies=_EDIT)
def take(
    app: Installed,
    user: Person,
    edition: int,
    article: Article,
    version: Version,
    section: Key = "",
    instead: Annotated[int, Form(ge=0, le=2**53)] = 0,
) -> Response:
    """Take an article in."""
    place = Place(section=section or None, instead_of=instead or None)
    shaped = take_in(app, edition, article, on_version=version, by=by(user), place=place)
    return _after(shaped, f"Took in “{_title(shaped, article)}”", item=article)


@router.post("/desk/{edition}/item", dependencies=_EDIT)
def write_item(
    request: Request,
    app: Installed,
    user: Person,
    edition: int,
    article: Article,
    version: Version,
    headline: Annotated[str, Form(max_length=1_000)],
    summary: Annotated[str, Form(max_length=6_000)] = "",
    cut: Annotated[int, Form(ge=-1, le=50)] = -1,
) -> Response:
    """Write an item's headline and summary; `cut` takes one sentence of the summary out."""
    view = desk_view(app, edition)
    item = next((one for one in view.edition.items if one.article_id == article), None)
    if item is None:
        raise Refused(f"article {article} is not in edition {edition}", hint="look at the edition again")
    if cut >= 0:
        summary = " ".join(one.text for at, one in enumerate(item.summary.sentences) if at != cut)
    try:
        if headline.strip() != item.title:
            deed = Headline(article=article, text=headline)
            version = shape(app, edition, deed, on_version=version, by=by(user)).version
        written = " ".join(summary.split())
        if written != item.summary.text:
            summarise_by_hand(app, edition, article, written, on_version=version, by=by(user))
    except Conflict as conflict:
        return _page(request, app, edition, "history", article, conflict=conflict, status=409)
    return done(f"/desk/{edition}#i{article}", "Saved")


@router.post("/desk/{edition}/again", dependencies=_EDIT)
def again(
    app: Installed,
    user: Person,
    edition: int,
    article: Article,
    version: Version,
    sentences: Annotated[int, Form(ge=-1, le=5)] = -1,
) -> Response:
    """Summarise an item again, from its article's own sentences; 0 leaves one line."""
    number = None if sentences < 0 else sentences
    shaped = summarise_again(app, edition, article, sentences=number, on_version=version, by=by(user))
    return _after(shaped, "Made one line" if number == 0 else "Summarised again", item=article)


@router.post("/desk/{edition}/head", dependencies=_EDIT)
def write_head(
    request: Request,
    app: Installed,
    user: Person,
    edition: int,
    version: Version,
    subject: Annotated[str, Form(max_length=1_000)],
    preheader: Annotated[str, Form(max_length=1_000)] = "",
    intro: Annotated[str, Form(max_length=6_000)] = "",
    outro: Annotated[str, Form(max_length=6_000)] = "",
) -> Response:
    """Write subject, preheader, intro and outro; what is as it was is left alone."""
    now = desk_view(app, edition).edition
    wanted = (
        Write(what="subject", text=subject),
        Write(what="preheader", text=preheader),
        Write(what="intro", text=intro),
        Write(what="outro", text=outro),
    )
    try:
        for deed in wanted:
            if deed.text.replace("\r\n", "\n").strip() != (getattr(now, deed.what) or ""):
                version = shape(app, edition, deed, on_version=version, by=by(user)).version
    except Conflict as conflict:
        return _page(request, app, edition, "history", 0, conflict=conflict, status=409)
    return done(f"/desk/{edition}", "Saved")


@router.post("/desk/{edition}/section", dependencies=_EDIT)
def write_section(
    app: Installed,
    user: Person,
    edition: int,
    section: Key,
    version: Version,
    to: Annotated[int, Form(ge=0, le=1_000)] = 0,
    title: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Put a section elsewhere, or give it another title in this edition."""
    deed = MoveSection(section=section, to=to) if to else Retitle(section=section, text=title)
    shaped = shape(app, edition, deed, on_version=version, by=by(user))
    return _after(shaped, "Moved the section" if to else "Saved")


@router.post("/desk/{edition}/pin", dependencies=_EDIT)
def pin(
    app: Installed, user: Person, edition: int, article: Article, on: Annotated[bool, Form()] = False
) -> Response:
    """Pin an article into its digest, or take the pin off: cleaning and building again keep it."""
    view = desk_view(app, edition)
    mark(app, article, view.edition.digest, "pin" if on else None, by=by(user))
    return done(f"/desk/{edition}#i{article}", "Pinned" if on else "Not pinned any more")


@router.post("/desk/{edition}/split", dependencies=_EDIT)
def split_story(app: Installed, user: Person, edition: int, article: Article) -> Response:
    """Say that an article tells another story than those it was put together with."""
    others = split(app, article, from_id=None, by=by(user))
    told = f"Split from {len(others)} others; the next edition weighs them apart"
    return done(f"/desk/{edition}?item={article}#i{article}", told)


@router.post("/desk/{edition}/undo", dependencies=_EDIT)
def undo_last(app: Installed, user: Person, edition: int) -> Response:
    """Take back what was done last."""
    return done(f"/desk/{edition}", _capital(undo(app, edition, by=by(user)).note))


@router.post("/desk/{edition}/redo", dependencies=_EDIT)
def redo_last(app: Installed, user: Person, edition: int) -> Response:
    """Do again what was undone last."""
    return done(f"/desk/{edition}", _capital(redo(app, edition, by=by(user)).note))


def _page(
    request: Request,
    app: App,
    edition: int,
    pane: str,
    item: int,
    *,
    status: int = 200,
    conflict: Conflict | None = None,
    section: str = "",
    q: str = "",
    instead: int = 0,
) -> HTMLResponse:
    view = desk_view(app, edition)
    pane = pane if pane in (*PANES, *_OWN_PANES) else "proof"
    values: dict[str, Any] = {}  # why Any: each pane's own
    if pane in PANES:
        values = pane_values(request, app, view.stored, pane)
    elif pane == "add":
        held = {one.article_id for one in view.edition.items}
        hits = search(app, Wanted(words=q, limit=_FOUND)).hits
        found = [hit for hit in hits if hit.article.id not in held]
        values = {"found": found, "q": q, "section": section, "instead": instead}
    elif pane == "history":
        values = {"changed": difference(app, edition, since=0)}
    return show(
        request,
        "desk.html",
        status=status,
        view=view,
        pane=pane,
        on=item,
        conflict=conflict,
        weights=_weights(view),
        may_edit=view.is_shapeable and frame_of(request, app).may("edit", view.edition.digest),
        **values,
    )


def _weights(view: DeskView) -> list[tuple[str, int]]:
    """Return the parts of the bar of bytes: every other section darker, and what all share."""
    parts = [("ab"[at % 2], room.share) for at, room in enumerate(view.rooms.values())]
    frame = max(
        0, 1000 * view.head.found.html_bytes // view.head.found.limit_bytes - sum(share for _, share in parts)
    )
    return [("b" if len(view.rooms) % 2 else "a", frame), *parts] if len(view.rooms) > 1 else parts


def _after(shaped: Shaped, said: str, *, item: int = 0) -> Response:
    edition = shaped.stored.id
    to = f"/desk/{edition}?item={item}#i{item}" if item else f"/desk/{edition}"
    return done(to, said, undo=f"/desk/{edition}/undo")


def _title(shaped: Shaped, article: int) -> str:
    return next(one.title for one in shaped.stored.edition.items if one.article_id == article)


def _ordinal(number: int) -> str:
    return {1: "1st", 2: "2nd", 3: "3rd"}.get(number, f"{number}th")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
