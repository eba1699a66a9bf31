"""People in rows and out of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import cast

from sqlalchemy import Select, bindparam, select

from digest.errors import MessageError
from digest.model import MailForm, Subscriber, Subscription, SubscriptionState
from digest.store.addresses import normalise_address
from digest.store.listing import listed_as
from digest.store.part import Line, Part, chunks
from digest.store.people_tables import FINGERPRINTS, subscribers, subscriptions, suppressions

SUBSCRIPTIONS = select(
    subscriptions,
    *(subscribers.c[name] for name in ("id", "uid", "email", "name", "language", "zone")),
).join(subscribers, subscribers.c.id == subscriptions.c.subscriber_id)


@cache
def _named(dialect: str) -> Select[str]:
    return select(suppressions.c.key).where(suppressions.c.key.in_(listed_as(dialect, "names")))


_SUPPRESSED = select(suppressions.c.key).where(suppressions.c.key.in_(bindparam("keys", expanding=True)))

_FINGERPRINTS = select(suppressions.c.key).where(FINGERPRINTS).limit(1)


@lru_cache(maxsize=64)
def form_of(is_plain: bool | None, at_most: int | None) -> MailForm:
    """Read the form of a mail; there are few, and every recipient has one."""
    return MailForm(is_plain=bool(is_plain), at_most=at_most)


def subscriber_of(row: Line) -> Subscriber:
    """Read a person; one who was erased has an empty address."""
    return Subscriber(
        id=row.id, uid=row.uid, email=row.email or "", name=row.name, language=row.language, zone=row.zone
    )


def subscription_of(row: Line) -> Subscription:
    """Read a row of `SUBSCRIPTIONS`."""
    return Subscription(
        subscriber=subscriber_of(row),
        digest=row.digest,
        state=SubscriptionState(row.state),
        sections=tuple(cast("Iterable[str]", row.sections)),
        hour=row.hour,
        form=form_of(row.is_plain, row.at_most),
        paused_until=row.paused_until,
        away=None if row.away_from is None else (row.away_from, row.away_until),
        consent=row.consent,
        confirmed_at=row.confirmed_at,
        ended_at=row.ended_at,
    )


class Suppressed(Part):
    """What several parts ask of the list of addresses that must not be mailed."""

    def is_suppressed(self, email: str) -> bool:
        """Tell whether an address must not be mailed; one that is no address must not."""
        try:
            address = normalise_address(email)
        except MessageError:
            return True
        return bool(self.suppressed([address]))

    def suppressed(self, addresses: Iterable[str]) -> frozenset[str]:
        """Return those of normalised addresses that are suppressed, or belonged to erased people."""
        found: set[str] = set()
        for chunk in chunks(addresses):
            names = {name: one for one in chunk for name in (one, self.fingerprint(one))}
            keys = self.connection.execute(_SUPPRESSED, {"keys": list(names)}).scalars()
            found.update(names[key] for key in keys)
        return frozenset(found)

    def has_fingerprints(self) -> bool:
        """Tell whether any suppression is an erased person's: a name that is no address."""
        return self.connection.execute(_FINGERPRINTS).first() is not None

    def fingerprinted(self, addresses: Iterable[str]) -> frozenset[str]:
        """Return those of normalised addresses that belonged to erased people, in one statement."""
        names = {self.fingerprint(address): address for address in addresses}
        given = {"names": json.dumps(list(names))}
        found = self.connection.execute(_named(self.connection.dialect.name), given).scalars()
        return frozenset(names[key] for key in found)
