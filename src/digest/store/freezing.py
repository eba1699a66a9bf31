"""Fixing whom an edition is meant for, in the database and at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    and_,
    case,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
    update,
)
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

PAUSED = "paused"  #: why somebody is excluded whose pause lasts longer than until the slot
NOTHING_CHOSEN = "nothing in their sections"  #: why somebody is excluded who chose what an edition has not
_CONFIRMED = subscriptions.c.state == SubscriptionState.CONFIRMED
_PAGE = 5_000  #: addresses looked at together; some two megabytes
_COLUMNS = (
    *("edition_id", "subscriber_id", "address", "sections", "hour", "is_plain", "at_most"),
    *("state", "attempt", "reason", "next_at"),
)
Place = tuple[str | None, str | None]  #: zone and hour of a subscriber; None: none of their own


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

    def hours(self, digest: str) -> tuple[tuple[str | None, str], ...]:
        """Return the different zones and hours of confirmed subscribers who chose an hour, in no order."""
        query = (
            select(subscribers.c.zone, subscriptions.c.hour)
            .join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)
            .where(subscriptions.c.digest == digest, subscriptions.c.hour.is_not(None), _CONFIRMED)
        )
        return tuple((row.zone, row.hour) for row in self.connection.execute(query.distinct()))

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
        hours: Mapping[Place, datetime] | None = None,
    ) -> int:
        """Write down everybody an edition is meant for, before the first message goes out.

        That is each confirmed subscription of its digest, in the order of subscriber ids. Suppressed
        people are written down as excluded, and so is who pauses until after the edition's slot; erased ones
        do not appear. An edition with any delivery
        is frozen: freezing again adds nobody, so whoever subscribes meanwhile waits for the next.

        Args:
            edition_id: The edition.
            chosen_nothing: Choices of sections of which this edition holds nothing; whoever chose so
                is excluded too.
            hours: When those of a zone and an hour of their own are due; who is not in it is due with those
                of (None, None), which must be in it. Without it everybody is due at once.

        Returns:
            How many were written down.

        Raises:
            NotFound: There is no such edition.
        """
        # Locked, so that of two programs that freeze at once the second finds it done.
        query = select(editions.c.digest, editions.c.slot_at).where(editions.c.id.in_(ids([edition_id])))
        found = self.connection.execute(query.with_for_update()).one_or_none()
        if found is None:
            raise NotFound(f"there is no edition {edition_id}", hint="`digest editions list` shows them")
        if self._is_frozen(edition_id):
            return 0
        excluded = _excluded(listed(self.connection, [dump(one) for one in chosen_nothing]), found.slot_at)
        self._insert(edition_id, found.digest, excluded, hours)
        self._exclude_fingerprints(edition_id)
        return self._count(edition_id)

    def _is_frozen(self, edition_id: int) -> bool:
        query = select(deliveries.c.id).where(deliveries.c.edition_id == edition_id).limit(1)
        return self.connection.execute(query).first() is not None or bool(self._totals([edition_id]))

    def _count(self, edition_id: int) -> int:
        # Counted, since not every driver can tell how many rows a statement has inserted.
        query = select(func.count()).where(deliveries.c.edition_id == edition_id)
        return int(self.connection.execute(query).scalar_one())

    def _insert(
        self,
        edition_id: int,
        digest: str,
        reason: ColumnElement[Any],  # why Any: text or NULL
        hours: Mapping[Place, datetime] | None,
    ) -> None:
        state = case((reason.is_(None), literal("pending")), else_=literal("excluded"))
        rows = (
            select(
                literal(edition_id),
                subscriptions.c.subscriber_id,
                subscribers.c.address,
                *(subscriptions.c[name] for name in ("sections", "hour", "is_plain", "at_most")),
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


def _excluded(
    unwanted: ColumnElement[Any] | Select[Any],  # why Any: a list of texts, as each database takes it
    slot_at: datetime,
) -> ColumnElement[Any]:
    """Say why a subscriber is not mailed; NULL for who is."""
    return case(
        (suppressions.c.key.is_not(None), literal("suppressed")),
        (subscriptions.c.paused_until > slot_at, literal(PAUSED)),
        (type_coerce(subscriptions.c.sections, Text).in_(unwanted), literal(NOTHING_CHOSEN)),
        else_=null(),
    )


def _due(hours: Mapping[Place, datetime] | None) -> ColumnElement[Any]:  # why Any: NULL or ticks
    """Say when a subscriber is due: of their zone and hour, and of those who have none that count."""
    if hours is None:
        return cast_to(null(), BigInteger)
    usual = hours[None, None]
    places: defaultdict[int, defaultdict[str | None, list[str | None]]]
    places = defaultdict(lambda: defaultdict(list))
    for (zone, hour), moment in hours.items():
        if moment != usual or hour is not None:
            places[to_ticks(moment)][hour].append(zone)
    otherwise = literal(to_ticks(usual), BigInteger)
    whens = [
        (or_(*(_of(zones, hour) for hour, zones in by_hour.items())), literal(ticks, BigInteger))
        for ticks, by_hour in places.items()
    ]
    return case(*whens, else_=otherwise) if whens else otherwise


def _of(zones: Sequence[str | None], hour: str | None) -> ColumnElement[bool]:
    named = subscribers.c.zone.in_([zone for zone in zones if zone is not None])
    in_zone = or_(named, subscribers.c.zone.is_(None)) if None in zones else named
    return and_(in_zone, subscriptions.c.hour.is_(None) if hour is None else subscriptions.c.hour == hour)
