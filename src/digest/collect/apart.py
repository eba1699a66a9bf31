"""Cleaning in processes of its own: a document can cost itself, never the program that reads it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import ParamSpec, TypeVar, cast

from digest.collect.document import Context, Document, Format, Unreadable
from digest.collect.extraction import read_one, readers_of
from digest.errors import DocumentError
from digest.model import ArticleContent
from digest.workers import Limits, Shared, WorkerLost, Workers

__all__ = ["Cleaner", "Slice", "clean_batch", "clean_slice", "cleaning_workers"]

_SLICE_S = 0.8  #: of computing time, after which a worker hands over what it has
_BATCH = 16  #: documents
_BATCH_BYTES = 500_000
_ALL = 1_000_000  #: entries; more than any bound lets through
_MAX_LOST = 3  #: entries of one document that may cost a worker
_LISTS = {Format.FEED, Format.JSON, Format.JSON_LINES}

Found = ArticleContent | Unreadable
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Slice:
    """Some entries of a document, in its order."""

    found: tuple[Found, ...]
    is_last: bool


def cleaning_workers(*, limits: Limits | None = None, most: int = 2) -> Workers:
    """Return workers that know how to clean; whoever asks for them closes them.

    Args:
        limits: Of each call.
        most: Processes at once; they start when first needed.
    """
    return Workers(preload=("digest.collect",), limits=limits, most=most)


class Cleaner:
    """Cleans documents in worker processes. Safe to share between threads.

    A worker that needs too much computing time or memory, hangs or dies is replaced, and what it
    was reading comes out as `Unreadable`: the one entry of a feed or list that did it, or the document.
    Long documents are read in slices of under a second, so that others have their turn between.

    Args:
        context: What extracting needs to know; its `save_image` must be a function that can be pickled.
        workers: As `cleaning_workers` makes them; they may serve several cleaners.
    """

    def __init__(self, context: Context, workers: Workers) -> None:
        self._context = cast("Context", Shared(context))  # the type says what arrives
        self._workers = workers

    def clean(self, document: Document) -> tuple[Found, ...]:
        """Read every article of a document, in its order; never raises for what it says.

        Returns:
            At least one value, as `extract` gives.
        """
        found: list[Found] = []
        lost, many = 0, _ALL
        while True:
            part = self._slice(document, len(found), many)
            if isinstance(part, Slice):
                found.extend(part.found)
                if part.is_last:
                    return tuple(found)
                many = min(max(1, many * 2), _ALL)
            elif many == 1 and lost < _MAX_LOST:
                lost += 1
                found.append(Unreadable(name=f"{document.name}, entry {len(found) + 1}", reason=part))
            elif many > 1 and document.format in _LISTS:
                many = 1 if found else 0  # does it open at all? then entry by entry, to find the one
            else:
                found.append(Unreadable(name=document.name, reason=part))
                return tuple(found)

    def run(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Call any top-level function of the package in a worker, such as a reader of listings.

        Raises:
            WorkerLost: It was killed for what it used, or died, or failed by surprise.
            DigestError: The function raised it.
        """
        return self._workers.run(function, *args, **kwargs)

    def clean_all(self, documents: Iterable[Document]) -> Iterator[tuple[Found, ...]]:
        """Clean many documents, in their order: what `clean` gives for each.

        Small ones go to a worker together, which halves the time of the smallest.
        """
        for batch in _batches(documents):
            try:
                done = self.run(clean_batch, batch, self._context)
            except WorkerLost:
                done = ()  # one of them did it, which shows when each is read by itself
            yield from done
            for document in batch[len(done) :]:
                yield self.clean(document)

    def _slice(self, document: Document, start: int, many: int) -> Slice | str:
        try:
            return self.run(clean_slice, document, self._context, start, many)
        except WorkerLost as error:
            return error.message


def clean_slice(document: Document, context: Context, start: int, many: int) -> Slice:
    """Read some entries of a document, in a worker.

    Args:
        document: The whole document.
        context: What extracting needs to know.
        start: The first entry wanted; 0 is the first one.
        many: Entries at most; fewer when time is up. None with 0: it only shows that the document opens.
    """
    try:
        readers = readers_of(document, context)
    except DocumentError as error:
        return Slice(found=(Unreadable(name=document.name, reason=error.message),), is_last=True)
    found: list[Found] = []
    begun = time.process_time()
    for name, reader in readers[start : start + many]:
        found.append(read_one(name, reader, document, context))
        if time.process_time() - begun > _SLICE_S:
            break
    return Slice(found=tuple(found), is_last=start + len(found) >= len(readers))


def clean_batch(documents: tuple[Document, ...], context: Context) -> tuple[tuple[Found, ...], ...]:
    """Clean whole documents in a worker, from the first on, until time is up; none for one that is longer."""
    done: list[tuple[Found, ...]] = []
    begun = time.process_time()
    for document in documents:
        part = clean_slice(document, context, 0, _ALL)
        if not part.is_last:
            break
        done.append(part.found)
        if time.process_time() - begun > _SLICE_S:
            break
    return tuple(done)


def _batches(documents: Iterable[Document]) -> Iterator[tuple[Document, ...]]:
    batch: list[Document] = []
    size = 0
    for document in documents:
        batch.append(document)
        size += len(document.data)
        if len(batch) == _BATCH or size > _BATCH_BYTES:
            yield tuple(batch)
            batch, size = [], 0
    if batch:
        yield tuple(batch)
