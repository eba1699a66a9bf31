"""What a page says of itself: JSON-LD, OpenGraph, meta elements and links."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import html

from digest.collect.addresses import absolute
from digest.collect.values import names_in, strings_in, text_in

__all__ = ["PageFacts", "read_facts"]

_MAX_LD_CHARS = 400_000
_ARTICLES = ("article", "newsarticle", "blogposting", "reportagenewsarticle", "analysisnewsarticle", "report")


@dataclass(kw_only=True, slots=True)
class PageFacts:
    """A page's own words on itself; values are foreign text, '' and empty mean unknown."""

    names: list[str] = field(default_factory=list)  #: of the page, the surest first
    site_names: list[str] = field(default_factory=list)
    url: str = ""
    author: str = ""
    dates: list[str] = field(default_factory=list)  #: of publication, the surest first
    language: str = ""
    section: str = ""
    tags: list[str] = field(default_factory=list)
    image: str = ""
    image_alt: str = ""


def read_facts(tree: html.HtmlElement, url: str) -> PageFacts:
    """Read the facts; JSON-LD of an article comes before OpenGraph, that before other meta elements."""
    article = next(_linked_articles(tree), {})
    meta = _meta(tree)
    image = names_in(article.get("image"), ("url", "@id", "contentUrl"))
    return PageFacts(
        names=[
            *meta["og:title"],
            *strings_in(article.get("headline")),
            *meta["twitter:title"],
            _page_title(tree),
        ],
        site_names=[*meta["og:site_name"], *meta["application-name"], *names_in(article.get("publisher"))],
        url=_canonical(tree, meta, url),
        author=", ".join(_authors(tree, article, meta)),
        dates=_dates(tree, article, meta),
        language=_language(tree, article, meta),
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


def _linked_articles(tree: html.HtmlElement) -> Iterator[dict[str, object]]:
    """Find the JSON-LD objects that are articles."""
    for script in tree.iter("script"):
        written = script.text or ""
        if "ld+json" not in (script.get("type") or "") or len(written) > _MAX_LD_CHARS:
            continue
        try:
            data: object = json.loads(written, strict=False)
        except (ValueError, RecursionError):
            continue
        pending = [data]
        while pending:
            item = pending.pop(0)
            if isinstance(item, list):
                pending.extend(item[:100])
            elif isinstance(item, dict):
                kinds = {kind.lower() for kind in strings_in(item.get("@type"))}
                if not kinds.isdisjoint(_ARTICLES):
                    yield item
                pending.extend(value for key, value in item.items() if key in {"@graph", "mainEntity"})


def _page_title(tree: html.HtmlElement) -> str:
    return next((element.text_content() for element in tree.iter("title")), "")


def _canonical(tree: html.HtmlElement, meta: dict[str, list[str]], url: str) -> str:
    links = [link.get("href") or "" for link in tree.iter("link") if _rel(link, "canonical")]
    resolved = (absolute(link, url) for link in [*links, *meta.get("og:url", ())])
    return next((link for link in resolved if link), url)


def _authors(tree: html.HtmlElement, article: dict[str, object], meta: dict[str, list[str]]) -> list[str]:
    told = names_in(article.get("author"))
    for key in ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "byl"):
        told = told or meta.get(key, [])
    if not told:
        told = [text_in(link) for link in tree.iter("a", "span", "p", "div") if _is_author(link)][:1]
    cleaned = (name.removeprefix("By ").removeprefix("by ").strip() for name in told)
    fits = (name for name in cleaned if 2 < len(name) <= 100 and "http" not in name and "@" not in name)
    return list(dict.fromkeys(fits))[:5]


def _is_author(element: html.HtmlElement) -> bool:
    return _rel(element, "author") or element.get("itemprop") == "author"


def _rel(element: html.HtmlElement, wanted: str) -> bool:
    return wanted in (element.get("rel") or "").lower().split()


def _dates(tree: html.HtmlElement, article: dict[str, object], meta: dict[str, list[str]]) -> list[str]:
    told = strings_in(article.get("datePublished"))
    for key in ("article:published_time", "og:published_time", "datepublished", "publish-date", "pubdate"):
        told += meta.get(key, [])
    for key in ("date", "dc.date", "dc.date.issued", "dcterms.created", "sailthru.date", "parsely-pub-date"):
        told += meta.get(key, [])
    moments = [time for time in tree.iter("time") if time.get("datetime")]
    marked = [
        time for time in moments if time.get("itemprop") == "datePublished" or time.get("pubdate") is not None
    ]
    within = [
        time for time in moments if any(above.tag in {"article", "header"} for above in time.iterancestors())
    ]
    for chosen in (marked[:1], within[:1]):
        told += [time.get("datetime") or "" for time in chosen]
    return told


def _language(tree: html.HtmlElement, article: dict[str, object], meta: dict[str, list[str]]) -> str:
    root = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    others = [
        *strings_in(article.get("inLanguage")),
        *meta.get("og:locale", ()),
        *meta.get("content-language", ()),
    ]
    return _first([root, *others])


def _tags(tree: html.HtmlElement, article: dict[str, object], meta: dict[str, list[str]]) -> list[str]:
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
