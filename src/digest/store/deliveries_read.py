"""Reading the ledger."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import BigInteger, Select, Text, func, or_, select, type_coerce

from digest.model import Books, Delivery, DeliveryState, Subscriber
from digest.store.in_turns import in_turns
from digest.store.listing import ids_listed_as, rows_as_json
from digest.store.moving import WENT_TO
from digest.store.part import Line, chunks, ids
from digest.store.people_rows import Suppressed, form_of
from digest.store.people_tables import (
    IN_HAND,
    MISSED,
    UNKNOWN,
    WAITING,
    deliveries,
    delivery_totals,
    subscribers,
    subscriptions,
)
from digest.store.tables import editions
from digest.store.time_type import from_ticks

_PIECE = 50_000  #: people whose deliveries are grouped together: SQLite sorts those of one in 3 MB
_STATES = {state.value: state for state in DeliveryState}
_FEW = {
    DeliveryState.FAILED: MISSED,
    DeliveryState.EXPIRED: MISSED,
    DeliveryState.EXCLUDED: MISSED,
    DeliveryState.UNKNOWN: UNKNOWN,
}  #: in the words of the indexes
_DELIVERIES = (
    select(
        deliveries.c.id.label("delivery_id"),
        deliveries.c.edition_id,
        type_coerce(deliveries.c.sections, Text).label("choice"),
        deliveries.c.state,
        deliveries.c.attempt,
        deliveries.c.reason,
        deliveries.c.reply,
        deliveries.c.hour,
        deliveries.c.is_plain,
        deliveries.c.at_most,
        deliveries.c.version,
        WENT_TO.label("went_to"),
        type_coerce(subscriptions.c.confirmed_at, BigInteger).label("since"),
        *(subscribers.c[name] for name in ("id", "uid", "email", "name", "language", "zone")),
    )
    .select_from(deliveries)
    .join(editions, editions.c.id == deliveries.c.edition_id)
    .join(subscribers, subscribers.c.id == deliveries.c.subscriber_id)
    .outerjoin(
        subscriptions,
        (subscriptions.c.digest == editions.c.digest)
        & (subscriptions.c.subscriber_id == deliveries.c.subscriber_id),
    )
)
# A count for each state, and not a group: SQLite would sort the rows in memory, where an index
# has the editions in order.
_COUNTS = select(
    deliveries.c.edition_id, *(func.count().filter(deliveries.c.state == state) for state in DeliveryState)
)


@cache  # made once: making a statement takes as long as claiming a hundred deliveries
def _many(dialect: str) -> Select[str]:
    wanted = ids_listed_as(dialect, "numbers")
    return rows_as_json(dialect, _DELIVERIES.where(deliveries.c.id.in_(wanted)))


class LedgerReading(Suppressed):
    """The reading half of the deliveries part."""

    def get(self, delivery_id: int) -> Delivery | None:
        """Find one delivery."""
        return next(iter(self.many([delivery_id])), None)

    def many(self, delivery_ids: Iterable[int]) -> tuple[Delivery, ...]:
        """Return deliveries by id, ascending; any number of them."""
        numbers = json.dumps(ids(delivery_ids))
        rows = self.connection.execute(_many(self.connection.dialect.name), {"numbers": numbers}).scalar_one()
        return tuple(_delivery(row) for row in in_turns(sorted(json.loads(rows))))

    def list(
        self,
        edition_id: int,
        *,
        states: Collection[DeliveryState] | None = None,
        limit: int | None = None,
        after_id: int = 0,
    ) -> tuple[Delivery, ...]:
        """Page through the deliveries of an edition, by id.

        Args:
            edition_id: The edition.
            states: Only those in one of these states; None for all.
            limit: At most so many; None for all.
            after_id: Only those with a larger id: the last one of the page before.
        """
        few = _few(edition_id, states, after_id)
        page = _any(edition_id, states, after_id) if few is None else few
        query = _DELIVERIES.where(deliveries.c.id.in_(page.limit(limit))).order_by(deliveries.c.id)
        return tuple(_delivery(row) for row in self.connection.execute(query).all())

    def holds(self, edition_id: int, subscriber_id: int) -> bool:
        """Tell whether an edition was meant for a person."""
        query = select(deliveries.c.id).where(
            deliveries.c.edition_id.in_(ids([edition_id])),
            deliveries.c.subscriber_id.in_(ids([subscriber_id])),
        )
        return self.connection.execute(query).first() is not None

    def version_for(self, edition_id: int, subscriber_id: int) -> int | None:
        """Return the state of an edition that a person was mailed, or may have been.

        None when it never came so far, and for mail of before states were noted.
        """
        query = select(deliveries.c.version).where(
            deliveries.c.edition_id.in_(ids([edition_id])),
            deliveries.c.subscriber_id.in_(ids([subscriber_id])),
            deliveries.c.state.not_in([DeliveryState.EXPIRED, DeliveryState.EXCLUDED]),
        )
        return self.connection.scalar(query)

    def books_by_version(self, edition_id: int) -> Mapping[int | None, Books]:
        """Sum up the deliveries of an edition by the state of it that they were last in hand with."""
        query = select(deliveries.c.version, deliveries.c.state, func.count().label("rows")).group_by(
            deliveries.c.version, deliveries.c.state
        )
        counted: defaultdict[int | None, Counter[DeliveryState]] = defaultdict(Counter)
        for row in chain(self._in_pieces(edition_id, query), self._totals([edition_id])):
            counted[row.version][DeliveryState(row.state)] += int(row.rows)
        return {version: books_of(states) for version, states in counted.items()}

    def books(self, edition_id: int) -> Books:
        """Sum up the deliveries of an edition: of its rows, and of those who are no longer on record."""
        return self.books_of_all([edition_id])[edition_id]

    def books_of_all(self, edition_ids: Collection[int]) -> dict[int, Books]:
        """Sum up the deliveries of several editions, by edition; all zero of one without any."""
        counted: dict[int, Counter[DeliveryState]] = {number: Counter() for number in edition_ids}
        for chunk in chunks(ids(counted)):
            query = _COUNTS.where(deliveries.c.edition_id.in_(chunk)).group_by(deliveries.c.edition_id)
            for number, *counts in self.connection.execute(query):
                counted[number].update(dict(zip(DeliveryState, counts, strict=True)))
            for row in self._totals(chunk):
                counted[row.edition_id][DeliveryState(row.state)] += int(row.rows)
        return {number: books_of(states) for number, states in counted.items()}

    def in_hand(self, edition_id: int) -> int:
        """Count the deliveries of an edition that senders have in hand, dead ones too."""
        query = select(func.count()).where(deliveries.c.edition_id == edition_id, IN_HAND)
        return int(self.connection.execute(query).scalar_one())

    def count_waiting(self, delivery_ids: Collection[int]) -> int:
        """Count those of some deliveries that have no end and are in nobody's hands."""
        waiting = select(func.count()).where(WAITING)
        pages = (waiting.where(deliveries.c.id.in_(chunk)) for chunk in chunks(ids(delivery_ids)))
        return sum(self.connection.execute(page).scalar_one() for page in pages)

    def next_due(self, edition_id: int) -> datetime | None:
        """Return when the first deferred delivery of an edition may be tried again; None without any."""
        query = select(func.min(deliveries.c.next_at)).where(
            deliveries.c.edition_id == edition_id, WAITING, deliveries.c.next_at.is_not(None)
        )
        found: datetime | None = self.connection.execute(query).scalar_one()
        return found

    def put_off(self, edition_id: int, *, now: datetime, but_for: str) -> frozenset[DeliveryState]:
        """Say whether any wait for a moment that is to come: deferred ones, and pending ones for their hour.

        Those do not count that no relay has put off but words with these in them.
        """
        is_other = or_(
            deliveries.c.code.is_not(None), ~func.coalesce(deliveries.c.reply, "").contains(but_for)
        )
        query = select(deliveries.c.state).where(
            deliveries.c.edition_id == edition_id, WAITING, deliveries.c.next_at > now, is_other
        )
        return frozenset(DeliveryState(state) for state in self.connection.scalars(query.distinct()))

    def _in_pieces(self, edition_id: int, query: Select[*tuple[Any, ...]]) -> Iterator[Line]:
        """Run a query that groups deliveries over those of an edition, so many at a time.

        A group that is in several pieces comes with each. SQLite would sort a million rows in memory, where
        an index parts them.
        """
        of_edition = deliveries.c.edition_id.in_(ids([edition_id]))
        people = deliveries.c.subscriber_id
        # An index gives the next one at once; numbers that nobody has may be billions.
        following = select(func.min(people)).where(of_edition)
        begin = self.connection.scalar(following)
        while begin is not None:
            end = begin + _PIECE
            yield from self.connection.execute(query.where(of_edition, people >= begin, people < end))
            begin = self.connection.scalar(following.where(people >= end))

    def _totals(self, edition_ids: Collection[int]) -> Sequence[Line]:
        """Read what stays of recipients who are no longer on record, of some editions."""
        query = select(
            *(
                delivery_totals.c[name]
                for name in ("edition_id", "state", "code", "reason", "at_most", "version")
            ),
            type_coerce(delivery_totals.c.sections, Text).label("choice"),
            delivery_totals.c.recipients.label("rows"),
        )
        return self.connection.execute(query.where(delivery_totals.c.edition_id.in_(ids(edition_ids)))).all()


def _any(
    edition_id: int, states: Collection[DeliveryState] | None, after_id: int
) -> Select[*tuple[Any, ...]]:
    """Find the numbers of deliveries of an edition, in order.

    Freezing numbers people in their order, and an index leads from an edition to its people: the page is
    read off that. Numbers first, so that nothing else is read of those not asked for.
    """
    last = select(deliveries.c.subscriber_id).where(
        deliveries.c.edition_id.in_(ids([edition_id])), deliveries.c.id == after_id
    )
    wanted = select(deliveries.c.id).where(
        deliveries.c.edition_id.in_(ids([edition_id])),
        deliveries.c.subscriber_id > func.coalesce(last.scalar_subquery(), 0),
        deliveries.c.id > after_id,
    )
    if states is not None:
        wanted = wanted.where(deliveries.c.state.in_(states))
    return wanted.order_by(deliveries.c.subscriber_id)


def _few(
    edition_id: int, states: Collection[DeliveryState] | None, after_id: int
) -> Select[*tuple[Any, ...]] | None:
    """Find the numbers of deliveries in a state that few are in, in order; None for other states.

    Each such state has an index of its own, so that few are found among a million.
    """
    state = next(iter(states)) if states is not None and len(states) == 1 else None
    if state is None or state not in _FEW:
        return None
    wanted = select(deliveries.c.id).where(
        deliveries.c.edition_id.in_(ids([edition_id])),
        _FEW[state],
        deliveries.c.state == state,
        deliveries.c.id > after_id,
    )
    return wanted.order_by(deliveries.c.id)


def books_of(counted: Mapping[DeliveryState, int]) -> Books:
    """Sum up deliveries that were counted by state; a state that none is in may be missing."""
    return Books(
        frozen=sum(counted.values()),
        sent=counted.get(DeliveryState.SENT, 0),
        failed=counted.get(DeliveryState.FAILED, 0),
        expired=counted.get(DeliveryState.EXPIRED, 0),
        excluded=counted.get(DeliveryState.EXCLUDED, 0),
        unknown=counted.get(DeliveryState.UNKNOWN, 0),
        open=sum(count for state, count in counted.items() if not state.is_final),
    )


@lru_cache(maxsize=4096)
def _choice(text: str) -> tuple[str, ...]:
    """Read a choice of sections; there are few, and every recipient has one."""
    return tuple(json.loads(text))


def _delivery(row: Line | Sequence[Any]) -> Delivery:
    # By place, since looking names up costs as much as all the rest of a claim.
    number, edition_id, sections, state, attempt, reason, reply, hour, is_plain, at_most, version, *person = (
        row
    )
    went_to, since, key, uid, email, name, language, zone = person
    return Delivery(
        id=number,
        edition_id=edition_id,
        subscriber=Subscriber(id=key, uid=uid, email=email or "", name=name, language=language, zone=zone),
        sections=_choice(sections),
        state=_STATES[state],
        attempt=attempt,
        reason=reason,
        reply=reply,
        since=None if since is None else from_ticks(since),
        hour=hour,
        form=form_of(is_plain, at_most),
        version=version,
        went_to=went_to,
    )
