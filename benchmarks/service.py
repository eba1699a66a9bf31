"""Measure what an idle service costs.

    python benchmarks/service.py --digests 10000 --rounds 100000

Each part of `digest serve` looks so many times while nothing is due. Prints the processor time of a look, its
share of a core at the part's own pace, and how memory grows. The relays are not asked.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from digest.actions.upkeep.homes import make_home
from digest.bootstrap import open_app
from digest.paths import Home
from digest.schedule import Way
from digest.schedule.service import Service

NIGHT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
DAILY = """\
title: Daily
from: brief@news.example.org
zone: Europe/Berlin
schedule: [{at: "07:00"}]
sections: [{title: World, tags: [world]}]
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--digests", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=100_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "home"
        make_home(Home(root=root))
        for number in range(arguments.digests - 1):
            (root / "config" / "digests" / f"d{number}.yaml").write_text(DAILY, encoding="utf-8")
        with open_app(root, clock=lambda: NIGHT) as app:
            measure(Service(app, Way(clock=app.clock)), arguments.rounds)


def measure(service: Service, rounds: int) -> None:
    whole = 0.0
    for deed, every_s in service.ticker.deeds.items():
        if deed.name == "relays":
            continue
        # Looking at ten thousand files is the one look that is long: a tenth of the rounds tells as much.
        count = max(1, rounds // 10) if deed.name == "settings" else rounds
        for _ in range(20):
            deed.do()
        gc.collect()
        before, begun = resident_kb(), time.process_time()
        for _ in range(count):
            deed.do()
        took_s = (time.process_time() - begun) / count
        whole += took_s / every_s
        print(
            f"{deed.name}: {took_s * 1e3:.3f} ms a look, {100 * took_s / every_s:.3f} % of a core every"
            f" {every_s:g} s; memory grew by {resident_kb() - before} kB in {count:,} looks"
        )
    print(f"together {100 * whole:.2f} % of a core; memory {resident_kb() / 1024:.1f} MB")


def resident_kb() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0])


if __name__ == "__main__":
    main()
