"""A round: all sources that are due are looked at, many at once, none of them twice."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from digest.actions.app import App
from digest.actions.content.rounds.desk import Desk, NotOurs
from digest.actions.content.rounds.hosts import Hosts, host_of
from digest.actions.content.rounds.lanes import Lanes
from digest.actions.content.rounds.look import address_of
from digest.actions.content.rounds.queue import Waiting
from digest.actions.content.rounds.visit import LEASE, Visit, Visited
from digest.log import get_logger
from digest.model import Source, SourceState

_STEP_S = 0.05  #: between two looks at what may begin
_AGAIN_S = 1.0  #: between two looks for what has become due

log = get_logger()


@dataclass(frozen=True, kw_only=True)
class Way:
    """How a round is run."""

    worker: str  #: names who holds the sources, unlike any other process
    hosts: Hosts
    told: Callable[[Visited], None] = lambda _visited: None  #: of each visit that has ended, in any thread
    stopped: Callable[[], bool] = lambda: False  #: True: begin nothing more
    beat: Callable[[], None] = lambda: None  #: called all the time
    horizon: Callable[[datetime], datetime] = lambda now: now  #: until when a source is due to count as due
    keys: Collection[str] | None = None  #: only these sources; None: all
    walks: bool = True  #: further pages that people want are read; else they are left to another round
    by: str = "service"  #: who looks, as people know them
    goes_on: bool = True  #: what becomes due meanwhile is looked at as well


def is_fetched(source: Source) -> bool:
    """Tell whether a source is to be looked at at all."""
    return source.url is not None and not source.fetching.paused


class Round:
    """One round. Threads fetch; what they find is cleaned in worker processes and written by each itself.

    Args:
        current: Gives the installation under the settings in force.
        way: How it is run.
    """

    def __init__(self, current: Callable[[], App], way: Way) -> None:
        self._current = current
        self._way = way
        self._lanes = Lanes()
        self._waiting = Waiting()
        self._pages: deque[Callable[[], None]] = deque()
        self._in_hand: dict[str, str] = {}  # sources, with their hosts
        self._lock = threading.Lock()
        self._noted: App | None = None

    def run(self) -> None:
        """Look at all that is due; return when nothing is left to do.

        Raises:
            StoreError: The database cannot be read or written; what had begun has ended.
        """
        look_at = 0.0
        while True:
            self._way.beat()
            is_over = self._way.stopped() or self._lanes.surprise is not None
            if is_over:
                self._waiting.clear()
                self._pages.clear()
            elif time.monotonic() >= look_at and (self._way.goes_on or look_at == 0.0):
                look_at = time.monotonic() + _AGAIN_S
                self._look_for_due()
            self._begin()
            if not (self._lanes.busy() or self._waiting or self._pages):
                break
            self._lanes.wait(_STEP_S)
        self._end()

    def _end(self) -> None:
        if self._in_hand:
            with self._current().store.writing() as tx:
                tx.source_states.release(self._way.worker)
        if self._lanes.surprise is not None:
            raise self._lanes.surprise

    def _look_for_due(self) -> None:
        app = self._current()
        listed = self._listed(app)
        self._lanes.most = app.system.collect.fetchers
        if app is not self._noted:
            note_sources(app)
            self._noted = app
        now = app.clock()
        with app.store.reading() as tx:
            due = tx.source_states.due(tx.shared_now(now), horizon=self._way.horizon(now))
        with self._lock:
            fresh = [one for one in due if one.key not in self._in_hand and one.key not in self._waiting]
        for state in fresh:
            if state.key in listed:
                self._waiting.add(state, host_of(address_of(listed[state.key], state), app.fetcher))

    def _listed(self, app: App) -> dict[str, Source]:
        wanted = self._way.keys
        return {
            source.key: source
            for source in app.sources
            if is_fetched(source) and (wanted is None or source.key in wanted)
        }

    def _begin(self) -> None:
        """Begin what there is room for."""
        while self._pages and self._lanes.room_aside() > 0:
            self._lanes.start(self._pages.popleft(), aside=True)
        with self._lock:
            busy = set(self._in_hand.values())
        taken = self._waiting.take(
            self._lanes.room(),
            self._lanes.room_aside(),
            lambda host: host not in busy and self._way.hosts.is_free(host),
        )
        if taken:
            self._claim({state.key: aside for state, aside in taken})

    def _claim(self, taken: Mapping[str, bool]) -> None:
        app = self._current()
        listed, now = self._listed(app), app.clock()
        with app.store.writing() as tx:
            got = tx.source_states.claim(
                taken,
                self._way.worker,
                now=tx.shared_now(now),
                horizon=self._way.horizon(now),
                lease=LEASE,
            )
        for key, state in got.items():
            source = listed.get(key)
            if source is None or source.url != state.url:
                continue  # the settings have changed in between: the lease ends by itself
            with self._lock:
                self._in_hand[key] = host_of(address_of(source, state), app.fetcher) or f"own {key}"
            self._lanes.start(partial(self._visit, app, source, state), aside=taken[key])

    def _visit(self, app: App, source: Source, state: SourceState) -> None:
        desk = Desk(app=app, source=source, worker=self._way.worker, due_at=state.due_at, by=self._way.by)
        way = self._way
        visit = Visit(desk, hosts=way.hosts, stopped=way.stopped, fetched=self._lanes.hold, walks=way.walks)
        try:
            visited, pages = visit.listing(state)
        except NotOurs:
            self._done(source.key)
            return
        if pages is None:
            self._done(source.key, visited)
            return
        with self._lock:
            self._in_hand[source.key] = ""  # its host may serve others now
        self._pages.append(partial(self._rest, source.key, pages))

    def _rest(self, key: str, pages: Callable[[], Visited]) -> None:
        try:
            self._done(key, pages())
        except NotOurs:
            self._done(key)

    def _done(self, key: str, visited: Visited | None = None) -> None:
        with self._lock:
            self._in_hand.pop(key, None)
        if visited is not None:
            self._way.told(visited)


def note_sources(app: App) -> None:
    """Let the store know the sources of the settings, and those to be fetched be due.

    Raises:
        StoreError: The database cannot be written.
    """
    with app.store.writing() as tx:
        tx.sources.put(app.sources)
        urls = {source.key: source.url for source in app.sources if source.url is not None}
        tx.source_states.note(urls, at=app.clock())
