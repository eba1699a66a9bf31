"""What subscribers change of themselves and of what they get."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, func, or_, select, update

from digest.errors import Refused
from digest.model import DeliveryState, EditionState, MailForm, SubscriptionState
from digest.store.addresses import clean_address, normalise_address
from digest.store.edition_json import unpack_edition
from digest.store.enrolling import Enrolling
from digest.store.freezing import PAUSED
from digest.store.part import Line
from digest.store.people_tables import IN_HAND, WAITING, deliveries, subscribers, subscriptions
from digest.store.server import take_turn
from digest.store.shape_tables import edition_versions
from digest.store.tables import editions
from digest.store.values import PersonalMail


class Choosing(Enrolling):
    """The half of the people part that subscribers use themselves."""

    def choose(  # noqa: PLR0913  (a choice is stored whole)
        self,
        subscriber_id: int,
        digest: str,
        *,
        sections: tuple[str, ...],
        hour: str | None,
        form: MailForm,
        paused_until: datetime | None,
        at: datetime,
    ) -> bool:
        """Store what a person wants of a digest that they get.

        A pause holds at once, also for editions under way that are due before its end. All else holds
        from the next edition on.

        Args:
            subscriber_id: The person.
            digest: Key of the digest.
            sections: Section keys in the person's order; empty means all.
            hour: '18:30' on the person's own clocks; None for with everyone.
            form: How much, and in which shape.
            paused_until: No edition that is due before then; None ends a pause.
            at: When.

        Returns:
            False when they do not get the digest; nothing was changed.
        """
        take_turn(self.connection, "people")
        old = self._choices_of([subscriber_id], digest).get(subscriber_id)
        changed = self.connection.execute(
            update(subscriptions)
            .where(
                subscriptions.c.digest == digest,
                subscriptions.c.subscriber_id == subscriber_id,
                subscriptions.c.state == SubscriptionState.CONFIRMED,
            )
            .values(
                sections=sections,
                hour=hour,
                is_plain=form.is_plain,
                at_most=form.at_most,
                paused_until=paused_until,
                **_away(old, paused_until, at),
            )
        )
        if changed.rowcount and paused_until is not None:
            self._pause_waiting(subscriber_id, digest, paused_until, at)
        return changed.rowcount > 0

    def _pause_waiting(self, subscriber_id: int, digest: str, until: datetime, at: datetime) -> None:
        """Let a pause hold for mail under way, too."""
        due_before = select(editions.c.id).where(editions.c.digest == digest, editions.c.slot_at < until)
        mine = (deliveries.c.subscriber_id == subscriber_id) & deliveries.c.edition_id.in_(due_before)
        self._exclude(mine, PAUSED, at)

    def describe(
        self, subscriber_id: int, *, name: str | None, language: str | None, zone: str | None
    ) -> None:
        """Store what a person says of themselves; None forgets it."""
        take_turn(self.connection, "people")
        self.connection.execute(
            update(subscribers)
            .where(subscribers.c.id == subscriber_id)
            .values(name=name, language=language, zone=zone)
        )

    def move(self, subscriber_id: int, email: str) -> None:
        """Give a person another address; their links and choices stay.

        What a sender has in hand for them is made out to the address of before: it is marked, for the last
        look to have it claimed anew.

        Raises:
            MessageError: It is no address.
            Refused: It must not be mailed, or is another subscriber's.
        """
        address = normalise_address(email)
        take_turn(self.connection, "people")
        known = self.find(address)
        if self.suppressed([address]):
            raise Refused("this address must not be mailed")
        if known is not None and known.id != subscriber_id:
            raise Refused(
                "this address has a subscription of its own", hint="end one of the two, then try again"
            )
        self.connection.execute(
            update(subscribers)
            .where(subscribers.c.id == subscriber_id)
            .values(email=clean_address(email), address=address)
        )
        # Nobody in hand has a moment to wait for. Of who waits nothing changes, but a claim that is
        # under way has read the old address maybe: this waits for its end.
        self.connection.execute(
            update(deliveries)
            .where(deliveries.c.subscriber_id == subscriber_id, or_(WAITING, IN_HAND))
            .values(next_at=case((IN_HAND, deliveries.c.changed_at), else_=deliveries.c.next_at))
        )

    def next_mail(self, subscriber_id: int, digest: str) -> datetime | None:
        """Return when the next mail is due that is on its way to a person; None when none is."""
        at = func.coalesce(deliveries.c.next_at, editions.c.slot_at)
        query = (
            select(at)
            .join(editions, editions.c.id == deliveries.c.edition_id)
            .where(
                deliveries.c.subscriber_id == subscriber_id,
                deliveries.c.state.in_([str(DeliveryState.PENDING), str(DeliveryState.DEFERRED)]),
                editions.c.digest == digest,
                editions.c.state == str(EditionState.SENDING),
            )
            .order_by(at)
            .limit(1)
        )
        found: datetime | None = self.connection.execute(query).scalar()
        return found

    def mails_of(
        self, subscriber_id: int, digest: str, *, before: datetime, limit: int
    ) -> tuple[PersonalMail, ...]:
        """Return what became of the newest editions that were meant for a person, the newest first.

        Args:
            subscriber_id: The person.
            digest: Only editions of this one.
            before: Only editions that were due before then.
            limit: At most so many.
        """
        query = (
            select(
                editions.c.id,
                editions.c.content,
                editions.c.slot_at,
                deliveries.c.state,
                deliveries.c.reason,
                deliveries.c.code,
                deliveries.c.changed_at,
                deliveries.c.version,
                edition_versions.c.content.label("printed"),
            )
            .join(deliveries, deliveries.c.edition_id == editions.c.id)
            .outerjoin(
                edition_versions,
                (edition_versions.c.edition_id == editions.c.id)
                & (edition_versions.c.version == deliveries.c.version),
            )
            .where(
                deliveries.c.subscriber_id == subscriber_id,
                editions.c.digest == digest,
                editions.c.slot_at < before,
            )
            .order_by(editions.c.slot_at.desc(), editions.c.id.desc())
            .limit(limit)
        )
        return tuple(
            PersonalMail(
                edition_id=row.id,
                edition=unpack_edition(row.printed or row.content),
                state=DeliveryState(row.state),
                reason=row.reason,
                code=row.code,
                changed_at=row.changed_at,
                version=row.version,
            )
            for row in self.connection.execute(query)
        )


def _away(old: Line | None, until: datetime | None, at: datetime) -> dict[str, datetime]:
    """Return what a wish for a pause changes of the time somebody is away."""
    is_away = old is not None and old.paused_until is not None and old.paused_until > at
    if until is None:
        return {"away_until": at} if is_away else {}
    began = old.away_from if old is not None and is_away else None
    return {"away_from": began or at, "away_until": until}
