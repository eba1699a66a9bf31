"""Put on record who was turned away at the desk: a few one by one, and in one line that there are more.

Lines of the history stay for good, so what strangers can cause is bounded: `SINGLY` lines an hour for each of
them, `STRANGERS` for all of them together, counted in memory, so that a flood costs no transactions.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from digest.actions.app import App
from digest.errors import StoreError
from digest.markup import clean_line
from digest.model import REFUSED, HistoryEntry

SINGLY = 5  #: tries of one person or network within an hour that get a line each
STRANGERS = 30  #: lines within an hour that people cause who have not shown who they are
_HOUR_S = 3_600.0
_WAITING = 50  #: lines that are kept while the database is busy
_BITS = {4: 24, 6: 48}  #: of an address that are kept: a street, not a house
_NOTE_CHARS = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """What somebody tried, and why it was refused. Never a token, a password or an address of the web."""

    by: str | None  #: whom it was tried as, by mail address; None: nobody knows
    network: str  #: where it came from; shortened before it is written down
    what: str  #: method and pattern of the route, such as 'POST /desk/{edition}/approve'
    why: str
    digest: str | None = None  #: one that there is
    edition_id: int | None = None


class RefusedTries:
    """Writes refused tries down. Safe for any number of threads.

    Args:
        clock: Seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._seen: Counter[str] = Counter()  # bounded: by people there are, and by `STRANGERS`
        self._waiting: deque[HistoryEntry] = deque(maxlen=_WAITING)
        self._lock = threading.Lock()

    def note(self, app: App, network: str, known: str | None, tried: Callable[[], Tried]) -> None:
        """Write a try down if there is room; whoever was refused is answered all the same, and at once.

        While the database is busy or away, lines wait in memory for the next try.

        Args:
            app: The installation.
            network: Where it came from.
            known: The person's address if they have shown who they are; None counts by network.
            tried: Tells what it was; asked only if there is room, since that may look things up.
        """
        count = self._count(known or f"from {network}", is_stranger=known is None)
        if count is None:
            return
        with suppress(StoreError):
            self._waiting.append(_line(app, tried(), count))
        if not (lines := self._taken()):
            return
        try:
            with app.store.writing(hasty=True) as tx:
                tx.history.add_all(lines)
        except StoreError:
            self._waiting.extendleft(reversed(lines))

    def _count(self, key: str, *, is_stranger: bool) -> str | None:
        """Count a try; return what its line says besides, None when it gets none."""
        with self._lock:
            now = self._clock()
            if now - self._began >= _HOUR_S:
                self._began = now
                self._seen.clear()
            strangers = self._seen[""]
            if self._seen[key] > SINGLY or (is_stranger and strangers >= STRANGERS):
                return None
            self._seen[key] += 1
            self._seen[""] += is_stranger
            if is_stranger and strangers + 1 == STRANGERS:
                return "; more of strangers are not listed in this hour"
            return "; more of theirs are not listed in this hour" if self._seen[key] > SINGLY else ""

    def _taken(self) -> list[HistoryEntry]:
        with self._lock:
            found = list(self._waiting)
            self._waiting.clear()
        return found


def shortened(network: str) -> str:
    """Name where somebody comes from, as roughly as a record for good may; what is no address has no name."""
    try:
        address = ip_address(network.partition("/")[0])
    except ValueError:
        return "an unknown network"
    return str(ip_network((address, _BITS[address.version]), strict=False))


def _line(app: App, tried: Tried, besides: str) -> HistoryEntry:
    place = shortened(tried.network)
    told = clean_line(f"{tried.what}: {tried.why}", _NOTE_CHARS)
    whence = f", from {place}" if tried.by else ""
    return HistoryEntry(
        at=app.clock(),
        by=tried.by or place,
        event=REFUSED,
        outcome=REFUSED,
        digest=tried.digest,
        edition_id=tried.edition_id,
        note=f"{told}{whence}{besides}",
    )
