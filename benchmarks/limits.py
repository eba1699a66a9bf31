"""Measure what shared limits cost: draws a second while messages go at a pace, and time for each draw.

    python benchmarks/limits.py --seconds 5

Lets one loop begin messages as fast as a limit allows, with a second thread that draws for it from a
database file, as a sending run does; then several loops with one limit, in threads. Another database:
`--database postgresql://...`, whose tables are made and used.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue

from digest.actions.mailing.allotments import StoreAllotments
from digest.clock import system_clock
from digest.deliver.limits.allowance import Allowance
from digest.deliver.limits.limit import Draw, Limit
from digest.store import open_store

RATES = (1.0, 100.0, 5_000.0)


@dataclass
class Run:
    """What the loops of one limit did."""

    limit: Limit
    begun: list[float] = field(default_factory=list)
    draws: list[float] = field(default_factory=list)  #: seconds that each draw took


def main() -> None:
    """Measure every rate with a pace alone, then with an hour's and a day's quota as well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--loops", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--database", default="sqlite:///limits.db")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(arguments.database, home=Path(folder))
        store.migrate()
        for loops in arguments.loops:
            for rate in RATES:
                for most in (None, 100_000_000):
                    key = f"benchmark {time.time()}"
                    limit = Limit(key=key, per_second=rate, per_hour=most, per_day=most)
                    measure(StoreAllotments(store=store, clock=system_clock), limit, loops, arguments.seconds)
        store.close()


def measure(shared: StoreAllotments, limit: Limit, loops: int, seconds: float) -> None:
    """Run so many loops for so many seconds and print what they did."""
    run, until = Run(limit), time.monotonic() + seconds
    threads = [threading.Thread(target=loop, args=(shared, run, until)) for _ in range(loops)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kind = "pace, hour, day" if limit.quotas else "pace"
    spread = sorted(run.draws)
    print(
        f"{limit.per_second:>7,g}/s {kind:<16} {loops} loops: {len(run.begun) / seconds:>8,.1f} begun/s, "
        f"{most_in_a_second(run.begun):>5,} in a second at most, {len(run.draws) / seconds:>5.1f} draws/s, "
        f"{statistics.median(spread) * 1e3:.2f} ms each (p95 {spread[len(spread) * 95 // 100] * 1e3:.2f})",
        flush=True,
    )


def loop(shared: StoreAllotments, run: Run, until: float) -> None:
    """Begin messages until the end, with a thread beside that draws."""
    wanted: SimpleQueue[int] = SimpleQueue()
    drawn: SimpleQueue[Draw] = SimpleQueue()
    clerk = threading.Thread(target=draw, args=(shared, run, wanted, drawn))
    clerk.start()
    allowance = Allowance(run.limit)
    while (now := time.monotonic()) < until:
        with suppress(Empty):
            allowance.fill(drawn.get_nowait())
        if count := allowance.wanted(now):
            wanted.put(count)
        again = allowance.take(now)
        if again is None:
            run.begun.append(now)
        else:
            time.sleep(min(max(again - now, 0.0), 0.005))
    wanted.put(0)
    clerk.join()


def draw(shared: StoreAllotments, run: Run, wanted: SimpleQueue[int], drawn: SimpleQueue[Draw]) -> None:
    """Draw what is wanted until nothing is."""
    while count := wanted.get():
        begin = time.perf_counter()
        drawn.put(shared.draw(run.limit, count))
        run.draws.append(time.perf_counter() - begin)


def most_in_a_second(begun: list[float]) -> int:
    """Count the most that any second holds."""
    begun.sort()
    first = most = 0
    for at, moment in enumerate(begun):
        while moment - begun[first] >= 1:
            first += 1
        most = max(most, at - first + 1)
    return most


if __name__ == "__main__":
    main()
