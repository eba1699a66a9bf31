"""Plan every quarter of an hour of three years in fourteen zones, and look at each slot.

    python benchmarks/zones.py

1.47 million slots: exactly one for each local date and time, none missing, none twice, in order, and due
when clocks show the wished minute, or right after they have jumped over it. What is expected is counted
from the calendar and from what clocks show at a moment, never from the planner. Prints seconds and slots
a second of processor for the planner alone; exits with 1 when a slot is wrong or it takes over a minute.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))  # the sweep is shared with the tests

from zone_sweep import QUARTERS, ZONES, faults, plan

BAR_SECONDS = 60


def main() -> None:
    """Sweep zone by zone; the planner is timed apart from the check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--years", type=int, nargs=2, default=[2026, 2028], metavar="YEAR")
    first, last = parser.parse_args().years
    total, seconds, wrong = 0, 0.0, []
    for zone in ZONES:
        span = date(first, 1, 1), date(last, 12, 31)
        begun = time.process_time()
        slots = plan(zone, QUARTERS, *span)
        seconds += time.process_time() - begun
        here = faults(zone, slots, QUARTERS, *span)
        total += len(slots)
        wrong += here
        print(f"{zone:<22} {len(slots):>9,} slots, {len(here)} wrong", flush=True)
    print(*wrong[:20], sep="\n", end="\n" if wrong else "")
    rate = f"{total / seconds:,.0f} a second"
    print(f"{total:,} slots, {len(wrong)} wrong; planned in {seconds:.1f} s of processor, {rate}")
    sys.exit(1 if wrong or seconds > BAR_SECONDS else 0)


if __name__ == "__main__":
    main()
