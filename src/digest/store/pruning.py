"""Taking recipients of editions that ended long ago off the record; the sums stay."""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    Text,
    and_,
    case,
    delete,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
)

from digest.model import DeliveryState, EditionState
from digest.store.deliveries_read import LedgerReading
from digest.store.dialects import add_up, locked
from digest.store.json_type import Json, dump
from digest.store.listing import ids_listed_as
from digest.store.part import ids
from digest.store.people_tables import deliveries, delivery_totals
from digest.store.tables import edition_log, editions
from digest.store.tallies import DECIDED
from digest.store.values import OffRecord, Prunable

_ROW_BYTES = 150  #: what a row takes with its places in the indexes, besides its texts; measured
_TEXTS = ("address", "sections", "reply", "reason")
_SENT, _EXCLUDED = DeliveryState.SENT, DeliveryState.EXCLUDED
_ENDED = (_SENT, DeliveryState.FAILED, DeliveryState.EXPIRED, _EXCLUDED)
_MAY_GO = or_(
    deliveries.c.state.in_(_ENDED),
    DECIDED,
)
# What a relay said may name the reader: no total keeps it, or erasing would not reach it.
_OURS = or_(
    deliveries.c.state == _EXCLUDED,
    and_(
        deliveries.c.state != DeliveryState.FAILED,
        deliveries.c.code.is_(None),
        deliveries.c.reason.not_like("%@%"),
    ),
)
_FACTS: dict[str, ColumnElement[Any]] = {  # why Any: texts, numbers, NULL
    "state": deliveries.c.state,
    "code": deliveries.c.code,
    "reason": case((_OURS, deliveries.c.reason), else_=null()),
    "sections": case((deliveries.c.state == _SENT, deliveries.c.sections), else_=literal([], Json)),
    "at_most": case((deliveries.c.state == _SENT, deliveries.c.at_most), else_=null()),
    "version": deliveries.c.version,
}  #: what a total keeps, by its columns; recipients who have them all in common are one


class Pruning(LedgerReading):
    """The half of the deliveries part that takes recipients off the record."""

    def prunable(self, before: datetime) -> tuple[int, ...]:
        """Find the editions that were sent whole before a moment and hold rows that may go, by number.

        One that was sent again (the failed, the unknown) counts from its last end.
        """
        rows = exists().where(deliveries.c.edition_id == editions.c.id, _MAY_GO)
        query = select(editions.c.id).where(_over(before), rows).order_by(editions.c.id)
        return tuple(self.connection.execute(query).scalars())

    def weigh(self, edition_id: int) -> Prunable:
        """Count the rows of an edition that may go, and about how much room they take."""
        columns = (type_coerce(deliveries.c[name], Text) for name in _TEXTS)
        texts = (func.coalesce(func.sum(func.length(column)), 0) for column in columns)
        rows = select(func.count(), *texts).where(deliveries.c.edition_id.in_(ids([edition_id])), _MAY_GO)
        count, *sizes = map(int, self.connection.execute(rows).one())
        return Prunable(recipients=count, room_bytes=sum(sizes) + count * _ROW_BYTES)

    def prune(self, edition_id: int, *, before: datetime, limit: int, at: datetime) -> int:
        """Take some recipients of an edition off the record, and add them to its totals: all or nothing.

        Left alone are the unknown that nobody has decided on, and all of an edition that is being sent
        again or was of late.

        Args:
            edition_id: The edition.
            before: Only of one that has been at its end since before this moment.
            limit: At most so many.
            at: The moment.

        Returns:
            How many went; 0 when none is left that may go.
        """
        # Kept at its state to the end of the transaction: --failed and the like take turns with this.
        mine = select(editions.c.id).where(editions.c.id.in_(ids([edition_id])), _over(before))
        if self.connection.execute(locked(self.connection, mine)).first() is None:
            return 0
        first = (
            select(deliveries.c.id)
            .where(deliveries.c.edition_id == edition_id, _MAY_GO)
            .order_by(deliveries.c.subscriber_id)
            .limit(limit)
        )
        numbers = self.connection.execute(first).scalars().all()
        if not numbers:
            return 0
        given = {"numbers": json.dumps(list(numbers))}
        these = deliveries.c.id.in_(ids_listed_as(self.connection.dialect.name, "numbers"))
        facts = select(*(fact.label(name) for name, fact in _FACTS.items())).where(these).subquery().c
        kinds = select(*facts, func.count().label("recipients")).group_by(*facts)
        totals = [
            {"id": _number(edition_id, row), "edition_id": edition_id, "since": at, **row}
            for row in self.connection.execute(kinds, given).mappings()
        ]
        self.connection.execute(add_up(self.connection, delivery_totals, "recipients"), totals)
        return self.connection.execute(delete(deliveries).where(these), given).rowcount

    def off_record(self, edition_id: int) -> OffRecord | None:
        """Tell how many recipients of an edition are in totals alone, and since when; None: nobody is."""
        query = select(func.sum(delivery_totals.c.recipients), func.min(delivery_totals.c.since)).where(
            delivery_totals.c.edition_id.in_(ids([edition_id]))
        )
        count, since = self.connection.execute(query).one()
        return None if since is None else OffRecord(recipients=int(count), since=since)


def _number(edition_id: int, facts: RowMapping) -> int:
    """Number a total by what it is of, so that each bite finds those it adds to, however many there are.

    63 bits of a hash: among ten million totals any two share a number once in 200,000 such databases.
    """
    kind = dump([edition_id, *(facts[name] for name in _FACTS)])
    return int.from_bytes(blake2b(kind.encode(), digest_size=8).digest()) >> 1


def _over(before: datetime) -> ColumnElement[bool]:
    """Say that an edition was sent whole, and nothing has happened to it since a moment."""
    last: Select[Any] = select(func.max(edition_log.c.at)).where(edition_log.c.edition_id == editions.c.id)
    return and_(editions.c.state == EditionState.SENT, last.scalar_subquery() < before)
