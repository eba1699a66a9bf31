"""Who wrote a page: as its metadata and its markup say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from lxml import html

from digest.collect.bylines import byline_in, clean_names, is_login
from digest.collect.linked import Linked
from digest.collect.titles import site_names
from digest.collect.values import text_in
from digest.collect.words import AGENCIES
from digest.model.article import fold

__all__ = ["find_authors"]

_META = (
    *("author", "article:author", "og:article:author", "article:author_name", "parsely-author"),
    *("sailthru.author", "cxenseparse:author", "dc.creator", "dcterms.creator", "dc.contributor", "byl"),
    *("citation_author", "rbauthors", "shareaholic:article_author_name", "authors", "creator"),
)
_WRITTEN_BY = re.compile(
    r"(?:written|posted|published) by|verfasst von|geschrieben von|veröffentlicht von|écrit par|"
    r"escrito por|scritto da|geschreven door|autore?|author|autor|auteur",
    re.IGNORECASE,
)
_NAME_CLASS = re.compile(
    r"(?:^|[-_])(?:author|autor|auteur|autore|byline|writer)s?(?:[-_]+)(?:name|fn|link)$"
)
_CLASS = re.compile(
    r"(?:^|[-_])(?:author|autor|autoren|auteur|autore|byline|by-line|verfasser|writer|redakteur|contributor)s?$"
)
_PROFILE = re.compile(
    r"/(?:authors?|autor(?:en|in|es)?|auteurs?|autori?|people|by|staff|journalists?|profile|redakteure?)/[^/]"
)
_BESIDE = re.compile(
    r"comment|kommentar|sidebar|widget|related|teaser|recommend|popular|recirc|promo|respond|testimonial|"
    # a quotation itself, not what has or is filed as one: 'format-quote', 'has-caption', 'quotes-app'
    r"(?:^|\s)(?!(?:post|format|has|no|with)-)(?:\S*[-_])?(?:(?:pull|block)?quote|(?:fig)?caption)"
    r"(?:s|[-_](?!post|format)\S*)?(?:\s|$)"
)
#: What the foot of an entry is called, or what it stands in.
_ENTRY = re.compile(r"(?:^|[\s_-])h?(?:entry|post|article|story)(?:[\s_-]|$)")
#: Of an article's own element, whose classes name its category and tags, too.
_OTHER_ARTICLE = re.compile(
    r"(?:^|\s)(?:comment|kommentar|teaser|related|recommend|recirc|promo)(?:s|ed|[-_]\w+)?(?:\s|$)"
)
#: Of the element itself: who commented, who is quoted, who took the picture.
_OF_OTHERS = re.compile(
    r"comment|kommentar|quote|statement|testimonial|photo|image|picture|caption|credit|avatar|foto|bild|video|review"
)
_NOT_A_NAME = re.compile(
    r"(?:^|[-_])(?:title|role|job|position|function|bio|biography|description|date|time|email)$"
)
_OTHERS = {"comment", "review", "reviews", "suggestedAnswer", "acceptedAnswer", "citation"}  #: itemprop
_MAX_MARKED = 5  #: elements of a kind
_MAX_TRIED = 20
_MAX_SHOWN = 120  #: characters of an element that names authors
_MAX_PIECES, _MAX_PIECE = 200, 400  #: runs of its text, and characters of each, that are looked at
_RUNS = "//text()[not(parent::script or parent::style)]"
_BY = r"\b(?:by|von|par|por|di|door|text|author|autor|autorin)\s?:?\s"
_FAR = 250  #: characters below the headline
_BOXES = ("p", "div", "li", "section", "aside", "article", "h1", "h2", "h3", "h4", "h5", "h6", "td", "dd")
_NO_TEXT = {"time", "script", "style", "svg", "noscript", "button"}
_BETWEEN = r"[\s,;&|/+]*(?:(?:and|und|et|y|e|en|with|mit|och|og|и)\s+)?"  #: two names of one row


def find_authors(
    tree: html.HtmlElement,
    linked: Linked,
    meta: Mapping[str, Sequence[str]],
    sites: Sequence[str],
    host: str,
) -> list[str]:
    """Return the authors' names, at most five; empty when the page does not tell.

    JSON-LD comes first, then meta elements, microdata and microformats, then classes and links of profiles.
    The site itself is none, and neither are organisations. What may be somebody's login gives way to a
    person's name, and counts only where the page shows it, or as an agency ('dpa'). A single word by which
    the host is called counts only where the page shows it as its author.

    Args:
        tree: The page.
        linked: Its JSON-LD.
        meta: Its meta elements, by name.
        sites: What the site calls itself.
        host: Where the page is from; '' when that is unknown.
    """
    is_site, is_called = site_names(sites, host), site_names(sites, "")
    login: list[str] = []
    hosted: list[str] = []
    for told in _tellings(linked, meta):
        said = clean_names(told)
        names = [name for name in said if not is_site(name)]
        if names and not all(is_login(name) for name in names):
            return _as_shown(names, tree)
        login = login or names
        hosted = hosted or [name for name in said if name.istitle() and not is_called(name)]
    signed: dict[str, str] = {}
    for told in _marked(tree):
        said = [name for name in clean_names(told) if not (is_called if name.istitle() else is_site)(name)]
        names = [name for name in clean_names(told, is_strict=bool(login)) if name in said]
        if names:
            return names
        signed |= {fold(name): name for name in said}
    shown = (signed.get(fold(name)) or _shown(tree, name, is_login=bool(login)) for name in login or hosted)
    return list(filter(None, shown))


def _tellings(linked: Linked, meta: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    yield linked.people("author")
    yield linked.people("creator")
    for key in _META:
        yield list(meta.get(key, ()))
    for number in "1234":
        if any(_WRITTEN_BY.fullmatch(label.strip()) for label in meta.get(f"twitter:label{number}", ())):
            yield list(meta.get(f"twitter:data{number}", ()))


def _as_shown(names: list[str], tree: html.HtmlElement) -> list[str]:
    """Return the names of a row of links with `rel=author` that shows these and more; else these."""
    wanted = {fold(name) for name in names}
    links = (link for link in tree.iter("a") if "author" in (link.get("rel") or "").lower().split())
    said = [(link, clean_names([_text(link)])) for link in islice(links, _MAX_TRIED)]
    known = {fold(name): name for _, told in said for name in told}
    for link, told in said if known.keys() > wanted else ():
        if wanted.isdisjoint(map(fold, told)) or _is_beside(link):
            continue
        for above in islice(link.iterancestors(), 3):
            text = _text(above)
            row = [name for name in known.values() if name in text][:_MAX_MARKED]
            if wanted < set(map(fold, row)) and re.search(_BETWEEN.join(map(re.escape, row)), text):
                return row if _is_byline(above) else names
    return names


def _is_byline(row: html.HtmlElement) -> bool:
    """Tell a line of the article, or by its headline, from a box of everybody who writes there."""
    above = {element.tag for element in (row, *row.iterancestors())}
    if any(True for _ in row.iterdescendants(*_BOXES)) or not above.isdisjoint({"aside", "li"}):
        return False
    return "article" in above or _is_by_headline(row)


def _is_by_headline(row: html.HtmlElement) -> bool:
    """Tell whether less than a paragraph stands between the last first-level heading before and a row."""
    between = _FAR
    for element in row.getroottree().iter():
        if element is row:
            break
        if element.tag == "h1":
            between = 0
        elif isinstance(element.tag, str) and element.tag not in _NO_TEXT:
            between += len((element.text or "").strip())
        between += len((element.tail or "").strip())
    return between < _FAR


def _shown(tree: html.HtmlElement, name: str, *, is_login: bool) -> str:
    """Return the name as the page shows it behind 'by' or before a date, a login also elsewhere; else ''."""
    if is_login and name in AGENCIES:
        return name
    runs = [" ".join(run.split()) for run in tree.xpath(_RUNS)]
    whole, written = " ".join(filter(None, runs)), re.escape(name)
    if is_login and re.search(rf"(?<![\w.-]){written}(?![\w-])", whole):
        return name
    by = re.search(rf"{_BY}({written})(?![\w-])", whole, re.IGNORECASE)
    dated = re.compile(rf"({written})\s?[,|·•–—-]\s?(?:\w+ )?\d", re.IGNORECASE)
    found = by or next((match for run in runs if (match := dated.match(run))), None)
    return found[1] if found else ""


def _marked(tree: html.HtmlElement) -> Iterator[list[str]]:
    found: list[list[str]] = [[], [], [], [], [], []]
    tried = [0] * len(found)
    for element in tree.iter(
        "a", "span", "p", "div", "address", "cite", "strong", "em", "b", "li", "h4", "section"
    ):
        rank = _rank(element)
        if (
            rank is None
            or len(found[rank]) >= _MAX_MARKED
            or tried[rank] >= _MAX_TRIED
            or _is_beside(element)
        ):
            continue
        tried[rank] += 1
        text = _name_in(element)
        is_named = rank != 4 or clean_names([text], is_strict=text.isascii())
        if 1 < len(text) <= _MAX_SHOWN and is_named:
            found[rank].append(text)
    for rank, texts in enumerate(found):
        yield texts if rank < 2 else texts[:1]


def _rank(element: html.HtmlElement) -> int | None:
    """Tell how surely an element names the author, 0 is surest; None: it does not."""
    if "author" in (element.get("itemprop") or "").split():
        return 0
    if "author" in (element.get("rel") or "").lower().split():
        return 2
    classes = (element.get("class") or "").lower().split()
    if "fn" in classes or "p-author" in classes:
        return (
            1
            if any(
                "author" in (above.get("class") or "").lower()
                for above in [element, *element.iterancestors()]
            )
            else 4
        )
    if any(_NAME_CLASS.search(name) and not _OF_OTHERS.search(name) for name in classes):
        return 3
    if element.tag == "a" and _PROFILE.search(element.get("href") or ""):
        return 4
    marks = (*classes, (element.get("id") or "").lower())
    return 5 if any(_CLASS.search(mark) and not _OF_OTHERS.search(mark) for mark in marks) else None


def _is_of_others(mark: str) -> bool:
    return _CLASS.search(mark) is not None and _OF_OTHERS.search(mark) is not None


def _is_beside(element: html.HtmlElement) -> bool:
    """Tell what stands in a comment, a teaser, a quotation or the foot of the page."""
    is_in_foot = False
    for above in element.iterancestors():
        marks = f"{above.get('class')} {above.get('id')}".lower()
        if above.tag in {"body", "main"}:
            return is_in_foot and above.tag == "body"
        if above.tag == "article":
            return _OTHER_ARTICLE.search((above.get("class") or "").lower()) is not None
        if above.tag in {"nav", "blockquote", "figure", "q"} or _BESIDE.search(marks):
            return True
        if not _OTHERS.isdisjoint((above.get("itemprop") or "").split()) or any(
            map(_is_of_others, marks.split())
        ):
            return True
        is_in_foot = (is_in_foot or above.tag == "footer") and _ENTRY.search(marks) is None
    return False


def _name_in(element: html.HtmlElement) -> str:
    """Return the text of the part that holds the name, else of links in it, else of the whole element."""
    for inner in element.iter():
        if isinstance(inner.tag, str) and "name" in (inner.get("itemprop") or "").split():
            return (inner.get("content") or text_in(inner)).strip()
    if element.get("content"):
        return str(element.get("content"))
    whole = _text(element)
    links = [text_in(link) for link in islice(element.iter("a"), _MAX_TRIED) if link is not element]
    fitting = [text for text in links if text and clean_names([text], is_strict=True)]
    if not fitting:
        return whole
    said = byline_in(whole)
    return said if all(name in said for name in fitting) else ", ".join(fitting[:_MAX_MARKED])


def _text(element: html.HtmlElement) -> str:
    """Return the beginning of an element's text on one line, without dates and what its author does."""
    shown = " ".join(" ".join(islice(_pieces(element), _MAX_PIECES)).split())
    return shown or text_in(element)


def _pieces(element: html.HtmlElement) -> Iterator[str]:
    yield (element.text or "")[:_MAX_PIECE]
    for inner in element:
        if isinstance(inner.tag, str) and inner.tag not in _NO_TEXT and not _is_about(inner):
            yield from _pieces(inner)
        yield (inner.tail or "")[:_MAX_PIECE]


def _is_about(element: html.HtmlElement) -> bool:
    return any(_NOT_A_NAME.search(mark) for mark in (element.get("class") or "").lower().split())
