"""The picture of an item: what it shows in words, decoration, another one, or none."""

from __future__ import annotations

from dataclasses import dataclass, replace

from digest.actions.app import App
from digest.actions.editing.shaping import as_seen, shape
from digest.actions.editing.states import Shaped
from digest.actions.editions import find
from digest.errors import NotFound, Refused
from digest.model import Image
from digest.shape import Picture
from digest.store import StoredEdition


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A picture that an item can have."""

    article_id: int  #: whose it is: the item's own, or one that tells the same story
    source: str  #: who published it
    image: Image


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What an item's picture is to be; what is None stays as it is."""

    alt: str | None = None  #: what it shows; another picture comes with its own words
    is_decoration: bool | None = None  #: it tells nothing, and needs no words
    of: int | None = None  #: the article whose picture it becomes; 0 takes it away


def offers(app: App, stored: StoredEdition, article_id: int) -> tuple[Offer, ...]:
    """List the pictures that an item can have: of its article first, then of those that tell its story.

    Pictures at the same address are one; () when none of the articles has one.
    """
    with app.store.reading() as tx:
        told = tx.shapes.told(stored.id)
        story = sorted(number for number, item in told.items() if item == article_id)
        articles = {one.id: one for one in tx.articles.many([article_id, *story])}
    found: dict[str, Offer] = {}
    for number in dict.fromkeys([article_id, *story]):
        article = articles.get(number)
        if article is not None and article.image is not None:
            offer = Offer(article_id=number, source=article.origin.title, image=article.image)
            found.setdefault(article.image.url, offer)
    return tuple(found.values())


def picture(app: App, edition_id: int, article_id: int, wish: Wish, *, on_version: int, by: str) -> Shaped:
    """Change the picture of an item.

    Args:
        app: The installation.
        edition_id: The edition.
        article_id: Of the item.
        wish: What it is to be.
        on_version: The state that whoever does it was looking at.
        by: Who does it.

    Raises:
        NotFound: There is no such edition, or that article has no picture.
        Refused: The item is not in it or has no picture, or the edition is past shaping.
        Conflict: Somebody else has changed the picture.
    """
    seen = as_seen(app, edition_id, on_version)
    item = next((one for one in seen.items if one.article_id == article_id), None)
    if item is None:
        raise Refused(f"article {article_id} is not in edition {edition_id}", hint="look at it again")
    if wish.of == 0:
        deed = Picture(article=article_id, image=None)
        return shape(app, edition_id, deed, on_version=on_version, by=by)
    image = item.image if wish.of is None else _of(app, edition_id, article_id, wish.of)
    if image is None:
        raise Refused("the item has no picture to describe", hint="give it one of an article of its story")
    is_same = wish.of is None or (item.image is not None and item.image.url == image.url)
    stays = item.is_decoration and is_same and not wish.alt
    is_decoration = stays if wish.is_decoration is None else wish.is_decoration
    described = replace(image, alt=image.alt if wish.alt is None else wish.alt)
    deed = Picture(article=article_id, image=described, is_decoration=is_decoration)
    return shape(app, edition_id, deed, on_version=on_version, by=by)


def _of(app: App, edition_id: int, article_id: int, wanted: int) -> Image:
    for offer in offers(app, find(app, edition_id), article_id):
        if offer.article_id == wanted:
            return offer.image
    raise NotFound(
        f"article {wanted} has no picture for that item",
        hint="it must have one, and tell the same story: merge the two first",
    )
