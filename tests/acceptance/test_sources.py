"""Finding and listing sources, as an operator types it; the web is this machine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commands import Ran, run_here
from digest.collect import read_opml
from web_cast import Site, answer, ok

TEXT = "The ferry sails again from Monday, says the harbour master of the town. " * 12
FEED = (
    "<?xml version='1.0'?><rss version='2.0'><channel><title>Harbour Wire</title><ttl>30</ttl>"
    "<link>/</link><item><title>Crane moves</title><link>/crane.html</link>"
    f"<pubDate>Wed, 04 Mar 2026 08:30:00 GMT</pubDate><description>{TEXT}</description></item>"
    "<item><title>Quay opens</title><link>/quay.html</link><description>Soon […]</description></item>"
    "</channel></rss>"
)
FRONT = (
    "<html><head><title>Harbour Wire</title><link rel='alternate' type='application/rss+xml' "
    "title='Comments' href='/comments/feed'><link rel='alternate' type='application/rss+xml' "
    "title='Feed' href='/feed'></head><body><p>News</p></body></html>"
)
FILMS = (
    "<rss version='2.0'><channel><title>Films</title><item><title>Crane moves</title><guid>1</guid>"
    "<enclosure url='/1.mp4' type='video/mp4' length='1'/></item></channel></rss>"
)
PAGES = {
    "/films": FILMS,
    "/bare": "<html><body><p>Nothing here.</p></body></html>",
    "/shut-press/": "<html><link rel='https://api.w.org/' href='/shut-press/wp-json/'><p>News</p></html>",
    "/shut-press/feed/": FEED.replace("Soon […]", ""),
    "/press/": "<html><link rel='https://api.w.org/' href='/press/wp-json/'><p>News</p></html>",
    "/press/wp-json/": '{"name": "Harbour Press", "namespaces": ["wp/v2"], "routes": {}}',
    "/press/wp-json/wp/v2": '{"namespace": "wp/v2", "routes": {"/wp/v2/posts": {}}}',
    "/press/wp-json/wp/v2/posts": (
        f'[{{"title": {{"rendered": "Crane moves"}}, "content": {{"rendered": "<p>{TEXT}</p>"}}}}]'
    ),
}
MAP = "<urlset><url><loc>/a.html</loc></url><url><loc>/b.html</loc></url></urlset>"
OPML = (
    "<opml version='2.0'><body><outline text='Local'><outline type='rss' text='Quay Times' "
    "xmlUrl='https://quay.example/feed' htmlUrl='https://quay.example/'/></outline>"
    "<outline type='rss' text='Quay Times' xmlUrl='https://other.example/feed'/></body></opml>"
)


def serve(head: bytes) -> bytes:
    """Be a small newspaper, and beside it one that has no feed."""
    path = head.split()[1].decode()
    if path in {"/", "/feed", "/comments/feed"}:
        return ok((FRONT if path == "/" else FEED).encode(), "Content-Type: text/html")
    if path in {"/shut", "/410"}:
        return answer(403 if path == "/shut" else 410, b"")
    if path == "/robots.txt":
        return ok(b"User-agent: *\nDisallow: /quay\nSitemap: /map.xml\n", "Content-Type: text/plain")
    if path == "/map.xml":
        return ok(MAP.encode(), "Content-Type: application/xml")
    if path.partition("?")[0] in PAGES:
        return ok(PAGES[path.partition("?")[0]].encode(), "Content-Type: text/html")
    return answer(404, b"")


@pytest.fixture
def paper() -> Iterator[Site]:
    """A site on this machine."""
    site = Site(serve)
    yield site
    site.close()


@pytest.fixture
def base(paper: Site, home: Path) -> str:
    """The site's address, once the home trusts it."""
    with (home / "config" / "digest.yaml").open("a", encoding="utf-8") as settings:
        settings.write(f"fetch: {{ports: [{paper.port}], allow_private: [127.0.0.1]}}\n")
    return f"http://127.0.0.1:{paper.port}"


def test_the_feed_of_a_site_is_found_shown_and_listed(
    digest: Callable[..., Ran], base: str, home: Path
) -> None:
    """An operator knows the site, not the feed; the feed of comments is not what they want."""
    file = home / "config" / "sources.yaml"
    file.write_text("# ours\nsources:\n  - {name: own, title: Own}  # keep\n", "utf-8")
    shown = digest("sources", "add", f"{base}/", "--json").data
    untouched = file.read_text("utf-8")
    added = digest("sources", "add", f"{base}/", "--json", "--yes").data

    assert (shown["added"], added["added"]) == (False, True)
    assert (shown["kind"], shown["url"], shown["title"]) == ("feed", f"{base}/feed", "Harbour Wire")
    assert (shown["whole"], shown["thin"], shown["others"]) == (1, 1, 0)
    assert shown["newest"] == "2026-03-04T08:30:00+00:00"
    assert shown["headlines"] == ["Crane moves", "Quay opens"]
    assert shown["every_seconds"] == 1800
    assert shown["pages_allowed"] is False
    assert [one["url"] for one in shown["beside"]] == [f"{base}/comments/feed"]
    assert "harbour" not in untouched
    assert file.read_text("utf-8") == (
        "# ours\nsources:\n  - {name: own, title: Own}  # keep\n"
        f'  - name: harbour-wire\n    title: "Harbour Wire"\n    homepage: "{base}/"\n'
        f'    url: "{base}/feed"\n    kind: feed\n'
    )


def test_a_person_is_asked_and_may_say_no(base: str, home: Path) -> None:
    """What was found is shown before it is taken."""
    no = run_here("sources", "add", f"{base}/feed", stdin="n\n", home=home)
    unchanged = base not in (home / "config" / "sources.yaml").read_text("utf-8")
    yes = run_here("sources", "add", f"{base}/feed", "--name", "wire", stdin="y\n", home=home)

    assert "Harbour Wire" in no.out
    assert "1 whole, 1 to be completed from their pages" in no.out
    assert "nothing was changed" in no.out
    assert unchanged
    assert yes.code == 0
    assert "name: wire" in (home / "config" / "sources.yaml").read_text("utf-8")


def test_the_newest_is_told_in_utc_whatever_the_feed_writes(
    digest: Callable[..., Ran], base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It said '10:00 UTC' of ten o'clock in New York."""
    feed = FEED.replace("08:30:00 GMT", "10:00:00 -0500")
    monkeypatch.setitem(PAGES, "/abroad", feed)

    assert "2026-03-04 15:00 UTC" in digest("sources", "add", f"{base}/abroad", "--yes").out


def test_an_address_is_not_listed_twice_and_can_be_taken_off(digest: Callable[..., Ran], base: str) -> None:
    """Two sources of one address would fetch it twice and share its articles out by chance."""
    digest("sources", "add", f"{base}/feed", "--yes", "--json")
    again = digest("sources", "add", f"{base}/", "--yes", "--json")
    gone = digest("sources", "remove", "harbour-wire", "--json")
    missing = digest("sources", "remove", "harbour-wire", "--json")

    assert again.code == 1
    assert again.error["error"] == "the source 'harbour-wire' has this address already"
    assert gone.data == {"removed": "harbour-wire"}
    assert missing.code == 1
    assert missing.error["error"] == "no source 'harbour-wire'"


def test_one_key_of_a_source_is_set(digest: Callable[..., Ran], base: str, home: Path) -> None:
    """What else the file says stays; a key that is none and a value that will not do change nothing."""
    digest("sources", "add", f"{base}/feed", "--yes", "--json")
    first = digest("sources", "set", "harbour-wire", "tags", "Sea, Ferry", "--json")
    again = digest("sources", "set", "harbour-wire", "tags", "Sea, Ferry", "--json")
    strange = digest("sources", "set", "harbour-wire", "key_file", "x", "--json")
    wrong = digest("sources", "set", "harbour-wire", "every", "soon", "--json")

    assert (first.data, again.data["changed"]) == ({"name": "harbour-wire", "changed": True}, False)
    assert (strange.code, wrong.code) == (1, 1)
    assert 'tags: ["Sea", "Ferry"]' in (home / "config" / "sources.yaml").read_text("utf-8")


def test_a_site_whose_front_page_names_only_its_wordpress_is_found(
    digest: Callable[..., Ran], base: str
) -> None:
    """The API goes by the address of the front page, which is no list of posts itself."""
    found = digest("sources", "add", f"{base}/press/", "--json").data

    assert (found["kind"], found["url"], found["whole"]) == ("wordpress", f"{base}/press/", 1)


@pytest.mark.parametrize("path", ["/press/wp-json/", "/press/wp-json/wp/v2"])
def test_the_address_of_a_wordpress_api_is_understood_as_its_site(
    digest: Callable[..., Ran], base: str, path: str
) -> None:
    """What stands there are no posts, but tells where they are."""
    found = digest("sources", "add", f"{base}{path}", "--json", "--yes").data

    assert (found["kind"], found["url"], found["whole"]) == ("wordpress", f"{base}/press/", 1)
    assert found["added"] is True


def test_an_api_of_wordpress_without_posts_says_so(digest: Callable[..., Ran], home: Path) -> None:
    """Many sites shut it to strangers; they may well have a feed."""
    root = ok(b'{"name": "Shut", "namespaces": ["wp/v2"]}', "Content-Type: application/json")
    site = Site(lambda head: root if head.startswith(b"GET /wp-json/ ") else answer(401, b""))
    with (home / "config" / "digest.yaml").open("a", encoding="utf-8") as settings:
        settings.write(f"fetch: {{ports: [{site.port}], allow_private: [127.0.0.1]}}\n")
    ran = digest("sources", "add", f"http://127.0.0.1:{site.port}/wp-json/", "--json")
    site.close()

    assert ran.error["error"] == "an API of WordPress that gives no posts"
    assert "front page" in ran.error["hint"]


def test_a_page_that_lists_the_feeds_is_gone_through(
    digest: Callable[..., Ran], base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Large papers link to it at the foot of each page, and name no feed otherwise."""
    monkeypatch.setitem(PAGES, "/paper", "<p>News</p><a href='/rss-feeds'>RSS</a>")
    listed = "<a href='/culture/rss'>Culture</a><a href='/shut-press/feed/'>World</a>"
    monkeypatch.setitem(PAGES, "/rss-feeds", f"{listed}<a href='/rss-feeds'>RSS</a>")
    shown = digest("sources", "add", f"{base}/paper", "--json").data

    assert (shown["kind"], shown["url"]) == ("feed", f"{base}/shut-press/feed/")
    assert [one["url"] for one in shown["beside"]] == [f"{base}/culture/rss", f"{base}/rss-feeds"]


def test_a_search_goes_to_twenty_addresses_and_no_more(
    digest: Callable[..., Ran], base: str, paper: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six pages that list six feeds each, all dead, are forty-two, for which somebody waits."""
    lists = [f"/list{number}/rss" for number in range(6)]
    monkeypatch.setitem(PAGES, "/paper", "".join(f"<a href='{path}'>RSS</a>" for path in lists))
    for path in lists:
        dead = "".join(f"<a href='{path}/{number}/rss'>RSS</a>" for number in range(6))
        monkeypatch.setitem(PAGES, path, dead)
    ran = digest("sources", "add", f"{base}/paper", "--json")
    asked = [head.split()[1] for head in paper.requests]

    assert (ran.code, ran.error["error"]) == (1, "no feed, sitemap or article there")
    assert (asked[0], len([path for path in asked[1:] if path != b"/robots.txt"])) == (b"/paper", 20)


def test_a_shut_api_does_not_hide_the_feed_beside_it(digest: Callable[..., Ran], base: str) -> None:
    """Plug-ins that shut the API of WordPress leave its feed open; the front page was taken instead."""
    shown = digest("sources", "add", f"{base}/shut-press/", "--json").data

    assert (shown["kind"], shown["url"], shown["whole"]) == ("feed", f"{base}/shut-press/feed/", 1)


def test_a_page_of_a_few_words_is_no_article_to_list(
    digest: Callable[..., Ran], base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A front page that scripts make says that it needs them."""
    monkeypatch.setattr(sys.modules[__name__], "MAP", "<urlset/>")
    monkeypatch.setitem(
        PAGES, "/scripts", "<title>Harbour Wire</title><p>Switch scripts on to read this.</p>"
    )
    ran = digest("sources", "add", f"{base}/scripts", "--json")

    assert (ran.code, ran.error["error"]) == (1, "no feed, sitemap or article there")


def test_without_a_feed_the_sitemap_of_robots_txt_is_found(digest: Callable[..., Ran], base: str) -> None:
    """Sites without a feed often tell search engines what they have."""
    shown = digest("sources", "add", f"{base}/bare", "--json").data

    assert (shown["kind"], shown["url"]) == ("sitemap", f"{base}/map.xml")
    assert (shown["whole"], shown["thin"]) == (0, 2)
    assert shown["pages_allowed"] is True


def test_what_is_not_there_says_so(digest: Callable[..., Ran], base: str) -> None:
    """The server's answer, in words, with the address."""
    ran = digest("sources", "add", f"{base}/nothing", "--json")

    assert ran.code == 1
    assert ran.error["error"] == "its server answers 404 (Not Found)"


def test_what_keeps_a_source_out_is_said_with_the_way_out(digest: Callable[..., Ran], base: str) -> None:
    """An operator who reads a bare number, or nothing, asks somebody else."""
    shut = digest("sources", "add", f"{base}/shut", "--json")
    bare = digest("sources", "add", base.removeprefix("http://"), "--json")
    clicked = digest("sources", "add", base.replace("http", "feed") + "/feed", "--json")
    films = digest("sources", "add", f"{base}/films", "--json")

    assert shut.error["error"] == "its server refuses us (403): it wants a login, or shuts programs out"
    assert bare.error["hint"] == "https was tried; an address that begins with http:// is asked without"
    assert clicked.data["url"] == f"{base}/feed"
    assert (films.data["others"], films.data["others_reason"]) == (1, "no text, only video")


def test_who_is_not_looked_at_is_told_with_the_way_back(base: str, home: Path) -> None:
    """An empty table says nothing, and an hour that is past says something wrong."""
    sources = home / "config" / "sources.yaml"
    sources.write_text("[]\n", "utf-8")
    none = [run_here("sources", command, home=home).out for command in ("list", "fetch")]
    sources.write_text(
        f"- {{name: wire, title: Wire, url: '{base}/feed'}}\n"
        f"- {{name: gone, title: Gone, url: '{base}/410'}}\n",
        "utf-8",
    )
    run_here("sources", "fetch", home=home)
    run_here("sources", "pause", "wire", home=home)
    shown = ["".join(run_here("sources", "show", name, home=home).out.split()) for name in ("wire", "gone")]
    listed = run_here("sources", "list", "--json", home=home).data

    assert "`digest sources add URL` finds one" in none[0]
    assert "no source is to be looked at" in none[1]
    assert "neverwhileitispaused;`digestsourcesresumewire`" in shown[0]
    assert "never:itisgone;`digestsourcesfetchgone`" in shown[1]
    assert [one["standing"] for one in listed] == ["paused", "gone"]


def test_a_page_where_a_feed_was_listed_says_how_to_find_the_feed(
    digest: Callable[..., Ran], base: str, home: Path
) -> None:
    """Papers rebuild their sites, and their old feeds lead to the front page."""
    (home / "config" / "sources.yaml").write_text(
        f"- {{name: wire, title: Wire, url: '{base}/bare', kind: feed}}\n", "utf-8"
    )
    (fetched,) = digest("sources", "fetch", "--json").data["sources"]

    assert fetched["error"] == (
        "cannot be read: a page, not a feed; `digest sources add URL` finds the feed of a page"
    )


def test_a_list_of_another_program_is_taken_over_and_given_back(
    digest: Callable[..., Ran], home: Path, tmp_path: Path
) -> None:
    """Folders become sections, names are made unique, and what is known stays as it is."""
    file = tmp_path / "feeds.opml"
    file.write_text(OPML, "utf-8")
    first = digest("sources", "import", file, "--json").data
    second = digest("sources", "import", file, "--json").data
    exported = run_here("sources", "export", home=home).out

    assert first["added"] == ["quay-times", "quay-times-2"]
    assert second == {
        "added": [],
        "known": ["https://quay.example/feed", "https://other.example/feed"],
        "refused": {},
    }
    assert [(one.title, one.section) for one in read_opml(exported.encode())] == [
        ("Quay Times", "Local"),
        ("Quay Times", None),
    ]
    assert digest("sources", "export", "--json").data[0]["name"] == "quay-times"


def test_the_past_of_one_source_is_read_on_wish(digest: Callable[..., Ran], base: str) -> None:
    """Of all sources at once it would be thousands of requests by a slip."""
    digest("sources", "add", f"{base}/feed", "--yes", "--json")
    everything = digest("sources", "fetch", "--further", "3")
    one = digest("sources", "fetch", "harbour-wire", "--further", "3", "--json")

    assert (everything.code, "say whose past" in everything.err) == (2, True)
    assert (one.code, one.data["sources"][0]["new"]) == (0, 2)
    shown = digest("sources", "show", "harbour-wire", "--json").data
    assert (shown["further_wanted"], shown["further_read"]["wanted"]) == (None, 3)
    assert (shown["further_read"]["pages"], shown["further_read"]["new"]) == (0, 2)
    assert "0 of 3 on 20" in digest("sources", "show", "harbour-wire").out
    lines = digest("schedule", "history", "--event", "further pages read", "--json").data
    assert [line["counts"]["new"] for line in lines] == [2]


def test_what_is_fetched_is_shown_with_how_its_source_is_doing(
    digest: Callable[..., Ran], base: str, home: Path
) -> None:
    """An operator who adds a source wants to see what it brings, and later which ones are in trouble."""
    (home / "config" / "sources.yaml").write_text(
        f"- {{name: wire, title: Harbour Wire, url: '{base}/feed'}}\n"
        f"- {{name: lost, title: Lost, url: '{base}/nowhere', every: 90m}}\n"
        "- {name: bare, title: Bare}\n",
        encoding="utf-8",
    )
    before = {one["name"]: one["standing"] for one in digest("sources", "list", "--json").data}
    fetched = {one["source"]: one for one in digest("sources", "fetch", "--json").data["sources"]}
    after = {one["name"]: one for one in digest("sources", "list", "--json").data}

    assert before == {"wire": "new", "lost": "new", "bare": "name"}
    assert (fetched["wire"]["new"], fetched["wire"]["error"]) == (2, None)
    assert fetched["lost"]["error"] == "its server answers 404 (Not Found)"
    assert {name: one["standing"] for name, one in after.items()} == {
        "wire": "well",
        "lost": "failing",
        "bare": "name",
    }
    assert (after["lost"]["failures"], after["lost"]["every_seconds"]) == (1, 5_400)
    shown = digest("sources", "show", "lost")
    assert "its server answers 404 (Not Found) (1 in a row)" in shown.out
    assert "failing" in digest("sources", "list").out
    again = digest("sources", "fetch", "wire")
    assert (again.code, "wire" in again.out) == (0, True)
    assert digest("sources", "fetch", "lost").code == 1
    for name, words in (("bare", "it has no address"), ("else", "no source 'else'")):
        refused = digest("sources", "fetch", name)
        assert (refused.code, words in refused.err) == (1, True)
