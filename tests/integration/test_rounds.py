"""Rounds through sources: what is asked when, what is taken, and what is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from digest.actions.content.rounds import Hosts, Visited, note_sources
from digest.actions.content.rounds.desk import Brought, Desk, NotOurs
from digest.actions.content.rounds.look import Found, look
from digest.actions.content.sources import Standing, fetch, health
from digest.model import AlertKind, ArticleContent, Fetching, FullText, SourceKind
from newsroom import DUE
from rounds_cast import World, entry, feed, html, page, path_of, world
from web_cast import answer, ok

MINUTE = timedelta(minutes=1)


@pytest.fixture
def there(tmp_path: Path) -> Iterator[World]:
    """A home on the little web."""
    with world(tmp_path / "home") as made:
        yield made


def test_a_source_is_read_once_and_then_asked_for_what_is_new(there: World) -> None:
    """Most looks find nothing new, and cost a few bytes on both sides."""

    def script(head: bytes) -> bytes:
        if b'If-None-Match: "v1"' in head:
            return answer(304, b"", 'ETag: "v1"')
        return ok(feed(entry("pier"), entry("boat")), 'ETag: "v1"')

    site = there.site("wire.example", script)
    there.source("wire", "http://wire.example/feed")
    first, second = there.round(), there.round(hours=3)

    assert (first["wire"].new, second["wire"].new, there.titles()) == (2, 0, ["boat", "pier"])
    assert [b"If-None-Match" in head for head in site.requests] == [False, True]
    state = there.state("wire")
    assert (state.succeeded_at, state.changed_at, state.brought) == (DUE + timedelta(hours=3), DUE, 2)
    assert there.round() == {}


def test_a_feed_without_a_version_that_says_the_same_is_not_read_again(there: World) -> None:
    """Half of all feeds have neither ETag nor Last-Modified."""
    there.site("wire.example", ok(feed(entry("pier"))))
    there.source("wire", "http://wire.example/feed")
    there.round()
    source, state = there.room.app.sources[-1], there.state("wire")

    assert look(there.room.app, source, state, there.hosts).found is Found.UNCHANGED


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "http://wire.example/feed, entry 2 cannot be read: no title"),
        (2, "2 entries cannot be read, such as http://wire.example/feed, entry 2: no title"),
    ],
)
def test_entries_that_are_no_articles_are_told(there: World, count: int, said: str) -> None:
    """They cost themselves, and a person can see which and why."""
    bare = "<item><guid>{}</guid></item>"
    there.site("wire.example", ok(feed(entry("pier"), *(bare.format(number) for number in range(count)))))
    there.source("wire", "http://wire.example/feed")
    visited = there.round()["wire"]

    assert (visited.new, visited.unreadable, visited.notice) == (1, count, said)


def test_a_move_for_good_is_remembered_and_told(there: World) -> None:
    """RFC 9110, 15.4.2: the old address is asked no more; the file is for people to change."""
    old = there.site("wire.example", answer(301, b"", "Location: http://new.example/feed"))
    there.site("new.example", ok(feed(entry("pier"))))
    there.source("wire", "http://wire.example/feed")
    there.round()
    there.round(hours=3)

    assert there.state("wire").moved_to == "http://new.example/feed"
    assert len(old.requests) == 1
    assert [line.note for line in there.room.history()] == [
        "the source 'wire': has moved for good to http://new.example/feed"
    ]


@pytest.mark.parametrize("kind", [SourceKind.AUTO, SourceKind.FEED])
def test_a_page_where_a_feed_was_is_no_article(there: World, kind: SourceKind) -> None:
    """'We are back soon' stood in an edition, and the source was well; a site rebuilt says it with a move."""
    table = {"/feed": ok(feed(entry("pier"), entry("boat")))}
    there.paths("wire.example", table)
    there.source("wire", "http://wire.example/feed", kind=kind)
    there.round()
    table |= {"/feed": answer(301, b"", "Location: /"), "/": html(page("shop")), "/robots.txt": ok(b"")}
    there.round(hours=3)
    failed = there.state("wire")

    assert there.titles() == ["boat", "pier"]
    assert (failed.failures, failed.moved_to) == (1, None)
    assert failed.error is not None
    assert "a page" in failed.error
    assert "`digest sources add URL`" in failed.error


def test_a_page_after_a_feed_of_one_article_is_none_either(there: World) -> None:
    """What was there counts, not how much: 'we are back soon' was the second article of a new paper."""
    table = {"/feed": ok(feed(entry("pier")))}
    there.paths("wire.example", table)
    there.source("wire", "http://wire.example/feed")
    there.round()
    table["/feed"] = html(page("shop"))
    failed = [there.round(hours=3)["wire"].error for _ in range(2)]

    assert there.titles() == ["pier"]
    assert all(said is not None and "a page answers where a list of articles was" in said for said in failed)


def test_a_page_of_the_day_is_read_for_ever(there: World) -> None:
    """Each day it is another article, with an address of its own, and never was there a list."""
    names = ("pier", "boat", "ferry", "crane", "barge")
    table = {"/robots.txt": ok(b"")}
    there.paths("wire.example", table)
    there.source("wire", "http://wire.example/today")
    for number, name in enumerate(names):
        own = f"<head><link rel='canonical' href='http://wire.example/{number}'>".encode()
        words = b"".join(b"<p>%d people of the %s came.</p>" % (n, name.encode()) for n in range(60))
        told = page(name, words=1).replace(b"<head>", own).replace(b"</article>", words + b"</article>")
        table["/today"] = html(told)
        there.round(hours=26)

    assert there.titles() == sorted(names)
    assert there.state("wire").error is None


def test_a_page_is_read_again_where_nobody_said_what_it_is(there: World) -> None:
    """`kind: auto` sees that it is a page; each change of it is a revision."""
    table = {"/board": html(page("pier")), "/robots.txt": ok(b"")}
    there.paths("wire.example", table)
    there.source("wire", "http://wire.example/board")
    there.round()
    table["/board"] = html(page("boat"))
    there.round(hours=3)

    assert there.titles() == ["boat", "pier"]


def test_a_move_that_leads_to_nothing_is_forgotten(there: World) -> None:
    """A hotel's login page answers every address with a move, for good if it likes."""
    there.site("wire.example", answer(301, b"", "Location: http://new.example/feed"))
    there.site("new.example", answer(404))
    there.source("wire", "http://wire.example/feed")
    there.round()
    assert there.state("wire").moved_to == "http://new.example/feed"
    there.round(hours=3)
    there.round(hours=3)

    assert there.state("wire").moved_to is None


def test_what_is_gone_is_asked_no_more_until_a_person_says_so(there: World) -> None:
    """RFC 9110, 15.5.11: 410 asks that links be removed."""
    site = there.site("wire.example", answer(410))
    there.source("wire", "http://wire.example/feed")
    there.round()
    assert there.round(hours=1_000) == {}
    assert health(there.room.app, "wire").standing is Standing.GONE
    (alert,) = there.room.alerts(AlertKind.SOURCE_DEAD)
    assert alert.title == "the source 'wire' is gone for good"
    fetch(there.room.app, [], worker="olu", told=lambda _: None)
    assert len(site.requests) == 1
    fetch(there.room.app, ["wire"], worker="olu", told=lambda _: None)

    assert len(site.requests) == 2


@pytest.mark.parametrize(
    ("reply", "words", "wait"),
    [
        (answer(503, b"", "Retry-After: 7200"), "503 (Service Unavailable)", timedelta(hours=2)),
        (
            answer(429, b"", "Retry-After: Thu, 19 Nov 2026 10:00:00 GMT"),
            "fewer requests",
            timedelta(hours=4),
        ),
        (answer(503, b"", "Retry-After: 99999999"), "503", timedelta(days=1)),
        (answer(401), "wants a login", None),
        (answer(403), "shuts programs out", None),
        (answer(404), "404 (Not Found)", None),
        (ok(b"<html><title>Nothing</title><p>Nothing.</p></html>"), "nothing in it can be read", None),
        (ok(b"%PDF-1.7"), "read", None),
    ],
)
def test_a_failure_is_told_in_words_and_tried_again(
    there: World, reply: bytes, words: str, wait: timedelta | None
) -> None:
    """RFC 9110, 10.2.3, in both forms, for a day at most; without it after five minutes, give or take."""
    there.site("wire.example", reply)
    there.source("wire", "http://wire.example/feed")
    (visited,) = there.round().values()
    state = there.state("wire")

    assert words in str(visited.error)
    assert (state.failures, state.error, state.succeeded_at) == (1, visited.error, None)
    rest = state.due_at - DUE
    assert rest == wait if wait else 4 * MINUTE < rest < 6 * MINUTE


def test_a_dead_source_is_told_once_and_again_when_it_dies_again(there: World) -> None:
    """Each look a line would hide the rest; a source that came back and died is news."""
    table = {"/feed": ok(feed(entry("pier")))}
    there.paths("wire.example", table)
    there.source("wire", "http://wire.example/feed")
    there.collect(dead_after=2)
    good = table["/feed"]
    for reply in (None, None, None, good, None, None):
        table.pop("/feed", None)
        if reply:
            table["/feed"] = reply
        there.round(hours=25)

    assert health(there.room.app, "wire").standing is Standing.DEAD
    assert [alert.title for alert in there.room.alerts(AlertKind.SOURCE_DEAD)] == [
        "the source 'wire' is dead: its server answers 404 (Not Found)"
    ] * 2
    assert there.titles() == ["pier"]


def test_thin_entries_are_completed_from_their_pages_once(there: World) -> None:
    """Two lines of a teaser make no summary."""
    table = {"/feed": ok(feed(entry("pier", words=1), entry("boat"))), "/pier": html(page("pier"))}
    site = there.paths("wire.example", table)
    there.source("wire", "http://wire.example/feed")
    first = there.round()["wire"]
    table["/feed"] = ok(feed(entry("pier", words=1), entry("boat"), extra="<ttl>5</ttl>"))
    second = there.round(hours=3)["wire"]

    assert (first.new, first.pages, first.left) == (2, 1, 0)
    assert (second.new, second.pages) == (0, 0)
    asked = [path_of(head) for head in site.requests]
    assert asked == ["/feed", "/robots.txt", "/pier", "/feed"]
    with there.room.app.store.reading() as tx:
        found = tx.articles.many(tx.articles.latest(since=DUE - timedelta(days=1), until=DUE, limit=99))
    assert [one.word_count > 150 for one in found if one.title == "The pier opened again"] == [True]


def sitemap_of(*names: str) -> bytes:
    """Write a sitemap of pages, each a day newer than the one before."""
    rows = "".join(
        f"<url><loc>http://wire.example/{name}</loc><lastmod>2026-11-{day:02}</lastmod></url>"
        for day, name in enumerate(names, 1)
    )
    head = '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return f"{head}{rows}</urlset>".encode()


@pytest.mark.parametrize("how", ["robots", "missing", "feed"])
def test_a_page_that_may_not_be_had_leaves_what_its_listing_said(there: World, how: str) -> None:
    """A teaser is better than nothing, and a site that shuts us out is obeyed."""
    table = {"/feed": ok(feed(entry("pier", words=1)))}
    if how == "robots":
        table["/robots.txt"] = ok(b"User-agent: *\nDisallow: /pier")
    if how != "missing":
        table["/pier"] = html(page("pier"))
    site = there.paths("wire.example", table)
    text = FullText.FEED if how == "feed" else FullText.AUTO
    there.source("wire", "http://wire.example/feed", fetching=Fetching(full_text=text))
    visited = there.round()["wire"]

    assert (visited.new, visited.error, there.titles()) == (1, None, ["pier"])
    assert ("/pier" in [path_of(head) for head in site.requests]) is (how == "missing")


def test_a_page_of_another_site_is_taken_as_that_site_allows(there: World) -> None:
    """Links that count their readers lead away from the site whose rules were asked."""
    there.paths(
        "wire.example",
        {"/feed": ok(feed(entry("pier", words=1), entry("boat", words=1)))}
        | {
            f"/{name}": answer(302, b"", f"Location: http://press.example/{name}")
            for name in ("pier", "boat")
        },
    )
    rules = ok(b"User-agent: *\nDisallow: /pier")
    there.paths("press.example", {"/robots.txt": rules} | {f"/{n}": html(page(n)) for n in ("pier", "boat")})
    there.source("wire", "http://wire.example/feed")
    there.round()

    with there.room.app.store.reading() as tx:
        found = tx.articles.many(tx.articles.latest(since=DUE - timedelta(days=1), until=DUE, limit=99))
    is_whole = {one.title: one.word_count > 150 for one in found if one.title.endswith("opened again")}
    assert is_whole == {"The pier opened again": False, "The boat opened again": True}


@pytest.mark.parametrize("down", ["wire.example", "press.example"])
def test_rules_that_cannot_be_read_now_put_a_page_off_and_lose_none(there: World, down: str) -> None:
    """A server that stumbles for a minute must not cost the articles that it had just listed."""
    rules = {host: ok(b"") for host in ("wire.example", "press.example")} | {down: answer(503)}
    wire = {"/map": ok(sitemap_of("pier"), "Content-Type: application/xml"), "/robots.txt": b""}
    wire["/pier"] = answer(302, b"", "Location: http://press.example/pier")
    press = {"/pier": html(page("pier")), "/robots.txt": b""}
    for host, table in (("wire.example", wire), ("press.example", press)):
        table["/robots.txt"] = rules[host]
        there.paths(host, table)
    there.source("wire", "http://wire.example/map", kind=SourceKind.SITEMAP)
    there.round()
    assert there.titles() == []
    wire["/robots.txt"] = press["/robots.txt"] = ok(b"")
    there.hosts = Hosts()  # a quarter of an hour has gone by
    there.round(hours=1)

    assert there.titles() == ["pier"]


def test_of_a_sitemap_the_newest_pages_come_first_and_the_past_stays_where_it_is(there: World) -> None:
    """Fifty thousand pages of ten years are no news; what is new later is all fetched, a few a round."""

    def sitemap(*names: str) -> bytes:
        return ok(sitemap_of(*names), "Content-Type: application/xml", 'ETag: "1"')

    names = ["pier", "boat", "quay", "lock", "dock", "tide"]
    table = {f"/{name}": html(page(name)) for name in names}
    table["/map"] = sitemap(*names[:3])
    site = there.paths("wire.example", table)
    there.source("wire", "http://wire.example/map", kind=SourceKind.SITEMAP)
    there.collect(pages=2)
    first = there.round()["wire"]
    assert (first.new, first.left, there.titles()) == (2, 0, ["boat", "quay"])
    table["/map"] = sitemap(*names)
    second = there.round(hours=25)["wire"]
    assert (second.new, second.left) == (2, 1)
    third = there.round(hours=1)["wire"]

    assert (third.new, third.left) == (1, 0)
    assert there.titles() == ["boat", "dock", "lock", "quay", "tide"]
    maps = [head for head in site.requests if path_of(head) == "/map"]
    assert not any(b"If-None-Match" in head for head in maps[2:])


def test_a_feed_puts_no_words_into_an_article_of_another_source(there: World) -> None:
    """Whoever lists an address could otherwise rewrite what stands there."""
    table = {"/feed": ok(feed(entry("pier")))}
    there.paths("wire.example", table)
    there.site("evil.example", ok(feed(entry("pier", words=20))))
    there.source("wire", "http://wire.example/feed")
    there.round()
    there.source("evil", "http://evil.example/feed")
    (visited,) = there.round().values()
    assert (visited.source, visited.new, visited.revised) == ("evil", 0, 0)
    table["/feed"] = ok(feed(entry("pier", words=9)))
    again = there.round(hours=3)["wire"]

    assert again.revised == 1


def test_the_site_of_an_article_has_the_last_word_on_it(there: World) -> None:
    """Who passed it on first is not whose it is."""
    there.site("planet.example", ok(feed(entry("pier", words=9))))
    there.site("wire.example", ok(feed(entry("pier"))))
    there.source("planet", "http://planet.example/feed")
    there.round()
    there.source("wire", "http://wire.example/feed")

    assert there.round()["wire"].revised == 1


def test_a_source_that_changes_all_its_articles_at_each_look_loses_the_right_to(there: World) -> None:
    """A counter in the text would make a revision of everything, every five minutes, for ever."""
    turn = iter(range(99))
    there.site(
        "wire.example",
        lambda _head: ok(
            feed(*(entry(f"pier{n}", words=8 + number % 2) for number in [next(turn)] for n in range(12)))
        ),
    )
    there.source("wire", "http://wire.example/feed")
    revised = [there.round(hours=27)["wire"].revised for _ in range(6)]

    assert revised == [0, 12, 12, 12, 0, 0]
    assert "changes most of its articles" in str(there.state("wire").notice)
    assert [line.outcome for line in there.room.history()] == ["failed"]


def test_unusual_silence_is_told_once(there: World) -> None:
    """A feed that has died often goes on answering."""
    table = {"/feed": b""}
    there.paths("wire.example", table)
    there.source("wire", "http://wire.example/feed")
    names: list[str] = []
    for day in range(8):
        names.append(f"pier{day}")
        table["/feed"] = ok(feed(*map(entry, names)))
        there.round(hours=24)
    assert there.room.alerts() == []
    for _ in range(20):
        there.round(hours=25)

    (alert,) = there.room.alerts(AlertKind.SOURCE_SILENT)
    assert alert.title.startswith("the source 'wire' has brought nothing for ")
    assert health(there.room.app, "wire").standing is Standing.SILENT


def test_a_source_that_says_nothing_keeps_no_other_waiting(there: World) -> None:
    """Two hundred such would delay everything else by an hour."""
    over = threading.Event()

    def silent(_head: bytes) -> bytes:
        over.wait(60)
        return answer(404)

    there.site("slow.example", silent)
    there.site("wire.example", lambda head: ok(feed(entry(path_of(head)[1:]))))
    for number in range(3):
        there.source(f"slow{number}", f"http://slow.example/{number}")
    for number in range(5):
        there.source(f"wire{number}", f"http://wire.example/pier{number}")
    there.collect(fetchers=1)
    ended: list[str] = []

    def told(visited: Visited) -> None:
        ended.append(visited.source)
        if len(ended) == 5:
            over.set()

    there.round(told=told)

    assert set(ended[:5]) == {f"wire{number}" for number in range(5)}
    assert len(ended) == 8


def test_two_schedulers_share_the_work(there: World) -> None:
    """Neither asks what the other has asked, whoever begins."""
    site = there.site("wire.example", lambda head: ok(feed(entry(path_of(head)[1:]))))
    for number in range(20):
        there.source(f"wire{number}", f"http://wire.example/pier{number}")
    other = threading.Thread(target=lambda: there.round(worker="other"))
    other.start()
    there.round(worker="one")
    other.join()

    asked = [path_of(head) for head in site.requests]
    assert sorted(asked) == sorted(f"/pier{number}" for number in range(20))
    assert len(there.titles()) == 20


def test_a_key_of_an_api_stays_in_its_file(there: World) -> None:
    """Addresses are shown, logged and mailed."""
    file = there.room.app.home.root / "keys" / "ghost"
    file.write_text("22444f78447824223cefc48062\n")
    site = there.site("blog.example", answer(403))
    there.source(
        "blog", "http://blog.example/", kind=SourceKind.GHOST, fetching=Fetching(key_file="keys/ghost")
    )
    visited = there.round()["blog"]
    found = there.state("blog")

    assert b"key=22444f78447824223cefc48062" in site.requests[0]
    assert visited.error == "its Ghost does not know the key of key_file"
    assert "22444f" not in repr((visited, found))
    file.unlink()
    assert "key_file cannot be read" in str(there.round(hours=3)["blog"].error)


@pytest.mark.parametrize("place", ["http://other.example", "https://www.blog.example"])
def test_a_key_of_an_api_goes_to_no_host_that_its_own_redirects_to(there: World, place: str) -> None:
    """Path and query go along where a site moves, and the key is in the query."""
    file = there.room.app.home.root / "keys" / "ghost"
    file.write_text("22444f78447824223cefc48062\n")
    there.site("blog.example", lambda head: answer(301, b"", f"Location: {place}{path_of(head)}"))
    other = there.site(place.partition("://")[2], answer(200, b"{}"))
    there.source(
        "blog", "http://blog.example/", kind=SourceKind.GHOST, fetching=Fetching(key_file="keys/ghost")
    )
    visited = there.round()["blog"]

    assert (other.connections, place.partition("://")[2] in str(visited.error)) == (0, True)
    assert "list its address there instead" in str(visited.error)
    assert "22444f" not in repr((visited, there.state("blog")))


@pytest.mark.parametrize("kind", [SourceKind.PAGE, SourceKind.AUTO])
def test_a_page_that_is_a_source_itself_is_asked_for_as_its_site_allows(
    there: World, kind: SourceKind
) -> None:
    """An operator may list any page; robots.txt is about pages."""
    table = {"/pier": html(page("pier")), "/robots.txt": ok(b"User-agent: *\nDisallow: /pier")}
    site = there.paths("wire.example", table)
    there.source("wire", "http://wire.example/pier", kind=kind)
    visited = there.round()["wire"]
    asked = [path_of(head) for head in site.requests]
    there.source("wire", "http://wire.example/pier", kind=kind, fetching=Fetching(robots=False))

    assert "robots.txt of its site shuts programs out" in str(visited.error)
    assert ("/pier" in asked) is (kind is SourceKind.AUTO)
    assert there.round(hours=3)["wire"].new == 1


def test_paused_sources_and_names_alone_are_left_alone(there: World) -> None:
    """Read-only: what they brought stays."""
    site = there.site("wire.example", ok(feed(entry("pier"))))
    source = there.source("wire", "http://wire.example/feed")
    there.round()
    there.source("wire", "http://wire.example/feed", fetching=replace(source.fetching, paused=True))
    there.source("bare", None)

    assert there.round(hours=100) == {}
    assert len(site.requests) == 1
    assert there.titles() == ["pier"]
    standings = {name: health(there.room.app, name).standing for name in ("wire", "bare")}
    assert standings == {"wire": Standing.PAUSED, "bare": Standing.NAME}


def test_what_a_person_fetches_is_told_even_when_it_is_not_due(there: World) -> None:
    """Whoever has just mended a source wants to see it."""
    there.site("wire.example", ok(feed(entry("pier"))))
    there.source("wire", "http://wire.example/feed")
    there.round()
    told: list[object] = []

    assert fetch(there.room.app, ["wire"], worker="olu", told=told.append) == ()
    assert len(told) == 1
    with there.room.app.store.writing() as tx:
        now = there.clock.now
        tx.source_states.hurry(["wire"], at=now)
        tx.source_states.claim(["wire"], "else", now=now, horizon=now, lease=5 * MINUTE)
    assert fetch(there.room.app, ["wire"], worker="olu", told=told.append) == ("wire",)
    assert len(told) == 1


def test_an_article_that_no_database_takes_costs_itself(there: World) -> None:
    """Foreign text holds what nobody thought of."""
    source = there.source("wire", "http://wire.example/feed")
    note_sources(there.room.app)
    good = ArticleContent(title="The pier opened again", paragraphs=("It did.",), html="<p>It did.</p>")
    bad = replace(good, title="The \ud800 opened again")
    with there.room.app.store.writing() as tx:
        (state,) = tx.source_states.claim(["wire"], "a", now=DUE, horizon=DUE, lease=5 * MINUTE).values()
    desk = Desk(app=there.room.app, source=source, worker="a", due_at=DUE)
    counts, written = desk.write(Brought(before=state, after=lambda _: state, articles=[bad, good]))

    assert (counts.new + counts.same, written) == (1, state)
    assert there.titles() == ["pier"]
    with pytest.raises(NotOurs):
        desk.write(Brought(before=state, after=lambda _: state, articles=[replace(good, title="Lost")]))
    assert there.titles() == ["pier"]
