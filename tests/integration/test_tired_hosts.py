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
    site = there.paths("wire.example", table)
    there.source("wire", "http://wire.example/feed")
    first = there.round()["wire"]

    asked = [path_of(head) for head in site.requests]
    assert [path for path in asked if path[1:] in NAMES] == ["/pier"]
    assert (first.new, there.state("wire").due_at) == (3, DUE + rest)

    table |= {f"/{name}": html(page(name)) for name in NAMES}
    hours = rest / timedelta(hours=1)
    assert there.round(hours=hours - 0.01) == {}
    assert there.round(hours=0.02)["wire"].revised == 3
