"""Rounds that are killed: no article is lost, and none comes twice."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from commands import furnish, unmeasured
from digest.actions.content.rounds import Hosts, Round, Way
from digest.bootstrap import open_app
from digest.store.tables import article_revisions, articles
from newsroom import DUE
from rounds_cast import entry, feed, html, page, path_of
from web_cast import Site, answer, ok

SOURCES, ITEMS = 40, 6
STATEMENTS = (
    40,
    75,
    110,
    150,
    33,
    190,
    97,
    260,
    61,
    140,
)  #: that a process sends to the database in its life
ROUND = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from sqlalchemy import Engine, event
from digest.actions.content.rounds import Hosts, Round, Way
from digest.bootstrap import open_app

now, left = datetime.fromisoformat(sys.argv[2]), int(sys.argv[4])
with open_app(Path(sys.argv[1]), clock=lambda: now) as app:

    @event.listens_for(Engine, "before_cursor_execute")
    def count(*_):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    Round(lambda: app, Way(worker=sys.argv[3], hosts=Hosts(), goes_on=False)).run()
"""


def serve(head: bytes) -> bytes:
    """Give a feed of five whole entries and one that its page completes, for each source."""
    path = path_of(head)
    if path.startswith("/feed/"):
        host = next(line[6:].decode() for line in head.split(b"\r\n") if line.startswith(b"Host: "))
        name = path.removeprefix("/feed/")
        whole = [entry(f"{name}-{item}", host=host) for item in range(ITEMS - 1)]
        return ok(feed(*whole, entry(f"{name}-thin", words=1, host=host)), 'ETag: "1"')
    return html(page(path[1:])) if path.endswith("-thin") else answer(404)


@contextmanager
def ready(root: Path) -> Iterator[Path]:
    """Furnish a home with sources that are all on this machine."""
    with closing(Site(serve)) as site:
        furnish(root)
        with (root / "config" / "digest.yaml").open("a", encoding="utf-8") as file:
            file.write(f"fetch: {{allow_private: [127.0.0.0/8], ports: [{site.port}]}}\n")
        lines = [
            f"- {{name: s{number}, title: S{number}, url: 'http://127.0.0.1:{site.port}/feed/{number}'}}\n"
            for number in range(SOURCES)
        ]
        (root / "config" / "sources.yaml").write_text("".join(lines), encoding="utf-8")
        yield root


@pytest.mark.slow
def test_a_round_that_is_killed_again_and_again_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """Power fails, kernels run out of memory, people press buttons."""
    kills = 0
    with ready(tmp_path / "home") as root:
        now = DUE
        for number, statements in enumerate(STATEMENTS):
            command = [sys.executable, "-c", ROUND, str(root), now.isoformat(), f"w{number}", str(statements)]
            ended = subprocess.run(command, check=False, env=unmeasured())
            kills += ended.returncode == -signal.SIGKILL
            now += timedelta(minutes=6)  # a lease of five minutes has passed
        with open_app(root, clock=lambda: now) as app:
            Round(lambda: app, Way(worker="last", hosts=Hosts(), goes_on=False)).run()
            with app.store.reading() as tx:
                states = tx.source_states.all()
                count = tx.articles.connection.scalar(select(func.count()).select_from(articles))
                titles = list(tx.articles.connection.scalars(select(article_revisions.c.title)))

    assert kills >= 6
    assert count == SOURCES * ITEMS
    assert len(set(titles)) == SOURCES * ITEMS
    assert sum(state.brought for state in states) == SOURCES * ITEMS
    assert {(state.failures, state.error, state.etag) for state in states} == {(0, None, '"1"')}
