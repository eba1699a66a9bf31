"""Shaping editions: each deed is a state on record, and can be undone."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from digest.actions.editing import picturing as pictures
from digest.actions.editing import shaping as acts
from digest.actions.editing.merging import merge_in, split_off
from digest.actions.editing.states import Shaped as Done
from digest.actions.editing.taking import Place, summarise_again, summarise_by_hand, take_in
from digest.model.accounts import Right
from digest.web.api.access import scope
from digest.web.api.deed_wishes import AloneWish, AnyDeed, MergeWish, PictureWish, SummaryWish, TakeWish
from digest.web.api.edition_shapes import Section, sections_of
from digest.web.api.shapes import EditionNumber, Listed, Shape
from digest.web.frame import Installed
from digest.web.guard import Person, by

router = APIRouter(prefix="/api/v1/editions", tags=["shaping"])


class Shaped(Shape):
    """An edition after a deed."""

    edition: int
    version: int
    state: str
    note: str = Field(description="What was done.")
    content_hash: str | None
    sections: list[Section]


class Version(Shape):
    """One state of an edition."""

    version: int = Field(description="0 is as it was built.")
    at: datetime
    by: str
    deed: str
    note: str
    stands_for: int = Field(
        description="The version whose content this is: its own, but after undo and redo."
    )
    content_hash: str


class Change(Shape):
    """One thing that differs."""

    what: str
    before: str
    after: str
    article: int | None


@router.post("/{edition}/deeds", dependencies=scope(Right.EDIT))
def shape_edition(app: Installed, user: Person, edition: EditionNumber, wish: AnyDeed) -> Shaped:
    """Move, drop, write: answers 409 when somebody else has changed the same place since `on_version`."""
    return _shaped(acts.shape(app, edition, wish.made(), on_version=wish.on_version, by=by(user)))


@router.post("/{edition}/items", dependencies=scope(Right.EDIT))
def take_article(app: Installed, user: Person, edition: EditionNumber, wish: TakeWish) -> Shaped:
    """Take an article in, with a summary; the same one twice is refused."""
    place = Place(section=wish.section, to=wish.to, instead_of=wish.instead_of)
    return _shaped(take_in(app, edition, wish.article, on_version=wish.on_version, by=by(user), place=place))


@router.post("/{edition}/summaries", dependencies=scope(Right.EDIT))
def summarise_item(app: Installed, user: Person, edition: EditionNumber, wish: SummaryWish) -> Shaped:
    """Give an item a summary by hand, or make it again from its article."""
    base, who = wish.on_version, by(user)
    if wish.text is not None:
        return _shaped(summarise_by_hand(app, edition, wish.article, wish.text, on_version=base, by=who))
    made = summarise_again(app, edition, wish.article, sentences=wish.sentences, on_version=base, by=who)
    return _shaped(made)


@router.post("/{edition}/merges", dependencies=scope(Right.EDIT))
def merge_stories(app: Installed, user: Person, edition: EditionNumber, wish: MergeWish) -> Shaped:
    """Let an item's story take in another article; later builds keep the two together."""
    return _shaped(merge_in(app, edition, wish.article, wish.other, on_version=wish.on_version, by=by(user)))


@router.post("/{edition}/splits", dependencies=scope(Right.EDIT))
def split_stories(app: Installed, user: Person, edition: EditionNumber, wish: AloneWish) -> Shaped:
    """Let an item stand for itself; later builds keep what was told with it apart."""
    shaped, _ = split_off(app, edition, wish.article, on_version=wish.on_version, by=by(user))
    return _shaped(shaped)


@router.post("/{edition}/pictures", dependencies=scope(Right.EDIT))
def picture_item(app: Installed, user: Person, edition: EditionNumber, wish: PictureWish) -> Shaped:
    """Describe an item's picture, call it decoration, take another one or none."""
    wanted = pictures.Wish(alt=wish.alt, is_decoration=wish.decoration, of=wish.of)
    made = pictures.picture(app, edition, wish.article, wanted, on_version=wish.on_version, by=by(user))
    return _shaped(made)


@router.post("/{edition}/undo", dependencies=scope(Right.EDIT))
def undo(app: Installed, user: Person, edition: EditionNumber) -> Shaped:
    """Take back what was done last and is not undone yet."""
    return _shaped(acts.undo(app, edition, by=by(user)))


@router.post("/{edition}/redo", dependencies=scope(Right.EDIT))
def redo(app: Installed, user: Person, edition: EditionNumber) -> Shaped:
    """Do again what was undone last, unless something else was done since."""
    return _shaped(acts.redo(app, edition, by=by(user)))


@router.get("/{edition}/versions", dependencies=scope(Right.READ))
def list_versions(app: Installed, edition: EditionNumber) -> Listed[Version]:
    """List all that hands have done to an edition, the oldest first."""
    return Listed(items=[Version.model_validate(one) for one in acts.changes(app, edition)], next=None)


@router.get("/{edition}/difference", dependencies=scope(Right.READ))
def show_difference(
    app: Installed,
    edition: EditionNumber,
    since: Annotated[int, Query(ge=0, le=2**31 - 1, description="The version's number.")] = 0,
) -> Listed[Change]:
    """Show how an edition differs from one of its versions; 0 is as it was built."""
    found = acts.difference(app, edition, since=since)
    return Listed(items=[Change.model_validate(one) for one in found], next=None)


def _shaped(done: Done) -> Shaped:
    return Shaped(
        edition=done.stored.id,
        version=done.version,
        state=done.stored.state,
        note=done.note,
        content_hash=done.stored.content_hash,
        sections=sections_of(done.stored.edition),
    )
