"""How sources that are fetched are doing; one looker at a time has a source in hand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, null, or_, select, update

from digest.model import SourceState
from digest.store.dialects import insert_new
from digest.store.part import Line, chunks
from digest.store.source_pages import SourcePages
from digest.store.source_tables import source_states as table

#: No lease is longer. One that ends later was written before the clock was set back.
LONGEST_LEASE = timedelta(minutes=15)
#: No source is left alone longer; the same holds of one that is due later.
LONGEST_REST = timedelta(days=32)
_FREE = {"worker": null(), "lease_until": null()}


class SourceStates(SourcePages):
    """The part of a transaction that is about fetched sources."""

    def note(self, urls: Mapping[str, str], *, at: datetime) -> None:
        """Let sources be looked at: one that is new, or has another address than it had, is due at once.

        Args:
            urls: Addresses by the keys of sources.
            at: Now.
        """
        known = {row.key: row.url for row in self.connection.execute(select(table.c.key, table.c.url))}
        rows = [
            _row(SourceState(key=key, url=url, due_at=at)) for key, url in urls.items() if key not in known
        ]
        for chunk in chunks(rows):
            self.connection.execute(insert_new(self.connection, table, ["key"]), list(chunk))
        for key, url in urls.items():
            if known.get(key, url) != url:
                anew = {**_row(SourceState(key=key, url=url, due_at=at)), **_FREE}
                self.connection.execute(update(table).where(table.c.key == key).values(anew))

    def get(self, key: str) -> SourceState | None:
        """Find one source's state; None when it was never to be fetched."""
        row = self.connection.execute(select(table).where(table.c.key == key)).one_or_none()
        return None if row is None else _state(row)

    def all(self) -> tuple[SourceState, ...]:
        """Return all states, by key; also of sources that are listed no more."""
        return tuple(_state(row) for row in self.connection.execute(select(table).order_by(table.c.key)))

    def due(self, now: datetime, *, horizon: datetime) -> tuple[SourceState, ...]:
        """Return the sources that could be claimed, the longest due first.

        Args:
            now: The moment of asking, by the clock that leases go by.
            horizon: Sources that are due until then.
        """
        query = select(table).where(_is_free(now), _is_due(now, horizon))
        rows = self.connection.execute(query.order_by(table.c.due_at, table.c.key))
        return tuple(_state(row) for row in rows)

    def next_at(self, now: datetime, keys: Collection[str]) -> datetime | None:
        """Tell when the first of some sources is due that nobody has in hand; None when none ever is.

        Args:
            now: The moment of asking, by the clock that leases go by.
            keys: Of the sources.
        """
        found: datetime | None = None
        for chunk in chunks(keys):
            query = select(func.min(table.c.due_at)).where(table.c.key.in_(chunk), table.c.gone_at.is_(None))
            first: datetime | None = self.connection.execute(query.where(_is_free(now))).scalar_one()
            found = first if found is None else found if first is None else min(found, first)
        return found

    def claim(
        self, keys: Iterable[str], worker: str, *, now: datetime, horizon: datetime, lease: timedelta
    ) -> Mapping[str, SourceState]:
        """Take sources in hand that are free and due.

        Args:
            keys: Of which.
            worker: Who will look at them.
            now: The moment of claiming, by the clock that leases go by.
            horizon: Those that are due until then.
            lease: How long nobody else takes them, at most LONGEST_LEASE.

        Returns:
            The states of those that were taken, by key.
        """
        got: dict[str, SourceState] = {}
        for chunk in chunks(keys):
            taken = (
                update(table)
                .where(table.c.key.in_(chunk), _is_free(now), _is_due(now, horizon))
                .values(worker=worker, lease_until=now + lease)
                .returning(table)
            )
            got.update((row.key, _state(row)) for row in self.connection.execute(taken))
        return got

    def settle(self, state: SourceState, worker: str, *, lease_until: datetime | None = None) -> bool:
        """Write down how a claimed source is doing.

        Args:
            state: How it is.
            worker: Who has it in hand.
            lease_until: Keeps it in hand until then; None lets go.

        Returns:
            False when it is in other hands: nothing was changed, and what was found there is not wanted.
        """
        values = {**_row(state), **_FREE}
        if lease_until is not None:
            values.update(worker=worker, lease_until=lease_until)
        mine = and_(table.c.key == state.key, table.c.url == state.url, table.c.worker == worker)
        return self.connection.execute(update(table).where(mine).values(values)).rowcount == 1

    def release(self, worker: str) -> None:
        """Let go of all that a looker has in hand, as when it stops."""
        self.connection.execute(update(table).where(table.c.worker == worker).values(_FREE))

    def hurry(self, keys: Collection[str], *, at: datetime, gone: bool = False) -> None:
        """Let sources be due now, since a person says so.

        Args:
            keys: Of which.
            at: Now.
            gone: Also those whose server said that they are gone.
        """
        anew = {"due_at": at, **({"gone_at": None} if gone else {})}
        for chunk in chunks(keys):
            self.connection.execute(update(table).where(table.c.key.in_(chunk)).values(anew))


def _is_free(now: datetime) -> ColumnElement[bool]:
    lease = table.c.lease_until
    return or_(lease.is_(None), lease <= now, lease > now + LONGEST_LEASE)


def _is_due(now: datetime, horizon: datetime) -> ColumnElement[bool]:
    due = or_(table.c.due_at <= horizon, table.c.due_at > now + LONGEST_REST)
    return and_(table.c.gone_at.is_(None), due)


def _row(state: SourceState) -> dict[str, Any]:
    row = {name: getattr(state, name) for name in _PLAIN}
    return row | {"every_s": None if state.every is None else int(state.every.total_seconds())}


def _state(row: Line) -> SourceState:
    every = None if row.every_s is None else timedelta(seconds=row.every_s)
    return SourceState(every=every, **{name: getattr(row, name) for name in _PLAIN})


_PLAIN = tuple(column.name for column in table.columns if column.name not in {"every_s", *_FREE})
