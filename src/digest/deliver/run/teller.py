"""How far a run is, told from a thread of its own: whoever is told may take their time, the mail does not."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context

from digest.deliver.loop import Crew
from digest.deliver.run.terms import Progress

_LAST_S = 1.0  #: how long the end waits until the last is told


class Teller:
    """Tells the newest; what comes while somebody is being told takes the place of what came before it.

    A pipe that nobody empties, or a terminal that was stopped, holds up its reader's lines and nothing else.

    Args:
        tell: Told what is new, in the caller's context; whatever it raises costs nobody's mail.
    """

    def __init__(self, tell: Callable[[Progress], None]) -> None:
        self._tell = tell
        self._context = copy_context()  # a log's lines name the run
        self._crew = Crew(1, "teller")
        self._newest: Progress | None = None
        self._is_asked = False

    def tell(self, progress: Progress) -> None:
        """Have it told as soon as whatever is being told is."""
        self._newest = progress
        if not self._is_asked:
            self._is_asked = True
            self._crew.do(self._work)

    def close(self) -> None:
        """End the thread; the last is told if that does not take long."""
        self._crew.close(wait_s=_LAST_S)

    def _work(self) -> None:
        self._is_asked = False  # before the newest is taken: whatever comes from here on asks anew
        if self._newest is not None:
            with suppress(Exception):
                self._context.run(self._tell, self._newest)
