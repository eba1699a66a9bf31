"""While home and database cannot step on together nobody new is mailed, and all else of a run goes on."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from itertools import pairwise

import pytest

from digest.deliver import Look, Progress, Watch
from digest.deliver.run import steps
from digest.errors import StoreError
from digest.model import DeliveryState
from scripted_relay import ScriptedRelay
from sending_cast import NOW, MemoryLedger, readers, route, send

FULL = StoreError("var/instance.json cannot be written: No space left on device", hint="free some space")
PENDING, SENT = DeliveryState.PENDING, DeliveryState.SENT
QUIET = Watch(clock=lambda: NOW, chance=lambda: 0.0)
SLOW = {"dot": "<pause 0.02>250 2.0.0 ok"}  #: a reader's mail takes so long, or a run would be over at once


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Step on, and try again, ten times as often; people are mailed on a last step for half a second."""
    monkeypatch.setattr(steps, "_EVERY_S", 0.1)
    monkeypatch.setattr(steps, "_AGAIN_S", 0.1)
    monkeypatch.setattr(steps, "_HOLDS_S", 0.5)


class Home:
    """Steps on unless it is full; tells when it was found so."""

    def __init__(self) -> None:
        self.is_full = True
        self.tries = 0

    def __call__(self) -> None:
        self.tries += 1
        if self.is_full:
            raise FULL


def test_a_full_home_holds_mail_up_with_its_reason_until_it_has_room_again() -> None:
    """A copy of the database made meanwhile would pass for it: whom it lacks would be mailed twice."""
    ledger, home, heard = MemoryLedger(readers(400)), Home(), list[Progress]()
    ledger.step_on = home
    held: list[int] = []

    def tell(told: Progress) -> None:
        heard.append(told)
        if home.is_full and told.trouble is not None:
            held.append(told.sent)
            if len(held) == 5:  # a quarter of a second apart
                home.is_full = False

    with ScriptedRelay(SLOW) as relay:
        done = send(ledger, route(relay.port), block=50, watch=replace(QUIET, progress=tell))

    assert done.sent == 400
    assert held[1] == held[-1] < 400, "what was under way is finished, and nothing begins"
    waiting = {one.trouble for one in heard if one.trouble is not None}
    assert waiting == {str(FULL)}
    assert heard[-1].trouble is None


def test_looks_go_on_while_the_home_is_full_or_its_disk_hangs() -> None:
    """Whoever leaves must be seen in time by what is under way, and the brake be heard."""
    ledger, freed, began = MemoryLedger(readers(60)), threading.Event(), list[float]()
    look = ledger.look

    def noted() -> Look:
        began.append(time.monotonic())
        if len(began) == 8:
            freed.set()
        return look()

    ledger.look, ledger.step_on = noted, lambda: freed.wait(30)
    with ScriptedRelay(SLOW) as relay:
        done = send(ledger, route(relay.port, connections=1), block=60, watch=QUIET)

    assert done.sent == 60
    pauses = [after - before for before, after in pairwise(began)]
    assert max(pauses) < 0.9


def test_a_home_that_stays_full_ends_the_run_with_the_way_out() -> None:
    """Another machine, whose home is well, can take over then."""
    ledger, home = MemoryLedger(readers(400)), Home()
    ledger.step_on = home
    with ScriptedRelay(SLOW) as relay, pytest.raises(StoreError, match=r"No space left.*free some space"):
        send(ledger, route(relay.port), block=50, patience_s=1.0)

    assert home.tries > 3
    assert set(ledger.states()) == {PENDING, SENT}


def test_a_disk_that_hangs_ends_the_run_too() -> None:
    """It says nothing at all: the run does."""
    ledger, freed = MemoryLedger(readers(400)), threading.Event()
    ledger.step_on = lambda: freed.wait(30)
    with ScriptedRelay(SLOW) as relay, pytest.raises(StoreError, match="have not stepped on together"):
        send(ledger, route(relay.port), block=50, patience_s=1.0)
    freed.set()

    assert set(ledger.states()) == {PENDING, SENT}


def test_a_run_that_has_mailed_all_and_cannot_step_on_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its edition stays open until the same command can: a copy made now would pass for the database."""
    monkeypatch.setattr("digest.deliver.run.stop.LEDGER_S", 0.5)
    ledger = MemoryLedger(readers(3))
    ledger.step_on = Home()
    with ScriptedRelay() as relay, pytest.raises(StoreError, match="No space left"):
        send(ledger, route(relay.port))

    assert ledger.states() == [SENT] * 3
