"""Measure how fast articles go into the store, and how fast a digest finds its newest.

    python benchmarks/selection.py --articles 100000 1000000

Fills a database file for each size with 10,000 articles a day, five tags and about one kilobyte of
text each, in batches of 500, then asks for the newest of six sections within the last day as a build
does. Prints milliseconds and the ratio between the largest and the smallest size.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from digest.model import ArticleContent, Tag, TagOrigin
from digest.store import Store, open_store

START = datetime(2026, 1, 1, tzinfo=UTC)
PER_DAY = 10_000
BATCH = 500
TAGS = tuple(f"topic {number}" for number in range(200))
SECTIONS = tuple(tuple(TAGS[3 * number : 3 * number + 3]) for number in range(6))
WORDS = tuple(f"word{number}" for number in range(4_000))


def main() -> None:
    """Fill a store of every size, then ask all of them in turns, so that noise meets them alike."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--articles", type=int, nargs="+", default=[100_000, 1_000_000], metavar="N")
    parser.add_argument("--rounds", type=int, default=500, help="queries measured per size")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stores = {count: filled(Path(folder), count) for count in sorted(arguments.articles)}
        times: dict[int, list[float]] = {count: [] for count in stores}
        for _ in range(arguments.rounds + 10):
            for count, store in stores.items():
                times[count].append(ask(store, count))
        for store in stores.values():
            store.close()
    medians = [report(count, measured[10:]) for count, measured in times.items()]
    if len(medians) > 1:
        print(f"newest of six sections, largest to smallest: {medians[-1] / medians[0]:.2f}x")


def filled(folder: Path, count: int) -> Store:
    """Make a store with so many articles and say how long that took."""
    store = open_store(f"sqlite:///{count}.db", home=folder)
    store.migrate()
    wall, cpu = fill(store, count)
    size = (folder / f"{count}.db").stat().st_size / 1e6
    print(
        f"{count:>9,} articles ({size:,.0f} MB): insert {count / wall:,.0f} articles/s "
        f"({cpu / count * 1e6:.0f} us of processor each)",
        flush=True,
    )
    return store


def report(count: int, measured: list[float]) -> float:
    """Print one size's figures; return its median in milliseconds."""
    median, p95 = statistics.median(measured), statistics.quantiles(measured, n=20)[-1]
    print(f"{count:>9,} articles: newest of six sections {median:.2f} ms median, {p95:.2f} ms p95")
    return median


def fill(store: Store, count: int) -> tuple[float, float]:
    """Store so many articles; return seconds and processor seconds, without making them up."""
    wall = cpu = 0.0
    for batch, collected_at in batches(count):
        begun, worked = time.perf_counter(), time.process_time()
        with store.writing() as tx:
            tx.articles.put(batch, collected_at)
        wall += time.perf_counter() - begun
        cpu += time.process_time() - worked
    return wall, cpu


def batches(count: int) -> Iterator[tuple[list[ArticleContent], datetime]]:
    """Make up articles in the order of their time."""
    chance = random.Random(7)
    step = timedelta(days=1) / PER_DAY
    for first in range(0, count, BATCH):
        last = min(first + BATCH, count)
        yield (
            [article(number, START + number * step, chance) for number in range(first, last)],
            START + last * step,
        )


def article(number: int, published: datetime, chance: random.Random) -> ArticleContent:
    """Make up one article of about one kilobyte."""
    paragraphs = tuple(" ".join(chance.choices(WORDS, k=45)) for _ in range(3))
    return ArticleContent(
        title=" ".join(chance.choices(WORDS, k=8)),
        paragraphs=paragraphs,
        html="\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs),
        url=f"https://source{number % 50}.example.org/{number}",
        source=f"source-{number % 50}",
        published=published,
        tags=tuple(Tag(name=name, origin=TagOrigin.SOURCE) for name in chance.sample(TAGS, 5)),
    )


def ask(store: Store, count: int) -> float:
    """Ask for the newest as a build does; return milliseconds."""
    until = START + count * timedelta(days=1) / PER_DAY
    begun = time.perf_counter()
    with store.reading() as tx:
        tx.articles.newest_per_tag(SECTIONS, since=until - timedelta(days=1), until=until, limit=50)
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    main()
