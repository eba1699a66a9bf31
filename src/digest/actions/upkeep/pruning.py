"""Take recipients of old editions off the record, as `retention` says; the sums stay."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from digest.actions.app import App
from digest.actions.telling import Hand, Named, write_down
from digest.store import Prunable, Transaction

_BITE = 1_000  #: recipients a transaction: others who write wait a tenth of a second at most


@dataclass(frozen=True, kw_only=True)
class Pruned:
    """What went off the record, or would."""

    before: datetime | None  #: editions that were at their end before; None: all are kept for ever
    editions: int = 0
    recipients: int = 0
    room_bytes: int = 0  #: that their rows took in the database, about


@dataclass(frozen=True, kw_only=True)
class Way:
    """How to go about it."""

    stopped: Callable[[], bool] = lambda: False  #: True when nothing more is to be begun
    beat: Callable[[], object] = lambda: None  #: called before each bite, and each edition that is weighed
    #: Called with how many recipients are gone, and how many there are in all: at first and after each bite.
    show: Callable[[int, int], object] = lambda _gone, _of: None
    #: Waits so many seconds: as long as the bite took, so that senders and pages have their turn.
    rest: Callable[[float], object] = time.sleep


def foresee(app: App) -> Pruned:
    """Say what `prune` would take off the record now; changes nothing.

    Raises:
        StoreError: The database cannot be read.
    """
    before, weighed = _weigh(app, Way())
    return _sum(before, weighed.values())


def prune(app: App, *, by: str, run: str | None = None, way: Way | None = None) -> Pruned:
    """Take recipients off the record whose editions ended longer ago than `retention.deliveries` says.

    In small bites, each with its share of the sums in one transaction: ended in the middle, by whatever, the
    books say the same, and the next call goes on.

    Args:
        app: The installation.
        by: Who wants it.
        run: Names the run of the service, for the history.
        way: How to go about it; None: to the end.

    Raises:
        StoreError: The database cannot be written.
    """
    way = way or Way()
    before, weighed = _weigh(app, way)
    if before is None:
        return Pruned(before=None)
    hand, gone = Hand(by=by, at=app.clock(), run=run), Counter[int]()
    every = sum(one.recipients for one in weighed.values())
    way.show(0, every)
    for edition_id in weighed:
        for bite in _bites(app, edition_id, before, hand, way):
            gone[edition_id] += bite
            way.show(gone.total(), every)
    return _sum(before, (_part(weighed[one], recipients) for one, recipients in gone.items()))


def _weigh(app: App, way: Way) -> tuple[datetime | None, dict[int, Prunable]]:
    """Say when an edition must have ended to be old, and weigh those that are, by number."""
    weighed = {}
    with app.store.reading() as tx:
        before = _before(app, tx)
        for edition_id in () if before is None else tx.deliveries.prunable(before):
            if way.stopped():
                break
            way.beat()
            weighed[edition_id] = tx.deliveries.weigh(edition_id)
    return before, weighed


def _before(app: App, tx: Transaction) -> datetime | None:
    """Say when an edition must have ended to be old; by the earlier clock, as what goes is gone."""
    age, now = app.system.retention.deliveries, app.clock()
    return None if age is None else min(now, tx.shared_now(now)) - age


def _bites(app: App, edition_id: int, before: datetime, hand: Hand, way: Way) -> Iterator[int]:
    """Prune one edition; yield how many went with each bite."""
    while not way.stopped():
        way.beat()
        begun = time.monotonic()
        with app.store.writing() as tx:
            bite = _bite(app, tx, edition_id, before, hand)
        if not bite:
            return
        yield bite
        way.rest(time.monotonic() - begun)


def _bite(app: App, tx: Transaction, edition_id: int, before: datetime, hand: Hand) -> int:
    """Take the next few off the record; with the first of an edition the history gets a line."""
    is_first = tx.deliveries.off_record(edition_id) is None
    gone = tx.deliveries.prune(edition_id, before=before, limit=_BITE, at=app.clock())
    stored = tx.editions.get(edition_id) if gone and is_first else None
    if stored is not None:
        write_down(tx, Named.of(stored), hand, "prune", note=f"at its end before {before:%Y-%m-%d}")
    return gone


def _part(weighed: Prunable, recipients: int) -> Prunable:
    """Weigh some of the recipients of an edition."""
    room = weighed.room_bytes * recipients // max(1, weighed.recipients)
    return Prunable(recipients=recipients, room_bytes=room)


def _sum(before: datetime | None, editions: Iterable[Prunable]) -> Pruned:
    all_ = tuple(editions)
    return Pruned(
        before=before,
        editions=len(all_),
        recipients=sum(one.recipients for one in all_),
        room_bytes=sum(one.room_bytes for one in all_),
    )
