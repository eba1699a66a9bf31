"""Look at the sources that are due, whenever some are."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from digest.actions.content.rounds import Hosts, Round, Visited, Way, is_fetched
from digest.log import get_logger
from digest.model import HistoryEntry
from digest.schedule.current import Current
from digest.schedule.planning import worker_name

LEAD = timedelta(minutes=1)  #: before slots are built, sources count as due that are due until then
_LINE_S = 600.0  #: a round that does not end has a line in the history that often

log = get_logger()


class Sourcing:
    """Runs rounds; one goes on for as long as sources become due while it runs.

    Args:
        current: The settings in force.
        beat: Called all the time.
        next_build: Tells when slots are built next; None when nobody knows.
        stopped: True when nothing more is to be begun.
    """

    def __init__(
        self,
        current: Current,
        beat: Callable[[], None],
        next_build: Callable[[], datetime | None] = lambda: None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._current = current
        self._beat = beat
        self._next_build = next_build
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._run = ""
        self._since = time.monotonic()
        self._way = Way(
            worker=worker_name(),
            hosts=Hosts(),
            told=self._tell,
            stopped=stopped,
            beat=self._step,
            horizon=self._horizon,
        )

    def look(self, run: str) -> datetime | None:
        """Look at what is due; return when something will be due next, None when nothing is foreseen.

        Raises:
            StoreError: The database cannot be read or written.
        """
        self._run, self._since = run, time.monotonic()
        keys = [source.key for source in self._current.app.sources if is_fetched(source)]
        if not keys:
            return None
        Round(lambda: self._current.app, self._way).run()
        self._write()
        app = self._current.app
        now = app.clock()
        with app.store.reading() as tx:
            due = tx.source_states.next_at(tx.shared_now(now), keys)
        build = self._next_build()
        before = None if build is None or build - LEAD <= now else build - LEAD
        return min((moment for moment in (due, before) if moment is not None), default=None)

    def _horizon(self, now: datetime) -> datetime:
        """Tell until when sources are due: an edition is to have what came in until just before."""
        build = self._next_build()
        return now if build is None or now < build - LEAD else max(now, build)

    def _tell(self, visited: Visited) -> None:
        with self._lock:
            self._counts["sources"] += 1
            for name in ("new", "revised"):
                self._counts[name] += getattr(visited, name)
            self._counts["failed"] += visited.error is not None
        if visited.error or visited.notice:
            log.warning(
                "source_failed" if visited.error else "source_odd",
                source=visited.source,
                reason=visited.error or visited.notice,
            )

    def _step(self) -> None:
        self._beat()
        if time.monotonic() - self._since > _LINE_S:
            self._write()

    def _write(self) -> None:
        """Write a line of the history, when something came in."""
        with self._lock:
            counts, self._counts = dict(self._counts), Counter()
        seconds, self._since = time.monotonic() - self._since, time.monotonic()
        if not (counts.get("new") or counts.get("revised")):
            return
        log.info("sources_read", **counts)
        app = self._current.app
        entry = HistoryEntry(
            at=app.clock(),
            by="service",
            event="collect",
            outcome="ok",
            run=self._run,
            note="sources",
            seconds=seconds,
            counts=counts,
        )
        with app.store.writing() as tx:
            tx.history.add(entry)
