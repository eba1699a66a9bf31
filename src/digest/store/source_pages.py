"""Which pages of a source are known, so that none is fetched twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from sqlalchemy import delete, func, select

from digest.store.dialects import upsert
from digest.store.part import Part, chunks
from digest.store.source_tables import source_pages as table

MOST_PAGES = 100_000  #: of one source that are kept; beyond it the oldest are forgotten


@dataclass(frozen=True, kw_only=True, slots=True)
class PageNote:
    """What is known of one page."""

    url: str
    modified_at: datetime | None  #: as its listing said; None: it did not
    tries: int = 0  #: that failed; 0: it is done with


class SourcePages(Part):
    """The part of a transaction that is about pages of sources."""

    def known_pages(self, source: str, urls: Iterable[str]) -> Mapping[str, PageNote]:
        """Find what is known of pages; those that are unknown are missing."""
        found: dict[str, PageNote] = {}
        for chunk in chunks({_hash(url): url for url in urls}.items()):
            names = dict(chunk)
            query = select(table).where(table.c.source == source, table.c.page.in_(names))
            for row in self.connection.execute(query):
                url = names[row.page]
                found[url] = PageNote(url=url, modified_at=row.modified_at, tries=row.tries)
        return found

    def note_pages(self, source: str, notes: Iterable[PageNote], *, at: datetime) -> None:
        """Write down what became of pages; the oldest beyond `MOST_PAGES` are forgotten."""
        wrote = False
        for chunk in chunks(notes):
            rows = [
                {
                    "source": source,
                    "page": _hash(note.url),
                    "modified_at": note.modified_at,
                    "noted_at": at,
                    "tries": note.tries,
                }
                for note in chunk
            ]
            self.connection.execute(upsert(self.connection, table, ["source", "page"]), rows)
            wrote = True
        if wrote:
            self._forget(source)

    def _forget(self, source: str) -> None:
        mine = table.c.source == source
        count = self.connection.execute(select(func.count()).where(mine).select_from(table)).scalar_one()
        if count <= MOST_PAGES:
            return
        oldest = select(table.c.page).where(mine).order_by(table.c.noted_at, table.c.page)
        gone = self.connection.scalars(oldest.limit(count - MOST_PAGES)).all()
        for chunk in chunks(gone):
            self.connection.execute(delete(table).where(mine, table.c.page.in_(chunk)))


def _hash(url: str) -> bytes:
    return blake2b(url.encode("utf-8", "replace"), digest_size=16).digest()
