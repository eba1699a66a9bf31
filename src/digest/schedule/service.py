"""The parts of a service, wired: what each does, how often, and what it is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from digest.actions.app import App
from digest.actions.readers.import_desk import forget_old_imports
from digest.actions.readers.letters import AT_ONCE, post
from digest.actions.upkeep.alerts import dispatch
from digest.clock import Clock, system_clock
from digest.errors import DigestError
from digest.log import get_logger
from digest.model import Alert, AlertKind
from digest.schedule.beats import Beats
from digest.schedule.collecting import Collecting
from digest.schedule.current import Current
from digest.schedule.deed import Call, Deed
from digest.schedule.inbox import Inbox
from digest.schedule.metrics import Metrics
from digest.schedule.pace import Pace
from digest.schedule.planning import Planning
from digest.schedule.probing import Probing
from digest.schedule.pruning import Pruning
from digest.schedule.reports import Fetching, Listening
from digest.schedule.sendings import Sendings
from digest.schedule.sourcing import Sourcing
from digest.schedule.ticker import Ticker

Part = Literal["schedule", "sending", "web"]
PARTS: tuple[Part, ...] = ("schedule", "sending")

_TELLING_S = 30.0  #: one look at the alerts begins nothing more after so long

#: Serves the web application of the installation in force while its context is open.
Web = Callable[[Callable[[], App]], AbstractContextManager[object]]

log = get_logger()


@dataclass(frozen=True, kw_only=True)
class Way:
    """How to run."""

    parts: tuple[Part, ...] = PARTS  #: 'web' is what `web` brings, and of use with it alone
    web: Web | None = None
    clock: Clock = system_clock
    pace: Pace = field(default_factory=Pace)
    listen: str | None = None  #: instead of service.listen; 'none' listens nowhere
    stopped: Callable[[], bool] = lambda: False  #: True when it is to end in good order
    begun: Callable[[int], object] = lambda _port: (
        None
    )  #: told the port of the pages once all is at work; 0: none


class Service:
    """The parts of one process, wired. Make one for each run.

    Args:
        app: The installation as it was opened.
        way: How to run.
    """

    def __init__(self, app: App, way: Way) -> None:
        self._way = way
        self._over = threading.Event()
        self.current = Current(app)
        self.beats = Beats(way.pace.hung_s)
        self.listening = Listening(self.current)
        self.sendings = Sendings(self.current, self.beats, way.pace)
        self.probing = Probing(self.current)
        self.metrics = Metrics(self.current, self.beats, self.probing)
        self.ticker = Ticker(dict(self._deeds()), way.clock)
        self._ending = threading.Thread(target=self.listening.stop, name="ending", daemon=True)

    def start(self) -> None:
        """Set all parts to work."""
        self.ticker.start()

    def stop(self) -> None:
        """Begin nothing more."""
        self._over.set()
        self.sendings.stop()
        self.ticker.stop()
        self._ending.start()

    def busy(self) -> tuple[str, ...]:
        """Name what has not ended yet after `stop`."""
        reports = ("listener",) if self._ending.is_alive() else ()
        return (*self.ticker.busy(), *self.sendings.busy(), *reports)

    def _deeds(self) -> Iterator[tuple[Deed, float]]:
        pace = self._way.pace
        yield self._deed("settings", self.current.look), pace.look_s
        if "schedule" in self._way.parts:
            planning = Planning(self.current)
            collecting = Collecting(self.current, self._beat_of("collecting"), lambda: planning.next_at)
            sourcing = Sourcing(
                self.current, self._beat_of("sources"), lambda: planning.next_at, self._over.is_set
            )
            yield self._deed("collecting", collecting.look), pace.tick_s
            yield self._deed("sources", sourcing.look), pace.tick_s
            yield self._deed("schedule", planning.look), pace.tick_s
            for place in ("maildir", "imap"):
                inbox = Inbox(self.current, self._beat_of(f"inbox-{place}"), place, self._over.is_set)
                yield self._deed(f"inbox-{place}", inbox.look), pace.tick_s
            yield self._deed("alerts", self._dispatch), pace.tick_s
            fetching = Fetching(self.current, self._beat_of("reports"), self._over.is_set)
            yield self._deed("reports", fetching.look), pace.tick_s
            pruning = Pruning(self.current, self._beat_of("pruning"), self._over.is_set)
            yield self._deed("pruning", pruning.look), pace.probe_s
            yield self._deed("listener", self.listening.look), pace.tick_s
        if "web" in self._way.parts:
            yield self._deed("imports", lambda _run: forget_old_imports(self.current.app)), pace.probe_s
        if "sending" in self._way.parts:
            yield self._deed("sending", self.sendings.look), pace.poll_s
            yield self._deed("letters", self._post), pace.poll_s
            yield self._deed("relays", self.probing.look), pace.probe_s

    def _deed(self, name: str, call: Call) -> Deed:
        return Deed(
            name,
            call,
            beats=self.beats,
            back_off_s=self._way.pace.back_off_s,
            took=self.metrics.took,
            tell=self._tell,
        )

    def _post(self, _run: str) -> datetime | None:
        """Send the letters that wait: what pages put down, and what no relay took before."""
        app = self.current.app
        sent = post(app, stopped=self._over.is_set, beat=self._beat_of("letters"))
        return app.clock() if sent == AT_ONCE else None

    def _tell(self, part: str, why: str) -> None:
        """Tell people, once a day, that a part fails; a database that is away tells `/ready`."""
        app = self.current.app
        alert = Alert(
            key=f"part:{part}:{app.clock().date()}",
            kind=AlertKind.FAILED,
            title=f"the part '{part}' of the service fails again and again",
            text=f"{why}\nIt goes on being tried. The log has more: part_failed, part_died.",
        )
        try:
            with app.store.writing() as tx:
                tx.alerts.add(alert, at=app.clock())
        except DigestError as error:
            log.error("alert_not_written", cause=error.message)

    def _beat_of(self, part: str) -> Callable[[], None]:
        return lambda: self.beats.beat(part)

    def _dispatch(self, _run: str) -> None:
        """Tell people for a while; then new alerts have their turn, by the quickest way first."""
        ends = time.monotonic() + _TELLING_S
        dispatch(
            self.current.app,
            stopped=lambda: self._over.is_set() or time.monotonic() > ends,
            beat=self._beat_of("alerts"),
        )
