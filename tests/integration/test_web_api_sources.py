"""The list of sources by the API: tried out, added, paused, removed, in and out; and what they gave."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from api_cast import ADMIN, Program
from commands import run_here
from digest.actions.content.sources import fetch as run
from digest.model.accounts import Right, Role
from digest.settings import load_settings
from web_cast import Town, fetcher, ok, open_site

FEED = b"""<rss version="2.0"><channel><title>Harbour Wire</title><link>https://news.example.org/</link>
<description>News</description><item><title>Ferry sails again</title><link>https://news.example.org/1</link>
<description>The ferry sails.</description></item></channel></rss>"""
OPML = b"""<opml version="2.0"><head/><body><outline text="Wire" xmlUrl="https://wire.example.org/feed"/>
<outline text="Again" xmlUrl="https://news.example.org/feed"/></body></opml>"""
NEW = {"url": "https://news.example.org/feed", "kind": "feed", "title": "Harbour Wire", "tags": ["sea"]}


def listed(api: Program) -> list[tuple[str, bool]]:
    """What config/sources.yaml says now, and makes it the settings in force as a service would."""
    found = load_settings(api.app.home.root, {}).sources
    object.__setattr__(api.app, "sources", found)
    return [(one.key, one.fetching.paused) for one in found]


def test_an_address_is_tried_out_and_nothing_is_stored(api: Program) -> None:
    """What could be a source there, with a name that no source has."""
    with open_site(lambda _: ok(FEED, "Content-Type: application/rss+xml")) as (_, town):
        object.__setattr__(api.app, "fetcher", fetcher(town))
        found = api.do("POST", "/sources/try", {"url": "http://news.example.org/feed"})
    assert (found["name"], found["kind"], found["headlines"]) == (
        "harbour-wire",
        "feed",
        ["Ferry sails again"],
    )
    assert listed(api) == []


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://[::1]/", "http://169.254.169.254/", "file:///etc"]
)
def test_no_program_gets_at_this_machine_by_trying_it_out(api: Program, url: str) -> None:
    """Neither its own services nor those beside it."""
    town = Town()
    object.__setattr__(api.app, "fetcher", fetcher(town))
    assert api.ask("POST", "/sources/try", {"url": url}).status_code == 422
    assert town.dialled == []


def test_a_source_is_added_paused_resumed_and_removed(api: Program) -> None:
    """On record by the person's name; the same address twice is refused."""
    assert api.do("POST", "/sources", NEW) == {"name": "harbour-wire", "listed": True}
    assert listed(api) == [("harbour-wire", False)]
    assert api.ask("POST", "/sources", NEW).status_code == 409
    assert api.do("POST", "/sources/fetch")["sources"] == ["harbour-wire"]
    assert api.ask("POST", "/sources/fetch", {"sources": ["none"]}).status_code == 404
    assert api.do("PUT", "/sources/harbour-wire/pause")["paused"] is True
    assert listed(api) == [("harbour-wire", True)]
    assert api.do("DELETE", "/sources/harbour-wire/pause")["paused"] is False
    assert api.do("DELETE", "/sources/harbour-wire")["listed"] is False
    assert listed(api) == []
    events = [line["event"] for line in api.get("/history?limit=5")["items"]]
    assert events == ["source removed", "source resumed", "source paused", "source fetched", "source added"]
    for wrong in ({"name": "../evil"}, {"url": "javascript:1"}, {"tags": [""]}, {"kind": "gopher"}):
        assert api.ask("POST", "/sources", NEW | wrong).status_code == 422
    assert api.ask("DELETE", "/sources/none").status_code == 404


def test_further_pages_are_wanted_by_a_program_and_read_by_the_next_look(api: Program) -> None:
    """The request waits for nothing; what came of it is asked for later, and is on record."""
    api.do("POST", "/sources", NEW)
    api.do(
        "POST", "/sources", {**NEW, "url": "https://news.example.org/map", "kind": "sitemap", "title": "Map"}
    )
    listed(api)
    nothing = {"source": "harbour-wire", "wanted": None, "wanted_at": None, "last": None}
    assert api.get("/sources/harbour-wire/further") == nothing
    town = Town()
    object.__setattr__(api.app, "fetcher", fetcher(town))
    asked = api.do("POST", "/sources/harbour-wire/further", {"pages": 7})
    assert (asked["wanted"], asked["last"], town.dialled) == (7, None, [])
    assert datetime.fromisoformat(asked["wanted_at"]) <= api.app.clock()
    for wrong in ({"pages": 0}, {"pages": 51}, {"pages": "many"}, {}, {"pages": 7, "more": 1}):
        assert api.ask("POST", "/sources/harbour-wire/further", wrong).status_code == 422
    refused = api.ask("POST", "/sources/map/further", {"pages": 7})
    assert (refused.status_code, refused.json()["error"]) == (409, "a sitemap has no further pages")
    assert api.ask("POST", "/sources/none/further", {"pages": 7}).status_code == 404
    assert api.ask("GET", "/sources/none/further").status_code == 404
    assert api.get("/sources/harbour-wire/further")["wanted"] == 7

    second = FEED.replace(b"Ferry", b"Harbour").replace(b"/1<", b"/2<")
    more = b"<atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='next' href='/feed?2'/><item>"
    with open_site(lambda head: ok(second if b"?2" in head else FEED.replace(b"<item>", more))) as (_, there):
        object.__setattr__(
            api.app, "sources", (replace(api.app.sources[0], url="http://news.example.org/feed"),)
        )
        object.__setattr__(api.app, "fetcher", fetcher(there))
        api.do("POST", "/sources/harbour-wire/further", {"pages": 3})
        run(api.app, ["harbour-wire"], worker="w", told=lambda _: None)
    found = api.get("/sources/harbour-wire/further")
    last = found.pop("last")
    assert found == {"source": "harbour-wire", "wanted": None, "wanted_at": None}
    assert {name: last[name] for name in ("by", "wanted", "pages", "new", "revised", "left", "error")} == {
        "by": "service",
        "wanted": 3,
        "pages": 1,
        "new": 2,
        "revised": 0,
        "left": 0,
        "error": None,
    }
    lines = [(one["event"], one["by"]) for one in api.get("/history?limit=2")["items"]]
    assert lines == [("further pages read", "service"), ("further pages wanted", ADMIN)]


def test_lists_of_subscriptions_come_in_and_go_out(api: Program) -> None:
    """Known addresses are told, not doubled."""
    api.do("POST", "/sources", NEW)
    listed(api)
    taken = api.bring("/sources/import", {"file": OPML}).json()
    assert taken == {"added": ["wire"], "known": ["https://news.example.org/feed"], "refused": []}
    assert [name for name, _ in listed(api)] == ["harbour-wire", "wire"]
    out = api.ask("GET", "/sources.opml")
    assert out.headers["content-type"] == "text/x-opml; charset=utf-8"
    assert b"https://wire.example.org/feed" in out.content
    assert api.bring("/sources/import", {"file": b"<opml"}).status_code == 422
    bomb = b'<!DOCTYPE o [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><opml><body>&b;</body></opml>'
    assert api.bring("/sources/import", {"file": bomb}).status_code == 422


def test_what_a_source_gave_tells_of_digests_that_one_may_look_at(api: Program) -> None:
    """Its articles are everybody's, what other digests made of them is not."""
    api.do("POST", "/sources", NEW)
    listed(api)
    new = {"title": "Barrier holds", "text": "The barrier held. " * 30, "url": "https://news.example.org/7"}
    api.do("POST", "/articles", {"source": "harbour-wire", "articles": [{**new, "tags": ["world"]}]})
    api.do("POST", "/digests/daily/build", {"at": "2026-11-19T08:00:00+01:00"})
    found = api.get("/sources/harbour-wire/yield")
    assert (sum(found["daily"]), found["total"], len(found["daily"])) == (1, 1, 30)
    assert found["last"][0]["digest"] == "daily"
    other = api.token_of(Role.EDITOR, digest="weekly")
    shown = api.ask("GET", "/sources/harbour-wire/yield", token=other).json()["last"][0]
    assert (shown["title"], shown["digest"], shown["edition"]) == ("Barrier holds", None, None)
    assert api.ask("GET", "/sources/none/yield").status_code == 404
    reads = api.token_of(Role.ADMIN, Right.READ)
    assert api.ask("DELETE", "/sources/harbour-wire", token=reads).status_code == 403


def test_a_source_is_changed_on_the_text_that_was_looked_at(api: Program) -> None:
    """Other keys and comments stay; faults are told and nothing is saved; only over the installation."""
    file = api.app.home.config / "sources.yaml"
    file.write_text(
        "# ours\nsources:\n  - {name: wire, title: Wire, url: 'https://a.example/f'} # mine\n", "utf-8"
    )
    listed(api)
    shown = api.get("/sources/wire/entry")
    assert shown["fields"]["url"] == "https://a.example/f"
    checked = api.do("POST", "/sources/wire/entry/check", {"every": "2h"})
    assert [line["kind"] for line in checked["difference"] if line["kind"] in {"cut", "add"}] == [
        "cut",
        "add",
    ]
    wish = {"fields": {"every": "2h"}, "base": shown["hash"], "note": "slow"}
    assert api.do("PUT", "/sources/wire/entry", wish)["changed"] is True
    assert "every: 2h" in file.read_text("utf-8")
    assert file.read_text("utf-8").startswith("# ours\n")
    assert "# mine" in file.read_text("utf-8")
    assert api.ask("PUT", "/sources/wire/entry", wish).status_code == 409
    assert api.ask("POST", "/sources/wire/entry/check", {"every": "soon"}).status_code == 422
    assert api.ask("POST", "/sources/wire/entry/check", {"key_file": "/etc/passwd"}).status_code == 422
    assert api.ask("GET", "/sources/none/entry").status_code == 404
    one = api.token_of(Role.OPERATOR, digest="daily")
    assert api.ask("GET", "/sources/wire/entry", token=one).status_code == 403


def test_the_file_of_the_sources_goes_back_to_a_version(api: Program) -> None:
    """By programs and by command; only on the text that the version was compared with."""
    file = api.app.home.config / "sources.yaml"
    first = "# ours\n- {name: wire, title: Wire}\n"
    file.write_text(first, "utf-8")
    base = api.get("/sources/wire/entry")["hash"]
    api.do("PUT", "/sources/wire/entry", {"fields": {"title": "Harbour Wire"}, "base": base})
    now = api.get("/sources.yaml")
    assert now["text"] == file.read_text("utf-8") != first
    assert [one["by"] for one in now["versions"]] == [ADMIN, None]
    number = now["versions"][1]["id"]
    old = api.get(f"/sources.yaml/versions/{number}")
    assert (old["text"], old["base"]) == (first, now["hash"])
    assert {one["kind"] for one in old["difference"]} == {"same", "cut", "add"}
    path = f"/sources.yaml/versions/{number}/restore"
    assert api.do("POST", path, {"base": now["hash"]}) == {"changed": True, "hash": base}
    assert file.read_text("utf-8") == first
    assert api.do("POST", path, {"base": base})["changed"] is False
    assert api.ask("POST", path, {"base": now["hash"]}).status_code == 409
    assert api.ask("GET", "/sources.yaml/versions/999").status_code == 404

    home = api.app.home.root
    listed = run_here("sources", "history", "--json", home=home).data
    assert [one["note"] for one in listed] == [f"version {number} again", "wire", None]
    back = run_here("sources", "restore", str(listed[1]["id"]), "--json", home=home)
    assert back.data == {"version": listed[1]["id"], "changed": True}
    assert file.read_text("utf-8") == now["text"]
    assert run_here("sources", "history", home=home).code == 0
