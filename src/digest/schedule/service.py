"""The service: its parts at work on one home, until it is told to stop."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

import structlog

from digest.actions.alerts import dispatch
from digest.actions.app import App
from digest.actions.import_desk import forget_old_imports
from digest.actions.letters import AT_ONCE, post
from digest.actions.machine import troubles
from digest.bootstrap import open_app
from digest.clock import Clock, system_clock
from digest.errors import DigestError
from digest.model import Alert, AlertKind, HistoryEntry
from digest.schedule.beats import Beats
from digest.schedule.collecting import Collecting
from digest.schedule.current import Current
from digest.schedule.deed import Call, Deed, new_run
from digest.schedule.health import routes
from digest.schedule.inbox import Inbox
from digest.schedule.metrics import Metrics
from digest.schedule.notify import notify
from digest.schedule.pace import Pace
from digest.schedule.pages import Pages
from digest.schedule.planning import Planning
from digest.schedule.probing import Probing
from digest.schedule.pushing import Pushing
from digest.schedule.reports import Fetching, Listening
from digest.schedule.sendings import Sendings
from digest.schedule.sourcing import Sourcing
from digest.schedule.ticker import Ticker

Part = Literal["schedule", "sending", "web"]
PARTS: tuple[Part, ...] = ("schedule", "sending")

_ROUND_S = 0.2  #: how long a signal may wait to be noticed
_TELLING_S = 30.0  #: one look at the alerts begins nothing more after so long
_MIND_S = 1.0  #: between two looks at the machine's clock

#: Serves the web application of the installation in force while its context is open.
Web = Callable[[Callable[[], App]], AbstractContextManager[object]]

log = structlog.get_logger()


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
                inbox = Inbox(self.current, self._beat_of(f"inbox-{place}"), place)
                yield self._deed(f"inbox-{place}", inbox.look), pace.tick_s
            yield self._deed("alerts", self._dispatch), pace.tick_s
            yield self._deed("reports", Fetching(self.current, self._beat_of("reports")).look), pace.tick_s
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


def serve(root: Path, way: Way) -> tuple[str, ...]:
    """Run the parts of a service on a home until `way.stopped` says so.

    Returns:
        What had not ended when its time was over: the process should leave at once then.

    Raises:
        NotFound: There is no home.
        SettingsError: The configuration has faults.
        StoreError: The database cannot be opened.
        Refused: Nobody can listen at the address of the pages.
    """
    with open_app(root, clock=way.clock, json_logs=True) as app:
        run = new_run()
        service = Service(app, way)
        with (
            structlog.contextvars.bound_contextvars(run=run),
            _pages(service, way) as port,
            way.web(lambda: service.current.app) if way.web else nullcontext(),
        ):
            _record(app, "start", run, ", ".join(way.parts))
            for reason in troubles(app):
                log.error("not_ready", reason=reason)
            service.start()
            log.info("service_started", parts=way.parts, port=port)
            notify("READY=1")
            way.begun(port)
            _watch(service, way)
            notify("STOPPING=1")
            left = _end(service, way.pace.grace_s)
            log.info("service_stopped", left=left)
            _record(app, "stop", run, f"left behind: {', '.join(left)}" if left else "in good order")
    return left


@contextmanager
def _pages(service: Service, way: Way) -> Iterator[int]:
    listen = way.listen or service.current.app.system.service.listen
    if listen == "none":
        yield 0
        return
    told = routes(service.current, service.beats, service.metrics)
    with Pages(listen, told, {"/articles": Pushing(service.current)}) as pages:
        yield pages.port


def _watch(service: Service, way: Way) -> None:
    """Mind the clock and the parts until it is time to stop."""
    hung: tuple[str, ...] = ()
    mind_at = time.monotonic()
    while not way.stopped():
        if time.monotonic() >= mind_at:
            mind_at = time.monotonic() + _MIND_S
            if service.ticker.mind_the_clock():
                log.warning("clock_was_set")
            before, hung = hung, service.beats.hung()
            if hung and hung != before:
                log.error("part_hangs", parts=hung)
            if not hung:
                notify("WATCHDOG=1")
        time.sleep(_ROUND_S)


def _end(service: Service, grace_s: float) -> tuple[str, ...]:
    """Let what is in flight end; return what did not."""
    service.stop()
    ends = time.monotonic() + grace_s
    while (left := service.busy()) and time.monotonic() < ends:
        time.sleep(_ROUND_S)
    return left


def _record(app: App, event: str, run: str, what: str) -> None:
    """Write a line of the history; a database that is away must not keep a service from ending."""
    note = f"{what}; {socket.gethostname()}, process {os.getpid()}"
    entry = HistoryEntry(at=app.clock(), by="service", event=event, outcome="ok", run=run, note=note)
    try:
        with app.store.writing() as tx:
            tx.history.add(entry)
    except DigestError as error:
        log.error("history_not_written", cause=error.message)
