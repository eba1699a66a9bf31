"""Further pages of a listing: what went by unseen since the last look is read, and no more than that."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from digest.actions.content.rounds import further, look, walked
from digest.actions.content.sources import fetch
from digest.model import Fetching, SourceKind
from newsroom import DUE
from rounds_cast import TEXT, World, entry, feed, html, page, path_of, world
from web_cast import answer, ok

FEED = "http://wire.example/feed"


@pytest.fixture
def there(tmp_path: Path) -> Iterator[World]:
    """A home on the little web."""
    with world(tmp_path / "home") as made:
        yield made


def onward(to: str) -> str:
    return f"<atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='next' href='{to}'/>"


def pages(*names: str, start: int = 1, words: int = 8) -> dict[str, bytes]:
    """Lay a feed out in pages, each with the entries of one text: /feed, /feed?page=2 and so on."""
    last = start + len(names) - 1
    laid: dict[str, bytes] = {}
    for number, some in enumerate(names, start):
        extra = onward(f"/feed?page={number + 1}") if number < last else ""
        body = feed(*(entry(name, words=words) for name in some.split()), extra=extra)
        laid["/feed" if number == 1 else f"/feed?page={number}"] = ok(body, f'ETag: "{some}"')
    return laid


def asked(there: World, host: str = "wire.example") -> list[str]:
    """Return what was asked for, and forget it."""
    found = [path_of(head) for head in there.sites[host].requests]
    there.sites[host].requests.clear()
    return found


def begun(there: World, *names: str) -> dict[str, bytes]:
    """Read a feed once, and return its pages, to be laid out anew."""
    table = pages(*names)
    there.paths("wire.example", table)
    there.source("wire", FEED)
    there.round()
    asked(there)
    return table


def test_what_went_by_between_two_looks_is_read_from_further_pages(there: World) -> None:
    """A wire of twenty entries an hour, looked at each day, would lose most of them."""
    table = begun(there, "boat pier", "old")
    table |= pages("tide lock", "dock quay", "boat pier", "old")
    visited = there.round(hours=25)["wire"]

    assert (visited.new, visited.notice) == (4, None)
    assert there.titles() == ["boat", "dock", "lock", "pier", "quay", "tide"]
    assert asked(there) == ["/feed", "/feed?page=2", "/feed?page=3"]


def test_the_first_look_and_one_that_finds_something_known_read_no_further(there: World) -> None:
    """What a source wrote before it was listed is no news, and most looks cost one request."""
    table = pages("boat pier", "old older")
    there.paths("wire.example", table)
    there.source("wire", FEED)
    there.round()
    assert asked(there) == ["/feed"]
    table |= pages("tide boat", "old older")
    there.round(hours=25)

    assert (asked(there), there.titles()) == (["/feed"], ["boat", "pier", "tide"])


def posts(*names: str, key: str = "rendered") -> list[dict[str, object]]:
    """Write posts as WordPress gives them."""
    return [
        {
            "title": {key: f"The {name} opened again"},
            "link": f"http://wire.example/{name}",
            "content": {key: f"<p>{TEXT * 8}</p>"},
        }
        for name in names
    ]


def ghost(number: int, *names: str, last: int = 3) -> dict[str, object]:
    """Write a page of posts as Ghost gives it."""
    written = [
        {
            "title": f"The {name} opened again",
            "url": f"http://wire.example/{name}",
            "html": f"<p>{TEXT * 8}</p>",
        }
        for name in names
    ]
    after = number + 1 if number < last else None
    return {"posts": written, "meta": {"pagination": {"page": number, "next": after}}}


def json_feed(number: int, *names: str) -> dict[str, object]:
    items = [
        {"id": name, "url": f"/{name}", "title": f"The {name} opened again", "content_text": TEXT * 8}
        for name in names
    ]
    return {"items": items, "next_url": f"http://wire.example/feed?page={number + 1}"}


@pytest.mark.parametrize(
    ("kind", "write", "url"),
    [
        (SourceKind.FEED, json_feed, FEED),
        (SourceKind.WORDPRESS, lambda _number, *names: posts(*names), "http://wire.example/?per_page=2"),
        (SourceKind.GHOST, ghost, "http://wire.example/"),
    ],
)
def test_json_feeds_and_apis_are_read_on_in_their_own_way(
    there: World, kind: SourceKind, write: Callable[..., object], url: str
) -> None:
    """JSON Feed 1.1 has next_url, WordPress counts pages, Ghost tells meta.pagination.next."""
    known = ["boat", "pier"]
    rows = [known, ["old", "older"]]

    def script(head: bytes) -> bytes:
        number = int(parse_qs(urlsplit(path_of(head)).query).get("page", ["1"])[0])
        if number > len(rows):
            return answer(400, b'{"code": "rest_post_invalid_page_number"}')
        return ok(json.dumps(write(number, *rows[number - 1])).encode(), "Content-Type: application/json")

    site = there.site("wire.example", script)
    file = there.room.app.home.root / "keys" / "ghost"
    file.parent.mkdir(exist_ok=True)
    file.write_text("feed42\n")
    key_file = "keys/ghost" if kind is SourceKind.GHOST else None
    there.source("wire", url, kind=kind, fetching=Fetching(key_file=key_file))
    there.round()
    site.requests.clear()
    rows[:0] = [["tide", "lock"], ["dock", "quay"]]
    visited = there.round(hours=25)["wire"]

    assert (visited.new, visited.error, visited.notice) == (4, None, None)
    assert there.titles() == ["boat", "dock", "lock", "pier", "quay", "tide"]
    queries = [parse_qs(urlsplit(path_of(head)).query) for head in site.requests]
    assert [query.get("page") for query in queries] == [None, ["2"], ["3"]]
    assert all(query.get("key") == (["feed42"] if key_file else None) for query in queries)


def test_beyond_the_last_page_of_wordpress_there_is_nothing_amiss(there: World) -> None:
    """It answers 400 for a page that it does not have, which is seen only by asking."""
    rows = [posts("boat", "pier")]

    def script(head: bytes) -> bytes:
        if "page=2" in path_of(head).split("&"):
            return answer(400, b'{"code": "rest_post_invalid_page_number"}')
        return ok(json.dumps(rows[0]).encode(), "Content-Type: application/json")

    there.site("wire.example", script)
    there.source("wire", "http://wire.example/?per_page=2", kind=SourceKind.WORDPRESS)
    there.round()
    rows[0] = posts("tide", "lock")
    visited = there.round(hours=25)["wire"]

    assert (visited.new, visited.error, visited.notice) == (2, None, None)
    assert there.state("wire").body_hash is not None


def test_a_page_of_the_site_in_place_of_posts_is_no_article(there: World) -> None:
    """Nobody said that it is WordPress: what answers as a page would be taken for one."""
    rows = [posts("boat")]

    def script(head: bytes) -> bytes:
        if "page=2" in path_of(head).split("&"):
            return html(page("mole"))
        return ok(json.dumps(rows[0]).encode(), "Content-Type: application/json")

    there.site("wire.example", script)
    there.source("wire", "http://wire.example/wp-json/wp/v2/posts?per_page=1&a=b")
    there.round()
    rows[0] = posts("tide")
    visited = there.round(hours=25)["wire"]

    assert visited.notice == "a further page of it cannot be read: it is no answer of the API"
    assert there.titles() == ["boat", "tide"]


def test_what_is_beyond_the_bound_is_told_and_read_when_a_person_wants_it(there: World) -> None:
    """A source that comes back after a year must not take the site's whole archive by itself."""
    table = begun(there, "boat")
    table |= pages("tide", "lock", "dock", "quay", "boat")
    there.collect(further_pages=1)
    visited = there.round(hours=25)["wire"]
    assert (visited.new, asked(there)) == (2, ["/feed", "/feed?page=2"])
    assert "`digest sources fetch wire --further 4` reads on" in str(visited.notice)
    there.round(hours=25)
    assert asked(there) == ["/feed"]
    fetch(there.room.app, ["wire"], worker="olu", told=lambda _: None, further=4)

    assert there.titles() == ["boat", "dock", "lock", "quay", "tide"]


@pytest.mark.parametrize("words", [8, 1])
def test_the_past_says_nothing_of_how_often_more_comes(there: World, words: int) -> None:
    """A thousand old articles in a minute would let the source be asked all the time, then called silent."""
    old = [f"old{number}" for number in range(9)]
    table = pages("boat", " ".join(old), words=words) | {
        f"/{name}": html(page(name)) for name in (*old, "boat")
    }
    there.paths("wire.example", table)
    there.source("wire", FEED)
    there.round()
    before = there.state("wire")
    there.clock.now += timedelta(hours=1)
    fetch(there.room.app, ["wire"], worker="olu", told=lambda _: None, further=1)
    after = there.state("wire")

    assert (after.brought, after.per_day, after.changed_at) == (10, before.per_day, before.changed_at)


def test_none_are_read_where_the_operator_wants_none(there: World) -> None:
    """0 is the bound that keeps to the first page."""
    table = begun(there, "boat")
    table |= pages("tide", "lock", "boat")
    there.collect(further_pages=0)
    there.round(hours=25)

    assert asked(there) == ["/feed"]


def test_the_past_of_a_new_source_is_read_when_a_person_wants_it(there: World) -> None:
    """All of it: pages of thin entries, too, which a first look passes over."""
    table = pages("boat pier", "old older", words=1)
    table |= {f"/{name}": html(page(name)) for name in ("boat", "pier", "old", "older")}
    there.paths("wire.example", table)
    there.source("wire", FEED)
    there.collect(pages=3)
    fetch(there.room.app, ["wire"], worker="olu", told=lambda _: None, further=1)
    assert there.titles() == ["boat", "old", "pier"]
    there.round(hours=1)

    assert there.titles() == ["boat", "old", "older", "pier"]


def test_a_further_page_that_fails_costs_itself_and_is_read_later(there: World) -> None:
    """The version of the listing must not count as read: with its ETag the rest would be lost for ever."""
    table = begun(there, "boat")
    new = pages("tide", "lock", "dock", "boat")
    table |= new | {"/feed?page=3": answer(503)}
    first = there.round(hours=25)["wire"]
    assert (first.new, first.error) == (2, None)
    assert first.notice == "a further page of it cannot be read: its server answers 503 (Service Unavailable)"
    table |= new
    there.sites["wire.example"].requests.clear()
    second = there.round(hours=1)["wire"]

    assert (second.new, second.notice, there.titles()) == (1, None, ["boat", "dock", "lock", "tide"])
    heads = there.sites["wire.example"].requests
    assert not any(b"If-None-Match" in head for head in heads)
    assert [path_of(head) for head in heads] == ["/feed", *(f"/feed?page={number}" for number in (2, 3, 4))]
    heads.clear()
    there.round(hours=25)
    assert [(path_of(head), b'If-None-Match: "tide"' in head) for head in heads] == [("/feed", True)]


@pytest.mark.parametrize(
    "reply",
    [
        answer(404),
        ok(b"%PDF-1.7"),
        html(page("mole")),
        answer(302, b"", "Location: http://10.0.0.1/feed"),
        b"nonsense",
    ],
)
def test_a_further_page_that_goes_on_failing_is_given_up(there: World, reply: bytes) -> None:
    """Four tries within two days; not every five minutes for years, whatever is there instead."""
    table = begun(there, "boat")
    table |= pages("tide", "lock", "boat") | {"/feed?page=2": reply}
    notices = [str(there.round(hours=hours)["wire"].notice) for hours in (25, 1, 3, 25)]
    assert ["cannot be read" in notice for notice in notices] == [True] * 4
    way_out = "; given up after 4 tries, `digest sources fetch wire --further 20` tries once more"
    assert [notice.endswith(way_out) for notice in notices] == [False, False, False, True]
    asked(there)
    there.round(hours=50)

    assert (asked(there), there.titles()) == (["/feed"], ["boat", "tide"])


def test_a_page_that_fails_for_an_hour_costs_nothing(there: World) -> None:
    """A quick source is looked at a dozen times meanwhile; the page is tried after 15 min, 2 h and 1 day."""
    table = begun(there, "boat")
    well = pages("tide", "lock", "boat")
    table |= well | {"/feed?page=2": answer(503)}
    there.source("wire", FEED, fetching=Fetching(every=timedelta(minutes=5)))
    there.round(hours=25)
    looks = [there.round(hours=0.1) for _ in range(12)]
    further_ones = [path for path in asked(there) if path != "/feed"]
    table |= well

    assert all("a further page of it c" in str(one["wire"].notice) for one in looks)
    assert further_ones == ["/feed?page=2"] * 2
    assert there.round(hours=2)["wire"].new == 1
    assert there.titles() == ["boat", "lock", "tide"]


def test_a_server_that_wants_to_be_left_alone_at_a_further_page_is(there: World) -> None:
    """RFC 9110, 10.2.3: Retry-After counts wherever it is said."""
    table = begun(there, "boat")
    table |= pages("tide", "lock", "boat") | {"/feed?page=2": answer(429, b"", "Retry-After: 7200")}
    there.round(hours=25)

    assert there.state("wire").due_at == DUE + timedelta(hours=27)


def test_looks_that_must_read_on_meanwhile_do_not_use_up_the_tries(there: World) -> None:
    """A busy wire has a new first page every few minutes, so its second one is asked for each time."""
    table = begun(there, "boat")
    there.source("wire", FEED, fetching=Fetching(every=timedelta(minutes=5)))
    there.clock.now += timedelta(hours=25)
    for name in ("tide", "lock", "dock", "quay", "mole", "rock"):
        table |= pages(name, "sail", "boat") | {"/feed?page=2": answer(503)}
        assert "given up" not in str(there.round(hours=0.1)["wire"].notice)
    table |= pages("rock", "sail", "boat")
    there.round(hours=2)

    assert "sail" in there.titles()


def test_a_source_that_is_seldom_looked_at_is_tried_again_in_time(there: World) -> None:
    """The first pause is 15 minutes, the second 2 hours, whatever the source's own interval."""
    table = begun(there, "boat")
    there.source("wire", FEED, fetching=Fetching(every=timedelta(days=2)))
    table |= pages("tide", "lock", "boat") | {"/feed?page=2": answer(503)}
    there.round(hours=60)
    assert there.state("wire").due_at == there.clock.now + timedelta(minutes=15)
    there.round(hours=0.25)
    assert there.state("wire").due_at == there.clock.now + timedelta(hours=2)


def test_a_server_is_left_alone_also_after_the_last_try(there: World) -> None:
    """It is the same server that is asked for the first page next."""
    table = begun(there, "boat")
    table |= pages("tide", "lock", "boat") | {"/feed?page=2": answer(503)}
    there.source("wire", FEED, fetching=Fetching(every=timedelta(minutes=5)))
    for hours in (25, 1, 3):
        there.round(hours=hours)
    table |= {"/feed?page=2": answer(429, b"", "Retry-After: 7200")}
    assert "given up" in str(there.round(hours=25)["wire"].notice)

    assert there.state("wire").due_at == DUE + timedelta(hours=56)


@pytest.mark.parametrize(("most", "left"), [(2, [3, 1, 0]), (50, [0])])
def test_thin_entries_of_further_pages_are_completed(there: World, most: int, left: list[int]) -> None:
    """The listing must be read that far again until the last of their pages is had."""
    names = ("boat", "tide", "lock", "dock", "quay", "mole")
    table = pages("boat", words=1) | {f"/{name}": html(page(name)) for name in names}
    there.paths("wire.example", table)
    there.source("wire", FEED)
    there.round()
    table |= pages("tide lock", "dock quay", "mole boat", words=1)
    there.collect(pages=most)

    assert [there.round(hours=1)["wire"].left for _ in left] == left
    assert there.titles() == ["boat", "dock", "lock", "mole", "quay", "tide"]
    asked(there)
    table |= pages("rock tide", "lock dock", words=1)
    there.round(hours=25)
    assert asked(there) == ["/feed", "/rock"]


def test_pages_without_end_that_say_the_same_are_read_once(there: World) -> None:
    """A site that does not know the parameter answers each page with its first one, and names the next."""
    known = ["boat"]

    def script(head: bytes) -> bytes:
        number = int(parse_qs(urlsplit(path_of(head)).query).get("page", ["1"])[0])
        return ok(feed(entry(known[0]), extra=onward(f"/feed?page={number + 1}") + f"<ttl>{number}</ttl>"))

    there.site("wire.example", script)
    there.source("wire", FEED)
    there.round()
    known[0] = "tide"
    asked(there)
    there.round(hours=25)

    assert asked(there) == ["/feed", "/feed?page=2"]


@pytest.mark.parametrize(
    "next_url",
    [
        "/feed",
        "/feed?page=2",
        "/mirror",
        "http://other.example/feed",
        "http://wire.example:8080/feed",
        "ftp://wire.example/feed",
        "http://[::1",
        "",
    ],
)
def test_a_page_that_leads_back_or_away_is_not_followed(there: World, next_url: str) -> None:
    """A feed could send us in circles, or through the web."""
    table = begun(there, "boat")
    there.site("other.example", ok(feed(entry("evil"))))
    body = feed(entry("tide"), extra=onward(next_url))
    table |= {"/feed": ok(body), "/feed?page=2": ok(body), "/mirror": ok(body)}
    visited = there.round(hours=25)["wire"]

    assert (visited.new, visited.error, visited.notice) == (1, None, None)
    assert there.titles() == ["boat", "tide"]
    assert there.sites["other.example"].requests == []
    assert len(asked(there)) <= 2


def test_a_further_page_that_has_moved_to_another_host_is_not_taken(there: World) -> None:
    """Whoever can turn one page of a site away could feed us the web."""
    table = begun(there, "boat")
    table |= pages("tide", "lock", "boat")
    table["/feed?page=2"] = answer(302, b"", "Location: http://other.example/feed?page=2")
    there.paths("other.example", pages("evil", "worse") | {"/feed?page=2": pages("evil", "worse")["/feed"]})
    visited = there.round(hours=25)["wire"]

    assert visited.notice == "a further page of it cannot be read: it has moved to another host"
    assert (there.titles(), asked(there, "other.example")) == (["boat", "tide"], ["/feed?page=2"])


def test_a_key_goes_to_no_other_host_for_a_further_page(there: World) -> None:
    """The address of each page of a Ghost holds it, and would hand it on wherever a redirect leads."""
    rows = [["boat", "pier"]]

    def script(head: bytes) -> bytes:
        number = int(parse_qs(urlsplit(path_of(head)).query).get("page", ["1"])[0])
        if number > 1:
            return answer(301, b"", f"Location: http://other.example{path_of(head)}")
        return ok(json.dumps(ghost(1, *rows[0])).encode(), "Content-Type: application/json")

    there.site("wire.example", script)
    there.paths("other.example", {})
    file = there.room.app.home.root / "keys" / "ghost"
    file.parent.mkdir(exist_ok=True)
    file.write_text("feed42\n")
    fetching = Fetching(key_file="keys/ghost")
    there.source("wire", "http://wire.example/", kind=SourceKind.GHOST, fetching=fetching)
    there.round()
    rows[0] = ["tide", "lock"]
    visited = there.round(hours=25)["wire"]

    assert visited.new == 2
    assert "redirects to another host, other.example" in (visited.notice or "")
    assert "feed42" not in (visited.notice or "")
    assert asked(there, "other.example") == []


def test_the_pages_of_a_feed_that_has_moved_are_read_where_it_is(there: World) -> None:
    """Its own redirect says where it is; a page asked for at the old host leads there, too."""
    table = pages("boat")
    there.paths("new.example", table)
    there.site("wire.example", lambda head: answer(302, b"", f"Location: http://new.example{path_of(head)}"))
    there.source("wire", FEED)
    there.round()
    table |= pages("tide", "lock", "boat")
    visited = there.round(hours=25)["wire"]

    assert (visited.notice, there.titles()) == (None, ["boat", "lock", "tide"])


def test_more_than_a_look_takes_comes_with_the_next_looks(
    there: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Known ones do not count, so that each look gets further; the bound is small here."""
    for module in (further, look):
        monkeypatch.setattr(module, "MOST_ARTICLES", 3)
    table = begun(there, "boat")
    table |= pages("a b", "c d", "e f", "g boat")
    first = there.round(hours=25)["wire"]
    assert (first.new, there.titles()) == (3, ["a", "b", "boat", "c"])
    assert first.notice == (
        "it lists more than 3 new articles, which one look takes at most; the next looks take the others"
    )
    assert there.round(hours=0.1)["wire"].new == 3
    last = there.round(hours=0.1)["wire"]
    assert (last.new, last.notice) == (1, None)
    assert there.titles() == ["a", "b", "boat", "c", "d", "e", "f", "g"]
    asked(there)
    there.round(hours=25)
    assert asked(there) == ["/feed"]


def test_the_same_command_again_takes_more_of_the_past(there: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise what is beyond the first thousand of an archive could never be had."""
    for module in (further, look):
        monkeypatch.setattr(module, "MOST_ARTICLES", 3)
    there.paths("wire.example", pages("a b", "c d", "e f"))
    there.source("wire", FEED)
    notices: list[str | None] = []
    for _ in range(2):
        fetch(there.room.app, ["wire"], worker="olu", told=lambda one: notices.append(one.notice), further=5)

    assert there.titles() == ["a", "b", "c", "d", "e", "f"]
    assert (str(notices[0]).endswith("wanting them again takes more"), notices[1]) == (True, None)


def test_a_page_of_which_nothing_can_be_read_does_not_hide_those_below_it(there: World) -> None:
    """Entries without a text on one page are no end of the listing."""
    table = begun(there, "boat")
    table |= pages("tide", "lock", "dock boat")
    bad = "<item><title>Only a headline</title></item>"
    table["/feed?page=2"] = ok(feed(bad, bad, extra=onward("/feed?page=3")))
    visited = there.round(hours=25)["wire"]

    assert (visited.unreadable, there.titles()) == (2, ["boat", "dock", "tide"])
    assert "2 entries cannot be read" in str(visited.notice)


@pytest.mark.parametrize("words", [8, 1])
def test_an_entry_pinned_on_top_of_all_pages_hides_no_burst(there: World, words: int) -> None:
    """It is known, and old; what went by is below it. Thin ones are ordered by their dates otherwise."""
    names = ("pin", "boat", "tide", "lock", "dock")
    table = pages("pin boat", words=words) | {f"/{name}": html(page(name)) for name in names}
    there.paths("wire.example", table)
    there.source("wire", FEED)
    there.round()
    old, new = "Mon, 02 Jan 2006 09:00:00 GMT", "Mon, 02 Mar 2026 09:00:00 GMT"
    pin = entry("pin", words=words, date=old)
    rows = [["tide", "lock"], ["dock"], ["boat"]]
    for number, row in enumerate(rows, 1):
        body = feed(
            pin,
            *(entry(name, words=words, date=new) for name in row),
            extra=onward(f"/feed?page={number + 1}"),
        )
        table["/feed" if number == 1 else f"/feed?page={number}"] = ok(body)
    asked(there)
    there.round(hours=25)

    assert set(there.titles()) == {"boat", "dock", "lock", "pin", "tide"}
    assert [path for path in asked(there) if path.startswith("/feed")] == [
        "/feed",
        "/feed?page=2",
        "/feed?page=3",
    ]


def test_a_wordpress_that_gives_fewer_posts_than_asked_is_read_on(there: World) -> None:
    """Some hosts cap per_page; a page with fewer than the first one is the last."""
    rows = [["boat", "pier"]]

    def script(head: bytes) -> bytes:
        number = int(parse_qs(urlsplit(path_of(head)).query).get("page", ["1"])[0])
        return ok(json.dumps(posts(*rows[number - 1])).encode(), "Content-Type: application/json")

    there.site("wire.example", script)
    there.source("wire", "http://wire.example/", kind=SourceKind.WORDPRESS)
    there.round()
    rows[:] = [["tide", "lock"], ["dock", "quay"], ["mole"]]
    asked(there)
    visited = there.round(hours=25)["wire"]

    assert (visited.new, visited.notice, len(asked(there))) == (5, None, 3)


def test_what_nobody_thought_of_is_not_said_to_be_the_key(
    there: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It costs its source alone, in true words."""

    def broken(*_: object, **__: object) -> str:
        raise ValueError("odd")

    table = begun(there, "boat")
    table |= pages("tide", "lock")
    monkeypatch.setattr(walked, "further_url", broken)

    assert there.round(hours=25)["wire"].error == "cannot be read, for a reason that the log tells"


def test_a_walk_ends_with_its_time(there: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow site would keep the source in our hands for longer than they are ours."""
    table = begun(there, "boat")
    table |= pages("tide", "lock", "boat")
    monkeypatch.setattr(further, "LISTINGS_S", -1.0)
    visited = there.round(hours=25)["wire"]

    assert (visited.new, visited.notice) == (1, "a further page of it cannot be read: they take too long")
    monkeypatch.undo()
    assert there.round(hours=1)["wire"].new == 1
