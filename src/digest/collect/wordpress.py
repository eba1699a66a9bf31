"""Posts as the REST API of WordPress gives them.

Source: developer.wordpress.org, REST API Handbook, Posts, with `_embed`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from urllib.parse import parse_qsl, urlsplit

from digest.collect.blocks import blocks_of_html
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

__all__ = ["are_posts", "list_wordpress"]

_NO_SECTION = {"uncategorized", "uncategorised"}
_CLOSED = ("forbidden", "not_logged_in", "unauthorized", "cannot", "disabled", "login")


def are_posts(data: object) -> bool:
    """Tell whether JSON looks like posts of WordPress, or what its API says instead."""
    first = data[0] if isinstance(data, list) and data else data
    return bool(said(first, "title", "rendered") or said(first, "code").startswith("rest_"))


def list_wordpress(data: object, document: Document, context: Context, part: Part = WHOLE) -> Listing:
    """Read posts; those behind a password cost themselves.

    Raises:
        DocumentError: The API says something else than posts.
    """
    if not isinstance(data, list):
        raise DocumentError(_refusal(data))
    listing = list_entries(
        (partial(_draft, post, document.url or "") for post in data), document, context, part=part
    )
    return replace(listing, onward=_onward(document.url or "") if data else None)


def _onward(url: str) -> int:
    """Number the page after this one; whether there is one is seen by asking for it.

    That it holds fewer posts than were asked for says nothing: some servers give fewer to everybody.
    """
    written = dict(parse_qsl(urlsplit(url).query)).get("page", "")
    return int(written) + 1 if re.fullmatch("[1-9][0-9]{0,5}", written, re.ASCII) else 2


def _refusal(data: object) -> str:
    code = said(data, "code")
    if code == "rest_no_route":
        return "its WordPress has no posts at this address (rest_no_route)"
    if any(word in code for word in _CLOSED):
        return f"its WordPress lets no strangers read its posts ({clean_line(code, 60)})"
    return f"its WordPress says '{clean_line(code, 60)}'" if code else "JSON, but no posts of WordPress"


def _draft(post: object, url: str) -> Draft:
    if not said(post, "title", "rendered"):
        raise DocumentError("no title")
    if any(content.get("protected") is True for content in things(post, "content")):
        raise DocumentError("protected by a password")
    base = said(post, "link") or url
    whole = said(post, "content", "rendered")
    markup = whole or said(post, "excerpt", "rendered")
    blocks = blocks_of_html(markup, base)
    title = line_of_html(said(post, "title", "rendered"))
    tidied = tidy(blocks, title)
    names = tuple(line_of_html(name) for name in _terms(post, "category"))
    sections = [name for name in names if name.lower() not in _NO_SECTION]
    return Draft(
        title=title,
        blocks=tidied.blocks,
        url=base,
        guid=said(post, "guid", "rendered"),
        byline=", ".join(
            filter(None, (name_said(said(author, "name")) for author in things(post, "_embedded", "author")))
        )
        or tidied.byline,
        published=read_date(said(post, "date_gmt") or said(post, "date")) or tidied.published,
        section=next(iter(sections), ""),
        tags=split_tags([*sections, *_terms(post, "post_tag")]) or tidied.tags,
        image=picture_in(markup, _image(post)),
        extent=extent_of(blocks, is_summary=not whole),
    )


def _terms(post: object, taxonomy: str) -> Iterator[str]:
    for term in things(post, "_embedded", "wp:term"):
        if said(term, "taxonomy") == taxonomy and said(term, "name"):
            yield said(term, "name")


def _image(post: object) -> ImageHint | None:
    for medium in things(post, "_embedded", "wp:featuredmedia"):
        address = said(medium, "source_url")
        if address and said(medium, "media_type") in {"", "image"}:
            caption = line_of_html(said(medium, "caption", "rendered"))
            return ImageHint(address=address, alt=said(medium, "alt_text"), caption=caption)
    return None
