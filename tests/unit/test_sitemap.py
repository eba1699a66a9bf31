"""Sitemaps name pages of their own site, the newest first, whatever stands in them."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest

from digest.collect import Context, Document, Format, Listing, read_listing
from digest.errors import DocumentError
from digest.model import Source, SourceKind

BASE = "https://quay.example/sitemap.xml"
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def read(data: str | bytes, homepage: str | None = None, max_bytes: int = 5_000_000) -> Listing:
    raw = data.encode() if isinstance(data, str) else data
    source = Source(key="quay", title="Quay", url=BASE, homepage=homepage)
    document = Document(name="map", format=Format.UNKNOWN, data=raw, url=BASE)
    return read_listing(SourceKind.SITEMAP, document, Context(source=source, max_bytes=max_bytes))


def urlset(*entries: str, about: str = "") -> str:
    return f"<urlset {about}>" + "".join(f"<url>{entry}</url>" for entry in entries) + "</urlset>"


def urls(listing: Listing) -> list[str]:
    return [page.url for page in listing.pages]


def test_pages_come_the_newest_first_and_once() -> None:
    """Only some are fetched in a round; what changed last is what readers wait for."""
    listing = read(
        urlset(
            "<loc>/undated</loc>",
            "<loc>https://quay.example/old</loc><lastmod>2026-03-01</lastmod>",
            "<loc> https://www.quay.example/new\n</loc><lastmod>2026-03-04T08:30:00+00:00</lastmod>",
            "<loc>/old</loc><lastmod>2025-01-01</lastmod>",
            "<loc>https://quay.example/</loc>",
            "<lastmod>2026-03-04</lastmod>",
        )
    )

    assert urls(listing) == [
        "https://www.quay.example/new",
        "https://quay.example/old",
        "https://quay.example/undated",
    ]
    assert listing.pages[0].modified == datetime(2026, 3, 4, 8, 30, tzinfo=UTC)
    assert listing.pages[2].modified is None


def test_other_sites_are_passed_over_unless_the_operator_names_them() -> None:
    """The protocol lets a sitemap speak for its own host alone; else it could send us anywhere."""
    data = urlset(
        "<loc>https://victim.example/a</loc>",
        "<loc>javascript:alert(1)</loc>",
        "<loc>file:///etc/passwd</loc>",
        "<loc>https://quay.example:443@victim.example/b</loc>",
        "<loc>/c</loc>",
    )

    assert urls(read(data)) == ["https://quay.example/c"]
    assert "https://victim.example/a" in urls(read(data, homepage="https://victim.example/"))


def test_a_news_sitemap_tells_title_date_language_and_tags() -> None:
    """What it knows fills in what the page does not say; the title of a picture is not the article's."""
    listing = read(
        "<s:urlset xmlns:s='http://wrong.example/' xmlns:n='http://www.google.com/schemas/sitemap-news/0.9' "
        "xmlns:image='http://i.example/'><s:url><s:loc>/a</s:loc><image:image><image:loc>/i.png</image:loc>"
        "<image:title>A picture</image:title></image:image><n:news><n:publication><n:name>The Quay</n:name>"
        "<n:language>en</n:language></n:publication><n:publication_date>2026-03-04T08:30:00Z</n:publication_date>"
        "<n:title>Crane &amp; quay move</n:title><n:keywords>cranes, harbour</n:keywords></n:news></s:url>"
        "</s:urlset>"
    )
    page = listing.pages[0]

    assert (page.url, page.title) == ("https://quay.example/a", "Crane & quay move")
    assert page.modified == datetime(2026, 3, 4, 8, 30, tzinfo=UTC)
    assert page.thin is not None
    assert (page.thin.paragraphs, page.thin.language) == ((), "en")
    assert [tag.name for tag in page.thin.tags][:2] == ["cranes", "harbour"]


def test_an_index_names_lists_of_the_very_host_only() -> None:
    """At most fifty, the newest first, without what holds no articles, and never itself."""
    entries = "".join(
        f"<sitemap><loc>{loc}</loc><lastmod>2026-03-0{day}</lastmod></sitemap>"
        for loc, day in [
            ("/post-sitemap.xml", 1),
            ("/post-sitemap2.xml", 4),
            ("/category-sitemap.xml", 4),
            ("/wp-sitemap-users-1.xml", 4),
            ("https://news.quay.example/map.xml", 4),
            ("https://victim.example/map.xml", 4),
            ("/sitemap.xml", 4),
        ]
    )
    many = "".join(f"<sitemap><loc>/m{n}.xml</loc></sitemap>" for n in range(500))

    assert read(f"<sitemapindex>{entries}</sitemapindex>").listings == (
        "https://quay.example/post-sitemap2.xml",
        "https://quay.example/post-sitemap.xml",
    )
    assert len(read(f"<sitemapindex>{many}</sitemapindex>").listings) == 50


def test_of_lists_without_dates_both_ends_come_first() -> None:
    """A look reads ten; the newest posts are in WordPress's last list, and in the first one elsewhere."""
    many = "".join(f"<sitemap><loc>/m{n}.xml</loc></sitemap>" for n in range(1, 31))
    first = read(f"<sitemapindex>{many}</sitemapindex>").listings[:4]

    assert [url.rpartition("/")[2] for url in first] == ["m1.xml", "m30.xml", "m2.xml", "m29.xml"]


def test_a_map_that_names_nothing_is_empty() -> None:
    """A news sitemap of a quiet weekend is no fault."""
    assert read("<urlset/>") == Listing()


def test_text_and_compressed_maps_are_read_and_feeds_too() -> None:
    """The protocol knows them all."""
    feed = "<rss version='2.0'><channel><item><title>A</title><link>/a</link></item></channel></rss>"
    feed_document = Document(name="map", format=Format.FEED, data=feed.encode(), url=BASE)

    assert urls(read("https://quay.example/a\n\n# no\nftp://quay.example/b\n")) == ["https://quay.example/a"]
    assert urls(read(gzip.compress(urlset("<loc>/a</loc>").encode()))) == ["https://quay.example/a"]
    assert urls(read_listing(SourceKind.SITEMAP, feed_document, Context())) == ["https://quay.example/a"]


HOSTILE = {
    "entities": LAUGHS + urlset("<loc>&b;</loc>"),
    "external entity": '<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + urlset("<loc>&x;</loc>"),
    "bomb": gzip.compress(b"<urlset>" + b" " * 50_000_000, 9),
    "cut bomb": gzip.compress(b"<urlset>" * 1000)[:40],
    "deep": "<urlset>" + "<url>" * 400_000,
    "many tags": "<urlset>" + "<a/>" * 1_600_000,
    "no xml": "{}",
    "binary": b"\0\1\2" * 1_000,
    "index of nothing": "<sitemapindex/>",
    "other root": "<opml/>",
    "long address": urlset("<loc>https://quay.example/" + "a" * 3_000_000 + "</loc>"),
    "only other sites": urlset("<loc>https://victim.example/</loc>"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_map_is_refused_within_two_seconds(
    case: str, within: Callable[[float], AbstractContextManager[None]]
) -> None:
    """It costs its source a round, and nobody else anything."""
    with within(2), pytest.raises(DocumentError):
        read(HOSTILE[case], max_bytes=10_000_000)


def test_a_map_of_fifty_thousand_pages_is_read_within_two_seconds(
    within: Callable[[float], AbstractContextManager[None]],
) -> None:
    """As many as the protocol allows; those beyond are passed over."""
    data = urlset(*(f"<loc>https://quay.example/{n}</loc>" for n in range(50_010)))
    with within(2):
        listing = read(data)

    assert len(listing.pages) == 50_000
