"""Articles from web addresses, as an operator types them; the web is this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commands import Ran, run_here
from digest.bootstrap import open_app, with_settings
from digest.errors import FetchError
from digest.settings import load_settings
from web_cast import Site, answer, ok

TEXT = "The ferry sails again from Monday. Its café opens an hour before. " * 9
PAGE = (
    "<html lang=en><head><meta charset=utf-8><title>Ferry back | Post</title></head>"
    f"<body><article><h1>Ferry back</h1><p>{TEXT}</p>"
    "<figure><img src='/pier.jpg'></figure></article></body></html>"
)
FEED = (
    "<?xml version='1.0'?><rss version='2.0'><channel><title>Harbour Wire</title>"
    "<item><title>Crane moves</title><link>crane.html</link>"
    f"<description>{TEXT}</description></item>"
    "<item><title>Quay opens</title><link>/quay.html</link>"
    f"<description>{TEXT}</description></item></channel></rss>"
)


def serve(head: bytes) -> bytes:
    """Be a small newspaper."""
    path = head.split()[1].decode()
    if path == "/moved":
        return answer(301, b"", "Location: /news/ferry.html")
    if path == "/news/ferry.html":
        return ok(PAGE.encode("cp1252"), "Content-Type: text/html; charset=windows-1252")
    if path == "/news/feed":
        return ok(FEED.encode(), "Content-Type: application/rss+xml")
    if path == "/data":
        return ok(b'{"title": "Ferry back", "text": "It sails again."}\n', "Content-Type: application/json")
    if path == "/notes":
        return ok(b"## Ferry back\n\nIt sails again.", "Content-Type: text/markdown; charset=utf-8")
    return answer(503, b"", "Retry-After: 60")


@pytest.fixture
def paper() -> Iterator[Site]:
    """A site that nobody lets us in to."""
    site = Site(serve)
    yield site
    site.close()


@pytest.fixture
def base(paper: Site, home: Path) -> str:
    """The site's address, once the home trusts it."""
    with (home / "config" / "digest.yaml").open("a", encoding="utf-8") as settings:
        settings.write(f"fetch: {{ports: [{paper.port}], allow_private: [127.0.0.1]}}\n")
    return f"http://127.0.0.1:{paper.port}"


def test_a_page_and_a_feed_are_taken_in(digest: Callable[..., Ran], base: str) -> None:
    """Links of a feed are relative to the address that it came from."""
    ran = digest("ingest", f"{base}/moved", f"{base}/news/feed", "--json")
    listed = digest("articles", "list", "--json").data
    urls = [digest("articles", "show", str(one["id"]), "--json").data["url"] for one in listed]

    assert ran.data["failed"] == []
    assert ran.data["new"] == 3
    assert sorted(urls) == [f"{base}/news/crane.html", f"{base}/news/ferry.html", f"{base}/quay.html"]


def test_what_cannot_be_fetched_costs_itself(digest: Callable[..., Ran], base: str, articles: Path) -> None:
    """Files and other addresses go in; each failure tells why."""
    ran = digest(
        "ingest", f"{base}/gone", "http://10.0.0.1/", "ftp://127.0.0.1/", articles, f"{base}/data", "--json"
    )
    failed = {one["document"]: one["reason"] for one in ran.data["failed"]}

    assert ran.code == 1
    assert ran.data["new"] == 9
    assert failed[f"{base}/gone"] == "its server answers 503 (Service Unavailable)"
    assert "port 80" in failed["http://10.0.0.1/"]
    assert failed["ftp://127.0.0.1/"] == "is neither http nor https"


@pytest.mark.parametrize("path", ["/moved", "/data", "/notes"])
def test_extract_shows_what_is_at_an_address(digest: Callable[..., Ran], base: str, path: str) -> None:
    """The same cleaner as for files; type and charset are those that the server names."""
    said = digest("extract", base + path, "--json").data

    assert said["title"] == "Ferry back"
    assert "sails again" in said["text"]
    if path == "/moved":
        assert "café opens" in said["text"]
        assert said["image"] == f"{base}/pier.jpg"


def test_extract_needs_no_home_and_trusts_nobody_without_one(paper: Site, tmp_path: Path) -> None:
    """Defaults hold: the public internet, and nothing here."""
    ran = run_here("extract", f"http://127.0.0.1:{paper.port}/moved", "--json", home=tmp_path / "none")

    assert ran.code == 1
    assert f"port {paper.port}" in ran.error["error"]
    assert ran.error["where"] == f"http://127.0.0.1:{paper.port}/moved"
    assert "fetch.ports" in ran.error["hint"]
    assert paper.connections == 0


def test_extract_with_a_home_that_is_not_there_says_so(paper: Site, tmp_path: Path) -> None:
    """Whoever names a home wants its settings."""
    ran = run_here("extract", "http://news.example.org/", "--home", tmp_path / "none", "--json")

    assert ran.code == 1
    assert ran.error["error"] == "no home here"
    assert paper.connections == 0


def test_a_site_learns_who_asks(digest: Callable[..., Ran], base: str, paper: Site, home: Path) -> None:
    """An address to look at keeps a fetcher from being blocked; also one in letters of another script."""
    settings = home / "config" / "digest.yaml"
    written = settings.read_text("utf-8")
    for old, new in (
        ("", ""),
        ("https://news.example.org", "https://пример.example"),
        ("fetch: {", "fetch: {user_agent: Post/2, "),
    ):
        settings.write_text(written.replace(old, new) if old else written, encoding="utf-8")
        assert digest("extract", f"{base}/data").code == 0
    agents = [line for head in paper.requests for line in head.splitlines() if line.startswith(b"User-")]

    assert agents == [
        b"User-Agent: digest-builder/0.1.0 (+https://news.example.org)",
        b"User-Agent: digest-builder/0.1.0 (+https://xn--e1afmkfd.example)",
        b"User-Agent: Post/2",
    ]


def test_summarise_reads_files_and_says_what_fetches(digest: Callable[..., Ran]) -> None:
    """One command fetches, the other reads what came."""
    ran = digest("summarise", "https://news.example.org/", "--json")

    assert ran.code == 1
    assert "digest extract" in ran.error["hint"]


def test_a_service_that_reads_its_settings_again_trusts_as_they_now_say(
    home: Path, base: str, paper: Site
) -> None:
    """An operator who takes trust back must not have to restart."""
    changed = (home / "config" / "digest.yaml").read_text("utf-8").replace("allow_private: [127.0.0.1]", "")
    with open_app(home) as app:
        before = app.fetcher.get(f"{base}/data").status
        (home / "config" / "digest.yaml").write_text(changed, encoding="utf-8")
        again = with_settings(app, load_settings(home, {}))
        with pytest.raises(FetchError, match="not of the public internet"):
            again.fetcher.get(f"{base}/data")

    assert before == 200
    assert paper.connections == 1
