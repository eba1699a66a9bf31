"""What a run holds while it lasts and leaves behind: sockets, threads, computing time, memory."""

from __future__ import annotations

import gc
import os
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from unittest.mock import patch

import pytest

from digest.deliver import Heard, Look, Watch
from digest.deliver.journal.file import FileRecord
from digest.deliver.journal.group import Mark
from digest.errors import TransportError
from digest.model import Books, Delivery, DeliveryState, Settlement, Subscriber
from fault_relay import Fault, FaultRelay, dies, hangs, says
from scripted_relay import HANG, ScriptedRelay
from sending_cast import NOW, MemoryLedger, MemoryRecord, readers, route, send

pytestmark = pytest.mark.slow

QUIET = Watch(clock=lambda: NOW, chance=lambda: -2.9)
FDS = Path("/proc/self/fd")


@pytest.fixture(autouse=True)
def _unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Weigh the program and not what measures it, which takes as much again."""
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)


class Stream:
    """A ledger that remembers nobody: people without end, all with the same address."""

    def __init__(self, count: int, at: Callable[[int], None]) -> None:
        self.left, self.count, self.sent, self.at = count, count, 0, at

    def claim(self, limit: int) -> tuple[Delivery, ...]:
        taken = min(limit, self.left)
        first = self.count - self.left + 1
        self.left -= taken
        return tuple(_delivery(number) for number in range(first, first + taken))

    def claim_early(self, limit: int, words: Sequence[str]) -> tuple[Delivery, ...]:
        raise NotImplementedError  # no domain of theirs has a limit

    def look(self) -> Look:
        return Look(barred={})

    def settle(self, ends: Sequence[Settlement]) -> None:
        self.sent += sum(one.outcome.state is DeliveryState.SENT for one in ends)
        self.at(self.sent)

    def renew(self) -> None:
        pass

    def step_on(self) -> None:
        pass

    def heard(self, heard: Sequence[Heard]) -> None:
        pass

    def release(self) -> None:
        pass

    def next_due_s(self) -> float | None:
        return None

    def books(self) -> Books:
        ends = dict.fromkeys(("failed", "expired", "excluded", "unknown"), 0)
        return Books(frozen=self.count, open=self.count - self.sent, sent=self.sent, **ends)


def _delivery(number: int) -> Delivery:
    subscriber = Subscriber(id=number, uid=f"u{number}", email="reader1@example.org")
    return Delivery(
        id=number,
        edition_id=7,
        subscriber=subscriber,
        sections=(),
        state=DeliveryState.CLAIMED,
        attempt=1,
    )


class Nothing(list[object]):
    """A list that keeps nothing."""

    def append(self, _one: object) -> None:
        pass


class Forgetful(MemoryRecord):
    """A journal that keeps nothing."""

    def write(self, permits: Sequence[Mark], _answers: Sequence[Settlement]) -> frozenset[Mark]:
        return frozenset(permits)

    def settled(self, marks: Iterable[Mark]) -> None:
        pass


@pytest.mark.skipif(not FDS.is_dir(), reason="open files are counted in /proc")
def test_fifty_runs_leave_no_socket_and_no_thread(tmp_path: Path) -> None:
    """A service sends for years: good runs, bad ones, and such as were stopped."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
        before, after = alone.submit(_held_around_fifty_runs, tmp_path).result()

    assert after == before
    assert list(tmp_path.iterdir()) == []


def _held_around_fifty_runs(folder: Path) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the sockets and threads of a process of its own before fifty runs, and after them."""

    def one(number: int) -> None:
        faults = [None, Fault(phase="dot", act=dies), Fault(phase="mail", act=says("421 busy"))]
        faults += [Fault(phase="greet", act=says("554 no")), Fault(phase="ehlo", act=dies)]
        over = threading.Event()
        with FaultRelay(faults[number % len(faults)]) as relay, suppress(TransportError):
            stopped = (lambda: bool(relay.dots)) if number % 7 == 0 else over.is_set
            send(
                MemoryLedger(readers(8)),
                route(relay.port, connections=4),
                record=FileRecord(folder, f"j-{number}"),
                watch=replace(QUIET, stopped=stopped),
                sender_of=lambda row: f"b+{row.id}@example.org",
            )

    idle = _held()
    one(0)
    _settle_down(idle)
    before = _held()
    with patch("digest.deliver.run.relay._SLOW_S", 0.02):
        for number in range(50):
            one(number)
    _settle_down(before)
    return before, _held()


def _held() -> tuple[int, int]:
    gc.collect()
    return len(os.listdir(FDS)), threading.active_count()  # noqa: PTH208


def _settle_down(wanted: tuple[int, int]) -> None:
    """Let threads end that have been told to."""
    until = time.monotonic() + 30
    while _held() > wanted and time.monotonic() < until:
        time.sleep(0.05)


@pytest.mark.parametrize("what", ["dot", "rcpt", "greet", "body", "deferred", "away"])
def test_waiting_costs_no_computing_time(what: str) -> None:
    """For a slow relay, for those put off, for a relay that is away: a service waits most of its life."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
        took = alone.submit(_computing_time, what).result()
    allowed = 0.6 if what == "body" else 0.25  # the relay of the test and the messages cost some, too
    assert took < allowed, f"{took:.3f} s"


def _computing_time(what: str) -> float:
    """Wait for two and a half seconds; return the seconds of processor that this took."""
    over = threading.Event()
    ledger = MemoryLedger(readers(6), due_s=60.0 if what == "deferred" else None)
    scripts = {"deferred": {"rcpt": "450 4.2.0 later"}, "dot": {"dot": "<pause 2>250 ok"}}
    script = scripts.get(what, {what: HANG})
    with ScriptedRelay() as gone:
        port = gone.port
    timer = threading.Timer(2.5, over.set)
    if what == "body":
        relay: FaultRelay | ScriptedRelay = FaultRelay(Fault(phase="body", act=hangs))
    else:
        relay = ScriptedRelay(script)
    with relay, suppress(TransportError):
        timer.start()
        way = route(port if what == "away" else relay.port, connections=4, timeout="3s")
        begun = time.process_time()
        send(
            ledger,
            way,
            wait=True,
            watch=replace(QUIET, stopped=over.is_set, chance=lambda: 0.0),
            stamp=lambda _: b"a: b\r\n\r\n" + b"long line\r\n" * (1_200_000 if what == "body" else 1),
            sender_of=lambda row: f"b+{row.id}@example.org",
        )
        took = time.process_time() - begun
    timer.cancel()
    return took


@pytest.mark.timeout(600)
def test_fifty_thousand_messages_take_no_more_memory_than_five_thousand() -> None:
    """What a run keeps of each message it must forget when the ledger has it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
        floors = alone.submit(_floors).result()
    # Eight bytes of each message would be 280,000 in between; in the last tenth nothing more comes in.
    assert min(floors[6:9]) < min(floors[:3]) + 200_000, floors


def _floors() -> list[int]:
    """Send 50,000; return the least bytes held in each tenth, without most of what is in flight."""
    floors: dict[int, int] = {}

    def at(sent: int) -> None:
        held = tracemalloc.get_traced_memory()[0]
        step = min(sent // 5_000, 9)
        floors[step] = min(held, floors.get(step, held))

    ledger = Stream(50_000, at)
    with FaultRelay() as relay:
        relay.bodies = Nothing()
        tracemalloc.start(1)
        try:
            done = send(
                ledger,
                route(relay.port, connections=4),
                record=Forgetful(),
                stamp=lambda _: b"a: b\r\n\r\ntext\r\n",
                sender_of=lambda _: "b+1@example.org",
                watch=QUIET,
                block=500,
                lasts_s=500,
            )
        finally:
            tracemalloc.stop()
    assert done.sent == ledger.sent == 50_000
    return [floors[step] for step in range(10)]
