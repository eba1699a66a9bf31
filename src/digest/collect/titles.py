"""The headline of a page: the heading that agrees with what the page calls itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from lxml import etree, html

from digest.collect.furniture import letters_of
from digest.collect.values import text_in
from digest.model.article import fold

__all__ = ["choose_title", "headings_of", "site_names", "without_site"]

_SEPARATOR = re.compile(r"\s+[|–—\-·•«»:]{1,2}\s+|\s*\|\s*|\s+::\s+")
_WORD = re.compile(r"\w+")
_MAX_NAME = 600  #: characters; cutting sites off needs quadratic time in their separators
_MARKS = {
    *("entry-title", "post-title", "headline", "article-title", "article__title", "article-headline"),
    *("article__headline", "p-name", "node-title", "page-title", "post__title", "news-title", "story-title"),
}
_BESIDE = re.compile(
    r"(?:^|[-_ ])(?:kicker|dachzeile|topline|overline|roofline|spitzmarke|subtitle|sub-?headline|untertitel|"
    r"eyebrow|supertitle|surtitre|antetitulo|occhiello|screen-reader-text|visually-hidden|sr-only|comments?-link|"
    r"edit-link|badge|label|permalink|anchor|headerlink)(?:$|[-_ ])"
)


def headings_of(tree: html.HtmlElement) -> list[str]:
    """Return the texts that may be the headline, those marked as one first, then by level, in page order.

    A line above or below the headline within the same element is left out, and line breaks are spaces.
    """
    first: list[str] = []
    marked: list[str] = []
    levels: dict[str, list[str]] = {"h1": [], "h2": [], "h3": []}
    for element in tree.iter("h1", "h2", "h3", "h4", "div", "p", "span", "a"):
        is_marked = _is_marked(element)
        text = _line(element) if is_marked or element.tag in levels else ""
        if text and is_marked:
            (first if element.tag == "h1" else marked).append(text)
        elif text and element.tag in levels:
            levels[str(element.tag)].append(text)
    return [*first[:20], *levels["h1"][:20], *marked[:20], *levels["h2"][:40], *levels["h3"][:20]]


def _is_marked(element: html.HtmlElement) -> bool:
    marks = (element.get("itemprop") or "").split()
    return "headline" in marks or not _MARKS.isdisjoint((element.get("class") or "").lower().split())


def _line(element: html.HtmlElement) -> str:
    pieces: list[str] = []
    skipping: html.HtmlElement | None = None
    for event, inner in etree.iterwalk(element, events=("start", "end")):
        if event == "start" and skipping is None:
            if inner is not element and _BESIDE.search((inner.get("class") or "").lower()):
                skipping = inner
            else:
                pieces += [" " if inner.tag in {"br", "div", "p"} else "", inner.text or ""]
        elif event == "end" and inner is not element and (skipping is None or skipping is inner):
            skipping = None
            pieces += [" " if inner.tag in {"div", "p"} else "", inner.tail or ""]
    return " ".join("".join(pieces).split()) or text_in(element)


def choose_title(
    names: Sequence[str], headings: Iterable[str], site_names: Iterable[str], host: str = ""
) -> str:
    """Choose the headline.

    Args:
        names: What the page calls itself, the surest first: og:title, headline, <title>.
        headings: Texts that may be it, the surest first: as `headings_of` returns them.
        site_names: Names of the site, to be cut off.
        host: Of its address; what is called like it is the site's name, too.

    Returns:
        A heading that agrees with a name; else the first heading of some words that is not the site;
        else the first name without the site; '' when there is nothing.
    """
    sites = {letters_of(site) for site in site_names if site} | _labels(host)
    names = [name[:_MAX_NAME] for name in names if name.strip()]
    bare = [without_site(name, sites) for name in names]
    found = [heading[:_MAX_NAME] for heading in headings if heading.strip()]
    for heading in found:
        for name in bare:
            if _agree(letters_of(heading), letters_of(name)):
                return _better(heading, name)
    starts = {letters_of(_SEPARATOR.split(name)[0]) for name in names}
    agreed = (heading for heading in found if len(heading.split()) > 1 and letters_of(heading) in starts)
    told = (heading for heading in found[:1] if _is_headline(heading, bare, sites))
    return next(agreed, "") or next(told, "") or next(iter([*bare, *found]), "")


def _better(heading: str, name: str) -> str:
    """Prefer the name where only spaces differ: headings of several elements lose theirs."""
    same = letters_of(heading) == letters_of(name)
    return name if same and len(name.split()) > len(heading.split()) else heading


def _is_headline(heading: str, names: Sequence[str], sites: set[str]) -> bool:
    """Tell whether the page's first heading is its headline although its metadata words it differently."""
    words = {word for word in _WORD.findall(heading.lower()) if len(word) > 3}
    told = {word for name in names for word in _WORD.findall(name.lower())}
    return len(heading.split()) >= 4 and letters_of(heading) not in sites and not words.isdisjoint(told)


def site_names(names: Iterable[str], host: str) -> Callable[[str], bool]:
    """Return what tells whether a name is the site's own: as the site says it, or as its host is called.

    Of several words only the whole is compared, since a person's site is called like that person; a single
    word may also be a part of what the site calls itself, or a label of its host.
    """
    said = [" ".join(name[:_MAX_NAME].split()) for name in islice(names, 20)]
    whole = {_bare(name) for name in said}
    single = _labels(host) | {letters_of(part) for name in said for part in _SEPARATOR.split(name)}
    return lambda name: _bare(name) in whole or (" " not in name and letters_of(name) in single)


def _bare(name: str) -> str:
    return letters_of(fold(name).removeprefix("the "))


def _labels(host: str) -> set[str]:
    """Return what sites of a host are called: 'quay-times.example' is 'quaytimes', or 'quaytimesexample'."""
    parts = host.lower().removeprefix("www.").split(".")
    found = {letters_of(part) for part in parts[:-1]} | {letters_of("".join(parts))}
    return {label for label in found if len(label) >= 3}


def _agree(heading: str, name: str) -> bool:
    """Tell whether one holds the other and neither is much longer."""
    if not heading or not name:
        return False
    short, long = sorted((heading, name), key=len)
    return short in long and len(short) * 10 >= len(long) * 6


def without_site(name: str, sites: set[str]) -> str:
    """Cut the site's name, or a last short part behind a separator, off a page's name."""
    parts = _SEPARATOR.split(name)
    cuts = list(_SEPARATOR.finditer(name))
    if not cuts:
        return name.strip()
    if letters_of(parts[0]) in sites and len(cuts) == 1:
        return name[cuts[0].end() :].strip()
    if letters_of(parts[0]) in sites:
        return without_site(name[cuts[0].end() :], sites)
    for cut in cuts:
        if letters_of(name[cut.end() :]) in sites:
            return name[: cut.start()].strip()
    head, tail = name[: cuts[-1].start()], name[cuts[-1].end() :]
    is_site = len(tail.split()) <= 4 and len(head.split()) >= 4 and ":" not in cuts[-1][0]
    return head.strip() if is_site else name.strip()
