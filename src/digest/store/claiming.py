"""Deliveries that a worker takes in hand: who is due, and who was put off and is wanted sooner."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Integer, Select, Update, and_, bindparam, select, update

from digest.model import PARTICULAR, Delivery, DeliveryState
from digest.store.deliveries_read import LedgerReading
from digest.store.dialects import skip_locked
from digest.store.listing import ids_listed_as, rows_as_json
from digest.store.people_tables import WAITING, deliveries
from digest.store.time_type import Moment

_PUT_OFF = deliveries.c.next_at <= bindparam("of_now", type_=Moment)
_UNTRIED = deliveries.c.next_at.is_(None)
_PUT_OFF_WITH = and_(
    deliveries.c.next_at.is_not(None),
    deliveries.c.state == DeliveryState.DEFERRED,
    deliveries.c.code.is_(None),  # or these are a relay's words
    deliveries.c.reply.in_(bindparam("of_words", expanding=True)),
)


class Claiming(LedgerReading):
    """The half of the deliveries part that takes deliveries in hand."""

    def claim(
        self,
        edition_id: int,
        worker: str,
        *,
        now: datetime,
        limit: int,
        lease: timedelta,
        version: int = 0,
    ) -> tuple[Delivery, ...]:
        """Take deliveries in hand: deferred ones whose time has come, then pending ones.

        Args:
            edition_id: The edition.
            worker: A name that no other run of any sender has ever had.
            now: The moment of claiming.
            limit: At most so many.
            lease: How long they stay taken when nothing is heard of the worker.
            version: The state of the edition that they are to be mailed; 0 is as it was built.

        Returns:
            In id order, each with its attempt counted; later calls about them name worker and attempt.
        """
        due: list[int] = []
        for which in (_PUT_OFF, _UNTRIED):
            if len(due) < limit:
                due += self._first(edition_id, which, limit - len(due), {"of_now": now})
        return self.take(due, worker, now=now, lease=lease, version=version)

    def put_off_with(self, edition_id: int, words: Sequence[str], *, limit: int) -> list[int]:
        """Find up to `limit` that were put off untried with one of some words, the first due first.

        Returns:
            Their ids; other senders are kept off them until the transaction ends.
        """
        particular = [f"{PARTICULAR}{one}" for one in words]
        return self._first(edition_id, _PUT_OFF_WITH, limit, {"of_words": [*words, *particular]})

    def take(
        self, numbers: Sequence[int], worker: str, *, now: datetime, lease: timedelta, version: int = 0
    ) -> tuple[Delivery, ...]:
        """Take those in hand that this transaction has found to be waiting; see `claim`."""
        if not numbers:
            return ()
        taken = {"of_worker": worker, "of_now": now, "of_lease": now + lease, "of_version": version}
        take = _take(self.connection.dialect.name)
        self.connection.execute(take, taken | {"of_numbers": json.dumps(numbers)})
        return self.many(numbers)

    def _first(
        self, edition_id: int, which: ColumnElement[bool], limit: int, given: dict[str, object]
    ) -> list[int]:
        wanted = given | {"of_edition": edition_id, "of_limit": limit}
        query = _waiting(self.connection.dialect.name, which)
        return [number for (number,) in json.loads(self.connection.execute(query, wanted).scalar_one())]


@cache
def _waiting(dialect: str, which: ColumnElement[bool]) -> Select[str]:
    """Make the query that gives the ids of the first of those that wait, and keeps other senders off them.

    For one kind of moment at a time, so that the index leads past none of those put off.
    """
    waiting = (
        select(deliveries.c.id)
        .where(deliveries.c.edition_id == bindparam("of_edition"), which, WAITING)
        .order_by(deliveries.c.next_at, deliveries.c.id)
        .limit(bindparam("of_limit", type_=Integer))
    )
    return rows_as_json(dialect, skip_locked(dialect, waiting))


@cache
def _take(dialect: str) -> Update:
    """Make the statement that gives deliveries to a worker."""
    return (
        update(deliveries)
        .where(deliveries.c.id.in_(ids_listed_as(dialect, "of_numbers")))
        .values(
            state=DeliveryState.CLAIMED,
            worker=bindparam("of_worker"),
            attempt=deliveries.c.attempt + 1,
            lease_until=bindparam("of_lease", type_=Moment),
            next_at=None,
            changed_at=bindparam("of_now", type_=Moment),
            version=bindparam("of_version", type_=Integer),
        )
    )
