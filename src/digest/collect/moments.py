"""When a page was published: as its metadata, markup, text or address say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta, timezone

from lxml import html

from digest.collect.dates import find_date, read_date
from digest.collect.linked import Linked
from digest.collect.values import strings_in, text_in

__all__ = ["beside_article", "date_in_address", "find_moment"]

_META = (
    *("article:published_time", "og:published_time", "og:article:published_time", "article:published"),
    *("datepublished", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "publish-date"),
    *("publish_date", "publishdate", "published_time", "pubdate", "published-date", "publication_date"),
    *(
        "article:publicationdate",
        "article.published",
        "displaydate",
        "ptime",
        "pdate",
        "publisheddate",
        "shareaholic:article_published_time",
    ),
    *(
        "citation_publication_date",
        "citation_date",
        "dc.date.issued",
        "dcterms.issued",
        "dc.date",
        "dcterms.date",
    ),
    *(
        "dc.date.created",
        "dcterms.created",
        "article:create",
        "datecreated",
        "date",
        "last-modified-date",
        "created",
    ),
    *(
        "article_date_original",
        "originalpublicationdate",
        "rnews:datepublished",
        "vr:published_time",
        "bt:pubdate",
    ),
)
_CLASS = re.compile(
    r"(?:^|[-_])(?:published|posted|pubdate|publish(?:ed)?[-_]?(?:date|time)|entry[-_]date|post[-_]date|"
    r"article[-_]{1,2}date|date|datum|datetime|timestamp|time|dateline|byline[-_]date|meta[-_]date|fecha|data|posted[-_]on)$"
)
_NOT = re.compile(
    r"comment|kommentar|sidebar|widget|related|teaser|recommend|popular|footer|updated|modified|event"
)
_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?:[/_.-]|$)")
_CROWDED = re.compile(r"/((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:[/_.-]|$)")
_LONGEST = 120  #: characters of a line that dates an article
_CLOCK = re.compile(r"\d:\d\d")  #: midnight, too; the colon of 'Published: 4 March' is none
_MINUTE = timedelta(minutes=1)
#: How far clocks are from UTC, those that show it left out. Source: IANA's time zones.
_ZONES = frozenset(
    timedelta(hours=hours)
    for hours in (*range(-11, 0), *range(1, 15), -3.5, -2.5, 3.5, 4.5, 5.5, 5.75, 6.5, 8.75, 9.5, 10.5, 12.75)
)


def find_moment(
    tree: html.HtmlElement, linked: Linked, meta: Mapping[str, Sequence[str]], *, is_day_first: bool
) -> datetime | None:
    """Read the moment of publication from what is marked as such, the surest mark first; None without one.

    A mark that tells a day alone gives way to the next one that tells a moment of that day, and a moment
    in UTC to the same one as the page's own clock shows it: its day is the one that readers know.

    Args:
        tree: The whole page.
        linked: Its JSON-LD.
        meta: Its meta elements by lower-case name.
        is_day_first: How the page's language writes 3/4/2026.
    """
    found = _read(_tellings(tree, linked, meta), is_day_first=is_day_first)
    day: datetime | None = None
    for moment, has_clock in found:
        if day is not None and moment.date() != day.date():
            continue
        if has_clock:
            return moment if moment.utcoffset() else _as_shown(moment, found)
        day = day or moment
    return day


def _read(tellings: Iterator[str], *, is_day_first: bool) -> Iterator[tuple[datetime, bool]]:
    """Read what is told, and whether it is more than a day."""
    for told in tellings:
        moment = read_date(told, is_day_first=is_day_first) or find_date(told, is_day_first=is_day_first)
        if moment is not None:
            yield moment, bool(_CLOCK.search(told)) or moment.time() != time.min


def _as_shown(moment: datetime, others: Iterator[tuple[datetime, bool]]) -> datetime:
    """Bring a moment in UTC to the clock of the page: it shows the same minute in some zone."""
    minute = moment.replace(second=0, microsecond=0)
    for other, has_clock in others:
        # What has no zone was read as if in UTC.
        away = other.utcoffset() or other.replace(second=0, microsecond=0) - minute
        is_same = not other.utcoffset() or abs(other - moment) < _MINUTE
        if has_clock and is_same and away in _ZONES and other.time() != time.min:
            return moment.astimezone(timezone(away))
    return moment


def _tellings(tree: html.HtmlElement, linked: Linked, meta: Mapping[str, Sequence[str]]) -> Iterator[str]:
    yield from strings_in(linked.article.get("datePublished"))
    for key in _META:
        yield from meta.get(key, ())
    yield from strings_in(linked.article.get("dateCreated"))
    ranks: list[list[str]] = [[], [], [], []]
    for element in tree.iter("time", "abbr", "span", "div", "p", "meta", "li", "small", "a", "em", "td"):
        rank = _rank(element)
        if rank is not None and len(ranks[rank]) < 4 and not _is_beside(element):
            ranks[rank] += [told for told in _values(element) if told]
    for told in ranks:
        yield from told


def _rank(element: html.HtmlElement) -> int | None:
    """Tell how surely an element dates the article, 0 is surest; None: it does not."""
    marks = (element.get("itemprop") or "").split()
    if "datePublished" in marks or element.get("pubdate") is not None:
        return 0
    if "dateModified" in marks:
        return None
    classes = [name for name in (element.get("class") or "").lower().split() if not _NOT.search(name)]
    if "published" in classes or "entry-date" in classes or "dt-published" in classes:
        return 1
    if element.tag == "time" and (element.get("class") is None or classes):
        return None if _is_in_sentence(element) else 2
    ids = (element.get("id") or "").lower()
    return 3 if any(_CLASS.search(name) for name in (*classes, ids)) else None


def _is_in_sentence(element: html.HtmlElement) -> bool:
    """Tell whether a text speaks of another time, such as that of a meeting."""
    block = element.getparent()
    if block is None or block.tag not in {"p", "li", "td", "blockquote"}:
        return False
    text = text_in(block)
    return len(text) > _LONGEST or text.endswith((".", "!", "?", "…", "。"))


def _values(element: html.HtmlElement) -> Iterator[str]:
    for key in ("datetime", "content", "title", "data-datetime", "data-date"):
        yield (element.get(key) or "").strip()
    text = text_in(element)
    if len(text) <= _LONGEST:
        yield text


def _is_beside(element: html.HtmlElement) -> bool:
    for above in element.iterancestors():
        if above.tag == "body":
            return False
        if above.tag in {"nav", "footer", "aside"}:
            return True
        if _NOT.search(f"{above.get('class')} {above.get('id')}".lower()):
            return True
    return False


def date_in_address(url: str) -> datetime | None:
    """Read a day in a path such as /2019/03/12/; to the day, as addresses name no hour."""
    found = _IN_ADDRESS.search(url) or _CROWDED.search(url)
    return read_date(f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}") if found else None


def beside_article(tree: html.HtmlElement) -> list[html.HtmlElement]:
    """Return the outermost elements of comments, teasers and the like: their dates are not the page's."""
    found: list[html.HtmlElement] = []
    within: set[html.HtmlElement] = set()
    for element in tree.iter("div", "section", "ol", "ul", "li", "aside", "nav", "footer"):
        is_in = element.getparent() in within
        if (
            is_in
            or element.tag in {"nav", "footer", "aside"}
            or _NOT.search(f"{element.get('class')} {element.get('id')}".lower())
        ):
            within.add(element)
            found += [] if is_in else [element]
    return found
