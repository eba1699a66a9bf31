"""What was done, by whom and with which end: written once, never changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import cast

from sqlalchemy import func, insert, select

from digest.model.schedule import HistoryEntry
from digest.store.part import Line, Part
from digest.store.schedule_tables import history

NEWEST = 10_000  #: lines that are looked through for some of an event
_FIELDS = ("at", "by", "event", "outcome", "run", "digest", "slot", "edition_id", "seconds", "note")


class History(Part):
    """The history part of a transaction. The database itself refuses to change or remove a line."""

    def add(self, entry: HistoryEntry) -> int:
        """Write a line; return its number, which is higher than those of all lines before it."""
        return int(self.connection.execute(insert(history).returning(history.c.id), _row(entry)).scalar_one())

    def add_all(self, entries: Iterable[HistoryEntry]) -> None:
        """Write many lines at once, in the order given."""
        rows = [_row(entry) for entry in entries]
        if rows:
            self.connection.execute(insert(history), rows)

    def list(
        self,
        *,
        digest: str | None = None,
        event: str | None = None,
        without: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> tuple[HistoryEntry, ...]:
        """Return lines, the newest first.

        Args:
            digest: Only those of this digest; None gives all, also those of no digest.
            event: Only those of this event.
            without: None of this event.
            before: Only lines older than this number, to turn the page; None begins at the newest.
            limit: At most so many.
        """
        query = select(history).order_by(history.c.id.desc()).limit(limit)
        if digest is not None:
            query = query.where(history.c.digest == digest)
        if event is not None:
            query = query.where(history.c.event == event)
        if without is not None:
            query = query.where(history.c.event != without)
        if before is not None:
            query = query.where(history.c.id < before)
        return tuple(_entry(row) for row in self.connection.execute(query))

    def of_events(self, events: Collection[str], *, limit: int) -> tuple[HistoryEntry, ...]:
        """Return lines of some events, the newest first, at most so many of the last `NEWEST` lines."""
        newest = self.connection.scalar(select(func.max(history.c.id))) or 0
        query = (
            select(history)
            .where(history.c.id > newest - NEWEST, history.c.event.in_(events))
            .order_by(history.c.id.desc())
            .limit(limit)
        )
        return tuple(_entry(row) for row in self.connection.execute(query))

    def find(
        self,
        *,
        by: str | None = None,
        event: str | None = None,
        digests: Collection[str] | None = None,
        span: tuple[datetime, datetime] | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> tuple[HistoryEntry, ...]:
        """Return lines, the newest first.

        Args:
            by: Only what this person or part did.
            event: Only lines of this event.
            digests: Only what was done to these; None gives all, also what belongs to no digest.
            span: Only lines from a moment on, and before another.
            before: Only lines older than this number, to turn the page; None begins at the newest.
            limit: At most so many.
        """
        query = select(history).order_by(history.c.id.desc()).limit(limit)
        if by is not None:
            query = query.where(history.c.by == by)
        if event is not None:
            query = query.where(history.c.event == event)
        if digests is not None:
            query = query.where(history.c.digest.in_(digests))
        if span is not None:
            within = (history.c.at >= span[0]) & (history.c.at < span[1])
            # Numbers rise with moments, so the page is found by numbers, however long ago the day was.
            ends = self.connection.execute(
                select(func.min(history.c.id), func.max(history.c.id)).where(within)
            )
            first, last = ends.one()
            query = query.where(within, history.c.id.between(first or 0, last or 0))
        if before is not None:
            query = query.where(history.c.id < before)
        return tuple(_entry(row) for row in self.connection.execute(query))


def _row(entry: HistoryEntry) -> dict[str, object]:
    return {name: getattr(entry, name) for name in _FIELDS} | {"counts": dict(entry.counts)}


def _entry(row: Line) -> HistoryEntry:
    values = {name: getattr(row, name) for name in _FIELDS}
    return HistoryEntry(id=row.id, counts=cast("dict[str, int]", row.counts), **values)
