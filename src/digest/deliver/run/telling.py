"""How far a run is, and what it waits for, told a few times a second."""

from __future__ import annotations

from dataclasses import replace

from digest.deliver.run.clerk import Clerk
from digest.deliver.run.ends import Ends
from digest.deliver.run.fleet import Fleet
from digest.deliver.run.stop import Stop
from digest.deliver.run.teller import Teller
from digest.deliver.run.terms import HELD, Watch
from digest.deliver.run.used_up import Overheard
from digest.errors import TransportError


class Telling:
    """Tells the watch of a run.

    Args:
        watch: Who is told.
        ends: Counts.
        fleet: Knows the trouble with relays.
        clerk: Knows the trouble with home and database.
        shared: Has heard which limits are used up.
        stop: Knows what the run ends over.
    """

    def __init__(
        self, watch: Watch, ends: Ends, fleet: Fleet, clerk: Clerk, shared: Overheard, stop: Stop
    ) -> None:
        self._ends, self._fleet, self._clerk, self._shared, self._stop = ends, fleet, clerk, shared, stop
        self._teller = Teller(watch.progress)

    def tell(self) -> None:
        """Tell how far the run is, by what it has counted since it began."""
        count = sum(1 for _ in self._fleet.lanes)
        # What nobody waits for is no trouble: a relay is asked again when somebody is due. Who waited when
        # a run ends over it is given back by then.
        is_awaited = self._clerk.ready or isinstance(self._stop.error, TransportError)
        trouble = (self._fleet.trouble(1) or self._fleet.impasse()) if is_awaited else None
        told = self._ends.progress(count, trouble, self._shared.used_up())
        home, database = HELD
        if self._clerk.steps.is_behind:
            told = replace(told, trouble=self._clerk.steps.words, trouble_kind=home)
        elif self._clerk.ready and (words := self._clerk.looks.blindness) is not None:
            told = replace(told, trouble=words, trouble_kind=database)
        self._teller.tell(told)

    def close(self) -> None:
        """Tell the last, if that does not take long."""
        self._teller.close()
