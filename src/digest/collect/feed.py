"""RSS, RDF and Atom: from bytes of any quality to entries."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import timedelta

import feedparser

from digest.collect.addresses import absolute
from digest.collect.blocks import bound_tags
from digest.collect.dates import read_date
from digest.collect.feed_entry import Entry, FeedEntry, told
from digest.errors import DocumentError

__all__ = ["holds_feed", "onward_of", "pace_of", "read_feed"]

_MAX_ENTRIES = 5_000
_MAX_TAGS = 150_000
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)
_ROOT = re.compile(r"<\?xml\b|<(?:\w{1,20}:)?(?:rss|feed|RDF)\b", re.IGNORECASE)
_SURE_ROOT = re.compile(r"<rss\b[^<>]{0,800}version|<(?:feed\b|rdf:RDF\b)[^<>]{0,800}xmlns", re.IGNORECASE)
_ENTRY = re.compile(r"<(?:\w{1,20}:)?(?:item|entry)\b")
_END = re.compile(r"</(?:\w{1,20}:)?(?:item|entry)\s*>")
_DATE = re.compile(r"<(?:pubDate|published|updated|(?:dc:)?date)>\s*([^<]{4,80})<", re.IGNORECASE)
_BEFORE = 4_096  #: characters that may stand before the root
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML 1.0 has none of them, feeds do
_CDATA = "<![CDATA["
_AMPERSAND = re.compile(r"&(?!(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});)")
_UNENDED = re.compile(r"&(amp|lt|gt|quot|apos)(?![\w=;])")  #: of XML's own names; not '?p=1&lt=3'
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_ONWARD = ("next", "prev-archive")
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(days=7)


def holds_feed(text: str) -> bool:
    """Tell whether a feed begins in a text, perhaps behind warnings of the program that made it."""
    return _SURE_ROOT.search(text, 0, _BEFORE) is not None


def read_feed(text: str, url: str, *, newest: int | None = None) -> tuple[FeedEntry, ...]:
    """Read the entries of a feed, in its order.

    Args:
        text: The feed.
        url: Where it is; '' when nobody knows.
        newest: Entries that are wanted at most, however many there are; None: all.

    Raises:
        DocumentError: The text defines XML entities, holds too much, or is no feed.
    """
    if re.search(r"<!\s*ENTITY", text, re.IGNORECASE):
        raise DocumentError("XML that defines entities, which can blow up")
    starts = [found.start() for found in _ENTRY.finditer(text)]
    if newest is None and len(starts) > _MAX_ENTRIES:
        raise DocumentError(f"more than {_MAX_ENTRIES:,} entries")
    if newest is not None and len(starts) > newest:
        text = _shortened(text, starts, newest)
    bound_tags(text, _MAX_TAGS)
    parsed = _parse(_whole(text).encode("utf-8", "replace"), url)
    feed, entries = parsed.get("feed") or {}, parsed.get("entries") or []
    if not entries and not parsed.get("version"):
        raise DocumentError("XML, but no feed")
    base = absolute(told(feed, "link"), url) or url
    return tuple(FeedEntry(entry, feed, base) for entry in entries)


def pace_of(entries: tuple[FeedEntry, ...]) -> timedelta | None:
    """Tell how often the feed wants to be read at most: its ttl, else its update period; None: it is silent.

    At least a minute, at most a week, whatever it says.
    """
    feed = entries[0].feed if entries else {}
    minutes = told(feed, "ttl")
    if re.fullmatch(r"[0-9]{1,6}", minutes) and int(minutes):
        return min(max(timedelta(minutes=int(minutes)), _SHORTEST), _LONGEST)
    period = _PERIODS.get(told(feed, "sy_updateperiod").lower())
    times = told(feed, "sy_updatefrequency") or "1"
    if period is None or not re.fullmatch(r"[0-9]{1,6}", times):
        return None
    return min(max(period / max(int(times), 1), _SHORTEST), _LONGEST)


def onward_of(entries: tuple[FeedEntry, ...]) -> str | None:
    """Return where a feed says that older entries are, as it is written; None when it does not.

    Source: RFC 5005, 3 (next) and 4 (prev-archive).
    """
    written = entries[0].feed.get("links") if entries else ()
    links = [link for link in written or () if isinstance(link, Mapping)]
    found = (told(link, "href") for name in _ONWARD for link in links if told(link, "rel") == name)
    return next(filter(None, found), None)


def _shortened(text: str, starts: list[int], newest: int) -> str:
    """Cut entries out unread: those of the older end as first and last date tell, else the middle."""
    dates = (_DATE.search(text, starts[0], starts[1]), _DATE.search(text, starts[-1]))
    first, last = (read_date(found[1]) if found else None for found in dates)
    if first is None or last is None or first == last:
        return text[: starts[newest // 2]] + text[starts[newest // 2 - newest] :]
    if first < last:
        return text[: starts[0]] + text[starts[-newest] :]
    end = _END.search(text, starts[-1])
    return text[: starts[newest]] + (text[end.end() :] if end else "")


def _whole(text: str) -> str:
    """Take away what stands before the root, such as warnings of the site's program, and controls.

    Ampersands that begin nothing are written as they should be ('AT&T' would be 'AT&T;'), and so are names
    that nothing ends ('A &amp B').
    """
    root = _ROOT.search(text, 0, _BEFORE)
    text = _CONTROLS.sub("", _DECLARATION.sub("", text[root.start() :] if root else text, count=1))
    first, *others = text.split(_CDATA)
    parts = [_escaped(first)]
    for other in others:
        inside, end, outside = other.partition("]]>")
        parts.append(inside + end + _escaped(outside))
    return _CDATA.join(parts)


def _escaped(text: str) -> str:
    return _AMPERSAND.sub("&amp;", _UNENDED.sub(r"&\1;", text))


def _parse(data: bytes, url: str) -> Entry:
    headers = {"content-type": "application/xml; charset=utf-8"}
    if url:
        headers["content-location"] = url
    try:
        parsed: Entry = feedparser.parse(
            io.BytesIO(data), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    # A broad catch on purpose: its loose parser raises whatever its regular expressions run into.
    except Exception as error:
        raise DocumentError(f"a broken feed ({type(error).__name__})") from error
    return parsed
