"""How good extraction, summaries and grouping are, against texts that people have judged.

    python benchmarks/quality --data DIR
    python benchmarks/quality sentences summary --data DIR

DIR holds the public sets that docs in benchmarks/README.md name; they are copyrighted, so none is in the
repository. Prints a table of what was measured beside its floor and goal; exits with 1 below a floor.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from rows import Row

PARTS = ("extract", "sentences", "summary", "sections", "copies", "stories", "grounding")


def main() -> None:
    """Measure the parts one after the other and print each as soon as it is known."""
    parser = argparse.ArgumentParser(
        prog="python benchmarks/quality", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all without")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    args = parser.parse_args()
    if unknown := set(args.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    print(f"{'what':<58}{'measured':>10}{'floor':>9}{'goal':>9}")
    missed = False
    for part in args.parts or PARTS:
        rows: list[Row] = importlib.import_module(part).measure(args.data)
        for row in rows:
            what, measured, floor, goal, verdict = row.cells()
            print(f"{what:<58}{measured:>10}{floor:>9}{goal:>9}  {verdict}", flush=True)
            missed |= verdict == "MISSED"
    sys.exit(int(missed))


if __name__ == "__main__":
    main()
