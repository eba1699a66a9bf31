"""Hosts that want fewer requests while pages of theirs are fetched."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from newsroom import DUE
from rounds_cast import World, entry, feed, html, page, path_of, world
from web_cast import answer, ok

NAMES = ("pier", "boat", "ferry")


@pytest.fixture
def there(tmp_path: Path) -> Iterator[World]:
    """A home on the little web."""
    with world(tmp_path / "home") as made:
        yield made


def asked(there: World, host: str = "wire.example") -> list[str]:
    """Return the pages that a site was asked for, in order."""
    return [path for head in there.sites[host].requests if (path := path_of(head))[1:] in NAMES]


@pytest.mark.parametrize(
    ("refusal", "rest"),
    [
        (answer(429, b"", "Retry-After: 7200"), timedelta(hours=2)),
        (answer(503, b"", "Retry-After: Thu, 19 Nov 2026 09:00:00 GMT"), timedelta(hours=3)),
        (answer(429), timedelta(minutes=15)),
    ],
)
def test_a_host_that_wants_fewer_requests_gets_one_and_rest(
    there: World, refusal: bytes, rest: timedelta
) -> None:
    """Fifty more requests in the same minute shut the door for good, and used up all tries of every page."""
    table = {"/feed": ok(feed(*(entry(name, words=1) for name in NAMES)))}
    table |= {f"/{name}": refusal for name in NAMES}
    there.paths("wire.example", table)
    there.source("wire", "http://wire.example/feed")
    first = there.round()["wire"]

    assert asked(there) == ["/pier"]
    assert (first.new, there.state("wire").due_at) == (3, DUE + rest)

    table |= {f"/{name}": html(page(name)) for name in NAMES}
    hours = rest / timedelta(hours=1)
    assert there.round(hours=hours - 0.01) == {}
    assert there.round(hours=0.02)["wire"].revised == 3


def test_pages_that_were_never_asked_for_are_not_given_up(there: World) -> None:
    """A host under load for an hour cost all that came meanwhile its text, for the sake of one page."""
    table = {"/feed": ok(feed(*(entry(name, words=1) for name in NAMES)))}
    table |= {f"/{name}": answer(429) for name in NAMES}
    there.paths("wire.example", table)
    there.source("wire", "http://wire.example/feed")
    tired = [there.round(hours=0.3)["wire"] for _ in range(4)]
    table |= {f"/{name}": html(page(name)) for name in NAMES}
    after = there.round(hours=0.3)["wire"]

    assert [(one.pages, one.left) for one in tired] == [(1, 2)] * 4
    assert asked(there)[:4] == ["/pier", "/boat", "/ferry", "/pier"]
    assert (after.revised, after.left) == (3, 0)


def test_a_page_that_its_host_always_refuses_is_tried_three_times(there: World) -> None:
    """Some shut programs out with 429; asking for ever would be no better than asking for all."""
    table = {"/feed": ok(feed(entry("pier", words=1))), "/pier": answer(429)}
    there.paths("wire.example", table)
    there.source("wire", "http://wire.example/feed")
    for _ in range(5):
        there.round(hours=3)

    assert asked(there) == ["/pier"] * 3


def test_a_tired_host_of_pages_puts_off_no_feed_that_is_elsewhere(there: World) -> None:
    """A feed full of news rested for a day; its own host had not asked for that."""
    feeds = {"/feed": ok(feed(entry("pier", words=1)))}
    there.paths("feeds.example", feeds)
    table = {"/pier": answer(503, b"", "Retry-After: 864000"), "/boat": html(page("boat"))}
    there.paths("wire.example", table)
    there.source("wire", "http://feeds.example/feed", homepage="http://wire.example/")
    there.round()
    due_in = there.state("wire").due_at - DUE
    feeds["/feed"] = ok(feed(entry("boat", words=1), entry("pier", words=1)))
    next_look = there.round(hours=2)["wire"]
    calm = asked(there)
    table["/pier"] = html(page("pier"))
    there.round(hours=22.1)

    assert timedelta(minutes=54) <= due_in <= timedelta(minutes=66)  # an hour, give or take a tenth
    assert (next_look.new, calm) == (1, ["/pier"])
    assert sorted(asked(there)[1:]) == ["/boat", "/pier"]
