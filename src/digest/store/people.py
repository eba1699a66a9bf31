"""People and their choices."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update

from digest.errors import NotFound, Refused
from digest.model import Subscriber, Subscription, SubscriptionState
from digest.store.absences import LEFT
from digest.store.addresses import normalise_address
from digest.store.choosing import Choosing
from digest.store.dialects import upsert
from digest.store.enrolling import choice_row
from digest.store.part import chunks, ids
from digest.store.people_tables import deliveries, subscriptions
from digest.store.server import take_turn
from digest.store.tables import editions
from digest.store.values import NewSubscriber


class People(Choosing):
    """The people part of a transaction."""

    def put(self, new: NewSubscriber, *, at: datetime) -> Subscriber:
        """Store a person, or what is new about a known one; nobody is subscribed by this.

        Raises:
            MessageError: The address is none.
        """
        numbers = self.put_all({normalise_address(new.email): new}, at)
        return self._need(next(iter(numbers.values())))

    def subscribe(  # noqa: PLR0913  (a choice is stored with its evidence)
        self,
        subscriber_id: int,
        digest: str,
        *,
        state: SubscriptionState,
        at: datetime,
        sections: tuple[str, ...] = (),
        consent: str | None = None,
        reopen: bool = False,
    ) -> Subscription:
        """Store a person's choice of a digest; a confirmed one stays confirmed.

        Args:
            subscriber_id: The person.
            digest: Key of the digest.
            state: PENDING until the person confirms, CONFIRMED when they have.
            at: When; the moment of confirmation if this confirms.
            sections: Section keys; empty means all.
            consent: Where the consent came from; the one that confirmed stays on record.
            reopen: True when the person themselves takes up again what they had ended.

        Raises:
            NotFound: There is no such person.
            Refused: The address is suppressed, or the person had ended this and `reopen` is False.
        """
        take_turn(self.connection, "people")
        person = self._need(subscriber_id)
        if not person.email or self.is_suppressed(person.email):
            raise Refused("this address must not be mailed", hint="`digest suppress list` shows why")
        old = self._choices_of([subscriber_id], digest).get(subscriber_id)
        if old is not None and old.state == SubscriptionState.ENDED and not reopen:
            raise Refused(f"this person has left {digest}", hint="only they can take it up again")
        row = choice_row(old, state=state, at=at, sections=sections, consent=consent)
        row |= {"digest": digest, "subscriber_id": subscriber_id}
        self.connection.execute(upsert(self.connection, subscriptions, ["digest", "subscriber_id"]), row)
        return next(one for one in self.subscriptions(subscriber_id) if one.digest == digest)

    def end(self, subscriber_id: int, digest: str, *, at: datetime, reason: str) -> bool:
        """End a subscription, also for editions that are under way; False when there was none to end."""
        return bool(self.end_all([subscriber_id], digest, at=at, reason=reason))

    def end_all(
        self, subscriber_ids: Iterable[int], digest: str, *, at: datetime, reason: str
    ) -> frozenset[int]:
        """End the subscriptions of several people, as `end` does; returns whose there were to end."""
        take_turn(self.connection, "people")
        ended: set[int] = set()
        of_digest = deliveries.c.edition_id.in_(select(editions.c.id).where(editions.c.digest == digest))
        for chunk in chunks(ids(subscriber_ids)):
            wish = (
                update(subscriptions)
                .where(
                    subscriptions.c.subscriber_id.in_(chunk),
                    subscriptions.c.digest == digest,
                    subscriptions.c.state != SubscriptionState.ENDED,
                )
                .values(state=SubscriptionState.ENDED, ended_at=at, end_reason=reason)
            )
            rows = self.connection.execute(wish.returning(subscriptions.c.subscriber_id))
            if left := set(rows.scalars()):
                self._exclude(deliveries.c.subscriber_id.in_(left) & of_digest, LEFT, at)
                ended |= left
        return frozenset(ended)

    def _need(self, subscriber_id: int) -> Subscriber:
        found = self.get(subscriber_id)
        if found is None:
            raise NotFound(f"there is no subscriber {subscriber_id}")
        return found
