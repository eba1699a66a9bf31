"""From an address to whole articles, for each kind of source; the web is this machine."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commands import Ran
from web_cast import Site, answer, ok

WHOLE = " ".join(f"The ferry sails again on day {n}, says the harbour master of the town." for n in range(12))
THIN = (
    "<item><title>Ferry sails again</title><link>/ferry.html</link><guid>7</guid>"
    "<description>The ferry […]</description></item>"
)
RSS = f"<rss version='2.0'><channel><title>Harbour Wire</title>{THIN}</channel></rss>"
NEWS = (
    "<urlset xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'><url><loc>/ferry.html</loc><news:news>"
    "<news:publication_date>2026-11-18T06:00:00Z</news:publication_date>"
    "<news:title>Ferry sails again</news:title></news:news></url></urlset>"
)
POST = {
    "link": "/ferry.html",
    "title": {"rendered": "Ferry sails again"},
    "content": {"rendered": f"<p>{WHOLE}</p>"},
}
GHOST = {
    "title": "Ferry sails again",
    "html": f"<p>{WHOLE}</p>",
    "url": "/ferry.html",
    "visibility": "public",
}
PAGE = (
    "<html><head><title>Ferry sails again</title></head><body><article><h1>Ferry sails again</h1>"
    f"<p>{WHOLE}</p></article></body></html>"
)
INDEX = "<sitemapindex><sitemap><loc>/news.xml.gz</loc></sitemap></sitemapindex>"
ANSWERS = {
    "/feed": ok(RSS.encode(), "Content-Type: application/rss+xml"),
    "/ferry.html": ok(PAGE.encode(), "Content-Type: text/html; charset=utf-8"),
    "/index.xml": ok(INDEX.encode(), "Content-Type: application/xml"),
    "/news.xml.gz": ok(gzip.compress(NEWS.encode()), "Content-Type: application/gzip"),
    "/wp-json/wp/v2/posts": ok(json.dumps([POST]).encode(), "Content-Type: application/json"),
    "/ghost/api/content/posts/": ok(
        json.dumps({"posts": [GHOST]}).encode(), "Content-Type: application/json"
    ),
}


def serve(head: bytes) -> bytes:
    """Be a site of every kind."""
    return ANSWERS.get(head.split()[1].decode().partition("?")[0], answer(404))


@pytest.fixture
def paper() -> Iterator[Site]:
    """A site on this machine."""
    site = Site(serve)
    yield site
    site.close()


@pytest.mark.parametrize(
    ("path", "kind", "more"),
    [
        ("/feed", "feed", ""),
        ("/feed", "auto", ""),
        ("/index.xml", "sitemap", ""),
        ("/", "wordpress", ""),
        ("/", "ghost", ", key_file: keys/ghost"),
        ("/ferry.html", "page", ""),
    ],
)
def test_each_kind_of_source_brings_the_article_whole(
    digest: Callable[..., Ran], paper: Site, home: Path, path: str, kind: str, more: str
) -> None:
    """What an editor finds is the article, wherever its text stood."""
    (home / "keys" / "ghost").write_text("abc123\n", "utf-8")
    with (home / "config" / "digest.yaml").open("a", encoding="utf-8") as settings:
        settings.write(f"fetch: {{ports: [{paper.port}], allow_private: [127.0.0.1]}}\n")
        settings.write("collect: {host_gap: off}\n")
    (home / "config" / "sources.yaml").write_text(
        f"- {{name: wire, title: Wire, kind: {kind}, url: 'http://127.0.0.1:{paper.port}{path}'{more}}}\n",
        "utf-8",
    )
    ran = digest("sources", "fetch", "--json")
    again = digest("sources", "fetch", "--json")
    listed = digest("articles", "list", "--json").data
    shown = digest("articles", "show", str(listed[0]["id"]), "--json").data

    assert (ran.code, again.code) == (0, 0), (ran, again)
    assert [one["title"] for one in listed] == ["Ferry sails again"]
    assert (shown["revision"], shown["source"], shown["words"]) == (1, "wire", len(WHOLE.split()))
    assert shown["url"] == f"http://127.0.0.1:{paper.port}/ferry.html"
    if kind == "ghost":
        assert any(b"key=abc123" in request for request in paper.requests)
