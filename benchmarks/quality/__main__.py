"""How good extraction, summaries and grouping are, against texts that people have judged.

    python benchmarks/quality
    python benchmarks/quality sentences summary --data DIR

Without --data it measures a few texts of our own, which can only show that something broke. DIR holds the
public sets that benchmarks/README.md names; they are copyrighted, so none is in the repository. Prints a
table of what was measured beside its floor and goal; exits with 1 below a floor.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from rows import Row

OWN = Path(__file__).parent / "own"
PARTS = ("extract", "sentences", "summary", "sections", "copies", "stories", "grounding")


def main() -> None:
    """Measure the parts one after the other and print each as soon as it is known."""
    parser = argparse.ArgumentParser(
        prog="python benchmarks/quality", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all without")
    parser.add_argument("--data", type=Path, metavar="DIR", help="the public sets")
    args = parser.parse_args()
    if unknown := set(args.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    print(f"{'what':<58}{'measured':>10}{'floor':>9}{'goal':>9}")
    missed = False
    for part in args.parts or PARTS:
        module = importlib.import_module(part)
        rows: list[Row] = module.measure(args.data) if args.data else module.measure_own(OWN)
        for row in rows:
            what, measured, floor, goal, verdict = row.cells()
            print(f"{what:<58}{measured:>10}{floor:>9}{goal:>9}  {verdict}", flush=True)
            missed |= verdict == "MISSED"
    sys.exit(int(missed))


if __name__ == "__main__":
    main()
