"""Sign-ups: what was asked for, how, from where, and when it was confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Select, delete, insert, select, update

from digest.model import Consent, Wish
from digest.store.addresses import clean_address, normalise_address
from digest.store.dialects import upsert
from digest.store.erasing import new_uid
from digest.store.letter_tables import consents, sign_up_counts
from digest.store.part import Line, Part
from digest.store.server import take_turn

FORGOTTEN = timedelta(days=30)  #: a wish that nobody confirmed
_FIELDS = ("digest", "name", "hour", "zone", "language")


class Consents(Part):
    """The consents part of a transaction."""

    def count(self, key: str, *, limit: int, at: datetime) -> bool:
        """Count a sign-up of the running hour; False when there were as many as the limit already.

        Args:
            key: Of a network or a digest.
            limit: How many an hour.
            at: When.
        """
        take_turn(self.connection, "people")
        query = select(sign_up_counts).where(sign_up_counts.c.key == key)
        known = self.connection.execute(query).one_or_none()
        hour = timedelta(hours=1)
        # An hour that begins later than now is one of a clock that was ahead.
        runs = known is not None and known.since <= at < known.since + hour
        asked = known.asked if known is not None and runs else 0
        if asked >= limit:
            return False
        row = {"key": key, "since": known.since if known is not None and runs else at, "asked": asked + 1}
        self.connection.execute(upsert(self.connection, sign_up_counts, ["key"]).values(row))
        self.connection.execute(delete(sign_up_counts).where(sign_up_counts.c.since < at - 24 * hour))
        return True

    def ask(self, wish: Wish, *, wording: str, network: str, at: datetime) -> Consent:
        """Put a wish on record, in place of an older one of that address and digest that nobody confirmed.

        Wishes that nobody has confirmed for `FORGOTTEN` go.

        Raises:
            MessageError: The address is none.
        """
        take_turn(self.connection, "people")
        unconfirmed = consents.c.confirmed_at.is_(None)
        self.connection.execute(delete(consents).where(unconfirmed, consents.c.asked_at < at - FORGOTTEN))
        address = normalise_address(wish.email)
        mine = (consents.c.address == address) & (consents.c.digest == wish.digest) & unconfirmed
        row = {
            **{name: getattr(wish, name) for name in _FIELDS},
            "email": clean_address(wish.email),
            "sections": wish.sections,
            "wording": wording,
            "network": network,
            "asked_at": at,
        }
        known = self.connection.execute(select(consents.c.uid).where(mine)).scalars().first()
        if known is None:
            known = new_uid()
            self.connection.execute(insert(consents).values(uid=known, address=address, **row))
        else:
            self.connection.execute(update(consents).where(mine).values(row))
        return next(iter(self._found(select(consents).where(consents.c.uid == known))))

    def get(self, uid: str) -> Consent | None:
        """Find a wish on record by the name that links have."""
        return next(iter(self._found(select(consents).where(consents.c.uid == uid))), None)

    def waiting(self, email: str, *, since: datetime) -> tuple[Consent, ...]:
        """Return what an address has asked for since then and not confirmed, by digest."""
        query = select(consents).where(
            consents.c.address == normalise_address(email),
            consents.c.confirmed_at.is_(None),
            consents.c.asked_at > since,
        )
        return self._found(query.order_by(consents.c.digest))

    def confirm(self, uid: str, subscriber_id: int, *, at: datetime) -> bool:
        """Write down that a wish is meant; False when that stood there already."""
        changed = self.connection.execute(
            update(consents)
            .where(consents.c.uid == uid, consents.c.confirmed_at.is_(None))
            .values(confirmed_at=at, subscriber_id=subscriber_id)
        )
        return changed.rowcount > 0

    def of(self, subscriber_id: int) -> tuple[Consent, ...]:
        """Return what a person has confirmed, the oldest first."""
        query = select(consents).where(consents.c.subscriber_id == subscriber_id)
        return self._found(query.order_by(consents.c.id))

    def _found(self, query: Select[Any]) -> tuple[Consent, ...]:  # why Any: columns of any type
        return tuple(map(_consent, self.connection.execute(query)))


def _consent(row: Line) -> Consent:
    wish = Wish(
        email=row.email,
        sections=tuple(cast("Iterable[str]", row.sections)),
        **{name: getattr(row, name) for name in _FIELDS},
    )
    return Consent(
        uid=row.uid,
        wish=wish,
        wording=row.wording,
        asked_at=row.asked_at,
        network=row.network,
        confirmed_at=row.confirmed_at,
        subscriber_id=row.subscriber_id,
    )
