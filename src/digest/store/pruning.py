"""Taking recipients of editions that ended long ago off the record; the sums stay."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    type_coerce,
)

from digest.model import DeliveryState, EditionState
from digest.store.deliveries_read import LedgerReading
from digest.store.dialects import locked
from digest.store.listing import ids_listed_as
from digest.store.part import Line, chunks, ids
from digest.store.people_tables import deliveries, delivery_totals
from digest.store.tables import edition_log, editions
from digest.store.tallies import ACCEPTED
from digest.store.values import OffRecord, Prunable

_ROW_BYTES = 150  #: what a row takes with its places in the indexes, besides its texts; measured
_TEXTS = ("address", "sections", "reply", "reason")
_SENT, _UNKNOWN, _EXCLUDED = DeliveryState.SENT, DeliveryState.UNKNOWN, DeliveryState.EXCLUDED
_ENDED = (_SENT, DeliveryState.FAILED, DeliveryState.EXPIRED, _EXCLUDED)
_MAY_GO = or_(
    deliveries.c.state.in_(_ENDED),
    and_(deliveries.c.state == _UNKNOWN, deliveries.c.reason.like(f"{ACCEPTED}%")),
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
_KINDS: tuple[ColumnElement[Any], ...] = (  # why Any: texts, numbers, NULL
    deliveries.c.state,
    deliveries.c.code,
    case((_OURS, deliveries.c.reason), else_=null()).label("reason"),
    case((deliveries.c.state == _SENT, type_coerce(deliveries.c.sections, Text)), else_=literal("[]")).label(
        "choice"
    ),
    case((deliveries.c.state == _SENT, deliveries.c.at_most), else_=null()).label("at_most"),
    deliveries.c.version,
)
_NAMES = ("state", "code", "reason", "choice", "at_most", "version")


class Pruning(LedgerReading):
    """The half of the deliveries part that takes recipients off the record."""

    def prunable(self, before: datetime) -> tuple[int, ...]:
        """Find the editions that were sent whole before a moment and hold rows that may go, by number.

        One that was sent again (the failed, the unknown) counts from its last end.
        """
        rows = exists().where(deliveries.c.edition_id == editions.c.id, _MAY_GO)
        query = select(editions.c.id).where(_over(before), rows).order_by(editions.c.id)
        return tuple(self.connection.execute(query).scalars())

    def weigh(self, edition_ids: Collection[int]) -> Prunable:
        """Count the rows of editions that may go, and about how much room they take."""
        columns = (type_coerce(deliveries.c[name], Text) for name in _TEXTS)
        texts = [func.coalesce(func.sum(func.length(column)), 0) for column in columns]
        count, size = 0, 0
        for chunk in chunks(ids(edition_ids)):
            found = self.connection.execute(
                select(func.count(), *texts).where(deliveries.c.edition_id.in_(chunk), _MAY_GO)
            ).one()
            count, size = count + int(found[0]), size + sum(map(int, found[1:]))
        return Prunable(recipients=count, room_bytes=size + count * _ROW_BYTES)

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
        kinds = select(*_KINDS).where(these).subquery().c
        grouped = select(*kinds, func.count().label("rows")).group_by(*kinds)
        self._add_up(edition_id, self.connection.execute(grouped, given).all(), at)
        return self.connection.execute(delete(deliveries).where(these), given).rowcount

    def off_record(self, edition_id: int) -> OffRecord | None:
        """Tell how many recipients of an edition are in totals alone, and since when; None: nobody is."""
        query = select(func.sum(delivery_totals.c.recipients), func.min(delivery_totals.c.since)).where(
            delivery_totals.c.edition_id.in_(ids([edition_id]))
        )
        count, since = self.connection.execute(query).one()
        return None if since is None else OffRecord(recipients=int(count), since=since)

    def _add_up(self, edition_id: int, rows: Sequence[Line], at: datetime) -> None:
        """Write the totals of an edition anew, with these rows among them."""
        known = self._totals([edition_id])
        sums: Counter[tuple[Any, ...]] = Counter()  # why Any: as the columns
        for row in (*known, *rows):
            sums[tuple(getattr(row, name) for name in _NAMES)] += int(row.rows)
        since = min((row.since for row in known), default=at)
        self.connection.execute(delete(delivery_totals).where(delivery_totals.c.edition_id == edition_id))
        new = [
            {
                **dict(zip(_NAMES, kind, strict=True)),
                "edition_id": edition_id,
                "sections": json.loads(kind[_NAMES.index("choice")]),
                "recipients": count,
                "since": since,
            }
            for kind, count in sums.items()
        ]
        self.connection.execute(insert(delivery_totals), new)


def _over(before: datetime) -> ColumnElement[bool]:
    """Say that an edition was sent whole, and nothing has happened to it since a moment."""
    last: Select[Any] = select(func.max(edition_log.c.at)).where(edition_log.c.edition_id == editions.c.id)
    return and_(editions.c.state == EditionState.SENT, last.scalar_subquery() < before)
