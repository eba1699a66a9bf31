"""Posts as the Content API of Ghost gives them.

Source: ghost.org/docs/content-api, Posts, with `include=authors,tags`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from digest.collect.blocks import blocks_of_html, blocks_of_text
from digest.collect.bylines import name_said
from digest.collect.dates import read_date
from digest.collect.document import Context, Document, Draft, ImageHint
from digest.collect.entries import list_entries
from digest.collect.feed_entry import line_of_html
from digest.collect.furniture import tidy
from digest.collect.listed import WHOLE, Listing, Part
from digest.collect.pictures import picture_in
from digest.collect.steps import said, things
from digest.collect.teasers import extent_of
from digest.collect.values import split_tags
from digest.errors import DocumentError
from digest.markup import clean_line

__all__ = ["are_posts", "list_ghost"]


def are_posts(data: object) -> bool:
    """Tell whether JSON looks like posts of Ghost."""
    return isinstance(data, Mapping) and isinstance(data.get("posts"), list)


def list_ghost(data: object, document: Document, context: Context, part: Part = WHOLE) -> Listing:
    """Read posts; those for members only cost themselves.

    Raises:
        DocumentError: The API says something else than posts.
    """
    posts = data.get("posts") if isinstance(data, Mapping) else None
    if not isinstance(posts, list):
        raise DocumentError(_refusal(data))
    listing = list_entries(
        (partial(_draft, post, document.url or "") for post in posts), document, context, part=part
    )
    return replace(listing, onward=_onward(data))


def _onward(data: object) -> int | None:
    found = next((one.get("next") for one in things(data, "meta", "pagination")), None)
    return found if type(found) is int else None  # True is an int, too


def _refusal(data: object) -> str:
    for error in things(data, "errors"):
        kind = said(error, "code") or said(error, "type")
        if "key" in kind.lower() or "unauthorized" in kind.lower():
            return "its Ghost does not know the key of key_file"
        return f"its Ghost says '{clean_line(kind or said(error, 'message'), 80)}'"
    return "JSON, but no posts of Ghost"


def _draft(post: object, url: str) -> Draft:
    if said(post, "visibility") not in {"", "public"}:
        raise DocumentError("for members of the site only")
    address = said(post, "url") or url
    markup = said(post, "html")
    excerpt = said(post, "custom_excerpt") or said(post, "excerpt")
    blocks = blocks_of_html(markup, address) if markup else blocks_of_text(excerpt)
    title = said(post, "title")
    tidied = tidy(blocks, title)
    # Names that begin with # or are internal order the desk's work and are no topics.
    tags = [
        name
        for tag in things(post, "tags")
        if (name := said(tag, "name")) and not name.startswith("#") and said(tag, "visibility") != "internal"
    ]
    names = (name_said(said(author, "name")) for author in things(post, "authors"))
    return Draft(
        title=title,
        blocks=tidied.blocks,
        url=address,
        guid=said(post, "uuid") or said(post, "id"),
        byline=", ".join(filter(None, names)) or tidied.byline,
        published=read_date(said(post, "published_at")) or tidied.published,
        section=next(iter(tags), ""),
        tags=split_tags(tags) or tidied.tags,
        image=picture_in(markup, _image(post)),
        extent=extent_of(blocks, is_summary=not markup),
    )


def _image(post: object) -> ImageHint | None:
    address = said(post, "feature_image")
    caption = line_of_html(said(post, "feature_image_caption"))
    return (
        ImageHint(address=address, alt=said(post, "feature_image_alt"), caption=caption) if address else None
    )
