"""What schedulers know of each digest: its rules when they last looked, how far they looked, its pause."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from sqlalchemy import bindparam, func, select, update

from digest.model import KnownSchedule, Pause
from digest.store.dialects import insert_many, update_many
from digest.store.json_type import dump
from digest.store.part import Line, Part, chunks
from digest.store.schedule_tables import schedules
from digest.store.time_type import to_ticks

_OTHERS = tuple(column.name for column in schedules.columns if column.name != "digest")
_CHANGE = (
    update(schedules)
    .where(schedules.c.digest == bindparam("of_digest"))
    .values({name: bindparam(f"to_{name}") for name in _OTHERS})
)
_GIVEN = "of_digest", *(f"to_{name}" for name in _OTHERS)


class Schedules(Part):
    """The schedules part of a transaction."""

    def get(self, digest: str) -> KnownSchedule | None:
        """Find what is known of one digest."""
        row = self.connection.execute(select(schedules).where(schedules.c.digest == digest)).one_or_none()
        return None if row is None else _known(row)

    def begin(self, first: Iterable[KnownSchedule]) -> None:
        """Put digests on record that were never seen; what is known of others stays."""
        for chunk in chunks(sorted(first, key=lambda one: one.digest)):  # in order, as below
            insert_many(self.connection, schedules, [_row(one) for one in chunk])

    def take(self, digests: Iterable[str]) -> tuple[KnownSchedule, ...]:
        """Return what is known of these digests, by key; nobody else changes it meanwhile."""
        found: dict[str, KnownSchedule] = {}
        for chunk in chunks(sorted(digests)):  # always in this order, so that nobody waits for each other
            query = select(schedules).where(schedules.c.digest.in_(chunk)).order_by(schedules.c.digest)
            found |= {row.digest: _known(row) for row in self.connection.execute(query.with_for_update())}
        return tuple(found.values())

    def keys(self) -> tuple[str, ...]:
        """Return the keys of all digests that were ever seen, in order."""
        query = select(schedules.c.digest).order_by(schedules.c.digest)
        return tuple(self.connection.execute(query).scalars())

    def near(self, now: datetime) -> tuple[str, ...]:
        """Return the keys of those that are to be looked at by now, in order."""
        query = select(schedules.c.digest).where(schedules.c.next_at <= now)
        return tuple(sorted(self.connection.execute(query).scalars()))

    def next_at(self) -> datetime | None:
        """Tell when the first is to be looked at; None when no slot is planned anywhere."""
        found: datetime | None = self.connection.execute(select(func.min(schedules.c.next_at))).scalar_one()
        return found

    def put(self, known: Iterable[KnownSchedule]) -> None:
        """Write down what is known of digests from now on, each once; many at a time are quick."""
        rows = [_row(one) for one in known]
        if not rows:
            return
        changes = [(row["digest"], *(_plain(row[name]) for name in _OTHERS)) for row in rows]
        update_many(self.connection, _CHANGE, _GIVEN, changes)
        insert_many(self.connection, schedules, rows)


def _row(known: KnownSchedule) -> dict[str, object]:
    pause = known.pause
    return {
        "digest": known.digest,
        "rules": dict(known.rules),
        "seen_until": known.seen_until,
        "next_at": known.next_at,
        "paused_at": pause.at if pause else None,
        "paused_by": pause.by if pause else None,
        "pause_note": pause.note if pause else None,
    }


def _plain(value: object) -> object:
    """Turn a value into what drivers take."""
    if isinstance(value, datetime):
        return to_ticks(value)
    return dump(value) if isinstance(value, dict) else value


def _known(row: Line) -> KnownSchedule:
    pause = None
    if row.paused_at is not None:
        pause = Pause(at=row.paused_at, by=row.paused_by, note=row.pause_note)
    return KnownSchedule(
        digest=row.digest,
        rules=cast("dict[str, object]", row.rules),
        seen_until=row.seen_until,
        next_at=row.next_at,
        pause=pause,
    )
