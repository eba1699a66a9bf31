"""Measure how fast a list of subscribers is taken in, against a bare insert of the same rows.

    python benchmarks/importing.py --rows 100000

Writes a CSV file, takes it in as `digest subscribers import` does, and inserts as many rows of the same
length into a bare SQLite table. Prints seconds, the ratio, and the memory that was needed besides.
"""

from __future__ import annotations

import argparse
import csv
import resource
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

from digest.actions.readers.importing import import_csv
from digest.actions.upkeep.homes import make_home
from digest.bootstrap import open_app
from digest.paths import Home


def main() -> None:
    """Take the list in, insert it barely, and print both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        home, file = Path(folder) / "home", Path(folder) / "list.csv"
        make_home(Home(root=home))
        with file.open("w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out)
            writer.writerow(["email", "name", "zone", "language"])
            writer.writerows(_row(number) for number in range(rows))
        with open_app(home) as app:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            begun = time.perf_counter()
            done = import_csv(app, file, next(iter(app.digests)), consent="benchmark", by="benchmark")
            taken = time.perf_counter() - begun
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        bare = _bare(Path(folder) / "bare.db", rows)
    print(f"{done.new:,} people in {taken:.1f} s, {memory / 1024:.0f} MB of memory besides")
    print(f"bare insert of the same rows {bare:.2f} s; ratio {taken / bare:.0f}")


def _row(number: int) -> tuple[str, str, str, str]:
    return f"reader{number}@readers.example.org", f"Reader No. {number}", "Europe/Berlin", "en"


def _bare(path: Path, rows: int) -> float:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE people (email TEXT UNIQUE, name TEXT, zone TEXT, language TEXT)")
        begun = time.perf_counter()
        with database:
            database.executemany(
                "INSERT INTO people VALUES (?, ?, ?, ?)", (_row(number) for number in range(rows))
            )
        return time.perf_counter() - begun


if __name__ == "__main__":
    main()
