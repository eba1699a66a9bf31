"""Who wrote a page: as its metadata, its markup or a line below its headline say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from lxml import etree, html

from digest.collect.linked import Linked
from digest.collect.values import text_in
from digest.collect.words import NO_NAMES
from digest.model.article import fold

__all__ = ["byline_in", "clean_names", "find_authors", "name_said"]

_MAX_NAMES = 5
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
    r"(?:^|[-_])(?:author|autor|auteur|autore|byline|writer)s?(?:[-_]+)(?:name|fn|link|title)$"
)
_CLASS = re.compile(
    r"(?:^|[-_])(?:author|autor|autoren|auteur|autore|byline|by-line|verfasser|writer|redakteur|contributor)s?$"
)
_PROFILE = re.compile(
    r"/(?:authors?|autor(?:en|in|es)?|auteurs?|autori?|people|by|staff|journalists?|profile|redakteure?)/[^/]"
)
_BESIDE = re.compile(
    r"comment|kommentar|sidebar|widget|related|teaser|recommend|popular|recirc|promo|respond"
)
_START = re.compile(
    r"^(?:(?:eine? )?(?:gast)?(?:beitrag|artikel|kommentar|interview|analyse|rezension|bericht|kolumne) |"
    r"(?:an )?(?:analysis|opinion|review|interview|article) )?"
    r"(?:(?:written|posted|published|submitted|reported|story|text|words|verfasst|geschrieben|erstellt|veröffentlicht|"
    r"publicado|escrito|écrit|scritto|a cura|geschreven) )?(?:by|von|vom|par|por|di|door)\b\s*:?\s*|"
    r"^(?:text(?: und fotos?)?|autor(?:in|en)?|author|auteure?|autore|words|redaktion|foto)\s*:\s*|"
    r"^(?:текст|автор)\s*:?\s*",
    re.IGNORECASE,
)
#: Before a name in a field; 'von' and the like are parts of it unless they are small, before two words.
_LABEL = re.compile(
    r"^(?:(?i:(?:(?:written|posted|published|submitted|reported|story|text|words) )?by\s+"
    r"|(?:by|von|text|words|author|autor(?:in)?|auteure?|autore)\s*:\s*)"
    r"|(?:von|par|por|di|door)\s+(?=[^\W\d_a-z]\S*\s+[^\W\d_a-z]))"
)
_END = re.compile(
    r"\s*(?:[|•·/(\[<]|\s[–—-]\s|\d|@|https?:|"
    r"\b(?:on|am|um|le|el|il) (?=\w*[.,]?\s?\d|(?:mon|tue|wed|thu|fri|sat|sun)\w*\b)|"
    r"\b(?:published|posted|updated|veröffentlicht|aktualisiert|stand|publié|publicado)\b|"
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|"
    r"\b(?:is|was|ist|war|est|es) (?:a|an|the|ein|eine|une?)\b).*$",
    re.IGNORECASE | re.DOTALL,
)
_SPLIT = re.compile(r"\s*[;&]\s*|\s*,\s*|\s+(?:and|und|et|y|with|mit)\s+", re.IGNORECASE)
_ROLE = re.compile(
    r"(?:.*\b)?(?:writer|reporter|correspondent|editor|columnist|contributor|journalist|staff|press|agency|"
    r"agencies|desk|redakteur(?:in)?|korrespondent(?:in)?|autor(?:in)?|reporterin|volontär(?:in)?|dpa|afp|ap|"
    r"phd|ph\.d\.?|m\.?d\.?|jr\.?|sr\.?)\b.*",
    re.IGNORECASE,
)
_NOBODY = {
    *(
        "admin",
        "administrator",
        "root",
        "webmaster",
        "unknown",
        "anonymous",
        "none",
        "null",
        "author",
        "autor",
    ),
    *("гость", "guest", "user", "editor", "wordpress", "the author", "n/a", "undefined", "by", "von"),
}
_NO_NAME = re.compile(
    r"\b(?:licen[sc]e|creative commons|comments?|share|follow|read more|newsletter|subscribe|all posts)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_][\w.'’-]*\.?")


def find_authors(
    tree: html.HtmlElement, linked: Linked, meta: Mapping[str, Sequence[str]], sites: Iterable[str]
) -> list[str]:
    """Return the authors' names, at most five; empty when the page does not tell.

    JSON-LD comes first, then meta elements, microdata and microformats, then classes and links of profiles.
    The site itself is none, and neither are organisations.
    """
    own = {fold(site) for site in sites}
    for told in _tellings(tree, linked, meta):
        names = [name for name in clean_names(told) if fold(name) not in own]
        if names:
            return names
    return []


def _tellings(
    tree: html.HtmlElement, linked: Linked, meta: Mapping[str, Sequence[str]]
) -> Iterator[list[str]]:
    yield linked.people("author")
    yield linked.people("creator")
    for key in _META:
        yield list(meta.get(key, ()))
    for number in "1234":
        if any(_WRITTEN_BY.fullmatch(label.strip()) for label in meta.get(f"twitter:label{number}", ())):
            yield list(meta.get(f"twitter:data{number}", ()))
    yield from _marked(tree)


def _marked(tree: html.HtmlElement) -> Iterator[list[str]]:
    found: list[list[str]] = [[], [], [], [], [], []]
    for element in tree.iter(
        "a", "span", "p", "div", "address", "cite", "strong", "em", "b", "li", "h4", "section"
    ):
        rank = _rank(element)
        if rank is not None and len(found[rank]) < 3 and not _is_beside(element):
            text = _name_in(element)
            if 2 < len(text) <= 120:
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
    if any(_NAME_CLASS.search(name) for name in classes):
        return 3
    if element.tag == "a" and _PROFILE.search(element.get("href") or ""):
        return 4
    return 5 if any(_CLASS.search(name) for name in (*classes, (element.get("id") or "").lower())) else None


def _is_beside(element: html.HtmlElement) -> bool:
    for above in element.iterancestors():
        if above.tag in {"body", "article", "main"}:
            return False
        if above.tag == "nav" or _BESIDE.search(f"{above.get('class')} {above.get('id')}".lower()):
            return True
    return False


def _name_in(element: html.HtmlElement) -> str:
    """Return the text of the part that holds the name, else of a link in it, else of the whole element."""
    for inner in element.iter():
        if isinstance(inner.tag, str) and "name" in (inner.get("itemprop") or "").split():
            return (inner.get("content") or text_in(inner)).strip()
    if element.get("content"):
        return str(element.get("content"))
    links = [text_in(link) for link in element.iter("a") if link is not element and text_in(link)]
    fitting = [text for text in links if clean_names([text], is_strict=True)]
    return ", ".join(fitting[:3]) or " ".join(" ".join(etree._Element.itertext(element)).split())


def byline_in(line: str) -> str:
    """Return the persons of a line such as 'Submitted by Ada Brandt on 4 March'; '' when it names none."""
    return ", ".join(clean_names([line], is_strict=True)) if _START.match(line) else ""


def clean_names(told: Iterable[str], *, is_strict: bool = False) -> list[str]:
    """Return the names in what was told, without 'By', roles and dates; addresses and placeholders are none.

    Args:
        told: Texts, each with one name or several.
        is_strict: Take only what looks like the name of a person: two to four words with capitals.
    """
    names: dict[str, str] = {}
    for written in told:
        text = " ".join(written.split())
        if "http" in text or "www." in text or len(text) > 300:
            continue
        bare = _END.sub("", _START.sub("", text)).strip(" ,.:;-–—|")
        for part in _SPLIT.split(bare):
            name = part.strip(" ,.:;")
            if name and _is_name(name, is_strict=is_strict) and not (names and _ROLE.fullmatch(name)):
                names.setdefault(fold(name), name)
    return list(names.values())[:_MAX_NAMES]


def name_said(written: str) -> str:
    """Return a name as a list tells it, without 'By' before and the site behind it; '' for nobody.

    What is left stays in one piece: 'Ortega y Gasset' is one author where a field holds one, and words that
    stand before names elsewhere are parts of them ('Von Trapp', 'Di Stefano').
    """
    text = " ".join(written.split())
    if "://" in text or fold(text) in _NOBODY:
        return ""
    bare = _END.sub("", _LABEL.sub("", text)).strip(" ,.:;-–—|")
    return "" if fold(bare) in _NOBODY else bare or text


def _is_name(text: str, *, is_strict: bool) -> bool:
    words = text.split()
    if fold(text) in _NOBODY or _NO_NAME.search(text) or not 2 < len(text) <= 60 or not 1 <= len(words) <= 6:
        return False
    if not is_strict:
        return any(sign.isalpha() for sign in text)
    capitals = sum(word[0].isupper() for word in words)
    return (
        2 <= len(words) <= 4
        and capitals * 2 >= len(words)
        and words[0][0].isupper()
        and words[0].lower() not in NO_NAMES
        and all(_WORD.fullmatch(word) for word in words)
        and not _ROLE.fullmatch(text)
    )
