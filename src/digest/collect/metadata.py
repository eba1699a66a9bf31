"""What a page says of itself: JSON-LD, OpenGraph, meta elements and links."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from lxml import html

from digest.collect.addresses import absolute
from digest.collect.authors import clean_names, find_authors
from digest.collect.linked import Object, read_linked
from digest.collect.moments import find_moment
from digest.collect.values import names_in, strings_in, text_in

__all__ = ["PageFacts", "read_facts"]


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
        author=", ".join(find_authors(tree, linked, meta, sites)),
        agency=", ".join(name for name in clean_names(linked.groups("author")) if name not in sites),
        published=find_moment(tree, linked, meta, is_day_first=language[:2].lower() not in {"", "en"}),
        language=language,
        section=_first([*strings_in(article.get("articleSection")), *meta["article:section"]]),
        tags=_tags(tree, article, meta),
        image=_first([*meta["og:image:secure_url"], *meta["og:image"], *image, *meta["twitter:image"]]),
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
    links = [text_in(link) for link in tree.iter("a") if _rel(link, "tag")]
    told = links or meta.get("article:tag", [])
    return (
        told
        or strings_in(article.get("keywords"))
        or meta.get("news_keywords", [])
        or meta.get("keywords", [])
    )


def _first(values: list[str]) -> str:
    return next((value for value in values if value.strip()), "")
