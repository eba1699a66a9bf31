"""Limits between real processes and threads on one database file, counted by the moments that they note."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest.actions.mailing.allotments import StoreAllotments
from digest.clock import system_clock
from digest.deliver.limits.allowance import Allowance
from digest.deliver.limits.limit import SEAT_LEASE, Limit
from digest.store import open_store
from limit_cast import most_in

URL = "sqlite:///var/digest.db"
TESTS = str(Path(__file__).parent.parent)
#: Each of three threads hammers a limit, notes each moment at which it begins, and prints them all.
SENDER = """
import json, sys, threading, time
from pathlib import Path
from digest.actions.mailing.allotments import StoreAllotments
from digest.clock import system_clock
from digest.deliver.limits.allowance import Allowance
from digest.deliver.limits.limit import Limit
from digest.store import open_store

url, home, bounds = sys.argv[1], Path(sys.argv[2]), json.loads(sys.argv[3])
limit = Limit(key="relay main", **bounds)
shared = StoreAllotments(store=open_store(url, home=home), clock=system_clock)
begun = []
print("ready", flush=True)
until = float(sys.stdin.readline())

def send():
    allowance = Allowance(limit)
    while time.monotonic() < until:
        if wanted := allowance.wanted(time.monotonic()):
            allowance.fill(shared.draw(limit, wanted))
        now = time.monotonic()
        again = allowance.take(now)
        if again is None:
            begun.append(now)
        else:
            time.sleep(min(max(again - now, 0), 0.02))
    shared.give_back(limit, allowance.unused())

threads = [threading.Thread(target=send) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(json.dumps(begun))
"""
#: Opens as many connections as it may, ends them when told to, and prints from when to when each stood.
CONNECTOR = """
import json, sys, time
from pathlib import Path
from digest.actions.mailing.allotments import StoreAllotments
from digest.clock import system_clock
from digest.store import open_store

url, home, worker = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
shared = StoreAllotments(store=open_store(url, home=home), clock=system_clock)
opened, stood, turn = [], [], 0
print("ready", flush=True)
until = float(sys.stdin.readline())
while time.monotonic() < until or turn < 40:
    turn += 1
    usable = shared.seats("relay main", worker, turn % 4, 3)
    print("holds", usable, flush=True)
    while len(opened) < usable:
        opened.append(time.monotonic())
    if len(opened) > usable:
        while len(opened) > usable:
            stood.append((opened.pop(), time.monotonic()))
        shared.leave("relay main", worker, usable)
    time.sleep(0.01 * (turn % 3))
stood += [(begin, time.monotonic()) for begin in opened]
shared.leave("relay main", worker)
print(json.dumps(stood))
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give a home with an empty database."""
    store = open_store(URL, home=tmp_path)
    store.migrate()
    store.close()
    return tmp_path


def run(script: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a process."""
    command = [sys.executable, "-c", script, URL, *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=TESTS, stdin=pipe, stdout=pipe, text=True)


def begin(processes: Sequence[subprocess.Popen[str]], seconds: float) -> None:
    """Let processes work for so long once all are ready, however long a busy machine took for that."""
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    until = time.monotonic() + seconds
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(f"{until}\n")
        process.stdin.flush()


def noted(process: subprocess.Popen[str]) -> list[float]:
    """Return what a process printed last."""
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    numbers: list[float] = json.loads(said.splitlines()[-1])
    return numbers


def begun_by_two(home: Path, seconds: float, **bounds: float) -> list[float]:
    """Let two processes of three threads each send for some seconds; return all moments."""
    running = [run(SENDER, str(home), json.dumps(bounds)) for _ in range(2)]
    begin(running, seconds)
    return [moment for process in running for moment in noted(process)]


@pytest.mark.slow
def test_one_a_second_is_one_for_two_processes(home: Path) -> None:
    """The clock behind the moments is the machine's, the same in all processes."""
    begun = begun_by_two(home, 4, per_second=1)

    assert most_in(begun, 1) == 1
    assert len(begun) >= 2


@pytest.mark.slow
def test_a_hundred_a_second_are_no_more_for_two_processes(home: Path) -> None:
    """And not many fewer: at 95 a second one process alone could send 285 in three seconds."""
    begun = begun_by_two(home, 3, per_second=100)

    assert most_in(begun, 1) <= 100
    assert len(begun) >= 100


@pytest.mark.slow
def test_one_an_hour_is_one_for_two_processes(home: Path) -> None:
    """Six threads ask for it at the same moment."""
    assert len(begun_by_two(home, 1, per_hour=1)) == 1


@pytest.mark.slow
def test_three_connections_are_three_for_three_processes(home: Path) -> None:
    """Whoever holds them, however often they change hands."""
    running = [run(CONNECTOR, str(home), f"worker {number}") for number in range(3)]
    begin(running, 3)
    stood = [tuple(each) for process in running for each in noted(process)]

    changes = sorted([(begin, 1) for begin, _ in stood] + [(end, -1) for _, end in stood])
    open_now = [sum(change for _, change in changes[:at]) for at in range(len(changes) + 1)]
    assert max(open_now) == 3
    assert len(stood) > 20


@pytest.mark.slow
def test_connections_of_a_killed_process_come_back_with_the_lease(home: Path) -> None:
    """It had no chance to leave them."""
    process = run(CONNECTOR, str(home), "victim")
    begin([process], 60)
    assert process.stdin is not None
    assert process.stdout is not None
    while process.stdout.readline() != "holds 3\n":
        pass
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdin.close()
    process.stdout.close()
    store = open_store(URL, home=home)
    now = StoreAllotments(store=store, clock=system_clock)
    later = StoreAllotments(store=store, clock=lambda: datetime.now(UTC) + SEAT_LEASE)

    # Told to use fewer or not, it never left one: its share of the three stays taken.
    assert now.seats("relay main", "heir", 3, 3) == 0
    assert later.seats("relay main", "heir", 3, 3) == 3
    store.close()


@pytest.mark.slow
def test_a_wall_clock_that_is_set_lets_no_two_begin_together(home: Path) -> None:
    """One thread's clock goes back three hours in between, as all clocks of a machine would."""
    store = open_store(URL, home=home)
    ahead = timedelta()
    shared = StoreAllotments(store=store, clock=lambda: datetime.now(UTC) + ahead)
    limit = Limit(key="relay main", per_second=20.0)
    begun: list[float] = []

    def send(until: float) -> None:
        allowance = Allowance(limit)
        while (now := time.monotonic()) < until:
            if wanted := allowance.wanted(now):
                allowance.fill(shared.draw(limit, wanted))
            if allowance.take(now) is None:
                begun.append(now)

    until = time.monotonic() + 2
    threads = [threading.Thread(target=send, args=(until,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    ahead = -timedelta(hours=3)
    for thread in threads:
        thread.join()
    store.close()

    assert most_in(begun, 1) <= 20
