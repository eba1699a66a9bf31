"""Once a day, at a quiet hour: what `retention` says is taken off the record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from digest.actions.upkeep.pruning import Way, prune
from digest.log import get_logger
from digest.schedule.current import Current

HOUR = 3  #: on the clock of the machine; a machine that is off then does it on the next day

log = get_logger()


class Pruning:
    """Remembers on which day it was done last.

    Args:
        current: The settings in force.
        beat: Called all the time.
        stopped: True when nothing more is to be begun.
    """

    def __init__(self, current: Current, beat: Callable[[], None], stopped: Callable[[], bool]) -> None:
        self._current = current
        self._way = Way(beat=beat, stopped=stopped)
        self._done: date | None = None

    def look(self, run: str) -> None:
        """Prune, when it is time to.

        Raises:
            StoreError: The database cannot be written.
        """
        app = self._current.app
        now = app.clock().astimezone()
        if now.hour != HOUR or now.date() == self._done:
            return
        pruned = prune(app, by="service", run=run, way=self._way)
        self._done = now.date()
        if pruned.recipients:
            log.info("pruned", editions=pruned.editions, recipients=pruned.recipients)
