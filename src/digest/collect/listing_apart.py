"""Reading listings in processes of their own: an entry can cost itself, not its listing."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from digest.collect.document import Context, Document, Unreadable
from digest.collect.listed import MAX_TAKEN, Listing, PageRef, Part, newest_first
from digest.collect.listing import read_listing
from digest.model import ArticleContent, SourceKind
from digest.workers import Shared, WorkerLost, Workers

__all__ = ["list_apart"]

_SLICE_S = 0.8  #: of computing time, after which a worker hands over what it has
_MAX_LOST = 3  #: entries of one listing that may cost a worker


def list_apart(workers: Workers, kind: SourceKind, document: Document, context: Context) -> Listing:
    """Do what `read_listing` does, in slices of under a second each in a worker.

    An entry that costs its worker comes out as `Unreadable`.

    Raises:
        DocumentError: As `read_listing` does.
        WorkerLost: The listing does not even open, or more than three entries cost a worker.
    """
    shared = cast("Context", Shared(context))  # the type says what arrives
    found: list[ArticleContent | Unreadable] = []
    pages: list[PageRef] = []
    last: ArticleContent | None = None
    start, many, lost, is_open = 0, MAX_TAKEN, 0, False
    while True:
        part = Part(start=start, many=many, cpu_s=_SLICE_S)
        try:
            listing = workers.run(read_listing, kind, document, shared, part)
        except WorkerLost as error:
            if many == 1 and lost < _MAX_LOST:
                found.append(Unreadable(name=f"{document.name}, entry {start + 1}", reason=error.message))
                start, lost = start + 1, lost + 1
            elif many > 1:
                many = 1 if is_open else 0  # does it open at all? then entry by entry, to find the one
            else:
                raise
            continue
        is_open = True
        found += listing.found
        pages += listing.pages
        last = listing.last or last
        if listing.rest is None:
            return replace(listing, found=tuple(found), pages=newest_first(pages), last=last)
        start, many = listing.rest, min(max(1, many * 2), MAX_TAKEN)
