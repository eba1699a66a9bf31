"""The documents of one source, read in the worker processes."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from dataclasses import replace

from digest.actions.app import App
from digest.actions.content.fetching import as_document
from digest.collect import Context, Document, Listing, Unreadable, complete, extract, list_apart
from digest.collect.document import Format
from digest.fetch import Fetched
from digest.model import ArticleContent, Source, SourceKind

_ONE_OF_THEM = threading.BoundedSemaphore(1)  #: what cost a worker before is not to have all of them again
_TURNS = threading.BoundedSemaphore(3)  #: a document that is handed over to a worker is held twice


class Reading:
    """Reads the documents of a source, each in a worker, since a stranger wrote it.

    Args:
        app: The installation.
        source: The one that was asked.
        failed: Its last look failed, perhaps at this very point.
    """

    def __init__(self, app: App, source: Source, *, failed: bool = False) -> None:
        limits = app.system.limits
        self._workers = app.workers
        self._kind = source.kind
        self._turn = _ONE_OF_THEM if failed else nullcontext()
        self._context = Context(
            source=source, max_chars=limits.article_chars, max_bytes=limits.document_bytes
        )

    def listing(self, document: Document, kind: SourceKind | None = None) -> Listing:
        """Read what is at the source's address.

        Args:
            document: What is there.
            kind: What it has to be; None: of the source's kind.

        Raises:
            DigestError: It is no listing of the source's kind, or cost its worker.
        """
        with self._turn, _TURNS:
            return list_apart(self._workers, kind or self._kind, document, self._context)

    def page(self, document: Document, thin: ArticleContent | None) -> ArticleContent | Unreadable:
        """Read a page, and put it together with what its listing said.

        Raises:
            DigestError: It cost its worker.
        """
        with self._turn, _TURNS:
            return self._workers.run(read_page, document, self._context, thin)


def as_listing(source: Source, got: Fetched) -> Document:
    """Make a document of a listing that was fetched; its address never holds the key it was asked with."""
    document = as_document(got)
    if source.fetching.key_file is not None and source.url is not None:
        return replace(document, name=source.url, url=source.url)
    return document


def read_page(
    document: Document, context: Context, thin: ArticleContent | None
) -> ArticleContent | Unreadable:
    """Read a page that a listing named, in a worker; a page that is no article leaves what was listed."""
    found: ArticleContent | Unreadable = extract(document, context)[0]
    if document.format is not Format.HTML:
        found = Unreadable(name=document.name, reason="not a page")
    if thin is None:
        return found
    if isinstance(found, ArticleContent):
        found = complete(thin, found)
    elif thin.paragraphs:
        found = thin
    return found
