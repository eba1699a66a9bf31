"""Fixing whom an edition is meant for, in the database and at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import BigInteger, ColumnElement, Text, case, func, literal, null, select, type_coerce, update
from sqlalchemy import cast as cast_to

from digest.errors import NotFound
from digest.model import DeliveryState, SubscriptionState
from digest.store.deliveries_read import LedgerReading
from digest.store.dialects import insert_new
from digest.store.json_type import dump
from digest.store.listing import listed
from digest.store.part import chunks, ids
from digest.store.people_tables import deliveries, subscribers, subscriptions, suppressions
from digest.store.tables import editions
from digest.store.time_type import to_ticks

NOTHING_CHOSEN = "nothing in their sections"  #: why somebody is excluded who chose what an edition has not
_CONFIRMED = subscriptions.c.state == SubscriptionState.CONFIRMED
_PAGE = 5_000  #: addresses looked at together; some two megabytes
_COLUMNS = ("edition_id", "subscriber_id", "address", "sections", "state", "attempt", "reason", "next_at")


class Freezing(LedgerReading):
    """The half of the deliveries part that begins an edition."""

    def choices(self, digest: str) -> tuple[tuple[str, ...], ...]:
        """Return the different choices of sections among confirmed subscriptions, in order.

        The empty choice means all sections; no choice at all means that nobody subscribes.
        """
        query = select(subscriptions.c.sections).where(subscriptions.c.digest == digest, _CONFIRMED)
        found = self.connection.execute(query.distinct()).scalars()
        return tuple(sorted(tuple(cast("list[str]", choice)) for choice in found))

    def zones(self, digest: str) -> tuple[str | None, ...]:
        """Return the different zones of confirmed subscribers, in order; None, first, for those without."""
        query = (
            select(subscribers.c.zone)
            .join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)
            .where(subscriptions.c.digest == digest, _CONFIRMED)
        )
        found = set(self.connection.execute(query.distinct()).scalars())
        return tuple(sorted(found, key=lambda zone: zone or ""))

    def audience(self, digest: str) -> int:
        """Count the people that an edition would be frozen for now, suppressed ones too."""
        query = (
            select(func.count())
            .select_from(subscriptions)
            .join(subscribers, subscribers.c.id == subscriptions.c.subscriber_id)
            .where(subscriptions.c.digest == digest, _CONFIRMED, subscribers.c.address.is_not(None))
        )
        return int(self.connection.execute(query).scalar_one())

    def freeze(
        self,
        edition_id: int,
        *,
        chosen_nothing: Collection[tuple[str, ...]] = (),
        hours: Mapping[str | None, datetime] | None = None,
    ) -> int:
        """Write down everybody an edition is meant for, before the first message goes out.

        That is each confirmed subscription of its digest, in the order of subscriber ids. Suppressed
        people are written down as excluded, erased ones do not appear. An edition with any delivery
        is frozen: freezing again adds nobody, so whoever subscribes meanwhile waits for the next.

        Args:
            edition_id: The edition.
            chosen_nothing: Choices of sections of which this edition holds nothing; whoever chose so
                is excluded too.
            hours: When those of a zone are due; people whose zone is not in it are due with those of None,
                which must be in it. Without it everybody is due at once.

        Returns:
            How many were written down.

        Raises:
            NotFound: There is no such edition.
        """
        # Locked, so that of two programs that freeze at once the second finds it done.
        query = select(editions.c.digest).where(editions.c.id.in_(ids([edition_id]))).with_for_update()
        digest = self.connection.scalar(query)
        if digest is None:
            raise NotFound(f"there is no edition {edition_id}", hint="`digest editions list` shows them")
        if self._is_frozen(edition_id):
            return 0
        self._insert(edition_id, digest, chosen_nothing, hours)
        self._exclude_fingerprints(edition_id)
        return self._count(edition_id)

    def _is_frozen(self, edition_id: int) -> bool:
        query = select(deliveries.c.id).where(deliveries.c.edition_id == edition_id).limit(1)
        return self.connection.execute(query).first() is not None

    def _count(self, edition_id: int) -> int:
        # Counted, since not every driver can tell how many rows a statement has inserted.
        query = select(func.count()).where(deliveries.c.edition_id == edition_id)
        return int(self.connection.execute(query).scalar_one())

    def _insert(
        self,
        edition_id: int,
        digest: str,
        chosen_nothing: Collection[tuple[str, ...]],
        hours: Mapping[str | None, datetime] | None,
    ) -> None:
        unwanted = listed(self.connection, [dump(choice) for choice in chosen_nothing])
        reason = case(
            (suppressions.c.key.is_not(None), literal("suppressed")),
            (type_coerce(subscriptions.c.sections, Text).in_(unwanted), literal(NOTHING_CHOSEN)),
            else_=null(),
        )
        state = case((reason.is_(None), literal("pending")), else_=literal("excluded"))
        rows = (
            select(
                literal(edition_id),
                subscriptions.c.subscriber_id,
                subscribers.c.address,
                subscriptions.c.sections,
                state,
                literal(0),
                reason,
                case((reason.is_(None), _due(hours)), else_=null()),
            )
            .join(subscribers, subscribers.c.id == subscriptions.c.subscriber_id)
            .outerjoin(suppressions, suppressions.c.key == subscribers.c.address)
            .where(subscriptions.c.digest == digest, _CONFIRMED, subscribers.c.address.is_not(None))
            .order_by(subscriptions.c.subscriber_id)
        )
        self.connection.execute(insert_new(self.connection, deliveries).from_select(_COLUMNS, rows))

    def _exclude_fingerprints(self, edition_id: int) -> None:
        """Exclude people who were erased and came back while their fingerprint is still suppressed.

        The database cannot compute fingerprints, so this looks at every address; but only when
        anybody was erased at all.
        """
        if not self.has_fingerprints():
            return
        last = 0
        query = select(deliveries.c.subscriber_id, deliveries.c.address).order_by(deliveries.c.subscriber_id)
        while True:
            page = query.where(deliveries.c.edition_id == edition_id, deliveries.c.subscriber_id > last)
            rows = self.connection.execute(page.limit(_PAGE)).all()
            if not rows:
                return
            last = rows[-1].subscriber_id
            barred = self.fingerprinted(row.address for row in rows)
            self._exclude_all(edition_id, [row.subscriber_id for row in rows if row.address in barred])

    def _exclude_all(self, edition_id: int, subscriber_ids: Sequence[int]) -> None:
        for chunk in chunks(subscriber_ids):
            self.connection.execute(
                update(deliveries)
                .where(deliveries.c.edition_id == edition_id, deliveries.c.subscriber_id.in_(chunk))
                .values(state=DeliveryState.EXCLUDED, reason="suppressed", next_at=None)
            )


def _due(hours: Mapping[str | None, datetime] | None) -> ColumnElement[Any]:  # why Any: NULL or ticks
    """Say when a subscriber is due: of their zone, and of those who have no zone that counts."""
    if hours is None:
        return cast_to(null(), BigInteger)
    zones: defaultdict[int, list[str]] = defaultdict(list)
    for zone, moment in hours.items():
        if zone is not None and moment != hours[None]:
            zones[to_ticks(moment)].append(zone)
    otherwise = literal(to_ticks(hours[None]), BigInteger)
    whens = [(subscribers.c.zone.in_(names), literal(ticks, BigInteger)) for ticks, names in zones.items()]
    return case(*whens, else_=otherwise) if whens else otherwise
