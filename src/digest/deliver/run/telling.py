"""How far a run is, and what it waits for, told a few times a second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from digest.deliver.run.clerk import Clerk
from digest.deliver.run.ends import Ends
from digest.deliver.run.fleet import Fleet
from digest.deliver.run.teller import Teller
from digest.deliver.run.terms import HELD, Watch
from digest.deliver.run.used_up import Overheard


class Telling:
    """Tells the watch of a run.

    Args:
        watch: Who is told.
        ends: Counts.
        fleet: Knows the trouble with relays.
        clerk: Knows the trouble with home and database.
        shared: Has heard which limits are used up.
        is_awaited: Tells whether mail waits for relays, home or database now.
    """

    def __init__(
        self,
        watch: Watch,
        ends: Ends,
        fleet: Fleet,
        clerk: Clerk,
        shared: Overheard,
        is_awaited: Callable[[], bool],
    ) -> None:
        self._ends, self._fleet, self._clerk, self._shared = ends, fleet, clerk, shared
        self._is_awaited = is_awaited
        self._teller = Teller(watch.progress)

    def tell(self) -> None:
        """Tell how far the run is, by what it has counted since it began."""
        count = sum(1 for _ in self._fleet.lanes)
        # What nobody waits for is no trouble: a relay is asked again when somebody is due.
        is_awaited = self._is_awaited()
        trouble = (self._fleet.trouble(1) or self._fleet.impasse()) if is_awaited else None
        told = self._ends.progress(count, trouble, self._shared.used_up())
        home, database = HELD
        if self._clerk.steps.is_behind:
            told = replace(told, trouble=self._clerk.steps.words, trouble_kind=home)
        elif is_awaited and (words := self._clerk.looks.blindness) is not None:
            told = replace(told, trouble=words, trouble_kind=database)
        self._teller.tell(told)

    def close(self) -> None:
        """Tell the last, if that does not take long."""
        self._teller.close()
