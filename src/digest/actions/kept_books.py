"""Books of editions that pages show again and again, counted from the rows no oftener than they can be."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from digest.memory import Memory
from digest.model import Books
from digest.store import StoredEdition, Transaction

_SHARE = 10.0  #: a count is kept so many times as long as it took
_MOST = 1_000  #: editions


@dataclass(kw_only=True)
class _Count:
    books: Books
    of: StoredEdition
    good_until: float  #: on the clock
    is_renewed: bool = False  #: somebody counts already; the others take this one


class KeptBooks:
    """The last counts of editions. Safe for any number of threads.

    To count the half million rows of an edition on its way takes a quarter of a second: nobody waits for
    that who can have a count of two seconds ago. A small edition is as good as always counted anew.

    Args:
        clock: Seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known = Memory[int, _Count](_MOST)

    def of(self, tx: Transaction, stored: StoredEdition) -> Books:
        """Return the books of an edition, or a count that is still good; it was never in another state.

        Args:
            tx: Where the rows are.
            stored: The edition as it is.

        Raises:
            StoreError: The database cannot be read.
        """
        with self._lock:
            known = self._known.get(stored.id)
            if known is not None and known.of.state is not stored.state:
                known = None
            if known is not None and (known.is_renewed or self._clock() < known.good_until):
                return known.books
            if known is not None:
                known.is_renewed = True
        try:
            return self._counted(tx, stored)
        finally:
            if known is not None:
                known.is_renewed = False

    def _counted(self, tx: Transaction, stored: StoredEdition) -> Books:
        begun = self._clock()
        books = tx.deliveries.books(stored.id)
        now = self._clock()
        kept = _Count(books=books, of=stored, good_until=now + _SHARE * (now - begun))
        with self._lock:
            self._known.put(stored.id, kept)
        return books
