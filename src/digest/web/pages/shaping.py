"""What hands do to an edition at the desk: each form is one deed, made on the state that its page showed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response

from digest.actions.content.articles import get, mark
from digest.actions.editing.shaping import Conflict, as_seen, redo, shape, undo
from digest.actions.editing.states import Shaped
from digest.actions.editing.taking import Place, move_of, summarise_again, summarise_by_hand, take_in
from digest.actions.editing.waiving import Spot, waive
from digest.actions.editions import find
from digest.errors import Refused
from digest.model import fingerprint, item_anchor
from digest.model.accounts import Right
from digest.shape import Drop, Headline, MoveSection, Retitle, Write, ordinal
from digest.web.frame import Installed, done
from digest.web.guard import Person, by, needs
from digest.web.pages.desk import Unsaved, page_of

router = APIRouter(include_in_schema=False)

_EDIT = [Depends(needs(Right.EDIT))]

Version = Annotated[int, Form(ge=0, le=1_000_000)]
#: In the address: toasts carry it, too.
Seen = Annotated[int, Query(alias="version", ge=0, le=1_000_000)]
Article = Annotated[int, Form(ge=1, le=2**53)]
Key = Annotated[str, Form(max_length=80)]


@router.post("/desk/{edition}/move", dependencies=_EDIT)
def move(
    app: Installed,
    user: Person,
    edition: int,
    article: Article,
    section: Key,
    to: Annotated[int, Form(ge=1, le=10_000)],
    version: Version,
) -> Response:
    """Put an item somewhere else; said as 'now 1st in Town'."""
    deed = move_of(app, edition, article, section=section, to=to)
    shaped = shape(app, edition, deed, on_version=version, by=by(user))
    place = next(
        f"{ordinal(at)} in {one.title or 'More'}"
        for one in shaped.stored.edition.sections
        for at, item in enumerate(one.items, 1)
        if item.article_id == article
    )
    return after(shaped, f"“{title_of(shaped, article)}” is now {place}")


@router.post("/desk/{edition}/drop", dependencies=_EDIT)
def drop(app: Installed, user: Person, edition: int, article: Article, version: Version) -> Response:
    """Take an item out."""
    title = get(app, article).title
    shaped = shape(app, edition, Drop(article=article), on_version=version, by=by(user))
    return after(shaped, f"Dropped “{title}”")


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
    return after(shaped, f"Took in “{title_of(shaped, article)}”", item=article)


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
    seen = as_seen(app, edition, version)
    item = next((one for one in seen.items if one.article_id == article), None)
    if item is None:
        raise Refused(f"article {article} is not in edition {edition}", hint="look at the edition again")
    if cut >= 0:
        summary = " ".join(one.text for at, one in enumerate(item.summary.sentences) if at != cut)
    words = " ".join(summary.split())
    deeds: dict[str, tuple[str, Callable[[], object]]] = {}
    if " ".join(headline.split()) != item.title:
        title = Headline(article=article, text=headline)
        deeds["headline"] = (headline, partial(shape, app, edition, title, on_version=version, by=by(user)))
    if words != item.summary.text:
        save = partial(summarise_by_hand, app, edition, article, words, on_version=version, by=by(user))
        deeds["summary"] = (words, save)
    refused = _try_each(deeds)
    if refused is not None:
        return page_of(request, app, edition, "history", article, refused=refused, status=409)
    return done(f"/desk/{edition}#i{article}", "Saved")


@router.post("/desk/{edition}/keep", dependencies=_EDIT)
def keep(
    app: Installed,
    user: Person,
    edition: int,
    article: Article,
    sentence: Annotated[str, Form(max_length=3_000)],
) -> Response:
    """Keep a sentence that the article does not bear out, as the editor's own and on record."""
    spot = Spot(rule="unsupported", anchor=item_anchor(article), content=fingerprint(sentence))
    waive(app, edition, spot, by=by(user), why="kept as an editor’s own words")
    return done(f"/desk/{edition}?item={article}#i{article}", "Kept as yours")


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
    return after(shaped, "Made one line" if number == 0 else "Summarised again", item=article)


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
    seen = as_seen(app, edition, version)
    wanted = (
        Write(what="subject", text=subject),
        Write(what="preheader", text=preheader),
        Write(what="intro", text=intro),
        Write(what="outro", text=outro),
    )
    refused = _try_each(
        {
            deed.what: (deed.text, partial(shape, app, edition, deed, on_version=version, by=by(user)))
            for deed in wanted
            if deed.text.replace("\r\n", "\n").strip() != (getattr(seen, deed.what) or "")
        }
    )
    if refused is not None:
        return page_of(request, app, edition, "history", 0, refused=refused, status=409)
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
    return after(shaped, "Moved the section" if to else "Saved")


@router.post("/desk/{edition}/pin", dependencies=_EDIT)
def pin(
    app: Installed, user: Person, edition: int, article: Article, on: Annotated[bool, Form()] = False
) -> Response:
    """Pin an article into its digest, or take the pin off: cleaning and building again keep it."""
    mark(app, article, find(app, edition).edition.digest, "pin" if on else None, by=by(user))
    return done(f"/desk/{edition}#i{article}", "Pinned" if on else "Not pinned any more")


@router.post("/desk/{edition}/undo", dependencies=_EDIT)
def undo_last(app: Installed, user: Person, edition: int, version: Seen) -> Response:
    """Take back what was done last, if nobody has done more since the page was made."""
    return done(f"/desk/{edition}", _capital(undo(app, edition, by=by(user), on_version=version).note))


@router.post("/desk/{edition}/redo", dependencies=_EDIT)
def redo_last(app: Installed, user: Person, edition: int, version: Seen) -> Response:
    """Do again what was undone last."""
    return done(f"/desk/{edition}", _capital(redo(app, edition, by=by(user), on_version=version).note))


def _try_each(deeds: Mapping[str, tuple[str, Callable[[], object]]]) -> Unsaved | None:
    """Save each field by itself, on the state its writer saw; those that others changed too are kept."""
    words, conflict = {}, None
    for field, (text, save) in deeds.items():
        try:
            save()
        except Conflict as found:
            words[field], conflict = text, found
    return Unsaved(conflict=conflict, words=words) if conflict else None


def after(shaped: Shaped, said: str, *, item: int = 0) -> Response:
    """Lead back to the desk, to an item if there is one, and say what was done with a way to undo it."""
    edition = shaped.stored.id
    undo_path = f"/desk/{edition}/undo?version={shaped.version}"
    to = f"/desk/{edition}?item={item}#i{item}" if item else f"/desk/{edition}"
    return done(to, said, undo=undo_path)


def title_of(shaped: Shaped, article: int) -> str:
    """Return the headline of an item."""
    return next(one.title for one in shaped.stored.edition.items if one.article_id == article)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
