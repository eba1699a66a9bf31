"""Merge two stories of an edition, split one, or find what an item's story could take in."""

from __future__ import annotations

from dataclasses import dataclass

from digest.actions.app import App
from digest.actions.content.articles import get
from digest.actions.content.stories import story_members
from digest.actions.editing.left_out import ALL, PAGE, LeftOut, left_out
from digest.actions.editing.shaping import shape
from digest.actions.editing.states import Shaped
from digest.actions.editions import find
from digest.errors import NotFound, Refused
from digest.model import UNKNOWN_SOURCE, Edition, Item
from digest.shape import Merge, Split
from digest.store import StoredEdition

SHOWN = 40  #: candidates that are not in, at most


@dataclass(frozen=True, kw_only=True)
class Mergeable:
    """What an item's story could take in."""

    item: Item
    items: tuple[Item, ...]  #: the other items, those that share most words of the headline first
    #: Candidates that are not in and in no merged story, likewise; at most `SHOWN`.
    left_out: tuple[LeftOut, ...]
    found: int  #: how many candidates there are, of them at most `SHOWN` are listed


def merge_in(
    app: App, edition_id: int, article_id: int, other_id: int, *, on_version: int, by: str
) -> Shaped:
    """Let an item's story take in another article; later builds keep the two together.

    Args:
        app: The installation.
        edition_id: The edition.
        article_id: Of the item that stays and leads.
        other_id: Another item, which goes, or any article of the store.
        on_version: The state that whoever does it was looking at.
        by: Who does it.

    Raises:
        NotFound: There is no such edition or article.
        Refused: The item is not in it, the two are one story already or kept apart, or it is past shaping.
        Conflict: Somebody else has changed either of the two.
    """
    find(app, edition_id)
    other = get(app, other_id)
    source = "" if other.origin.key == UNKNOWN_SOURCE else other.origin.title
    with app.store.reading() as tx:
        members = story_members(tx, other)
    deed = Merge(article=article_id, other=other_id, source=source)
    return shape(app, edition_id, deed, on_version=on_version, by=by, story=members)


def split_off(
    app: App, edition_id: int, article_id: int, *, on_version: int, by: str
) -> tuple[Shaped, tuple[int, ...]]:
    """Let an item stand for itself: what was told with it tells other stories, here and in later builds.

    Args:
        app: The installation.
        edition_id: The edition.
        article_id: Of the item.
        on_version: The state that whoever does it was looking at.
        by: Who does it.

    Returns:
        The edition's new state, and the articles that the item was split from, ascending.

    Raises:
        NotFound: There is no such edition or article.
        Refused: Nothing is told with it, editors brought some of it together through other articles, or the
            edition is past shaping.
        Conflict: Somebody else has changed what the item's story holds.
    """
    find(app, edition_id)
    article = get(app, article_id)
    with app.store.reading() as tx:
        told = tx.shapes.told(edition_id)
        members = {one for one, item in told.items() if item == article_id} | set(story_members(tx, article))
    others = tuple(sorted(members - {article_id}))
    if not others:
        raise Refused(f"article {article_id} stands alone", hint="nothing is told with it any more")
    deed = Split(article=article_id, others=others)
    return shape(app, edition_id, deed, on_version=on_version, by=by), others


def mergeable(app: App, stored: StoredEdition, article_id: int, *, words: str = "") -> Mergeable:
    """List what an item's story could take in.

    Args:
        app: The installation.
        stored: The edition.
        article_id: Of the item.
        words: Only headlines that hold all of these; '' for all, of which only a page is looked at.

    Raises:
        NotFound: The item is not in the edition.
    """
    item = next((one for one in stored.edition.items if one.article_id == article_id), None)
    if item is None:
        raise NotFound(f"article {article_id} is not in edition {stored.id}", hint="look at it again")
    wanted, merged = _words(words), _merged(stored.edition)
    own = _words(item.title)
    items = [one for one in stored.edition.items if one is not item and wanted <= _words(one.title)]
    out = [
        one
        for one in left_out(app, stored.id, size=ALL if wanted else PAGE).told
        if one.article_id not in merged and wanted <= _words(one.title)
    ]
    return Mergeable(
        item=item,
        items=tuple(sorted(items, key=lambda one: -len(own & _words(one.title)))),
        left_out=tuple(sorted(out, key=lambda one: -len(own & _words(one.title)))[:SHOWN]),
        found=len(out),
    )


def _words(text: str) -> set[str]:
    return {word for each in text.casefold().split() if len(word := each.strip(".,:;!?()“”\"'’‘")) > 2}


def _merged(edition: Edition) -> set[int]:
    return {number for item in edition.items for number in item.merged}
