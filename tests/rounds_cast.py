"""A newsroom with sources on the little web, and rounds through them at the time of its clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from digest.actions.content.rounds import Hosts, Round, Visited, Way
from digest.model import Fetching, Source, SourceState
from digest.store.tables import article_revisions
from newsroom import DUE, Clock, Newsroom, newsroom
from web_cast import Site, Town, answer, fetcher, ok

PUBLIC = "93.184.216.%d"
TEXT = "The harbour office said on Monday that the old ferry will sail again in spring, for the first time. "
Script = Callable[[bytes], "bytes | Iterator[bytes]"]


def entry(name: str, *, words: int = 8, host: str = "wire.example", date: str = "") -> str:
    """Write an entry of a feed, whole or, of few words, one that its page completes."""
    dated = f"<pubDate>{date}</pubDate>" if date else ""
    return (
        f"<item><title>The {name} opened again</title><link>http://{host}/{name}</link><guid>{name}</guid>"
        f"{dated}<description>{TEXT * words}</description></item>"
    )


def feed(*entries: str, extra: str = "") -> bytes:
    """Write a feed."""
    return (
        f"<rss version='2.0'><channel><title>Wire</title>{extra}{''.join(entries)}</channel></rss>".encode()
    )


def page(name: str, words: int = 12) -> bytes:
    """Write the page of an article."""
    paragraphs = f"<p>{TEXT}</p>" * words
    return (
        f"<html><head><title>The {name} opened again</title></head><body><article>"
        f"<h1>The {name} opened again</h1>{paragraphs}</article></body></html>"
    ).encode()


def html(body: bytes) -> bytes:
    """Answer with a page."""
    return ok(body, "Content-Type: text/html")


def path_of(head: bytes) -> str:
    """Return what a request asks for."""
    return head.split(b" ")[1].decode()


@dataclass
class World:
    """A home, the sites that its sources are on, and what became of rounds."""

    room: Newsroom
    town: Town
    sites: dict[str, Site] = field(default_factory=dict)
    hosts: Hosts = field(default_factory=Hosts)

    @property
    def clock(self) -> Clock:
        """The clock of the home."""
        return self.room.clock

    def site(self, host: str, script: bytes | Script) -> Site:
        """Open a site; a script that is a table answers 404 for what is not in it."""
        site = Site(script)
        self.sites[host] = site
        self.town.settle(host, site, PUBLIC % len(self.sites))
        return site

    def paths(self, host: str, table: dict[str, bytes]) -> Site:
        """Open a site with so many paths; the table may be changed later."""
        return self.site(host, lambda head: table.get(path_of(head), answer(404)))

    def source(
        self,
        key: str,
        url: str | None,
        *,
        fetching: Fetching | None = None,
        **fields: Any,  # noqa: ANN401  # why: of a Source, each of its own type
    ) -> Source:
        """List a source."""
        source = Source(key=key, title=key, url=url, fetching=fetching or Fetching(), **fields)
        others = tuple(one for one in self.room.app.sources if one.key != key)
        self.room.app = replace(self.room.app, sources=(*others, source))
        return source

    def round(
        self,
        *,
        hours: float = 0,
        worker: str = "test",
        **fields: Any,  # noqa: ANN401  # why: of a Way, each of its own type
    ) -> dict[str, Visited]:
        """Let time pass, look at all that is due, and return what each brought, by source."""
        self.clock.now += timedelta(hours=hours)
        found: dict[str, Visited] = {}

        def told(visited: Visited) -> None:
            found[visited.source] = visited

        way = Way(worker=worker, hosts=self.hosts, told=told, goes_on=False)
        Round(lambda: self.room.app, replace(way, **fields)).run()
        return found

    def state(self, key: str) -> SourceState:
        """Return how a source is doing."""
        with self.room.app.store.reading() as tx:
            state = tx.source_states.get(key)
        assert state is not None
        return state

    def collect(self, **fields: object) -> None:
        """Change the settings `collect`."""
        app = self.room.app
        changed = app.system.collect.model_copy(update=fields)
        self.room.app = replace(app, system=app.system.model_copy(update={"collect": changed}))

    def titles(self) -> list[str]:
        """Return the names in the titles of all revisions that came from sources, in order."""
        with self.room.app.store.reading() as tx:
            found = list(tx.articles.connection.scalars(select(article_revisions.c.title)))
        return sorted(title.split()[1] for title in found if title.endswith("opened again"))


@contextmanager
def world(home: Path) -> Iterator[World]:
    """Open a home on the little web; no host needs rest between two requests."""
    town = Town()
    with newsroom(home, clock=Clock(now=DUE)) as room:
        room.app = replace(room.app, fetcher=fetcher(town))
        made = World(room=room, town=town)
        made.collect(host_gap="off")
        try:
            yield made
        finally:
            for site in made.sites.values():
                site.close()
