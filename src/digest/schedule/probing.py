"""Look from time to time whether the relays would take mail: a greeting and a login, no message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import structlog

from digest.actions.relays import impatient
from digest.deliver import RelayConnection
from digest.errors import TransportError
from digest.schedule.current import Current

_PATIENCE = timedelta(seconds=20)

log = structlog.get_logger()


class Probing:
    """Remembers which relays took a connection when they were last asked."""

    def __init__(self, current: Current) -> None:
        self._current = current
        self.relays: Mapping[str, bool] = {}  #: by name; empty until they were asked

    def look(self, _run: str) -> None:
        """Ask all relays of the settings, one after the other."""
        app = self._current.app
        found = {}
        for relay in app.system.relays:
            try:
                RelayConnection(impatient(relay, _PATIENCE), home=app.home.root).close()
                found[relay.name] = True
            except TransportError as error:
                found[relay.name] = False
                if self.relays.get(relay.name, True):
                    log.warning("relay_down", relay=relay.name, cause=error.message)
            if found[relay.name] and not self.relays.get(relay.name, True):
                log.info("relay_up", relay=relay.name)
        self.relays = found
