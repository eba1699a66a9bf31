"""The tick: what becomes of slots, and what becomes of editions until they are sent."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import datetime

from digest.actions.planning.slots import Advanced, advance
from digest.actions.steering.review import Steered, steer
from digest.log import get_logger
from digest.schedule.current import Current

log = get_logger()


def worker_name() -> str:
    """Name this process unlike any other on any machine."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"


class Planning:
    """Ticks; what was done stands in the log, too."""

    def __init__(self, current: Current) -> None:
        self._current = current
        self._worker = worker_name()
        self._refused: tuple[str, ...] = ()
        self.next_at: datetime | None = None  #: when slots will be noted or built next; None: nobody knows

    def look(self, run: str) -> datetime | None:
        """Do what is due; return when something will be due next, None when nothing is foreseen.

        Raises:
            StoreError: The database cannot be read or written.
            DigestError: The home cannot be written in.
        """
        app = self._current.app
        advanced = advance(app, worker=self._worker, run=run)
        self._tell(advanced)
        self.next_at = advanced.next_at
        moments = [advanced.next_at]
        if not advanced.refused:
            steered = steer(app, run=run)
            _tell_steered(steered)
            moments.append(steered.next_at)
        return min((moment for moment in moments if moment is not None), default=None)

    def _tell(self, advanced: Advanced) -> None:
        for what in ("built", "failed", "missed", "off"):
            for slot in getattr(advanced, what):
                log.info(f"slot_{what}", digest=slot.digest, slot=slot.key, edition=slot.edition_id)
        if advanced.refused and advanced.refused != self._refused:
            log.error("home_refused", reasons=advanced.refused)
        self._refused = advanced.refused


def _tell_steered(steered: Steered) -> None:
    for what in ("approved", "held", "skipped", "expired", "reminded"):
        for edition_id in getattr(steered, what):
            log.info(f"edition_{what}", edition=edition_id)
