"""Sitemaps: lists of a site's pages as XML or text, news sitemaps, and indexes of such lists.

Source: sitemaps.org, protocol 0.9, and Google's extension for news. Namespaces are often wrong: nobody looks.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import chain
from urllib.parse import urlsplit

from lxml import etree

from digest.collect.addresses import absolute, is_within, site_of
from digest.collect.dates import read_date
from digest.collect.document import Context, Document, Draft
from digest.collect.finish import finish
from digest.collect.formats import decode
from digest.collect.listed import MAX_LISTINGS, MAX_TAKEN, Listing, PageRef, newest_first
from digest.collect.values import split_tags
from digest.collect.xml_tree import local_name, parse_xml, text_of
from digest.errors import DocumentError
from digest.links import web_address

__all__ = ["MAX_PAGES", "is_sitemap", "list_sitemap"]

MAX_PAGES = 50_000  #: of one sitemap, as its protocol says
_ROOT = re.compile(rb"<(?:\w{1,20}:)?(?:urlset|sitemapindex)\b")
_GZIP = b"\x1f\x8b"
# The lists that WordPress keeps of what is no article: as its plug-ins name them, and as it does itself.
_OTHERS = re.compile(
    r"/(?:(?:category|post_tag|tag|author|page|product|product_cat|attachment|image|video)-sitemap\d*|"
    r"wp-sitemap-(?:taxonomies|users|posts-page)-.{1,80})\.xml(?:\.gz)?$",
    re.IGNORECASE,
)


def is_sitemap(data: bytes) -> bool:
    """Tell whether bytes begin like a sitemap in XML, or are compressed, as only sitemaps are."""
    return data.startswith(_GZIP) or _ROOT.search(data, 0, 2_048) is not None


def _unpacked(data: bytes, max_bytes: int) -> bytes:
    """Return the bytes of a file that may be compressed with gzip.

    Raises:
        DocumentError: It is broken, or larger than allowed.
    """
    if not data.startswith(_GZIP):
        return data
    try:
        plain = zlib.decompressobj(31).decompress(data, max_bytes + 1)
    except zlib.error as error:
        raise DocumentError("a broken compressed file") from error
    if len(plain) > max_bytes:
        said = f"larger than the {max_bytes:,} bytes allowed"
        raise DocumentError(said, hint="limits.document_bytes in config/digest.yaml allows more")
    return plain


def list_sitemap(document: Document, context: Context) -> Listing:
    """Read a sitemap or an index of sitemaps; addresses of other sites are passed over.

    Raises:
        DocumentError: It is none, too large, or names nothing of its own site.
    """
    data = _unpacked(document.data, context.max_bytes)
    is_empty = False
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        root = parse_xml(data, document.charset)
        name = local_name(root)
        if name == "sitemapindex":
            return _index(root, document)
        if name != "urlset":
            raise DocumentError("XML, but no sitemap")
        pages = list(_pages(root, document, context))
        is_empty = len(root) == 0
    else:
        lines = decode(data, document.charset).split("\n", MAX_PAGES)[:MAX_PAGES]
        named = (line.strip() for line in lines if line.strip().startswith(("http://", "https://")))
        ours = _Ours(document, context)
        pages = [PageRef(url=url) for line in named if (url := ours.address(line))]
    if not pages and not is_empty:
        raise DocumentError("a sitemap that names no pages of its own site")
    return Listing(pages=newest_first(pages))


def _index(root: etree._Element, document: Document) -> Listing:
    """Read which lists there are; only those of the very host are followed."""
    ours = site_of(document.url or "")
    named = []
    for entry in list(root)[:MAX_PAGES]:
        facts = _facts(entry)
        url = absolute(facts.get("loc", ""), document.url or "")
        if local_name(entry) == "sitemap" and url and site_of(url) == ours and not _OTHERS.search(url):
            named.append(PageRef(url=url, modified=read_date(facts.get("lastmod", ""))))
    # Without dates either end may be the newest; WordPress writes it last.
    both_ends = chain.from_iterable(zip(named, reversed(named), strict=True))
    others = [page for page in newest_first(both_ends) if page.url != document.url][:MAX_LISTINGS]
    if not others:
        raise DocumentError("an index that names no sitemaps of its own site")
    is_dated = all(page.modified for page in others)
    return Listing(listings=tuple(page.url for page in others), tells_all=is_dated)


def _pages(root: etree._Element, document: Document, context: Context) -> Iterator[PageRef]:
    told, ours = 0, _Ours(document, context)
    for entry in list(root)[:MAX_PAGES]:
        facts = _facts(entry) if local_name(entry) == "url" else {}
        url = ours.address(facts.get("loc", ""))
        if url is None:
            continue
        page = PageRef(url=url, modified=_moment(facts.get("lastmod"), facts.get("publication_date")))
        if facts.get("title") and told < MAX_TAKEN:
            told += 1
            page = _told(page, facts, document, context)
        yield page


def _told(page: PageRef, facts: dict[str, str], document: Document, context: Context) -> PageRef:
    """Add what a news sitemap knows of the article."""
    draft = Draft(
        title=facts["title"],
        url=page.url,
        source_names=tuple(filter(None, [facts.get("name")])),
        published=_moment(facts.get("publication_date")),
        language=facts.get("language", ""),
        tags=split_tags([facts.get("keywords", "")]),
    )
    try:
        thin = finish(draft, document, context, needs_text=False)
    except DocumentError:
        return page
    return replace(page, title=thin.title, thin=thin)


def _facts(entry: etree._Element) -> dict[str, str]:
    """Return the texts of an entry by their elements' names; of two of one name the first."""
    facts: dict[str, str] = {}
    for element in entry.iter(etree.Element):
        name = local_name(element)
        text = text_of(element)
        # A picture or film has a title and an address of its own.
        if text and not (name in {"loc", "title"} and _is_of_medium(element)):
            facts.setdefault(name, text)
    return facts


def _is_of_medium(element: etree._Element) -> bool:
    above = element.getparent()
    return above is not None and local_name(above) in {"image", "video"}


class _Ours:
    """Which addresses are of the sitemap's own site. A sitemap has 50,000, so hosts are judged once."""

    def __init__(self, document: Document, context: Context) -> None:
        home = context.source.homepage if context.source else None
        self._base = document.url or ""
        self._sites = [site for site in (document.url, home) if site]
        self._hosts: dict[str, bool] = {}

    def address(self, written: str) -> str | None:
        """Return a page's address when it is of this site, and not its front page."""
        is_whole = written.startswith(("http://", "https://"))
        url = web_address(written) if is_whole else absolute(written, self._base)
        if url is None:
            return None
        parts = urlsplit(url)
        if parts.netloc not in self._hosts:
            self._hosts[parts.netloc] = any(is_within(url, site) for site in self._sites)
        return url if self._hosts[parts.netloc] and parts.path not in {"", "/"} else None


def _moment(*written: str | None) -> datetime | None:
    return next((moment for one in written if one and (moment := read_date(one))), None)
