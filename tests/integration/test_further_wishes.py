"""Wishes for the past of a source: noted by any door, read by the next look, with their end on record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from digest.actions.content.source_past import Past, past
from digest.actions.content.sources import fetch, fetch_soon, fetch_while_waiting
from digest.errors import Refused
from digest.model import Fetching, HistoryEntry, SourceKind
from rounds_cast import World, entry, feed, html, page, path_of, world
from web_cast import answer, ok

FEED = "http://wire.example/feed"


@pytest.fixture
def there(tmp_path: Path) -> Iterator[World]:
    """A home on the little web."""
    with world(tmp_path / "home") as made:
        yield made


def laid(*names: str, words: int = 8) -> dict[str, bytes]:
    """Lay a feed out in pages, each with the entries of one text."""
    table = {}
    for number, some in enumerate(names, 1):
        onward = (
            f"<atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='next' href='/feed?page={number + 1}'/>"
        )
        body = feed(*(entry(name, words=words) for name in some.split()), extra=onward)
        table["/feed" if number == 1 else f"/feed?page={number}"] = ok(body)
    return table


def listed(there: World, *names: str, words: int = 8) -> dict[str, bytes]:
    """List a feed with so many pages, and return them, to be laid out anew; nobody has read it yet."""
    table = laid(*names, words=words)
    there.paths("wire.example", table)
    there.source("wire", FEED)
    return table


def asked(there: World) -> list[str]:
    """Return what was asked for, and forget it."""
    requests = there.sites["wire.example"].requests
    found = [path_of(head) for head in requests]
    requests.clear()
    return found


def of(there: World) -> Past:
    """Return what is wanted of the feed's past, and what came of it."""
    return past(there.room.app, there.room.app.sources[-1])


def recorded(there: World) -> list[HistoryEntry]:
    """Return what is on record of wishes, the first one first."""
    with there.room.app.store.reading() as tx:
        lines = tx.history.list()
    return [line for line in reversed(lines) if line.event.startswith("further pages")]


def test_what_an_editor_wants_of_the_past_is_read_by_the_next_look_alone(there: World) -> None:
    """Nobody waits at the desk: a wish is noted, the service reads it, and both are on record."""
    listed(there, "boat pier", "old older", "oldest")
    there.round()
    asked(there)
    fetch_soon(there.room.app, ["wire"], by="ada", further=2)
    assert of(there).wish is not None
    assert asked(there) == []
    there.round(hours=0.01)

    assert asked(there) == ["/feed", "/feed?page=2", "/feed?page=3"]
    assert there.titles() == ["boat", "old", "older", "oldest", "pier"]
    wanted, read = recorded(there)
    assert (wanted.by, wanted.note, wanted.counts) == ("ada", "wire", {"pages": 2})
    counts = {"wanted": 2, "pages": 2, "new": 3, "revised": 0, "left": 0}
    assert (read.by, read.outcome, read.note, read.counts) == ("service", "ok", "wire", counts)
    found = of(there)
    assert found.wish is None
    assert found.last is not None
    assert (found.last.pages, found.last.new, found.last.notice) == (2, 3, None)
    there.round(hours=25)
    assert asked(there) == ["/feed"]


def test_a_command_goes_by_the_same_note_and_record(there: World) -> None:
    """One way for all doors; a person's command is on record by that person's name."""
    listed(there, "boat", "old")
    fetch(there.room.app, ["wire"], worker="w", told=lambda _: None, further=1, by="olu")

    assert there.titles() == ["boat", "old"]
    assert [(line.event, line.by) for line in recorded(there)] == [
        ("further pages wanted", "olu"),
        ("further pages read", "olu"),
    ]


def test_a_wish_that_comes_in_while_somebody_looks_is_read_at_once_after_it(there: World) -> None:
    """That look began without it, and would put the source off for hours."""
    table = listed(there, "boat", "old")
    first = table.pop("/feed")

    def script(head: bytes) -> bytes:
        if path_of(head) == "/feed" and not wishes:
            wishes.append(path_of(head))
            fetch_soon(there.room.app, ["wire"], by="ada", further=1)
        return first if path_of(head) == "/feed" else table.get(path_of(head), answer(404))

    wishes: list[str] = []
    there.site("wire.example", script)
    there.round()
    assert there.titles() == ["boat"]
    assert there.state("wire").due_at == there.clock.now
    there.round()

    assert there.titles() == ["boat", "old"]
    assert of(there).wish is None


def test_a_wish_that_comes_in_while_somebody_looks_counts_though_the_same_number_is_in_hand(
    there: World,
) -> None:
    """Who has mended the page behind and wants it once more would be told that it will be read."""
    table = listed(there, "boat", "old")

    def script(head: bytes) -> bytes:
        if path_of(head) == "/feed?page=2" and not wishes:
            wishes.append(path_of(head))
            there.clock.now += timedelta(minutes=1)
            fetch_soon(there.room.app, ["wire"], by="ada", further=1)
            return answer(404)
        return table.get(path_of(head), answer(404))

    wishes: list[str] = []
    there.site("wire.example", script)
    fetch_soon(there.room.app, ["wire"], by="ada", further=1)
    there.round()
    assert there.titles() == ["boat"]
    assert there.state("wire").due_at == there.clock.now
    there.round()

    assert there.titles() == ["boat", "old"]
    assert of(there).wish is None
    wanted = "further pages wanted"
    assert [line.event for line in recorded(there)] == [wanted, wanted, "further pages read"]


@pytest.mark.parametrize("meanwhile", ["/feed", "/pier"], ids=["its listing", "its pages"])
def test_a_look_that_is_wanted_while_somebody_looks_follows_at_once(there: World, meanwhile: str) -> None:
    """What an editor has just seen published may have come after the listing that is in hand."""
    table = {"/feed": ok(feed(entry("boat", words=1))), "/boat": html(page("boat"))}
    pressed: list[str] = []

    def script(head: bytes) -> bytes:
        if pressed == ["now"] and path_of(head) == meanwhile:
            pressed.append(meanwhile)
            fetch_soon(there.room.app, ["wire"], by="ada")
        return table.get(path_of(head), answer(404))

    there.site("wire.example", script)
    there.source("wire", FEED)
    there.round()
    pressed.append("now")
    table |= {"/feed": ok(feed(entry("boat", words=1), entry("pier", words=1))), "/pier": html(page("pier"))}
    there.round(hours=6)
    assert pressed == ["now", meanwhile]
    assert there.state("wire").due_at == there.clock.now
    table |= {"/feed": ok(feed(entry("mast")))}
    there.round()

    assert there.titles() == ["boat", "mast", "pier"]
    assert there.state("wire").due_at > there.clock.now


def test_another_wish_takes_the_place_of_the_first(there: World) -> None:
    """The last word counts: who wanted too few need not wait, and nothing is read twice for it."""
    listed(there, "boat", "old", "older")
    fetch_soon(there.room.app, ["wire"], by="ada", further=1)
    fetch_soon(there.room.app, ["wire"], by="ada", further=2)
    there.round()

    assert asked(there) == ["/feed", "/feed?page=2", "/feed?page=3"]
    assert [line.event for line in recorded(there)].count("further pages read") == 1


def test_a_look_that_is_stopped_in_the_middle_leaves_the_wish_to_the_next_one(there: World) -> None:
    """A service that restarts must not forget what an editor was told would be read."""
    table = listed(there, "boat", "old", words=1)
    table |= {f"/{name}": html(page(name)) for name in ("boat", "old")}
    fetch_soon(there.room.app, ["wire"], by="ada", further=1)
    heads = there.sites["wire.example"].requests
    there.round(stopped=lambda: "/boat" in map(path_of, heads))
    assert there.titles() == ["boat"]
    assert of(there).wish is not None
    heads.clear()
    there.round()

    assert (there.titles(), of(there).wish) == (["boat", "old"], None)
    assert [line.counts["new"] for line in recorded(there)[1:]] == [1]


def test_what_was_in_the_way_is_told_in_plain_words(there: World) -> None:
    """An editor sees why so little came, also after later looks went well."""
    table = listed(there, "boat", "old", "older")
    table["/feed?page=3"] = answer(503)
    fetch_soon(there.room.app, ["wire"], by="ada", further=5)
    there.round()
    table |= laid("boat", "old")
    there.round(hours=30)
    found = of(there).last

    assert found is not None
    assert (found.wanted, found.pages, found.new, found.error) == (5, 1, 2, None)
    assert found.notice == "a further page of it cannot be read: its server answers 503 (Service Unavailable)"


def test_a_look_that_fails_ends_the_wish_and_says_why(there: World) -> None:
    """It isn't tried for years behind somebody's back: they want it again when they still do."""
    there.paths("wire.example", {"/feed": answer(500)})
    there.source("wire", FEED)
    fetch_soon(there.room.app, ["wire"], by="ada", further=5)
    there.round()
    found = of(there)

    assert found.wish is None
    assert found.last is not None
    assert found.last.error == "its server answers 500 (Internal Server Error)"
    assert recorded(there)[-1].outcome == "failed"


def test_whoever_waits_for_one_look_does_not_wait_for_what_others_want(there: World) -> None:
    """A walk may take minutes, and a request that waits so long is cut on its way."""
    listed(there, "boat", "old")
    fetch_soon(there.room.app, ["wire"], by="ada", further=1)
    fetch_while_waiting(there.room.app, "wire", worker="api", told=lambda _: None)
    assert asked(there) == ["/feed"]
    assert there.state("wire").due_at == there.clock.now
    there.round()

    assert asked(there) == ["/feed", "/feed?page=2"]


@pytest.mark.parametrize(
    ("kind", "fetching", "words"),
    [
        (SourceKind.PAGE, Fetching(), "a page has no further pages"),
        (SourceKind.SITEMAP, Fetching(), "a sitemap has no further pages"),
        (SourceKind.FEED, Fetching(paused=True), "it is paused"),
    ],
)
def test_what_can_have_no_further_pages_is_refused_with_nothing_noted(
    there: World, kind: SourceKind, fetching: Fetching, words: str
) -> None:
    """Whatever door it is, and also where others that are named could be read."""
    app = there.room.app
    there.source("quay", "http://quay.example/feed")
    there.source("wire", FEED, kind=kind, fetching=fetching)
    app = there.room.app
    with pytest.raises(Refused, match=words):
        fetch_soon(app, ["quay", "wire"], by="ada", further=2)
    with pytest.raises(Refused, match=words):
        fetch(app, ["quay", "wire"], worker="w", told=lambda _: None, further=2)

    assert recorded(there) == []
    assert past(app, app.sources[-2]).wish is None


def test_a_source_that_moves_to_another_address_has_nothing_wanted_of_it(there: World) -> None:
    """What was wanted was the past of the old one."""
    listed(there, "boat", "old")
    fetch_soon(there.room.app, ["wire"], by="ada", further=1)
    there.source("wire", "http://wire.example/feed?page=2")

    assert of(there).wish is None
