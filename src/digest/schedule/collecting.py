"""Take articles in from the folders that others put them into, whenever something there has changed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from digest.actions.app import App
from digest.actions.content.ingest import ingest
from digest.errors import NotFound
from digest.log import get_logger
from digest.model import Alert, AlertKind, HistoryEntry
from digest.schedule.current import Current
from digest.schedule.files import Stand, stand_below

REST_S = 2.0  #: a file that changed less long ago may be half written
LEAD = timedelta(minutes=1)  #: before slots are built the folders are looked at once more
_NAMED = 20  #: documents that could not be taken, by name

log = get_logger()


class Collecting:
    """Looks into the folders as often as the settings say; remembers how each stood when it was read.

    Args:
        current: The settings in force.
        beat: Called before each document.
        next_build: Tells when slots are built next; None when nobody knows.
    """

    def __init__(
        self,
        current: Current,
        beat: Callable[[], None],
        next_build: Callable[[], datetime | None] = lambda: None,
    ) -> None:
        self._current = current
        self._beat = beat
        self._next_build = next_build
        self._read: dict[Path, Stand] = {}
        self._looked: datetime | None = None
        self._failures: dict[str, int] = {}

    def look(self, run: str) -> datetime | None:
        """Read each folder that has changed; return when it will be time again.

        A folder that cannot be read costs itself; people are told when it stays so.

        Raises:
            StoreError: The database cannot be read or written.
        """
        app = self._current.app
        settings = app.system.collect
        now = app.clock()
        again = self._again(settings.every, now)
        if now < again:
            return again
        for name in settings.folders:
            try:
                self._look_into(app, name, run)
            except (NotFound, OSError) as error:
                self._failed(app, name, _words(error), run)
            else:
                self._failures.pop(name, None)
        self._looked = now
        return self._again(settings.every, now)

    def _again(self, every: timedelta, now: datetime) -> datetime:
        """Tell when the next look is due: an edition is to have what came in until just before."""
        # A clock that was set back must not stop the looking.
        if self._looked is None or self._looked > now:
            return now
        build = self._next_build()
        before = None if build is None else build - LEAD
        regular = self._looked + every
        return regular if before is None or before <= self._looked else min(regular, before)

    def _failed(self, app: App, name: str, why: str, run: str) -> None:
        """Count; tell people once a day while a folder is dead."""
        times = self._failures[name] = self._failures.get(name, 0) + 1
        log.warning("folder_failed", folder=name, reason=why, times=times)
        if times < app.system.collect.dead_after:
            return
        now = app.clock()
        alert = Alert(
            key=f"source-dead:{name}:{now.date()}",
            kind=AlertKind.SOURCE_DEAD,
            title=f"the folder '{name}' is dead: {why}",
            text=f"It could not be read {times} times in a row; it goes on being tried. See collect.folders.",
        )
        with app.store.writing() as tx:
            if tx.alerts.add(alert, at=now):
                tx.history.add(_line(app, run, "failed", f"{name}: {why}"))

    def _look_into(self, app: App, name: str, run: str) -> None:
        folder = app.home.root / name
        if not folder.is_dir():
            raise NotFound("no such folder", where=name)
        stand = stand_below(folder)
        moving = _moving(stand)
        if stand - moving == self._read.get(folder):
            return
        names = {Path(line[0]).relative_to(folder).as_posix() for line in moving}
        begun = time.monotonic()
        taken = ingest(app, [folder], leave_out=names, beat=self._beat)
        self._read[folder] = stand - moving
        for document in taken.failed[:_NAMED]:
            log.warning("document_failed", document=document.name, reason=document.reason)
        if taken.new or taken.revised or taken.failed:
            counts = {"new": taken.new, "revised": taken.revised, "failed": len(taken.failed)}
            log.info("collected", **counts)
            line = _line(app, run, "ok", name)
            with app.store.writing() as tx:
                tx.history.add(replace(line, seconds=time.monotonic() - begun, counts=counts))


def _line(app: App, run: str, outcome: str, note: str) -> HistoryEntry:
    return HistoryEntry(at=app.clock(), by="service", event="collect", outcome=outcome, run=run, note=note)


def _words(error: NotFound | OSError) -> str:
    return error.message if isinstance(error, NotFound) else error.strerror or type(error).__name__


def _moving(stand: Stand) -> Stand:
    """Tell which files are still being written, as it seems."""
    now_ns = time.time_ns()
    return frozenset(line for line in stand if 0 <= now_ns - line[1] < REST_S * 1e9)
