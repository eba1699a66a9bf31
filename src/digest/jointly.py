"""Group commit: who writes at the same moment shares one transaction, and its wait for the disk."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Job = TypeVar("Job")
_GATHER_S = 0.002  #: half of what a disk takes


@dataclass(kw_only=True)
class _Wish(Generic[Job]):
    job: Job
    is_done: bool = False
    fault: BaseException | None = None  #: what kept it from being done


class Jointly(Generic[Job]):
    """Lets threads have small jobs done together: who comes while some are done goes with the next ones."""

    def __init__(self) -> None:
        self._gate = threading.Lock()  # of the list
        self._turn = threading.Lock()  # of who does them
        self._gathered: list[_Wish[Job]] = []
        self._last = 0  # how many went together last

    def do(self, job: Job, do_all: Callable[[Sequence[Job]], None]) -> None:
        """Return once a job is done, alone or with others.

        Args:
            job: What is to be done.
            do_all: Does several at once, or none; the same for everybody. What it raises goes to all whose
                jobs it was given.
        """
        mine = _Wish(job=job)
        with self._gate:
            self._gathered.append(mine)
        with self._turn:
            if not mine.is_done:
                if self._last > 1:  # the others of the last go come again right now, or nobody does
                    time.sleep(_GATHER_S)
                with self._gate:
                    together, self._gathered = self._gathered, []
                self._last = len(together)
                self._do(together, do_all)
        if mine.fault is not None:
            raise mine.fault

    def _do(self, together: Sequence[_Wish[Job]], do_all: Callable[[Sequence[Job]], None]) -> None:
        fault: BaseException | None = None
        try:
            do_all([one.job for one in together])
        except BaseException as error:  # noqa: BLE001  # why: each of them must hear of it
            fault = error
        for one in together:
            one.is_done, one.fault = True, fault
