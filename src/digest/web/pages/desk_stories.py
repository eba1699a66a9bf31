"""What hands do to the story and the picture of an item."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response

from digest.actions.editing.left_out import groups_of
from digest.actions.editing.merging import merge_in, split_off
from digest.actions.editing.picturing import Wish, picture
from digest.actions.editing.shaping import Conflict, as_seen
from digest.model.accounts import Right
from digest.web.frame import Installed, done
from digest.web.guard import Person, by, needs
from digest.web.pages.desk import Unsaved, page_of
from digest.web.pages.shaping import Article, Version, after, title_of

router = APIRouter(include_in_schema=False, dependencies=[Depends(needs(Right.EDIT))])


@router.post("/desk/{edition}/split")
def split_story(app: Installed, user: Person, edition: int, article: Article, version: Version) -> Response:
    """Say that an item tells another story than those it was put together with."""
    shaped, others = split_off(app, edition, article, on_version=version, by=by(user))
    told = f"Split from {len(others)} other{'' if len(others) == 1 else 's'}"
    beside = groups_of(app, shaped.stored, others)
    if not beside:
        return after(shaped, f"{told}; the next edition weighs them apart", item=article)
    return done(
        f"/desk/{edition}?pane=left_out&group={beside[0]}&item={article}",
        f"{told}; now each can be taken in",
        undo=f"/desk/{edition}/undo?version={shaped.version}",
    )


@router.post("/desk/{edition}/merge")
def merge(
    app: Installed,
    user: Person,
    edition: int,
    article: Article,
    other: Annotated[int, Form(ge=1, le=2**53)],
    version: Version,
) -> Response:
    """Let an item's story take in another item or an article that is not in."""
    shaped = merge_in(app, edition, article, other, on_version=version, by=by(user))
    said = f"Merged into “{title_of(shaped, article)}”; later editions keep them together"
    return after(shaped, said, item=article)


@router.post("/desk/{edition}/picture")
def change_picture(
    request: Request,
    app: Installed,
    user: Person,
    edition: int,
    article: Article,
    version: Version,
    alt: Annotated[str, Form(max_length=1_000)] = "",
    decoration: Annotated[bool, Form()] = False,
    of: Annotated[int, Form(ge=-1, le=2**53)] = -1,
) -> Response:
    """Say what an item's picture shows, call it decoration, take another one or none; -1 keeps it."""
    seen = as_seen(app, edition, version)
    item = next((one for one in seen.items if one.article_id == article), None)
    was = item.image.alt if item and item.image else ""
    was_decoration = item is not None and item.is_decoration
    words = " ".join(alt.split())
    if words and words != was and was_decoration:
        decoration = False  # whoever describes it does not mean the box that was ticked before
    if (of, words, decoration) == (-1, was, was_decoration):
        return done(f"/desk/{edition}?item={article}#i{article}", "Saved")
    wish = Wish(alt=None if words == was else words, is_decoration=decoration, of=None if of < 0 else of)
    try:
        shaped = picture(app, edition, article, wish, on_version=version, by=by(user))
    except Conflict as conflict:
        kept = Unsaved(conflict=conflict, words={"alt": words})
        return page_of(request, app, edition, "history", article, refused=kept, status=409)
    return after(shaped, "Saved", item=article)
