"""What a page of a sending edition counts: books by the second, reasons, and who is to be decided on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from itertools import chain

from sqlalchemy import BigInteger, Text, and_, func, or_, select, type_coerce

from digest.model import DeliveryState
from digest.store.deliveries_read import LedgerReading, books_of
from digest.store.listing import listed
from digest.store.lost_dots import MAYBE
from digest.store.moving import WENT_TO
from digest.store.part import ids
from digest.store.people_tables import UNKNOWN, deliveries, subscribers
from digest.store.tables import editions
from digest.store.time_type import from_ticks
from digest.store.values import Mix, Reason, Tally, Unknown

ACCEPTED = "accepted by "  #: what the reason of an unknown delivery begins with that a person leaves as it is
# What has the mark behind it is what a relay said.
DECIDED = and_(deliveries.c.state == DeliveryState.UNKNOWN, deliveries.c.reason.like(f"{ACCEPTED}%"), ~MAYBE)
UNDECIDED = and_(
    UNKNOWN, or_(deliveries.c.reason.is_(None), deliveries.c.reason.not_like(f"{ACCEPTED}%"), MAYBE)
)
_US = timedelta(microseconds=1)
_WITH_REASON = (DeliveryState.FAILED, DeliveryState.EXPIRED, DeliveryState.EXCLUDED, DeliveryState.DEFERRED)


class Tallies(LedgerReading):
    """The part of the deliveries that pages read."""

    def tally(self, edition_id: int, *, each: timedelta) -> Tally:
        """Count the books of an edition and when mail was sent, in one walk over its rows.

        When it was sent is told while all are on record, and not of a part of them.

        Args:
            edition_id: The edition.
            each: How long a stretch is, of which the mails are counted; they begin at whole ones since 1970.
        """
        stretch = type_coerce(deliveries.c.changed_at, BigInteger) // (each // _US)
        query = select(deliveries.c.state, stretch.label("stretch"), func.count().label("rows")).group_by(
            deliveries.c.state, stretch
        )
        counted: Counter[DeliveryState] = Counter()
        sent: Counter[datetime] = Counter()
        for row in self._in_pieces(edition_id, query):
            state = DeliveryState(row.state)
            counted[state] += int(row.rows)
            if state is DeliveryState.SENT and row.stretch is not None:
                sent[from_ticks(int(row.stretch) * (each // _US))] += int(row.rows)
        totals = self._totals([edition_id])
        for row in totals:
            counted[DeliveryState(row.state)] += int(row.rows)
        return Tally(books=books_of(counted), sent=() if totals else tuple(sorted(sent.items())))

    def mixes(self, edition_id: int) -> tuple[Mix, ...]:
        """Count the mails of an edition that were sent by what they were put together from, most first."""
        kind = (
            type_coerce(deliveries.c.sections, Text).label("choice"),
            deliveries.c.at_most,
            deliveries.c.version,
        )
        query = (
            select(*kind, func.count().label("rows"))
            .where(deliveries.c.state == DeliveryState.SENT)
            .group_by(*kind)
        )
        gone = (row for row in self._totals([edition_id]) if row.state == DeliveryState.SENT)
        sums: Counter[tuple[str, int | None, int | None]] = Counter()
        for row in chain(self._in_pieces(edition_id, query), gone):
            sums[row.choice, row.at_most, row.version] += int(row.rows)
        return tuple(
            Mix(sections=tuple(json.loads(choice)), at_most=at_most, version=version, count=count)
            for (choice, at_most, version), count in sorted(
                sums.items(), key=lambda one: (-one[1], one[0][0], one[0][1] or 0, one[0][2] or 0)
            )
        )

    def reasons(self, edition_id: int, *, limit: int) -> tuple[Reason, ...]:
        """Say why there is no mail for so many, the most frequent first, at most so many reasons.

        Those of failed, expired, excluded and deferred deliveries; unknown ones have a list of their own. Of
        more reasons than `limit` in a piece of the edition, the rarest of that piece are not counted.
        """
        count = func.count().label("rows")
        query = (
            select(deliveries.c.state, deliveries.c.code, deliveries.c.reason, count)
            .where(deliveries.c.state.in_(_WITH_REASON))
            .group_by(deliveries.c.state, deliveries.c.code, deliveries.c.reason)
            .order_by(count.desc(), deliveries.c.state, deliveries.c.code, deliveries.c.reason)
            .limit(limit)
        )
        gone = (row for row in self._totals([edition_id]) if row.state in _WITH_REASON)
        sums: Counter[tuple[DeliveryState, int | None, str]] = Counter()
        for row in chain(self._in_pieces(edition_id, query), gone):
            sums[DeliveryState(row.state), row.code, row.reason or ""] += int(row.rows)
        ranked = sorted(sums.items(), key=lambda one: (-one[1], one[0][0], one[0][1] or 0, one[0][2]))
        return tuple(
            Reason(state=state, code=code, text=text, count=count)
            for (state, code, text), count in ranked[:limit]
        )

    def undecided(self, edition_ids: Collection[int], *, limit: int = 100) -> tuple[Unknown, ...]:
        """List unknown deliveries that nobody has decided on, those of the newest edition first, then by id.

        Args:
            edition_ids: Those of these editions, a few.
            limit: At most so many.
        """
        page = (
            select(deliveries.c.id)
            .where(UNDECIDED, deliveries.c.edition_id.in_(ids(edition_ids)))
            .order_by(deliveries.c.edition_id.desc(), deliveries.c.id)
            .limit(limit)
        )
        query = (
            select(
                *(deliveries.c[name] for name in ("id", "edition_id", "reason", "changed_at")),
                editions.c.digest,
                func.coalesce(WENT_TO, subscribers.c.email).label("email"),
            )
            .join_from(deliveries, editions, editions.c.id == deliveries.c.edition_id)
            .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
            .where(deliveries.c.id.in_(page))
            .order_by(deliveries.c.edition_id.desc(), deliveries.c.id)
        )
        return tuple(
            Unknown(
                id=row.id,
                edition_id=row.edition_id,
                digest=row.digest,
                email=row.email or "",
                at=row.changed_at,
                why=row.reason or "",
            )
            for row in self.connection.execute(query)
        )

    def undecided_counts(
        self, edition_id: int | None = None, *, digests: Collection[str] | None = None
    ) -> Mapping[int, int]:
        """Count the unknown deliveries that nobody has decided on, by edition; those without are missing.

        Args:
            edition_id: Those of this edition; None: of all.
            digests: Only those of these digests; None: of all.
        """
        query = select(deliveries.c.edition_id, func.count()).where(UNDECIDED)
        if edition_id is not None:
            query = query.where(deliveries.c.edition_id.in_(ids([edition_id])))
        if digests is not None:
            mine = select(editions.c.id).where(
                editions.c.digest.in_(listed(self.connection, sorted(digests)))
            )
            query = query.where(deliveries.c.edition_id.in_(mine))
        rows = self.connection.execute(query.group_by(deliveries.c.edition_id))
        return {int(edition_id): int(count) for edition_id, count in rows}
