"""The picture that stands in an article's own HTML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lxml import html

from digest.collect.blocks import parse_html
from digest.collect.document import ImageHint
from digest.collect.values import text_in

__all__ = ["describe", "first_figure", "picture_in"]

_MIN_WIDTH = 100  #: as written; smaller ones are icons and counters


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
    for shown in _pictures(tree):
        if shown.address == named.address:
            return replace(named, alt=named.alt or shown.alt, caption=named.caption or shown.caption)
    return named


def _pictures(tree: html.HtmlElement) -> Iterator[ImageHint]:
    for picture in tree.iter("img"):
        address = (picture.get("src") or picture.get("data-src") or "").strip()
        width = picture.get("width") or ""
        if not address or address.startswith("data:") or (width.isdecimal() and int(width) < _MIN_WIDTH):
            continue
        figures = list(picture.iterancestors("figure"))[:1]
        captions = [text_in(caption) for figure in figures for caption in figure.iter("figcaption")]
        yield ImageHint(address=address, alt=picture.get("alt") or "", caption=next(iter(captions), ""))
