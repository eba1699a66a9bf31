"""A home whose clock is in the test's hand, for tests of an edition's life between build and mailing."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from commands import DAILY, furnish
from digest.actions.app import App
from digest.actions.content.ingest import ingest
from digest.actions.editions import find
from digest.actions.making.build import build
from digest.actions.steering.review import Steered, sendable, steer
from digest.bootstrap import open_app
from digest.model import ArticleContent, Tag, TagOrigin
from digest.model.schedule import Alert, AlertKind, HistoryEntry
from digest.store import StoredEdition
from store_cast import put_on_schedule

DUE = datetime(2026, 11, 19, 6, 0, tzinfo=UTC)  #: seven in Berlin
BARE = ("Ferry runs aground off Tarn", "Opera house roof gives way")
ARTICLES = Path(__file__).parent / "acceptance" / "articles.json"


@dataclass
class Clock:
    """A clock that goes when it is told to."""

    now: datetime = DUE - timedelta(minutes=30)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Newsroom:
    """An open home with eight articles, and what a test does and sees there."""

    app: App
    clock: Clock = field(default_factory=Clock)

    def build(self, *, hours: int = 0, scheduled: bool = True) -> int:
        """Build the edition for seven o'clock, or so many hours later, at the time of the clock."""
        edition_id = build(self.app, "daily", at=DUE + timedelta(hours=hours)).edition_id
        assert edition_id is not None
        if scheduled:
            with self.app.store.writing() as tx:
                put_on_schedule(tx, edition_id)
        return edition_id

    def at(self, minutes: float) -> Steered:
        """Let a tick come so many minutes after the edition is due."""
        self.clock.now = DUE + timedelta(minutes=minutes)
        return steer(self.app, run="test")

    def stored(self, edition_id: int) -> StoredEdition:
        """Return an edition as it is."""
        return find(self.app, edition_id)

    def sendable(self) -> tuple[int, ...]:
        """Return what may be sent at the time of the clock."""
        return sendable(self.app)

    def history(self) -> list[HistoryEntry]:
        """Return the lines of the history after the build, the oldest first."""
        with self.app.store.reading() as tx:
            return [line for line in reversed(tx.history.list()) if line.event != "build"]

    def told(self) -> list[tuple[str, str]]:
        """Return the event and outcome of each of those lines."""
        return [(line.event, line.outcome) for line in self.history()]

    def alerts(self, kind: AlertKind | None = None) -> list[Alert]:
        """Return the alerts of a kind, or all, the oldest first."""
        with self.app.store.reading() as tx:
            found = [alert for _, _, alert in reversed(tx.alerts.list(limit=1_000))]
        return [alert for alert in found if kind is None or alert.kind is kind]


def add_bare_articles(room: Newsroom, count: int) -> None:
    """Store articles without an address, which the layout warns of; the newest, so that they lead."""
    contents = [
        ArticleContent(
            title=title,
            paragraphs=(f"{title}. Nobody knows more of it yet.",),
            html="<p>A text.</p>",
            published=DUE - timedelta(hours=1, minutes=number),
            tags=(Tag(name="world", origin=TagOrigin.SOURCE),),
        )
        for number, title in enumerate(BARE[:count])
    ]
    with room.app.store.writing() as tx:
        tx.articles.put(contents, DUE - timedelta(hours=1))


@contextmanager
def newsroom(root: Path, settings: str = "", *, clock: Clock | None = None) -> Iterator[Newsroom]:
    """Open a home whose digest has these settings besides the usual; one that is there is opened again."""
    is_new = not (root / "config").exists()
    if is_new:
        furnish(root)
    (root / "config" / "digests" / "daily.yaml").write_text(f"{DAILY}{settings}\n", encoding="utf-8")
    is_usual = clock is None
    clock = clock or Clock()
    if is_new and is_usual:
        (root / "var" / "digest.db").write_bytes(_collected())
    with open_app(root, clock=clock) as app:
        if is_new and not is_usual:
            assert ingest(app, [ARTICLES]).new == 8
        yield Newsroom(app=app, clock=clock)


@cache
def _collected() -> bytes:
    """Return a database with the articles, made once in a process: reading them takes seconds."""
    with tempfile.TemporaryDirectory() as folder:
        root = furnish(Path(folder) / "home")
        with open_app(root, clock=Clock()) as app:
            assert ingest(app, [ARTICLES]).new == 8
        copy = Path(folder) / "copy.db"
        with (
            closing(sqlite3.connect(root / "var" / "digest.db")) as made,
            closing(sqlite3.connect(copy)) as kept,
        ):
            made.backup(kept)
        return copy.read_bytes()
