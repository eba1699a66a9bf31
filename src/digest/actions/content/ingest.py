"""Take articles in from files, folders and web addresses."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from digest.actions.app import App
from digest.actions.content.article_search import catch_up
from digest.actions.content.fetching import fetch_document, words_of
from digest.collect import (
    Cleaner,
    Context,
    Document,
    Unreadable,
    cleaning_workers,
    guess_format,
    read_documents,
    store_image,
)
from digest.errors import DocumentError, FetchError, NotFound
from digest.model import ArticleContent, Source
from digest.store import Put

BATCH = 200  #: articles a transaction


@dataclass(frozen=True, kw_only=True)
class Ingested:
    """What came of an ingest."""

    new: int
    revised: int  #: known articles that came with other words
    same: int
    untagged: int  #: articles without a tag: no section but the last takes them
    unlisted: int  #: articles of no source that the configuration lists
    failed: tuple[Unreadable, ...]  #: documents and entries that could not be taken

    @property
    def taken(self) -> int:
        """Number of articles that are now in the store because of it."""
        return self.new + self.revised + self.same


def ingest(
    app: App,
    places: Sequence[Path | str],
    *,
    leave_out: Collection[str] = (),
    beat: Callable[[], None] = lambda: None,
) -> Ingested:
    """Clean and store the articles of documents; bad ones cost only themselves.

    Args:
        app: The installation.
        places: Files and folders as paths, web addresses as text.
        leave_out: Files of the folders that are not read, by their names from there.
        beat: Called before each document.

    Raises:
        NotFound: A path is not there; nothing was taken in.
    """
    for place in places:
        if isinstance(place, Path) and not place.exists():
            raise NotFound("no such file or folder", where=str(place))
    with app.store.writing() as tx:
        tx.sources.put(app.sources)
    failed: list[Unreadable] = []
    listed = {source.key for source in app.sources}
    counts = {"new": 0, "revised": 0, "same": 0, "untagged": 0, "unlisted": 0}
    documents = (one for place in places for one in _documents(app, place, leave_out))
    articles = _articles(app, documents, failed, beat)
    while batch := list(islice(articles, BATCH)):
        counts["untagged"] += sum(1 for content in batch if not content.tags)
        counts["unlisted"] += sum(1 for content in batch if content.source not in listed)
        for put in _put(app, batch, failed):
            counts[put.outcome] += 1
    catch_up(app)
    return Ingested(failed=tuple(failed), **counts)


def _put(app: App, batch: Sequence[ArticleContent], failed: list[Unreadable]) -> tuple[Put, ...]:
    """Store a batch at once; when one of it cannot be stored, each by itself."""
    try:
        with app.store.writing() as tx:
            return tx.articles.put(batch, app.clock())
    except DocumentError as error:
        if len(batch) == 1:
            failed.append(Unreadable(name=batch[0].title, reason=error.message))
            return ()
    return tuple(put for content in batch for put in _put(app, [content], failed))


def extract_one(
    app_sources: Sequence[Source], document: Document, max_chars: int
) -> ArticleContent | Unreadable:
    """Clean one document and store nothing; of a feed, its first article."""
    context = Context(sources=tuple(app_sources), max_chars=max_chars, save_image=None)
    with closing(cleaning_workers(most=1)) as workers:
        found = Cleaner(context, workers).clean(document)
    good = [entry for entry in found if isinstance(entry, ArticleContent)]
    return good[0] if good else found[0]


def stdin_document(max_bytes: int) -> Document:
    """Read one document from standard input.

    Raises:
        DocumentError: It is longer than max_bytes.
    """
    name = "standard input"
    data = sys.stdin.buffer.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise DocumentError(f"larger than the {max_bytes:,} bytes allowed", where=name)
    return Document(name=name, format=guess_format(name, data), data=data)


def _articles(
    app: App, documents: Iterable[Document | Unreadable], failed: list[Unreadable], beat: Callable[[], None]
) -> Iterator[ArticleContent]:
    cleaner = Cleaner(cleaning_context(app), app.workers)
    for found in cleaner.clean_all(_readable(documents, failed, beat)):
        for entry in found:
            if isinstance(entry, Unreadable):
                failed.append(entry)
            else:
                yield entry


def cleaning_context(app: App) -> Context:
    """Return what cleaning needs to know of the installation."""
    limits = app.system.limits
    return Context(
        sources=app.sources,
        max_chars=limits.article_chars,
        max_bytes=limits.document_bytes,
        save_image=partial(store_image, folder=app.home.media, max_pixels=limits.image_pixels),
    )


def _readable(
    documents: Iterable[Document | Unreadable], failed: list[Unreadable], beat: Callable[[], None]
) -> Iterator[Document]:
    for document in documents:
        beat()
        if isinstance(document, Unreadable):
            failed.append(document)
        else:
            yield document


def _documents(app: App, place: Path | str, leave_out: Collection[str]) -> Iterable[Document | Unreadable]:
    if isinstance(place, Path):
        return read_documents(place, app.system.limits, leave_out)
    try:
        return (fetch_document(app.fetcher, place),)
    except (FetchError, DocumentError) as error:
        return (Unreadable(name=error.where or place, reason=words_of(error)),)
