"""Where articles come from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from digest.model import Source
from digest.store.dialects import insert_new, upsert
from digest.store.part import Line, Part, chunks
from digest.store.tables import sources


class Sources(Part):
    """The sources part of a transaction."""

    def put(self, new: Iterable[Source]) -> None:
        """Store sources; one with a known key replaces what is known."""
        for chunk in chunks(new):
            rows = {source.key: _row(source) for source in chunk}
            self.connection.execute(upsert(self.connection, sources, ["key"]), list(rows.values()))

    def get(self, key: str) -> Source | None:
        """Find one source."""
        row = self.connection.execute(select(sources).where(sources.c.key == key)).one_or_none()
        return None if row is None else source_of(row)

    def all(self) -> tuple[Source, ...]:
        """Return all sources, by key."""
        return tuple(source_of(row) for row in self.connection.execute(select(sources).order_by("key")))

    def add_unheard(self, titles: Mapping[str, str]) -> None:
        """Make the sources that articles speak of and nobody has described, by key and title."""
        rows = [_row(Source(key=key, title=title)) for key, title in sorted(titles.items())]
        if rows:
            self.connection.execute(insert_new(self.connection, sources, ["key"]), rows)


def _row(source: Source) -> dict[str, object]:
    return {
        "key": source.key,
        "title": source.title,
        "homepage": source.homepage,
        "weight": source.weight,
        "language": source.language,
        "section": source.section,
    }


def source_of(row: Line) -> Source:
    """Read a source from a row that has the columns of the table."""
    return Source(
        key=row.key,
        title=row.title,
        homepage=row.homepage,
        weight=row.weight,
        language=row.language,
        section=row.section,
    )
