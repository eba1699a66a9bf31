"""Measure how the ledger of deliveries fares with a million recipients.

    python benchmarks/freeze.py --recipients 10000 100000 1000000

Fills a database file for each size with confirmed subscribers, freezes an edition for them in a process
of its own, and works on that as a sender does in blocks of 500. Prints seconds and how much memory the
freeze added at its peak (SQLite's cache of 64 MB is most of it), microseconds a row for the rest, and
the ratio of time per recipient between the largest and the smallest size.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from sqlalchemy import text

from digest.model import (
    Delivery,
    DeliveryState,
    Edition,
    EditionState,
    Outcome,
    Settlement,
    Slot,
)
from digest.store import Store, Transaction, fingerprint_address, open_store

Value = TypeVar("Value")
Took = tuple[float, float]  # seconds on the wall, and of the processor

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
LEASE = timedelta(minutes=20)
BLOCK = 500
SUBSCRIBERS = """
WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < :count)
INSERT INTO subscribers (id, uid, email, address, name, language, created_at)
SELECT i, lower(hex(randomblob(11))), a, a, 'Reader ' || i, 'en', 0
FROM (SELECT i, lower(hex(randomblob(6))) || i || '@example.org' AS a FROM n)
"""
SUBSCRIPTIONS = """
INSERT INTO subscriptions (subscriber_id, digest, state, sections, consent, created_at, confirmed_at)
SELECT id, 'daily', 'confirmed', CASE id % 8 WHEN 0 THEN '["world"]' WHEN 1 THEN '["sport"]' ELSE '[]' END,
    'import:members.csv', 0, 0
FROM subscribers
"""
SUPPRESSIONS = "INSERT INTO suppressions SELECT address, 'complaint', 0 FROM subscribers WHERE id % 100 = 0"


def main() -> None:
    """Measure each size in a process of its own, so that peaks of memory do not mix."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "--recipients", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], metavar="N"
    )
    parser.add_argument("--rounds", type=int, default=20, help="blocks measured per size")
    parser.add_argument("--erased", action="store_true", help="somebody was erased: look at every address")
    arguments = parser.parse_args()
    counts = sorted(arguments.recipients)
    seconds = []
    for count in counts:
        with tempfile.TemporaryDirectory() as folder, get_context("spawn").Pool(1) as pool:
            pool.apply(fill, (Path(folder), count, arguments.erased))
            job = (Path(folder), count, arguments.rounds)
            with get_context("spawn").Pool(1) as fresh:
                seconds.append(fresh.apply(measure, job))
    if len(counts) > 1:
        ratio = (seconds[-1] / counts[-1]) / (seconds[0] / counts[0])
        print(f"freeze, time per recipient, largest to smallest: {ratio:.2f}x")


def fill(folder: Path, count: int, erased: bool) -> None:
    """Make a store with so many confirmed subscribers, each hundredth suppressed, and an edition."""
    store = open_store("sqlite:///digest.db", home=folder)
    store.migrate()
    slot = Slot(local=NOW)
    edition = Edition(
        digest="daily", number=1, slot=slot, language="en", subject="S", preheader="", sections=()
    )
    with store.writing() as tx:
        connection = tx.people.connection
        connection.execute(text(SUBSCRIBERS), {"count": count})
        connection.execute(text(SUBSCRIPTIONS))
        connection.execute(text(SUPPRESSIONS))
        if erased:
            key = fingerprint_address("somebody@example.org")
            connection.execute(text("INSERT INTO suppressions VALUES (:key, 'erased', 0)"), {"key": key})
        tx.editions.add(edition, state=EditionState.SENDING, content_hash="", built_at=NOW)
    store.close()


def measure(folder: Path, count: int, rounds: int) -> float:
    """Freeze, send some blocks and read the books; print the figures and return the seconds of the freeze."""
    store = open_store("sqlite:///digest.db", home=folder)
    before = peak_mb()
    begun = time.perf_counter()
    with store.writing() as tx:
        frozen = tx.deliveries.freeze(1, chosen_nothing=[("sport",)])
    seconds = time.perf_counter() - begun
    print(f"{frozen:>9,} recipients: frozen in {seconds:.2f} s, {peak_mb() - before:.0f} MB more memory")
    times: defaultdict[str, list[Took]] = defaultdict(list)
    for number in range(rounds):
        send_block(store, f"w{number}", times)
    for name, measured in times.items():
        wall, cpu = (statistics.median(column) / BLOCK * 1e6 for column in zip(*measured, strict=True))
        print(f"{'':>9}  {name}: {wall:.1f} us a row in blocks of {BLOCK}, {cpu:.1f} of processor")
    for name, ask in (
        ("books", lambda tx: tx.deliveries.books(1)),
        ("next moment", lambda tx: tx.deliveries.next_due(1)),
        (
            "first page of the failed",
            lambda tx: tx.deliveries.list(1, states=[DeliveryState.FAILED], limit=100),
        ),
        ("page of all", lambda tx: tx.deliveries.list(1, limit=1_000, after_id=count // 2)),
    ):
        print(f"{'':>9}  {name}: {reading(store, ask)[1][0] * 1e3:.0f} ms")
    store.close()
    return seconds


def send_block(store: Store, worker: str, times: defaultdict[str, list[Took]]) -> None:
    """Do with a block what a sender does, and note how long each step took."""

    def claim(tx: Transaction) -> tuple[Delivery, ...]:
        return tx.deliveries.claim(1, worker, now=NOW, limit=BLOCK, lease=LEASE)

    mails, took = writing(store, claim)
    times["claim"].append(took)
    times["last look"].append(reading(store, lambda tx: tx.deliveries.barred_of(1, worker))[1])
    marks = [(mail.id, mail.attempt) for mail in mails]
    times["dots"].append(writing(store, lambda tx: tx.deliveries.dotted_all(worker, marks))[1])
    end = Outcome(state=DeliveryState.SENT, at=NOW, code=250, text="250 2.0.0 Ok: queued as 4F3D1A0021")
    ends = [Settlement(delivery_id=mail.id, attempt=mail.attempt, outcome=end) for mail in mails]
    times["ends"].append(writing(store, lambda tx: tx.deliveries.settle_all(worker, ends))[1])


def writing(store: Store, job: Callable[[Transaction], Value]) -> tuple[Value, Took]:
    """Do something in a transaction of its own; return its result and the seconds with the commit."""
    begun, worked = time.perf_counter(), time.process_time()
    with store.writing() as tx:
        result = job(tx)
    return result, (time.perf_counter() - begun, time.process_time() - worked)


def reading(store: Store, job: Callable[[Transaction], Value]) -> tuple[Value, Took]:
    """Ask something in a block of its own; return the answer and the seconds."""
    begun, worked = time.perf_counter(), time.process_time()
    with store.reading() as tx:
        result = job(tx)
    return result, (time.perf_counter() - begun, time.process_time() - worked)


def peak_mb() -> float:
    """Return the most memory this process ever held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
