"""Sources in the service: looked at by themselves, once more before slots, with a line in the history."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import structlog
from prometheus_client.parser import text_string_to_metric_families

from commands import furnish
from digest.actions.content.source_past import past
from digest.actions.content.sources import fetch_soon
from digest.bootstrap import open_app
from digest.errors import StoreError
from digest.model import Fetching
from digest.schedule.current import Current
from digest.schedule.sourcing import Sourcing
from newsroom import DUE
from rounds_cast import World, entry, feed, path_of, world
from service_cast import Running, until
from web_cast import Site, answer, ok


@pytest.fixture
def there(tmp_path: Path) -> Iterator[World]:
    """A home on the little web with one feed."""
    with world(tmp_path / "home") as made:
        made.paths("wire.example", {"/feed": ok(feed(entry("pier")))})
        yield made


def test_a_look_says_when_the_next_is_due_and_what_came_in(there: World) -> None:
    """A look that brings nothing is no line: there are 288 of them a day."""
    there.source("wire", "http://wire.example/feed", fetching=Fetching(every=timedelta(hours=2)))
    sourcing = Sourcing(Current(there.room.app), lambda: None)
    again = sourcing.look("first")
    there.clock.now += timedelta(hours=3)
    sourcing.look("second")
    (line,) = there.room.history()

    assert again is not None
    assert timedelta(hours=1.8) <= again - DUE <= timedelta(hours=2.2)
    assert (line.event, line.outcome, line.run, line.note) == ("collect", "ok", "first", "sources")
    assert line.counts == {"sources": 1, "new": 1, "revised": 0, "failed": 0}


def test_an_installation_without_sources_looks_at_nothing(there: World) -> None:
    """Most of the commands and tests have none."""
    assert Sourcing(Current(there.room.app), lambda: None).look("run") is None


def test_sources_are_looked_at_once_more_before_a_slot_is_built(there: World) -> None:
    """What is due a minute after the edition would be in tomorrow's."""
    there.source("wire", "http://wire.example/feed", fetching=Fetching(every=timedelta(hours=2)))
    built: list[datetime] = []
    sourcing = Sourcing(Current(there.room.app), lambda: None, lambda: built[0] if built else None)
    due = sourcing.look("first")
    assert due is not None
    built.append(due + timedelta(seconds=30))
    there.clock.now = due - timedelta(minutes=5)
    assert sourcing.look("too soon") == due - timedelta(seconds=30)
    assert there.state("wire").tried_at == DUE
    there.clock.now = due - timedelta(seconds=20)
    sourcing.look("in time")

    assert there.state("wire").tried_at == there.clock.now


def test_a_round_that_is_stopped_begins_nothing_more(there: World) -> None:
    """What is not looked at stays due, and free for others."""
    there.source("wire", "http://wire.example/feed")
    Sourcing(Current(there.room.app), lambda: None, stopped=lambda: True).look("run")

    assert there.sites["wire.example"].requests == []


def test_a_database_that_fails_ends_the_round_and_says_so(
    there: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The part is tried again; the source is still due."""
    there.source("wire", "http://wire.example/feed")

    def broken(*_: object, **__: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("digest.actions.content.rounds.desk.Desk.write", broken)
        with pytest.raises(StoreError, match="the disk is full"):
            Sourcing(Current(there.room.app), lambda: None).look("run")
    Sourcing(Current(there.room.app), lambda: None).look("again")

    assert there.titles() == ["pier"]


def test_a_service_reads_its_sources_and_tells_of_them(tmp_path: Path) -> None:
    """Listed while it runs; one that cannot be read shows in the figures."""
    serve = {"/feed": ok(feed(entry("pier")))}
    with closing(Site(lambda head: serve.get(path_of(head), answer(404)))) as site:
        root = furnish(tmp_path / "home")
        with (root / "config" / "digest.yaml").open("a", encoding="utf-8") as file:
            file.write(f"fetch: {{allow_private: [127.0.0.0/8], ports: [{site.port}]}}\n")
        with Running(root) as running:
            (root / "config" / "sources.yaml").write_text(
                f"- {{name: wire, title: Wire, url: 'http://127.0.0.1:{site.port}/feed'}}\n"
                f"- {{name: lost, title: Lost, url: 'http://127.0.0.1:{site.port}/lost'}}\n",
                encoding="utf-8",
            )
            until(lambda: tried(root) == {"wire": 0, "lost": 1})
        with Running(root) as running:
            until(lambda: 'digest_source_failures{source="lost"}' in running.get("/metrics")[1])
            page = running.get("/metrics")[1]
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }
    structlog.reset_defaults()

    assert samples["digest_source_failures", "wire"] == 0
    assert samples["digest_source_failures", "lost"] >= 1
    assert samples["digest_source_age_seconds", "lost"] == float("inf")
    assert samples["digest_source_age_seconds", "wire"] < 600
    assert not [one for one in threading.enumerate() if one.name == "fetcher"]


def test_a_service_reads_what_a_desk_beside_it_wants_of_the_past(tmp_path: Path) -> None:
    """A source that was just read is read again at once, without anybody waiting."""
    onward = "<atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='next' href='/feed?2'/>"
    serve = {"/feed": ok(feed(entry("pier"), extra=onward)), "/feed?2": ok(feed(entry("old")))}
    with closing(Site(lambda head: serve.get(path_of(head), answer(404)))) as site:
        root = furnish(tmp_path / "home")
        with (root / "config" / "digest.yaml").open("a", encoding="utf-8") as file:
            file.write(f"fetch: {{allow_private: [127.0.0.0/8], ports: [{site.port}]}}\n")
        listed = f"- {{name: wire, title: Wire, url: 'http://127.0.0.1:{site.port}/feed'}}\n"
        (root / "config" / "sources.yaml").write_text(listed, encoding="utf-8")
        with Running(root), open_app(root) as app:
            until(lambda: tried(root) == {"wire": 0})
            assert [path_of(head) for head in site.requests if b"/feed" in head] == ["/feed"]
            fetch_soon(app, ["wire"], by="ada", further=5)
            until(lambda: past(app, app.sources[0]).last is not None)
            found = past(app, app.sources[0])
    structlog.reset_defaults()

    assert found.wish is None
    assert found.last is not None
    assert (found.last.by, found.last.wanted, found.last.pages, found.last.new) == ("service", 5, 1, 1)


def tried(root: Path) -> dict[str, int]:
    """Return the failures of each source that was looked at."""
    with open_app(root) as app, app.store.reading() as tx:
        return {one.key: min(one.failures, 1) for one in tx.source_states.all() if one.tried_at}
