"""Take recipients of old editions off the record, as `retention` says; the sums stay."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from digest.actions.app import App
from digest.actions.steering.telling import Hand, Named, write_down
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
    beat: Callable[[], object] = lambda: None  #: called before each bite
    #: Waits so many seconds: as long as the bite took, so that senders and pages have their turn.
    rest: Callable[[float], object] = time.sleep


def foresee(app: App) -> Pruned:
    """Say what `prune` would take off the record now; changes nothing.

    Raises:
        StoreError: The database cannot be read.
    """
    with app.store.reading() as tx:
        before = _before(app, tx)
        if before is None:
            return Pruned(before=None)
        editions = tx.deliveries.prunable(before)
        found = tx.deliveries.weigh(editions)
    return Pruned(
        before=before, editions=len(editions), recipients=found.recipients, room_bytes=found.room_bytes
    )


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
    with app.store.reading() as tx:
        before = _before(app, tx)
        if before is None:
            return Pruned(before=None)
        editions = tx.deliveries.prunable(before)
    hand = Hand(by=by, at=app.clock(), run=run)
    all_ = [_edition(app, one, before, hand, way or Way()) for one in editions]
    return Pruned(
        before=before,
        editions=sum(one.recipients > 0 for one in all_),
        recipients=sum(one.recipients for one in all_),
        room_bytes=sum(one.room_bytes for one in all_),
    )


def _before(app: App, tx: Transaction) -> datetime | None:
    """Say when an edition must have ended to be old; by the earlier clock, as what goes is gone."""
    age, now = app.system.retention.deliveries, app.clock()
    return None if age is None else min(now, tx.shared_now(now)) - age


def _edition(app: App, edition_id: int, before: datetime, hand: Hand, way: Way) -> Prunable:
    """Prune one edition; return what went."""
    with app.store.reading() as tx:
        found = tx.deliveries.weigh([edition_id])
    gone = 0
    while not way.stopped():
        way.beat()
        begun = time.monotonic()
        with app.store.writing() as tx:
            bite = _bite(app, tx, edition_id, before, hand)
        gone += bite
        if not bite:
            break
        way.rest(time.monotonic() - begun)
    room = found.room_bytes * gone // max(1, found.recipients)
    return Prunable(recipients=gone, room_bytes=room)


def _bite(app: App, tx: Transaction, edition_id: int, before: datetime, hand: Hand) -> int:
    """Take the next few off the record; with the first of an edition the history gets a line."""
    is_first = tx.deliveries.off_record(edition_id) is None
    gone = tx.deliveries.prune(edition_id, before=before, limit=_BITE, at=app.clock())
    stored = tx.editions.get(edition_id) if gone and is_first else None
    if stored is not None:
        write_down(tx, Named.of(stored), hand, "prune", note=f"at its end before {before:%Y-%m-%d}")
    return gone
