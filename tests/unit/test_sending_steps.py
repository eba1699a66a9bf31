"""Home and database step on while a run lasts, so that no copy made during it passes for the database."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from digest.deliver import Watch
from digest.deliver.loop import Loop
from digest.deliver.run import clerk as clerks
from digest.deliver.run import steps
from digest.deliver.run.clerk import Clerk
from digest.errors import Refused, StoreError
from digest.model import DeliveryState, Outcome, Settlement
from scripted_relay import ScriptedRelay
from sending_cast import NOW, MemoryLedger, readers, route, send

QUIET = Watch(clock=lambda: NOW, chance=lambda: 0.0)
SENT = Outcome(state=DeliveryState.SENT, at=NOW, code=250)


class Steps:
    """A ledger's step that is counted, and fails as often as it is told."""

    def __init__(self, *errors: Exception) -> None:
        self.count = 0
        self._errors = list(errors)

    def __call__(self) -> None:
        self.count += 1
        if self._errors:
            raise self._errors.pop(0)


def run_for(clerk: Clerk, loop: Loop, seconds: float) -> None:
    """Let the clerk do what is due for a while."""
    until = time.monotonic() + seconds

    def is_over() -> bool:
        clerk.tick(claims=False)
        return time.monotonic() > until

    loop.run(is_over)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Step on a hundred times as often, and settle and try again at once."""
    monkeypatch.setattr(steps, "_EVERY_S", 0.01)
    monkeypatch.setattr(steps, "_AGAIN_S", 0.01)
    monkeypatch.setattr(clerks, "_FLUSH_S", 0.0)


@pytest.mark.parametrize(("errors", "count"), [([], 1), ([StoreError("busy"), StoreError("busy")], 3)])
def test_one_step_follows_an_end_and_none_while_nobody_is_mailed(errors: list[Exception], count: int) -> None:
    """A run that waits for hours writes nothing; a database that is busy is asked once more."""
    ledger, counted = MemoryLedger(readers(1)), Steps(*errors)
    ledger.step_on = counted
    (delivery,) = ledger.claim(1)
    with Loop() as loop:
        clerk = Clerk(loop, ledger, block=1, settled=lambda _: None, patience_s=60.0)
        run_for(clerk, loop, 0.1)
        before = counted.count
        clerk.end(Settlement(delivery_id=delivery.id, attempt=delivery.attempt, outcome=SENT))
        run_for(clerk, loop, 0.5)
        clerk.close()

    assert (before, counted.count) == (0, count)


@pytest.mark.parametrize("is_stopped", [True, False])
def test_a_run_steps_on_when_it_ends(monkeypatch: pytest.MonkeyPatch, is_stopped: bool) -> None:
    """One that is shorter than the time between two steps, or was stopped, leaves no copy that passes."""
    monkeypatch.setattr(steps, "_EVERY_S", 3_600.0)
    ledger, done = MemoryLedger(readers(9)), list[str]()
    settle = ledger.settle

    def told(ends: Sequence[Settlement]) -> None:
        settle(ends)
        done.append("settled")

    ledger.settle, ledger.step_on = told, lambda: done.append("stepped")
    with ScriptedRelay() as relay:
        send(
            ledger,
            route(relay.port),
            watch=replace(QUIET, stopped=lambda: is_stopped and bool(done)),
            block=3,
        )

    assert done[-2:] == ["settled", "stepped"]
    assert done.count("stepped") == 1


def test_a_run_over_a_database_that_was_replaced_ends_with_the_reason() -> None:
    """Who was mailed before is not to be asked of a restored backup."""
    ledger = MemoryLedger(readers(40))
    ledger.step_on = Steps(Refused("the database is older than the home"))
    with ScriptedRelay() as relay, pytest.raises(Refused, match="older than the home"):
        send(ledger, route(relay.port), block=4)


def test_ends_written_behind_a_step_that_was_late_have_a_step_behind_them() -> None:
    """They are written while that step is under way: a copy of in between may lack them."""
    ledger, done = MemoryLedger(readers(2)), list[str]()
    begun, may_end = threading.Event(), threading.Event()

    def slow() -> None:
        begun.set()
        may_end.wait(30)
        done.append("step")

    ledger.settle, ledger.step_on = lambda _: done.append("settle"), slow
    with Loop() as loop:
        clerk = Clerk(loop, ledger, block=5, settled=lambda _: None, patience_s=9.0)
        first, second = (
            Settlement(delivery_id=one.id, attempt=1, outcome=SENT) for one in ledger.rows.values()
        )
        clerk.end(first)
        run_for(clerk, loop, 0.7)
        assert begun.is_set()
        clerk.end(second)
        run_for(clerk, loop, 0.7)
        may_end.set()
        run_for(clerk, loop, 0.9)
        clerk.close()

    assert done == ["settle", "settle", "step", "step"]


def test_the_journal_keeps_who_may_have_been_mailed_until_a_step_is_over() -> None:
    """A copy from before it passes for the database; who goes back may have a new permit of the same mark."""
    ends = {
        1: DeliveryState.SENT,
        2: DeliveryState.PENDING,
        3: DeliveryState.UNKNOWN,
        4: DeliveryState.FAILED,
    }
    ledger, forgotten = MemoryLedger(readers(len(ends))), list[set[int]]()
    may_end, tries = threading.Event(), Steps(StoreError("busy"))

    def slow() -> None:
        may_end.wait(30)
        tries()

    def settled(marks: Iterable[tuple[int, int]]) -> None:
        forgotten.append({number for number, _ in marks})

    ledger.settle, ledger.step_on = lambda _: None, slow
    with Loop() as loop:
        clerk = Clerk(loop, ledger, block=5, settled=settled, patience_s=9.0)
        for one in ledger.rows.values():
            outcome = Outcome(state=ends[one.id], at=NOW)
            clerk.end(Settlement(delivery_id=one.id, attempt=1, outcome=outcome))
        run_for(clerk, loop, 0.3)
        before = [*forgotten]
        may_end.set()
        run_for(clerk, loop, 0.5)
        clerk.close()

    assert before == [{2, 4}]
    assert forgotten[1:] == [{1, 3}]
    assert tries.count == 2
