"""Measure the tick of a scheduler with very many digests.

    python benchmarks/schedules.py --digests 10000 --ticks 100000

All digests have a slot in the same minute. Prints how long the first look takes, how long it takes to put
all slots on record when they come near, the same after an outage of six hours for hourly digests, what an
idle tick costs in processor time and as a share of a core at a tick every 15 s, and how memory grows over
very many idle ticks. Editions are not built: that takes as long as building takes.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from digest.actions.app import App
from digest.actions.planning.noting import note_slots
from digest.actions.planning.slots import advance
from digest.actions.upkeep.homes import make_home
from digest.bootstrap import open_app
from digest.paths import Home
from digest.settings import DigestSettings

SEVEN = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
EVERY_S = 15.0  # between two ticks
PLAIN = {
    "title": "Daily",
    "from": "brief@news.example.org",
    "zone": "Europe/Berlin",
    "sections": [{"title": "World", "tags": ["world"]}],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--digests", type=int, default=10_000)
    parser.add_argument("--ticks", type=int, default=100_000)
    arguments = parser.parse_args()
    with opened(arguments.digests, ["07:00"]) as (app, turn):
        turn(SEVEN - timedelta(hours=2))
        report("first look at all", lambda: note_slots(app, app.clock(), None))
        turn(SEVEN - timedelta(minutes=5))
        report("all slots put on record", lambda: note_slots(app, app.clock(), None))
        count(app, SEVEN, arguments.digests)
    hours = [f"{hour:02}:00" for hour in range(24)]
    with opened(arguments.digests, hours) as (app, turn):
        turn(SEVEN - timedelta(hours=6, minutes=10))
        note_slots(app, app.clock(), None)
        turn(SEVEN + timedelta(minutes=10))
        report("six hours of outage, hourly digests", lambda: note_slots(app, app.clock(), None))
    with opened(arguments.digests, ["07:00"]) as (app, turn):
        turn(SEVEN - timedelta(hours=2))
        note_slots(app, app.clock(), None)
        idle(app, arguments.ticks)


@contextmanager
def opened(digests: int, times: list[str]) -> Iterator[tuple[App, Callable[[datetime], None]]]:
    """Open a home with so many digests, and give the hand of its clock."""
    moment = SEVEN

    def turn(to: datetime) -> None:
        nonlocal moment
        moment = to

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "home"
        make_home(Home(root=root), shipped_config=None)
        with open_app(root, clock=lambda: moment) as app:
            plain = {**PLAIN, "schedule": [{"at": times}]}
            keys = [f"d{number}" for number in range(digests)]
            yield (
                replace(
                    app, digests={key: DigestSettings.model_validate({**plain, "key": key}) for key in keys}
                ),
                turn,
            )


def report(what: str, job: Callable[[], object]) -> None:
    wall, processor = time.perf_counter(), time.process_time()
    job()
    print(f"{what}: {time.perf_counter() - wall:.2f} s, processor {time.process_time() - processor:.2f} s")


def count(app: App, due: datetime, digests: int) -> None:
    with app.store.reading() as tx:
        found = len(tx.slots.list(since=due - timedelta(minutes=1), until=due))
    if found != digests:
        raise SystemExit(f"{found} slots are on record")


def idle(app: App, ticks: int) -> None:
    for _ in range(1_000):
        advance(app, worker="w1")
    gc.collect()
    before, begun = resident_kb(), time.process_time()
    for _ in range(ticks):
        advance(app, worker="w1")
    took = (time.process_time() - begun) / ticks
    gc.collect()
    print(
        f"idle tick: {took * 1e6:.0f} us of processor, {100 * took / EVERY_S:.4f} % of a core every"
        f" {EVERY_S:.0f} s; memory {before / 1024:.1f} MB before and {resident_kb() / 1024:.1f} MB after"
        f" {ticks:,} ticks"
    )


def resident_kb() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0])


if __name__ == "__main__":
    main()
