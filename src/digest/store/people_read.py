"""Finding people."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, select

from digest.errors import MessageError
from digest.model import Subscriber, Subscription, SubscriptionState, Suppression
from digest.store.addresses import normalise_address
from digest.store.dialects import as_bytes
from digest.store.part import chunks, ids
from digest.store.people_rows import SUBSCRIPTIONS, Suppressed, subscriber_of, subscription_of
from digest.store.people_tables import UNCONFIRMED, subscribers, subscriptions, suppressions


class PeopleReading(Suppressed):
    """The reading half of the people part."""

    def get(self, subscriber_id: int) -> Subscriber | None:
        """Find one person; an erased one has an empty address."""
        return self._one(subscribers.c.id.in_(ids([subscriber_id])))

    def find(self, email: str) -> Subscriber | None:
        """Find the person with this address, however it is written."""
        try:
            return self._one(subscribers.c.address == normalise_address(email))
        except MessageError:
            return None

    def numbers_of(self, uids: Iterable[str]) -> dict[str, int]:
        """Return the numbers of those whom links name so, by that name; unknown and erased are missing."""
        found: dict[str, int] = {}
        for chunk in chunks(uids):
            query = select(subscribers.c.uid, subscribers.c.id).where(
                subscribers.c.uid.in_(chunk), subscribers.c.erased_at.is_(None)
            )
            found |= {uid: number for uid, number in self.connection.execute(query)}  # noqa: C416
        return found

    def get_by_uid(self, uid: str) -> Subscriber | None:
        """Find the person whom links name so."""
        return self._one(subscribers.c.uid == uid)

    def list(
        self, *, digest: str | None = None, limit: int = 50, after_id: int = 0
    ) -> tuple[Subscriber, ...]:
        """Page through people who are not erased, by id.

        Args:
            digest: Only those who have chosen this digest and not ended it.
            limit: At most so many.
            after_id: Only those with a larger id: the last one of the page before.
        """
        query = select(subscribers).where(subscribers.c.erased_at.is_(None), subscribers.c.id > after_id)
        if digest is not None:
            query = query.join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id).where(
                subscriptions.c.digest == digest, subscriptions.c.state != SubscriptionState.ENDED
            )
        rows = self.connection.execute(query.order_by(subscribers.c.id).limit(limit))
        return tuple(subscriber_of(row) for row in rows)

    def of_digest(
        self, digest: str, *, state: SubscriptionState | None = None, after_id: int = 0, limit: int = 50
    ) -> tuple[Subscription, ...]:
        """Page through the choices of a digest by people who are not erased, by the person's id.

        Args:
            digest: Key of the digest.
            state: Only those in this state; None gives all.
            after_id: Only people with a larger id: the last one of the page before.
            limit: At most so many.
        """
        query = SUBSCRIPTIONS.where(
            subscriptions.c.digest == digest,
            subscriptions.c.subscriber_id > after_id,
            subscribers.c.erased_at.is_(None),
        )
        if state is SubscriptionState.CONFIRMED:
            query = query.where(subscriptions.c.state == state)
        elif state is not None:
            # Few of many are not confirmed; the words are those of the index.
            query = query.where(UNCONFIRMED, subscriptions.c.state == state)
        rows = self.connection.execute(query.order_by(subscriptions.c.subscriber_id).limit(limit))
        return tuple(subscription_of(row) for row in rows)

    def begins(self, written: str, *, after: str = "", limit: int = 50) -> tuple[Subscriber, ...]:
        """Page through people whose address begins so, by address.

        Args:
            written: In any case of letters; '' gives all.
            after: Only addresses that follow this one, as the store has it: the last one of the page before.
            limit: At most so many.
        """
        begin = written.strip().lower()
        address = as_bytes(self.connection, subscribers.c.address)
        query = select(subscribers).where(address >= begin, address > after)
        if begin:
            query = query.where(address < begin + "\U0010ffff")
        rows = self.connection.execute(query.order_by(address).limit(limit))
        return tuple(subscriber_of(row) for row in rows)

    def suppression(self, email: str) -> Suppression | None:
        """Find why an address must not be mailed; None when it may."""
        names = [normalise_address(email), self.fingerprint(normalise_address(email))]
        row = self.connection.execute(select(suppressions).where(suppressions.c.key.in_(names))).first()
        if row is None:
            return None
        return Suppression(email=row.key, reason=row.reason, added_at=row.added_at)

    def subscription(self, subscriber_id: int, digest: str) -> Subscription | None:
        """Find a person's choice of a digest."""
        query = SUBSCRIPTIONS.where(
            subscriptions.c.subscriber_id.in_(ids([subscriber_id])), subscriptions.c.digest == digest
        )
        row = self.connection.execute(query).one_or_none()
        return None if row is None else subscription_of(row)

    def subscriptions(self, subscriber_id: int) -> tuple[Subscription, ...]:
        """Return all choices of a person, ended ones too, by digest."""
        query = SUBSCRIPTIONS.where(subscriptions.c.subscriber_id.in_(ids([subscriber_id])))
        rows = self.connection.execute(query.order_by(subscriptions.c.digest))
        return tuple(subscription_of(row) for row in rows)

    def suppressions(self, *, after: str = "", limit: int | None = None) -> tuple[Suppression, ...]:
        """Return suppressions, by address; an erased person's shows its fingerprint.

        Args:
            after: Only those that follow this address, to turn the page.
            limit: At most so many; None gives all.
        """
        query = select(suppressions).where(suppressions.c.key > after).order_by(suppressions.c.key)
        rows = self.connection.execute(query.limit(limit))
        return tuple(Suppression(email=row.key, reason=row.reason, added_at=row.added_at) for row in rows)

    def _one(self, condition: ColumnElement[bool]) -> Subscriber | None:
        row = self.connection.execute(select(subscribers).where(condition)).one_or_none()
        return None if row is None else subscriber_of(row)
