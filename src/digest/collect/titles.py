"""The headline of a page: the heading that agrees with what the page calls itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from digest.collect.furniture import letters_of

__all__ = ["choose_title", "without_site"]

_SEPARATOR = re.compile(r"\s+[|–—\-·•«»:]{1,2}\s+|\s*\|\s*|\s+::\s+")


def choose_title(names: Sequence[str], headings: Iterable[str], site_names: Iterable[str]) -> str:
    """Choose the headline.

    Args:
        names: What the page calls itself, the surest first: og:title, headline, <title>.
        headings: Texts of its headings, level 1 first, in page order.
        site_names: Names of the site, to be cut off.

    Returns:
        A heading that agrees with a name; else the first name without the site; else the first
        heading; '' when there is nothing.
    """
    sites = {letters_of(site) for site in site_names if site}
    bare = [without_site(name, sites) for name in names if name.strip()]
    found = [heading for heading in headings if heading.strip()]
    for name in bare:
        letters = letters_of(name)
        for heading in found:
            if _agree(letters_of(heading), letters):
                return heading
    starts = {letters_of(_SEPARATOR.split(name)[0]) for name in names}
    agreed = (heading for heading in found if len(heading.split()) > 1 and letters_of(heading) in starts)
    return next(agreed, "") or next(iter([*bare, *found]), "")


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
    if letters_of(parts[0]) in sites:
        return name[cuts[0].end() :].strip()
    for cut in cuts:
        if letters_of(name[cut.end() :]) in sites:
            return name[: cut.start()].strip()
    head, tail = name[: cuts[-1].start()], name[cuts[-1].end() :]
    is_site = len(tail.split()) <= 4 and len(head.split()) >= 4 and ":" not in cuts[-1][0]
    return head.strip() if is_site else name.strip()
