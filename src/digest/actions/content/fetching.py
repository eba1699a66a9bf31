"""From a web address to a document, which then goes the way of a file."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from digest.collect import Document, guess_format
from digest.errors import DigestError, DocumentError
from digest.fetch import Fetched, Fetcher


def fetch_document(fetcher: Fetcher, url: str) -> Document:
    """Fetch a page or feed; its address is the one that answered in the end.

    Raises:
        FetchError: The address may not be gone to, or gave nothing that can be used.
        DocumentError: The server has no document for it.
    """
    return document_of(fetcher.get(url))


def document_of(got: Fetched) -> Document:
    """Make a document of what a server answered.

    Raises:
        DocumentError: It has none.
    """
    if not got.is_content:
        raise DocumentError(refusal_of(got), where=got.url)
    return as_document(got)


def refusal_of(got: Fetched) -> str:
    """Say in plain words why a server has given no document."""
    if got.status in {401, 403}:
        return f"its server refuses us ({got.status}): it wants a login, or shuts programs out"
    if got.status == 429:
        return "its server wants fewer requests (429)"
    return f"its server answers {got.said}"


def as_document(got: Fetched) -> Document:
    """Make a document of what was fetched."""
    path = unquote(urlsplit(got.url).path)
    return Document(
        name=got.url,
        format=guess_format(path, got.body, got.content_type),
        data=got.body,
        url=got.url,
        charset=got.charset,
    )


def words_of(error: DigestError) -> str:
    """Say what is amiss and the way out, for where an error has one line."""
    return error.message + (f"; {error.hint}" if error.hint else "")
