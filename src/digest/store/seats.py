"""Seats: how many connections each worker may hold, so that all together hold no more than a limit."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from digest.model.allotting import Seat, seat
from digest.store.dialects import insert_new, locked, upsert
from digest.store.limit_tables import limit_seats, limits
from digest.store.part import Part


class Seats(Part):
    """The seats of a transaction's limits."""

    def take_seats(
        self, key: str, worker: str, *, wanted: int, limit: int, now: datetime, lease: timedelta
    ) -> int:
        """Ask for seats, renew the lease of those that are held, and learn how many may be used.

        Seats are shared evenly among the workers that want some, those that wait included. Who
        holds more than their share is told so here and must end connections, then call
        `leave_seats`: until then the seats stay theirs, so that nobody else uses them as well.

        Args:
            key: The limit.
            worker: A name that no other run of any worker has ever had.
            wanted: How many could be used, 0 to wait for none.
            limit: How many there are for all workers together.
            now: The moment of asking.
            lease: How long the seats stay taken when nothing is heard of the worker. Once so much
                time has passed since a call began, the worker must not use its seats any more.

        Returns:
            How many the worker may use, 0 to `wanted`.
        """
        self._locked(key)
        seats = self._present(key, worker, now)
        held = next((each.held for each in seats if each.worker == worker), 0)
        others = [each for each in seats if each.worker != worker]
        mine = Seat(worker=worker, held=held, wanted=wanted)
        held, usable = seat(limit, [*others, mine], worker)
        row = {"key": key, "worker": worker, "held": held, "wanted": wanted}
        row |= {"renewed_at": now, "until": now + lease}
        self.connection.execute(upsert(self.connection, limit_seats, ["key", "worker"]).values(row))
        return usable

    def held(self, key: str, *, now: datetime) -> int:
        """Count the seats that workers hold whose lease runs; changes nothing."""
        query = select(func.sum(limit_seats.c.held)).where(
            limit_seats.c.key == key, limit_seats.c.until > now
        )
        return int(self.connection.scalar(query) or 0)

    def leave_seats(self, key: str, worker: str, keep: int = 0) -> None:
        """Give seats back whose connections have ended.

        Args:
            key: The limit.
            worker: Whose seats.
            keep: How many stay taken; with 0 the worker waits for none any more either.
        """
        self._locked(key)
        mine = (limit_seats.c.key == key) & (limit_seats.c.worker == worker)
        if keep <= 0:
            self.connection.execute(delete(limit_seats).where(mine))
        else:
            fewer = update(limit_seats).where(mine, limit_seats.c.held > keep)
            self.connection.execute(fewer.values(held=keep))

    def leave_all_seats(self, worker: str) -> None:
        """Give back all seats of a worker that is dead: its connections have ended with it."""
        self.connection.execute(delete(limit_seats).where(limit_seats.c.worker == worker))

    def _present(self, key: str, worker: str, now: datetime) -> list[Seat]:
        """Return what workers hold whose lease runs, and the worker itself; forget the others."""
        query = select(limit_seats).where(limit_seats.c.key == key)
        seats = []
        for row in self.connection.execute(query).all():
            # A clock that went back must not make a lease longer.
            back = max(row.renewed_at - now, timedelta())
            here = (limit_seats.c.key == key) & (limit_seats.c.worker == row.worker)
            if row.until - back <= now and row.worker != worker:
                self.connection.execute(delete(limit_seats).where(here))
                continue
            if back:
                moved = {"renewed_at": now, "until": row.until - back}
                self.connection.execute(update(limit_seats).where(here).values(moved))
            seats.append(Seat(worker=row.worker, held=row.held, wanted=row.wanted))
        return seats

    def _locked(self, key: str) -> datetime | None:
        """Keep everybody else from this limit until the transaction ends; return its newest moment."""
        query = locked(self.connection, select(limits.c.last_at).where(limits.c.key == key))
        row = self.connection.execute(query).first()
        if row is None:
            self.connection.execute(insert_new(self.connection, limits, ["key"]).values(key=key))
            row = self.connection.execute(query).first()
        return None if row is None else row.last_at
