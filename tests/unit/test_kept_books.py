"""Books are counted no oftener than they can be, and never shown of another state."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Any

import pytest

from digest.actions.kept_books import KeptBooks
from digest.errors import StoreError
from digest.model import Books, EditionState
from digest.store import StoredEdition
from store_cast import NOW, edition

SENDING = StoredEdition(
    id=7,
    edition=edition(1),
    state=EditionState.SENDING,
    content_hash="a",
    built_at=NOW,
    plan={},
)


@dataclass
class Rows:
    """Stands for a transaction over the rows of one edition, each count of which takes a second."""

    open: int = 100
    now: float = 0.0
    counts: int = 0
    fault: StoreError | None = None
    at_count: Any = field(default=lambda: None)  # why Any: what a test wants to happen meanwhile

    @property
    def deliveries(self) -> Rows:
        return self

    def clock(self) -> float:
        return self.now

    def books(self, edition_id: int) -> Books:
        assert edition_id == SENDING.id
        self.counts += 1
        self.at_count()
        self.now += 1.0
        if self.fault:
            raise self.fault
        sent = 100 - self.open
        return Books(frozen=100, sent=sent, failed=0, expired=0, excluded=0, unknown=0, open=self.open)


def shown(kept: KeptBooks, rows: Any, stored: StoredEdition = SENDING) -> int:  # noqa: ANN401
    """Return how many are open, as a page would say."""
    return kept.of(rows, stored).open


def test_a_count_is_kept_ten_times_as_long_as_it_took() -> None:
    """What takes a second is counted every eleven seconds at most."""
    rows = Rows()
    kept = KeptBooks(rows.clock)
    assert shown(kept, rows) == 100  # from second 0 to 1
    rows.open = 40
    rows.now = 10.9
    assert (shown(kept, rows), rows.counts) == (100, 1)
    rows.now = 11.0
    assert (shown(kept, rows), rows.counts) == (40, 2)


def test_another_state_is_counted_at_once() -> None:
    """An edition that has just ended must not be shown as open."""
    rows = Rows()
    kept = KeptBooks(rows.clock)
    shown(kept, rows)
    rows.open = 0

    assert shown(kept, rows, replace(SENDING, state=EditionState.SENT)) == 0


def test_while_one_counts_anew_the_others_take_the_last_count() -> None:
    """Nobody waits for a quarter of a second who can have a figure of a moment ago."""
    rows = Rows()
    kept = KeptBooks(rows.clock)
    shown(kept, rows)
    rows.open, rows.now = 40, 60.0
    begun, go_on = Event(), Event()

    def meanwhile() -> None:
        begun.set()
        assert go_on.wait(60)

    rows.at_count = meanwhile
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(shown, kept, rows)
        assert begun.wait(60)
        others = [shown(kept, rows) for _ in range(3)]
        go_on.set()
        assert (others, slow.result(), rows.counts) == ([100, 100, 100], 40, 2)


def test_a_count_that_fails_is_tried_again_by_the_next() -> None:
    """A database that was away for a moment leaves no old figure for ever."""
    rows = Rows()
    kept = KeptBooks(rows.clock)
    shown(kept, rows)
    rows.now, rows.fault = 60.0, StoreError("away")
    with pytest.raises(StoreError):
        shown(kept, rows)
    rows.fault, rows.open = None, 40

    assert shown(kept, rows) == 40
