"""From a document to articles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from digest.collect.document import Context, Document, Draft, Format, Unreadable
from digest.collect.feed import read_feed
from digest.collect.feed_entry import draft_from_entry
from digest.collect.finish import finish
from digest.collect.formats import decode
from digest.collect.markdown import draft_from_markdown
from digest.collect.page import draft_from_page
from digest.collect.pasted import draft_from_text
from digest.collect.records import draft_from_record, records_of_json, records_of_lines
from digest.errors import DocumentError
from digest.model import ArticleContent

__all__ = ["extract", "read_one", "readers_of"]

Reader = Callable[[], Draft]  #: reads one article; raises DocumentError


def extract(document: Document, context: Context) -> tuple[ArticleContent | Unreadable, ...]:
    """Read every article of a document, in its order; never raises for what it says.

    Returns:
        At least one value. An entry that is no article is an `Unreadable` and costs only itself.
    """
    try:
        readers = readers_of(document, context)
    except DocumentError as error:
        return (Unreadable(name=document.name, reason=error.message),)
    return tuple(read_one(name, reader, document, context) for name, reader in readers)


def readers_of(document: Document, context: Context) -> list[tuple[str, Reader]]:
    """Open a document: a name and a reader for each article that it may hold, at least one.

    Raises:
        DocumentError: It is too large, no text, broken as a whole, or holds no article.
    """
    if len(document.data) > context.max_bytes:
        raise DocumentError(f"larger than the {context.max_bytes:,} bytes allowed")
    text = decode(document.data, document.charset)
    if not text.strip():
        raise DocumentError("empty")
    readers = list(_readers(document, text))
    if not readers:
        raise DocumentError("no articles in it")
    if len(readers) == 1:
        return [(document.name, readers[0])]
    return [(f"{document.name}, entry {number}", reader) for number, reader in enumerate(readers, start=1)]


def read_one(name: str, reader: Reader, document: Document, context: Context) -> ArticleContent | Unreadable:
    """Read one article of an opened document; never raises for what it says."""
    try:
        return finish(reader(), document, context)
    except DocumentError as error:
        return Unreadable(name=name, reason=error.message)


def _readers(document: Document, text: str) -> Iterator[Reader]:
    """Return a reader for each article that the text may hold."""
    url = document.url or ""
    match document.format:
        case Format.HTML:
            yield partial(draft_from_page, text, url)
        case Format.MARKDOWN:
            yield partial(draft_from_markdown, text, url)
        case Format.FEED:
            for entry in read_feed(text, url):
                yield partial(draft_from_entry, entry)
        case Format.JSON:
            records, about = records_of_json(text)
            for record in records:
                yield partial(draft_from_record, record, about, url)
        case Format.JSON_LINES:
            for record in records_of_lines(text):
                yield partial(draft_from_record, record, {}, url)
        case _:
            yield partial(draft_from_text, text)
