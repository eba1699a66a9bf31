"""Listing a Ghost site, whose API wants a key that nobody else is to see."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from commands import Ran
from web_cast import Site, answer, ok

KEY = "22444f78447824223cefc48062"
TEXT = "The ferry sails again from Monday, says the harbour master of the town. " * 12
POSTS = {
    "posts": [
        {"title": "Crane moves", "url": "https://quay.example/crane", "html": f"<p>{TEXT}</p>"},
        {"title": "Quay opens", "url": "https://quay.example/quay", "visibility": "paid"},
    ]
}
FRONT = b"<html><head><meta name='generator' content='Ghost 5.1'></head><body><p>News</p></body></html>"


def serve(head: bytes) -> bytes:
    """Be a Ghost that stands at the top of its host."""
    parts = urlsplit(head.split()[1].decode())
    if parts.path == "/ghost/api/content/posts/":
        if parse_qs(parts.query).get("key") != [KEY]:
            return answer(401, b'{"errors": [{"code": "UNKNOWN_CONTENT_API_KEY"}]}')
        return ok(json.dumps(POSTS).encode(), "Content-Type: application/json")
    if parts.path == "/rss/":
        return ok(
            f"<rss version='2.0'><channel><item><title>Crane</title><description>{TEXT}"
            "</description></item></channel></rss>".encode()
        )
    return ok(FRONT, "Content-Type: text/html") if parts.path == "/" else answer(404)


@pytest.fixture
def ghost() -> Iterator[Site]:
    """A site on this machine."""
    site = Site(serve)
    yield site
    site.close()


@pytest.fixture
def base(ghost: Site, home: Path) -> str:
    """The site's address, once the home trusts it."""
    with (home / "config" / "digest.yaml").open("a", encoding="utf-8") as settings:
        settings.write(f"fetch: {{ports: [{ghost.port}], allow_private: [127.0.0.1]}}\n")
    return f"http://127.0.0.1:{ghost.port}"


@pytest.fixture
def key_file(home: Path) -> Path:
    """The file that an operator put the key into."""
    file = home / "keys" / "ghost"
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"{KEY}\n", "utf-8")
    return file


@pytest.mark.parametrize("page", ["", "/", "/tag/harbour/?page=2#top"])
def test_a_ghost_site_is_tried_shown_and_listed_with_its_key_file(
    digest: Callable[..., Ran], base: str, home: Path, key_file: Path, page: str
) -> None:
    """The key stands in its file alone: what is shown, listed and fetched never tells it."""
    listed = home / "config" / "sources.yaml"
    before = listed.read_text("utf-8")
    shown = digest("sources", "add", f"{base}{page}", "--key-file", str(key_file), "--json")
    assert (shown.data["kind"], shown.data["whole"], shown.data["others"]) == ("ghost", 1, 1)
    assert (shown.data["headlines"], shown.data["key_file"]) == (["Crane moves"], "keys/ghost")
    assert (shown.data["added"], listed.read_text("utf-8")) == (False, before)
    added = digest("sources", "add", f"{base}{page}", "--key-file", str(key_file), "--yes", "--name", "quay")
    fetched = digest("sources", "fetch", "quay", "--json")

    assert (added.code, "in keys/ghost" in added.out) == (0, True)
    assert "key_file: keys/ghost" in listed.read_text("utf-8").replace('"', "")
    assert (fetched.data["sources"][0]["new"], fetched.data["sources"][0]["error"]) == (1, None)
    for ran in (shown, added, fetched):
        assert KEY not in ran.out + ran.err
    assert KEY not in listed.read_text("utf-8")


def test_a_key_file_outside_the_home_is_named_whole(
    digest: Callable[..., Ran], base: str, tmp_path: Path
) -> None:
    """Secrets often live in a folder of their own, which another program fills."""
    file = tmp_path / "secret"
    file.write_text(KEY, "utf-8")

    assert digest("sources", "add", base, "--key-file", str(file), "--json").data["key_file"] == str(file)


def test_a_wrong_key_is_told_and_not_shown(digest: Callable[..., Ran], base: str, key_file: Path) -> None:
    """The place of a fetching fault is the site, not what was asked for."""
    key_file.write_text("0" * 26, "utf-8")
    wrong = digest("sources", "add", base, "--key-file", str(key_file), "--yes")
    shut = digest("sources", "add", "http://127.0.0.1:9/", "--key-file", str(key_file), "--yes")

    assert (wrong.code, "its Ghost does not know the key of key_file" in wrong.err) == (1, True)
    assert (shut.code, "127.0.0.1:9" in shut.err) == (1, True)
    assert "0" * 26 not in wrong.out + wrong.err + shut.out + shut.err


@pytest.mark.parametrize(
    ("content", "words"), [(None, "cannot be read"), ("", "an empty file"), ("a\nb", "more than one line")]
)
def test_a_file_without_a_key_is_told_before_anybody_is_asked(
    digest: Callable[..., Ran], base: str, ghost: Site, key_file: Path, content: str | None, words: str
) -> None:
    """A slip of the name must not look like a fault of the site."""
    key_file.unlink()
    if content is not None:
        key_file.write_text(content, "utf-8")
    ran = digest("sources", "add", base, "--key-file", str(key_file))

    assert (ran.code, words in ran.err, ghost.requests) == (1, True, [])


@pytest.mark.parametrize("with_file", [True, False])
def test_an_address_with_a_key_is_refused(
    digest: Callable[..., Ran], base: str, ghost: Site, key_file: Path, with_file: bool
) -> None:
    """It would stand in the settings, and in all that prints them."""
    url = f"{base}/ghost/api/content/posts/?key={KEY}"
    more = ("--key-file", str(key_file)) if with_file else ()
    ran = digest("sources", "add", url, *more, "--yes")

    assert (ran.code, ghost.requests) == (1, [])
    assert "--key-file" in ran.err
    assert KEY not in ran.out + ran.err


def test_a_key_follows_no_redirect_to_another_host(
    digest: Callable[..., Ran], base: str, ghost: Site, key_file: Path
) -> None:
    """Path and query go along where a site has moved, and with them the key."""
    ghost._answer = lambda head: answer(301, b"", f"Location: {moved}{head.split()[1].decode()}")
    moved = f"http://localhost:{ghost.port}"
    ran = digest("sources", "add", f"{base}/blog", "--key-file", str(key_file), "--yes")

    assert (ran.code, len(ghost.requests)) == (1, 1)
    assert f"{base}/blog: redirects to another host, localhost:{ghost.port}, " in ran.err
    assert "list its address there instead" in ran.err
    assert KEY not in ran.out + ran.err


@pytest.mark.parametrize(
    "below",
    [
        ok(b"<html><body><p>We have no such page.</p></body></html>", "Content-Type: text/html"),
        ok(b'{"posts": "none"}', "Content-Type: application/json"),
        answer(403),
        answer(410),
        answer(500),
    ],
)
def test_a_ghost_at_the_top_is_found_whatever_answers_below_a_path(
    digest: Callable[..., Ran], base: str, ghost: Site, key_file: Path, below: bytes
) -> None:
    """Many sites answer with a friendly page, or a refusal, where there is nothing."""
    ghost._answer = lambda head: below if head.startswith(b"GET /tag/") else serve(head)
    found = digest("sources", "add", f"{base}/tag/harbour/", "--key-file", str(key_file), "--json")

    assert (found.code, found.data["url"], found.data["whole"]) == (0, f"{base}/", 1)


def test_where_no_ghost_answers_all_that_was_tried_is_told(
    digest: Callable[..., Ran], base: str, ghost: Site, key_file: Path
) -> None:
    """A site that answers each address with a page says nothing of where its Ghost is."""
    ghost._answer = lambda head: (
        answer(410) if head.startswith(b"GET /tag/") else ok(FRONT, "Content-Type: text/html")
    )
    ran = digest("sources", "add", f"{base}/tag/harbour/", "--key-file", str(key_file))
    at_top = digest("sources", "add", base, "--key-file", str(key_file))

    page = "a page answers, no Content API of Ghost"
    told = f"{base}/tag/harbour/: its server answers 410 (Gone); tried {base}/ as well: {page}"
    assert (ran.code, told in ran.err, "under Integrations" in ran.err) == (1, True, True)
    assert (at_top.code, f"{base}/: {page}" in at_top.err, "tried" in at_top.err) == (1, True, False)


def test_what_is_no_ghost_is_told(digest: Callable[..., Ran], base: str, ghost: Site, key_file: Path) -> None:
    """Whoever offers a key means this API and no other source."""
    ghost._answer = answer(404)
    ran = digest("sources", "add", f"{base}/blog", "--key-file", str(key_file))

    assert (ran.code, "no Content API of Ghost there" in ran.err) == (1, True)
    asked = [urlsplit(head.split()[1].decode()).path for head in ghost.requests]
    assert asked == ["/blog/ghost/api/content/posts/", "/ghost/api/content/posts/"]


def test_a_ghost_that_is_only_named_says_how_it_is_listed(digest: Callable[..., Ran], base: str) -> None:
    """Its feed has the same posts, often cut."""
    ran = digest("sources", "add", base, "--yes")

    assert (ran.code, "--key-file FILE" in ran.out) == (0, True)
