"""A service at work on one home: begun, minded, and ended in good order."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from structlog.contextvars import bound_contextvars

from digest.actions.app import App
from digest.actions.upkeep.machine import troubles
from digest.bootstrap import open_app
from digest.errors import DigestError
from digest.log import get_logger
from digest.model import HistoryEntry
from digest.schedule.deed import new_run
from digest.schedule.health import routes
from digest.schedule.notify import notify
from digest.schedule.pages import Pages
from digest.schedule.pushing import Pushing
from digest.schedule.service import Service, Way

_ROUND_S = 0.2  #: how long a signal may wait to be noticed
_MIND_S = 1.0  #: between two looks at the machine's clock

log = get_logger()


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
            bound_contextvars(run=run),
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
