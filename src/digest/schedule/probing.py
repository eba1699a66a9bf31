"""Look from time to time whether the relays would take mail: a greeting and a login, no message."""

from __future__ import annotations

from collections.abc import Mapping

from digest.actions.mailing.relay_health import look_at
from digest.log import get_logger
from digest.schedule.current import Current

log = get_logger()


class Probing:
    """Remembers which relays took a connection when they were last asked."""

    def __init__(self, current: Current) -> None:
        self._current = current
        self.relays: Mapping[str, bool] = {}  #: by name; empty until they were asked

    def look(self, _run: str) -> None:
        """Ask all relays of the settings, one after the other, and write down what they answered.

        Raises:
            StoreError: The database cannot be written.
        """
        app = self._current.app
        found = {}
        for relay in app.system.relays:
            seen = look_at(app, relay.name)
            found[relay.name] = seen.trouble is None
            if seen.trouble and self.relays.get(relay.name, True):
                log.warning("relay_down", relay=relay.name, cause=seen.trouble)
            if found[relay.name] and not self.relays.get(relay.name, True):
                log.info("relay_up", relay=relay.name)
        self.relays = found
