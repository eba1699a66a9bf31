"""A run that waits for those who were put off: what others want meanwhile it lets go of."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from digest.deliver import Limit, Limits, LocalAllotments, Watch
from digest.deliver.limits.limit import Draw
from digest.model.people import DeliveryState
from scripted_relay import ScriptedRelay
from sending_cast import NOW, MemoryLedger, reader, readers, route, send

DEFERRED, SENT = DeliveryState.DEFERRED, DeliveryState.SENT
ONE = Limits(relays={"main": Limit(key="relay main", connections=1)}, domains={})
GREYLISTED = {f"rcpt {reader(2)}": "450 4.2.0 greylisted, come back later"}


class Counted(LocalAllotments):
    """Limits that count what is asked of them, by worker or limit."""

    def __init__(self) -> None:
        super().__init__()
        self.draws: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()

    def draw(self, limit: Limit, count: int, among: Sequence[float] | None = None) -> Draw:
        self.draws[limit.key] += 1
        return super().draw(limit, count, among)

    def seats(self, key: str, worker: str, wanted: int, limit: int) -> int:
        self.asked[key] += 1
        return super().seats(key, worker, wanted, limit)


def soon(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Wait for something; False when it does not come."""
    until = time.monotonic() + seconds
    while not holds() and time.monotonic() < until:
        time.sleep(0.01)
    return holds()


@contextmanager
def waiting_run(
    relay: ScriptedRelay, ledger: MemoryLedger, allotments: LocalAllotments, limits: Limits = ONE
) -> Iterator[None]:
    """Have another thread send, and wait, over the one connection that all may have together."""
    over = threading.Event()
    watch = Watch(clock=lambda: NOW, chance=lambda: 0.0, stopped=over.is_set)
    run = threading.Thread(
        target=lambda: send(
            ledger,
            route(relay.port, connections=1),
            wait=True,
            watch=watch,
            limits=limits,
            allotments=allotments,
            worker="first",
        )
    )
    run.start()
    try:
        yield
    finally:
        over.set()
        run.join()


def test_run_with_nobody_due_leaves_its_connection_to_another() -> None:
    """Greylisting takes minutes; a second edition must not wait for them."""
    allotments, ledger = LocalAllotments(), MemoryLedger(readers(2), due_s=300)
    with ScriptedRelay(GREYLISTED) as relay, waiting_run(relay, ledger, allotments):
        assert soon(lambda: ledger.states() == [SENT, DEFERRED])
        second = send(
            MemoryLedger(["grace@example.org"]),
            route(relay.port, connections=1),
            limits=ONE,
            allotments=allotments,
            worker="second",
            lasts_s=15,
        )
        assert ledger.states() == [SENT, DEFERRED]

    assert second.sent == 1
    assert [line for line in relay.commands if line == "QUIT"]


def test_run_with_nobody_due_draws_nothing_from_a_pace() -> None:
    """Moments that it let lapse would be half of those that another could use."""
    paced = Limits(relays={"main": Limit(key="relay main", per_second=50.0)}, domains={})
    allotments, ledger = Counted(), MemoryLedger(readers(2), due_s=300)
    with ScriptedRelay(GREYLISTED) as relay, waiting_run(relay, ledger, allotments, paced):
        assert soon(lambda: ledger.states() == [SENT, DEFERRED] and "QUIT" in relay.commands)
        time.sleep(0.5)  # what was asked for before has come
        drawn = allotments.draws["relay main"]
        time.sleep(2.0)
        assert 0 < allotments.draws["relay main"] == drawn


@pytest.mark.slow
def test_run_at_rest_goes_on_when_somebody_is_due() -> None:
    """Over a new connection, when it has its seat again."""
    allotments, ledger = LocalAllotments(), MemoryLedger(readers(2), due_s=11)
    with (
        ScriptedRelay(GREYLISTED, once=True) as relay,
        waiting_run(relay, ledger, allotments),
    ):
        assert soon(lambda: "QUIT" in relay.commands)
        ledger.due_s = 0
        assert soon(lambda: ledger.states() == [SENT, SENT], 20)
        assert relay.connections == 2


def test_seat_of_a_domain_is_kept_while_a_message_is_on_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its lease would run out behind a slow final dot, and another worker be one too many."""
    monkeypatch.setattr("digest.deliver.limits.share._RENEW_S", 0.1)
    limits = Limits(relays={}, domains={"strict.example": Limit(key="domain strict.example", connections=1)})
    allotments = Counted()
    with ScriptedRelay({"dot": "<pause 2>250 ok"}) as relay:
        send(MemoryLedger(["ada@strict.example"]), route(relay.port), limits=limits, allotments=allotments)

    # One to begin with, and then ten a second: some rounds of the loop come late on a busy machine.
    assert allotments.asked["domain strict.example"] >= 5


def test_seat_of_a_relay_in_use_no_more_is_kept_while_a_message_ends_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It refuses the others for good; the connection of the one behind a slow dot is open all the same."""
    monkeypatch.setattr("digest.deliver.limits.share._RENEW_S", 0.1)
    limit = Limit(key="relay main", connections=2)
    limits, allotments = Limits(relays={"main": limit}, domains={}), Counted()
    refusals = {f"rcpt {reader(n)}": "550 5.7.1 sender not allowed" for n in range(2, 31)}
    main = ScriptedRelay({"dot": "<pause 2>250 ok", **refusals})
    with main, ScriptedRelay() as spare:
        routes = route(main.port, connections=2), route(spare.port, name="spare", weight=0)
        done = send(MemoryLedger(readers(30)), *routes, limits=limits, allotments=allotments)

    assert (done.sent, len(spare.recipients)) == (30, 29)
    # Looked at four times a second for two seconds; without that, it is asked for at the beginning only.
    assert allotments.asked["relay main"] >= 5
