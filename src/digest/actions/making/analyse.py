"""Analyse texts in bulk, as building an edition would, without a home or a store."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from enum import StrEnum
from itertools import islice
from math import isfinite
from typing import Any, NamedTuple

from digest.actions.making.analyse_records import Record, Result, analyse_batch, place_batch, sectioned
from digest.actions.making.analyse_sets import copies_of, stories_of
from digest.classify import choices_of
from digest.workers import Shared, WorkerLost, Workers

_BATCH = 8  #: records that go to a worker together
_BATCH_CHARS = 400_000
_AHEAD = 4  #: batches a worker has before it


class Analysis(StrEnum):
    """What can be asked of records."""

    EXTRACT = "extract"  #: the article in a page: title, byline, published, ..., text
    SENTENCES = "sentences"  #: offsets of each sentence
    SUMMARY = "summary"  #: summaries of one, two and three sentences
    SECTIONS = "sections"  #: the section that each belongs in, and why
    STORIES = "stories"  #: which records tell the same event
    COPIES = "copies"  #: which records are copies of others
    GROUNDING = "grounding"  #: what an article does not bear out of a summary


def analyse(what: Analysis, records: Iterable[Record], *, jobs: int) -> Iterator[Result]:
    """Analyse records in worker processes, so that one costs at most itself.

    Args:
        what: What to ask.
        records: Each with an `id` and `html` or `text`. Read as they are needed where each stands for itself.
        jobs: How many processes work at once.

    Yields:
        One result a record, in their order: its `id` and what was asked, or an `error` in words.
    """
    workers = Workers(preload=("digest.actions.making.analyse_records",), most=jobs)
    try:
        if what not in {Analysis.SECTIONS, Analysis.STORIES, Analysis.COPIES}:
            yield from _each(_Asked(analyse_batch, str(what)), records, workers, jobs)
            return
        read = list(_each(_Asked(analyse_batch, "text"), records, workers, jobs))
        if what is Analysis.SECTIONS:
            choices = choices_of(sectioned(each) for each in read if "error" not in each)
            yield from _each(_Asked(place_batch, Shared(choices)), read, workers, jobs)
        else:
            yield from stories_of(read) if what is Analysis.STORIES else copies_of(read)
    finally:
        workers.close()


class _Asked(NamedTuple):
    """What workers are to do with each batch."""

    function: Callable[[Any, list[Record]], list[Result]]
    given: Any  #: its first argument


def _each(asked: _Asked, records: Iterable[Record], workers: Workers, jobs: int) -> Iterator[Result]:
    waiting: deque[Future[list[Result]]] = deque()
    with ThreadPoolExecutor(jobs) as threads:
        for batch in _batches(records):
            waiting.append(threads.submit(_ask, asked, batch, workers))
            if len(waiting) > jobs * _AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _ask(asked: _Asked, batch: list[Record], workers: Workers) -> list[Result]:
    """Let a worker analyse a batch; when that cost the worker, each record by itself."""
    try:
        return workers.run(asked.function, asked.given, batch)
    except WorkerLost as error:
        if len(batch) == 1:
            return [{"id": batch[0]["id"], "error": error.message}]
    return [result for record in batch for result in _ask(asked, [record], workers)]


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


def record_of(what: Analysis, number: int, line: str) -> Record:
    """Read a record from a line; of what is none, one that only tells its `error`.

    Args:
        what: What is to be asked of it.
        number: Of the line, from 1.
        line: JSON.
    """
    try:
        record = json.loads(line.removeprefix("\ufeff"))  # some editors begin files so
    except (ValueError, RecursionError):
        return {"id": None, "error": f"line {number}: no JSON"}
    if not isinstance(record, dict):
        return {"id": None, "error": f"line {number}: no object"}
    name = record.get("id")
    if not isinstance(name, str | int | float) or isinstance(name, bool) or not _is_json(name):
        return {"id": None, "error": f"line {number}: no id"}
    full = {key for key in ("html", "text", "article", "summary") if _is_text(record.get(key))}
    if what is Analysis.GROUNDING and not {"article", "summary"} <= full:
        return {"id": name, "error": "no article and summary"}
    if what is not Analysis.GROUNDING and full.isdisjoint({"html", "text"}):
        return {"id": name, "error": "neither html nor text"}
    return record


def _is_json(name: str | float) -> bool:
    """Tell whether an id could be written again: JSON has no infinite numbers."""
    return not isinstance(name, float) or isfinite(name)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
