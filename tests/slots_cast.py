"""A home whose clock is turned by hand, and what became of its slots."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from commands import furnish
from digest.actions.app import App
from digest.actions.planning.slots import Advanced, advance
from digest.bootstrap import open_app
from digest.model import HistoryEntry, SlotRecord
from digest.settings import DigestSettings
from store_cast import content

SIX = datetime(2026, 11, 19, 6, 0, tzinfo=UTC)  #: a Thursday, seven in Berlin
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def daily(*times: str, key: str = "daily", **more: object) -> DigestSettings:
    """Make a digest of Berlin that is due at these times every day."""
    plain = {
        "key": key,
        "title": "Daily",
        "from": "brief@news.example.org",
        "zone": "Europe/Berlin",
        "sections": [{"title": "World", "tags": ["world"]}],
        "selection": {"at_least": 1},
        "schedule": [{"at": list(times)}] if times else [],
    }
    return DigestSettings.model_validate(plain | more)


@dataclass(kw_only=True)
class House:
    """An installation, its clock, and a scheduler."""

    app: App
    now: datetime

    def schedule(self, *digests: DigestSettings) -> None:
        """Let the files be these from now on."""
        self.app = replace(self.app, digests={one.key: one for one in digests})

    def tick(self, now: datetime | None = None, *, worker: str = "w1") -> Advanced:
        """Let a scheduler tick at a moment."""
        self.now = now or self.now
        return advance(self.app, worker=worker, run="r1")

    def slots(self, digest: str = "daily") -> list[tuple[str, str, str | None]]:
        """Say what became of a digest's slots: local time, state, note."""
        return [(one.key[5:], one.state.value, one.note) for one in self.records(digest)]

    def records(self, digest: str = "daily") -> tuple[SlotRecord, ...]:
        """Read a digest's slots."""
        with self.app.store.reading() as tx:
            return tx.slots.list(since=SIX - 400 * DAY, until=SIX + 400 * DAY, digest=digest)

    def editions(self, digest: str = "daily") -> list[str]:
        """Return the keys of the slots that have an edition, in order."""
        with self.app.store.reading() as tx:
            return sorted(one.edition.slot.key[5:] for one in tx.editions.list(digest))

    def history(self) -> list[HistoryEntry]:
        """Read the history, the oldest line first."""
        with self.app.store.reading() as tx:
            return list(reversed(tx.history.list()))

    def told(self) -> list[str]:
        """Return the keys of the alerts, the oldest first."""
        with self.app.store.reading() as tx:
            return [alert.key for _, _, alert in reversed(tx.alerts.list())]

    def write_article(self, number: int = 1) -> None:
        """Store an article that fits the digest."""
        with self.app.store.writing() as tx:
            tx.articles.put([content(number, "world", words="The harbour opened. Boats came in.")], self.now)


@contextmanager
def open_house(root: Path, *digests: DigestSettings, now: datetime = SIX) -> Iterator[House]:
    """Open a new home at a moment."""
    with open_app(furnish(root), clock=lambda: house.now) as app:
        house = House(app=app, now=now)
        house.schedule(*digests)
        yield house
