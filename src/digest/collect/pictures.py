"""The picture that stands in an article's own HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml import html

from digest.collect.blocks import parse_html
from digest.collect.document import ImageHint
from digest.collect.values import text_in

__all__ = ["MIN_SIDE", "describe", "first_figure", "is_picture", "picture_in"]

_MAX_CHARS = 2_000  #: of an address
MIN_SIDE = 100  #: pixels, as written; smaller ones are icons and counters
# Pictures that stand for none: marks of the site, of people, of nothing, and those that count readers.
_NONE = re.compile(
    r"^data:|\.(?:svg|ico)(?:$|[?#])|"
    r"(?:^|[/_.=-])(?:logos?\d?|favicon|icons?|sprites?|avatars?|gravatar|placeholder|blank|spacer|pixel|"
    r"1x1|transparent|no-?image|noimg|dummy|loading|ajax-loader|share-default|default-?(?:image|img|share|og|thumb)|"
    r"og-default|fallback|beacon|counter|tracking|clear)(?:$|[/_.?&-])|"
    r"//(?:[\w.-]+\.)?(?:pixel\.wp\.com|stats\.wp\.com|vgwort\.de|ioam\.de|ivwbox\.de|scorecardresearch\.com|"
    r"doubleclick\.net|google-analytics\.com|quantserve\.com|chartbeat\.net|feedsportal\.com|gravatar\.com|"
    r"2mdn\.net|adnxs\.com|googlesyndication\.com|etracker\.com|webtrekk\.net)(?:/|$)|"
    r"facebook\.com/tr\b|/(?:piwik|matomo)\.php|feeds\.feedburner\.com/~|[-_](?:16|24|32|48|50|64)x(?:16|24|32|48|50|64)\.",
    re.IGNORECASE,
)


def picture_in(markup: str, named: ImageHint | None) -> ImageHint | None:
    """Find the picture of an HTML fragment: the one that is named already, else the first one.

    Raises:
        DocumentError: The fragment breaks a bound of `parse_html`.
    """
    if "<img" not in markup.lower():
        return named
    tree = parse_html(markup)
    return describe(named, tree) if named else next(_pictures(tree), None)


def first_figure(tree: html.HtmlElement) -> ImageHint | None:
    """Find the first picture that stands in a figure, but not beside or below a page's article."""
    for figure in tree.iter("figure"):
        if all(above.tag not in {"aside", "nav", "footer"} for above in figure.iterancestors()):
            found = next(_pictures(figure), None)
            if found is not None:
                return found
    return None


def describe(named: ImageHint, tree: html.HtmlElement) -> ImageHint:
    """Complete what is said of a picture by what stands where the tree shows it."""
    for shown in _pictures(tree, named.address):
        if shown.address == named.address:
            return replace(named, alt=named.alt or shown.alt, caption=named.caption or shown.caption)
    return named


def is_picture(address: str) -> bool:
    """Tell whether an address may show something: not a logo, face, placeholder or reader's counter."""
    return bool(address.strip()) and len(address) <= _MAX_CHARS and not _NONE.search(address.strip())


def _is_small(picture: html.HtmlElement) -> bool:
    """Tell a picture that its own markup says is small or hidden."""
    sides = [(picture.get(side) or "").strip().removesuffix("px") for side in ("width", "height")]
    is_hidden = "display:none" in (picture.get("style") or "").replace(" ", "").lower()
    return is_hidden or any(side.isdecimal() and len(side) < 6 and int(side) < MIN_SIDE for side in sides)


def _pictures(tree: html.HtmlElement, wanted: str | None = None) -> Iterator[ImageHint]:
    """Return the pictures of a tree, in its order; with an address, those that may stand there."""
    for picture in tree.iter("img"):
        keys = ("src", "data-src", "data-lazy-src", "data-original")
        sources = [(picture.get(key) or "").strip() for key in keys]
        if wanted is not None and wanted not in sources:
            continue
        address = next((source for source in sources if is_picture(source)), "")
        if not address or _is_small(picture):
            continue
        figures = list(picture.iterancestors("figure"))[:1]
        captions = [text_in(caption) for figure in figures for caption in figure.iter("figcaption")]
        yield ImageHint(address=address, alt=picture.get("alt") or "", caption=next(iter(captions), ""))
