"""How fast the pages are before a large store, against bare routes of the same application.

    python benchmarks/web --keep DIR
    python benchmarks/web --keep DIR --only /desk /archive

Makes a home with 100,000 articles, 1,000 editions, a million readers and a million mails, and one of a
tenth of it; serves both, each by the real server in a process of its own; and opens every page 20 times a
second from a third process: a page, a bare route whose page is as large, the same page at a tenth, in turns
of a second, so that noise meets them alike. Then as many requests as go, of leaving by one click and of a
page of the archive, against bare routes. Prints a table and the verdict; exits with 1 when a bar is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import bench
import house


def main() -> None:
    """Make the homes, serve them, measure, and judge."""
    parser = argparse.ArgumentParser(
        prog="python benchmarks/web", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--scale", type=float, default=1.0, metavar="PART", help="of the full size")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where homes are kept for the next time")
    parser.add_argument("--only", nargs="*", default=[], metavar="BEGINNING", help="pages that begin so")
    parser.add_argument("--turns", type=int, default=5, help="seconds that each page is opened for")
    parser.add_argument("--without-rates", action="store_true", help="leave the top rates out")
    parser.add_argument("--make-only", action="store_true", help="make the homes, and measure nothing")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        keep = arguments.keep or Path(folder)
        homes = [house.made(keep, arguments.scale * part) for part in (1.0, 0.1)]
        if arguments.make_only:
            return
        with get_context("spawn").Pool(1) as outside, bench.served(homes) as sites:
            missed = bench.measure(outside, sites, tuple(arguments.only), arguments.turns)
            if not arguments.without_rates:
                missed |= bench.rates(outside, sites[0])
        for home in homes:
            bench.put_back(home)
    sys.exit(int(missed))


if __name__ == "__main__":
    main()
