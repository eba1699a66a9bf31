"""Analyse texts in bulk, as building an edition would, without a home or a store."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from enum import StrEnum
from itertools import islice

from digest.actions.analyse_records import Record, Result, analyse_batch
from digest.actions.analyse_sets import copies_of, stories_of
from digest.workers import WorkerLost, Workers

_BATCH = 8  #: records that go to a worker together
_BATCH_CHARS = 400_000
_AHEAD = 4  #: batches a worker has before it
_SETS: dict[str, Callable[[Sequence[Result]], list[Result]]] = {"stories": stories_of, "copies": copies_of}


class Analysis(StrEnum):
    """What can be asked of records."""

    EXTRACT = "extract"  #: the article in a page: title, byline, published, ..., text
    SENTENCES = "sentences"  #: offsets of each sentence
    SUMMARY = "summary"  #: summaries of one, two and three sentences
    STORIES = "stories"  #: which records tell the same event
    COPIES = "copies"  #: which records are copies of others


def analyse(what: Analysis, records: Iterable[Record], *, jobs: int) -> Iterator[Result]:
    """Analyse records in worker processes, so that one costs at most itself.

    Args:
        what: What to ask.
        records: Each with an `id` and `html` or `text`. Read as they are needed where each stands for itself.
        jobs: How many processes work at once.

    Yields:
        One result a record, in their order: its `id` and what was asked, or an `error` in words.
    """
    workers = Workers(preload=("digest.actions.analyse_records",), most=jobs)
    try:
        together = _SETS.get(what)
        results = _each("text" if together else what, records, workers, jobs)
        yield from together(list(results)) if together else results
    finally:
        workers.close()


def _each(what: str, records: Iterable[Record], workers: Workers, jobs: int) -> Iterator[Result]:
    waiting: deque[Future[list[Result]]] = deque()
    with ThreadPoolExecutor(jobs) as threads:
        for batch in _batches(records):
            waiting.append(threads.submit(_ask, what, batch, workers))
            if len(waiting) > jobs * _AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _ask(what: str, batch: list[Record], workers: Workers) -> list[Result]:
    """Let a worker analyse a batch; when that cost the worker, each record by itself."""
    try:
        return workers.run(analyse_batch, what, batch)
    except WorkerLost as error:
        if len(batch) == 1:
            return [{"id": batch[0]["id"], "error": error.message}]
    return [result for record in batch for result in _ask(what, [record], workers)]


def _batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    incoming = iter(records)
    while batch := list(islice(incoming, 1)):
        size = _size(batch[0])
        while len(batch) < _BATCH and size < _BATCH_CHARS and (more := next(incoming, None)) is not None:
            batch.append(more)
            size += _size(more)
        yield batch


def _size(record: Record) -> int:
    return sum(len(value) for value in record.values() if isinstance(value, str))


def record_of(number: int, line: str) -> Record:
    """Read a record from a line; of what is none, one that only tells its `error`.

    Args:
        number: Of the line, from 1.
        line: JSON.
    """
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return {"id": None, "error": f"line {number}: no JSON"}
    if not isinstance(record, dict):
        return {"id": None, "error": f"line {number}: no object"}
    name = record.get("id")
    if not isinstance(name, str | int) or isinstance(name, bool):
        return {"id": None, "error": f"line {number}: no id"}
    if not any(isinstance(record.get(key), str) and record[key].strip() for key in ("html", "text")):
        return {"id": name, "error": "neither html nor text"}
    return record
