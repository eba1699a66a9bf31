"""What a page says of itself: JSON-LD, OpenGraph, meta elements and links."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from lxml import html

from digest.collect.addresses import absolute, host_of
from digest.collect.authors import find_authors
from digest.collect.bylines import name_said
from digest.collect.linked import Object, read_linked
from digest.collect.moments import find_moment
from digest.collect.pictures import is_picture
from digest.collect.titles import site_names
from digest.collect.values import names_in, strings_in, text_in

__all__ = ["PageFacts", "read_facts"]

_MIN_WIDTH = 200  #: pixels of a picture that a page names for sharing


@dataclass(kw_only=True, slots=True)
class PageFacts:
    """A page's own words on itself; values are foreign text, '' and empty mean unknown."""

    names: list[str] = field(default_factory=list)  #: of the page, the surest first
    site_names: list[str] = field(default_factory=list)
    url: str = ""
    author: str = ""
    agency: str = ""  #: an organisation that is named as the author
    published: datetime | None = None
    language: str = ""
    section: str = ""
    tags: list[str] = field(default_factory=list)
    image: str = ""
    image_alt: str = ""


def read_facts(tree: html.HtmlElement, url: str) -> PageFacts:
    """Read the facts; JSON-LD of an article comes before OpenGraph, that before other meta elements."""
    linked = read_linked(tree)
    article = linked.article
    meta = _meta(tree)
    language = _language(tree, article, meta)
    sites = [*meta["og:site_name"], *meta["application-name"], *names_in(article.get("publisher"))]
    sites += linked.groups("publisher")
    is_site = site_names(sites, host_of(url) or "")
    groups = filter(None, map(name_said, linked.groups("author")))
    image = names_in(article.get("image"), ("url", "@id", "contentUrl"))
    return PageFacts(
        names=[
            *meta["og:title"],
            *strings_in(article.get("headline")),
            *meta["twitter:title"],
            _page_title(tree),
        ],
        site_names=list(dict.fromkeys(sites)),
        url=_canonical(tree, meta, url),
        author=", ".join(find_authors(tree, linked, meta, sites, host_of(url) or "")),
        agency=", ".join(name for name in dict.fromkeys(groups) if not is_site(name)),
        published=find_moment(tree, linked, meta, is_day_first=language[:2].lower() not in {"", "en"}),
        language=language,
        section=_first([*strings_in(article.get("articleSection")), *meta["article:section"]]),
        tags=_tags(tree, article, meta),
        image=_picture(meta, image),
        image_alt=_first([*meta["og:image:alt"], *meta["twitter:image:alt"]]),
    )


def _meta(tree: html.HtmlElement) -> defaultdict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for element in tree.iter("meta"):
        key = element.get("property") or element.get("name") or element.get("itemprop") or ""
        value = (element.get("content") or "").strip()
        if key and value and len(value) < 5_000:
            found[key.strip().lower()].append(value)
    return found


def _page_title(tree: html.HtmlElement) -> str:
    return next((element.text_content() for element in tree.iter("title")), "")


def _canonical(tree: html.HtmlElement, meta: dict[str, list[str]], url: str) -> str:
    links = [link.get("href") or "" for link in tree.iter("link") if _rel(link, "canonical")]
    resolved = (absolute(link, url) for link in [*links, *meta.get("og:url", ())])
    return next((link for link in resolved if link), url)


def _rel(element: html.HtmlElement, wanted: str) -> bool:
    return wanted in (element.get("rel") or "").lower().split()


def _language(tree: html.HtmlElement, article: Object, meta: dict[str, list[str]]) -> str:
    root = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    others = [
        *strings_in(article.get("inLanguage")),
        *meta.get("og:locale", ()),
        *meta.get("content-language", ()),
    ]
    return _first([root, *others])


def _tags(tree: html.HtmlElement, article: Object, meta: dict[str, list[str]]) -> list[str]:
    links = (link for link in tree.iter("a") if "tag" in (link.get("rel") or "").lower().split())
    told = [text_in(link) for link in links] or meta.get("article:tag", [])
    return (
        told
        or strings_in(article.get("keywords"))
        or meta.get("news_keywords", [])
        or meta.get("keywords", [])
    )


def _picture(meta: defaultdict[str, list[str]], linked: list[str]) -> str:
    """Return the first picture named that may be one; '' also for one that says it is small."""
    is_small = any(
        side.isdecimal() and len(side) < 6 and int(side) < _MIN_WIDTH for side in meta["og:image:width"]
    )
    named = [] if is_small else [*meta["og:image:secure_url"], *meta["og:image"]]
    named += [*linked, *meta["twitter:image"], *meta["twitter:image:src"]]
    return next((address for address in named if is_picture(address)), "")


def _first(values: list[str]) -> str:
    return next((value for value in values if value.strip()), "")
