"""What could be a source: what it is, and what is there now."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from digest.collect import FoundSource, Listing, Unreadable
from digest.model import ArticleContent

_HEADLINES = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Prospect:
    """What could be a source, and what is there now."""

    found: FoundSource
    title: str  #: as it calls itself, else its host; not empty
    whole: int  #: articles that are there with their text
    thin: int  #: articles whose text stands on pages of their own
    others: int  #: entries that are no articles
    others_reason: str | None  #: why the first of them is none; None: there are none
    listings: int  #: further lists that it names
    newest: datetime | None  #: in UTC
    headlines: tuple[str, ...]  #: the first ones, at most 5
    every: timedelta | None  #: how often it wants to be asked at most
    is_allowed: bool | None  #: by robots.txt to fetch its pages; None: it has none
    beside: tuple[FoundSource, ...] = ()  #: what else was named there
    key_file: str | None = None  #: with the key that its API was asked with, as the settings write it


def describe(found: FoundSource, listing: Listing, is_allowed: bool | None) -> Prospect:
    """Sum up what stands at an address that may be a source.

    Args:
        found: What may be one.
        listing: As it was read.
        is_allowed: Whether robots.txt lets its pages be fetched; None: it has none.
    """
    articles = [one for one in listing.found if isinstance(one, ArticleContent)]
    others = [one for one in listing.found if isinstance(one, Unreadable)]
    dates = [one.published for one in articles if one.published]
    dates += [page.modified for page in listing.pages if page.modified]
    titles = [one.title for one in articles] + [page.title for page in listing.pages if page.title]
    called = Counter(one.source_title for one in articles if one.source_title).most_common(1)
    host = (urlsplit(found.url).hostname or found.url).removeprefix("www.")
    return Prospect(
        found=found,
        title=found.title or (called[0][0] if called else host),
        whole=len(articles),
        thin=len(listing.pages),
        others=len(others),
        others_reason=others[0].reason if others else None,
        listings=len(listing.listings),
        newest=max(dates).astimezone(UTC) if dates else None,
        headlines=tuple(titles[:_HEADLINES]),
        every=listing.every,
        is_allowed=is_allowed,
    )
