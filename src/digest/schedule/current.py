"""The settings in force, and how a change of the files takes effect without a restart."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass, replace
from datetime import datetime

from digest.actions.app import App
from digest.actions.home.settings_faults import settings_faults
from digest.bootstrap import with_settings
from digest.errors import Fault, SettingsError
from digest.log import configure, get_logger
from digest.model import Alert, AlertKind, HistoryEntry
from digest.schedule.files import stand_of
from digest.settings import LoadedSettings, SystemSettings, load_settings

_SETTLE_S = 0.2  # an editor may have written half a file

log = get_logger()


@dataclass(frozen=True, kw_only=True)
class Force:
    """What holds now."""

    app: App
    since: datetime  #: when these settings came into force
    faults: tuple[Fault, ...] = ()  #: of files that have changed since; () when there are none
    waits: tuple[str, ...] = ()  #: what a changed file says that only a restart can do


class Current:
    """Holds the settings in force. Safe for any number of threads: what they took stays as it is.

    Args:
        app: The installation as it was opened.
    """

    def __init__(self, app: App) -> None:
        self.force = Force(app=app, since=app.clock())
        self._first = app.system
        self._seen = stand_of(app)

    @property
    def app(self) -> App:
        """The installation under the settings in force."""
        return self.force.app

    def look(self, run: str) -> None:
        """Take changed files up, when they are valid; else say so, and keep what holds.

        Raises:
            StoreError: The database cannot be written; the files are looked at again then.
        """
        stand = stand_of(self.app)
        if stand == self._seen:
            return
        time.sleep(_SETTLE_S)
        if stand != stand_of(self.app):
            return  # the next look will find it at rest
        try:
            settings = _loaded(self.app)
        except SettingsError as error:
            self._refuse(error.faults, run)
        else:
            self._take(settings, run)
        # What changed or was added meanwhile, or is named for the first time, makes the next look read again.
        self._seen = stand

    def _take(self, settings: LoadedSettings, run: str) -> None:
        app = with_settings(self.app, settings)
        waits = _waits(self._first, settings.system)
        if not self.force.faults and _said(app, waits) == _said(self.app, self.force.waits):
            # Such as a key file, which is read where it is used.
            self.force = replace(self.force, app=app)
            return
        note = f"; at the next start: {', '.join(waits)}" if waits else ""
        with app.store.writing() as tx:
            count = "1 digest" if len(app.digests) == 1 else f"{len(app.digests)} digests"
            tx.history.add(_line(app, run, "ok", f"{count}{note}"))
        self.force = Force(app=app, since=app.clock(), waits=waits)
        configure(app.system.log_level, json=True)
        log.info("settings_taken", digests=len(app.digests))
        if waits:
            log.warning("settings_wait_for_a_restart", keys=waits)

    def _refuse(self, faults: tuple[Fault, ...], run: str) -> None:
        if faults == self.force.faults:
            return
        app = self.app
        # What was found there may be a secret that stands in a wrong place.
        said = [
            f"{place}: expected {fault.expected}" for place, fault in zip(places(faults), faults, strict=True)
        ]
        name = hashlib.sha256(repr(said).encode()).hexdigest()[:16]
        alert = Alert(
            # The same slip in another week is told again; schedulers side by side tell it once.
            key=f"settings:{name}:{app.clock().date()}",
            kind=AlertKind.SETTINGS,
            title="changed settings have faults: the old ones stay in force",
            text="\n".join([*said, "`digest check` lists them; what is mended takes effect by itself."]),
        )
        with app.store.writing() as tx:
            if tx.alerts.add(alert, at=app.clock()):
                tx.history.add(_line(app, run, "refused", "; ".join(places(faults))))
        self.force = replace(self.force, faults=faults)
        log.error("settings_refused", faults=places(faults))


def places(faults: tuple[Fault, ...]) -> list[str]:
    """Say where faults are, without what was found there."""
    parts = ((fault.file, str(fault.line or ""), fault.key) for fault in faults)
    return [":".join(part for part in each if part) for each in parts]


def _loaded(app: App) -> LoadedSettings:
    """Read the files, and try out what shows only in use, of the digests that have changed."""
    settings = load_settings(app.home.root, os.environ)
    changed = [digest for digest in settings.digests.values() if app.digests.get(digest.key) != digest]
    faults = settings_faults(settings, app.home.root, changed)
    if faults:
        raise SettingsError(faults)
    return settings


def _said(app: App, waits: tuple[str, ...]) -> tuple[object, ...]:
    return app.system, app.digests, app.sources, waits


def _waits(first: SystemSettings, new: SystemSettings) -> tuple[str, ...]:
    """Name what differs from what was read at the start and cannot change while we run."""
    is_other = {
        "database": first.database != new.database,
        "service.listen": (first.service.listen, first.service.public)
        != (new.service.listen, new.service.public),
        "web.listen": (first.web.listen, first.web.public, first.web.proxies)
        != (new.web.listen, new.web.public, new.web.proxies),
    }
    return tuple(name for name, differs in is_other.items() if differs)


def _line(app: App, run: str, outcome: str, note: str) -> HistoryEntry:
    return HistoryEntry(at=app.clock(), by="service", event="reload", outcome=outcome, run=run, note=note)
