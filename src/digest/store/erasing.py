"""The rights of people over what is stored of them, and the list of those not to be mailed."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import ColumnElement, case, delete, func, literal, not_, null, or_, select, update

from digest.errors import NotFound
from digest.model import MAY_HAVE_IT, DeliveryState, Subscriber, SubscriptionState
from digest.store.addresses import normalise_address
from digest.store.dialects import upsert
from digest.store.letter_tables import consents, letters
from digest.store.lost_dots import MAYBE, ended_as, ended_why
from digest.store.part import Line
from digest.store.people_read import PeopleReading
from digest.store.people_tables import WAITING, bounces, deliveries, subscribers, subscriptions, suppressions
from digest.store.server import take_turn
from digest.store.tables import editions
from digest.store.tallies import DECIDED

_EXCLUDED = literal(DeliveryState.EXCLUDED.value)


def new_uid() -> str:
    """Make a public name that nobody can guess, 22 characters."""
    return secrets.token_urlsafe(16)


class Erasing(PeopleReading):
    """The half of the people part that suppresses, exports and erases."""

    def suppress(self, email: str, reason: str, *, at: datetime) -> None:
        """Mail an address no more, from now on and in editions that are under way.

        Raises:
            MessageError: It is no address.
        """
        address = normalise_address(email)
        take_turn(self.connection, "people")
        self._suppress(address, reason, at)
        # By person, since no index leads from an address to the mails of every edition.
        whose = select(subscribers.c.id).where(subscribers.c.address == address)
        self._exclude(deliveries.c.subscriber_id.in_(whose), "suppressed", at)

    def unsuppress(self, email: str) -> bool:
        """Allow an address again, also an erased person's; False when it was not suppressed.

        Raises:
            MessageError: It is no address.
        """
        address = normalise_address(email)
        names = [address, self.fingerprint(address)]
        take_turn(self.connection, "people")
        return self.connection.execute(delete(suppressions).where(suppressions.c.key.in_(names))).rowcount > 0

    def lift(self, reason: str, *, since: datetime, domain: str | None = None) -> int:
        """Allow all addresses again that were suppressed for a reason since a moment; return how many.

        Args:
            reason: What the reason begins with, letter by letter.
            since: The moment.
            domain: Only addresses of this domain; None: of all.

        Raises:
            MessageError: It is no domain.
        """
        begins_so = func.substr(suppressions.c.reason, 1, len(reason)) == reason  # LIKE may ignore case
        which = [begins_so, suppressions.c.added_at >= since]
        if domain is not None:
            end = normalise_address(f"reader@{domain}").removeprefix("reader")
            which.append(suppressions.c.key.endswith(end, autoescape=True))
        take_turn(self.connection, "people")
        return self.connection.execute(delete(suppressions).where(*which)).rowcount

    def erase(self, email: str, *, at: datetime) -> bool:
        """Forget a person: address, name and choices go; the books keep nameless rows.

        What stays is a fingerprint among the suppressions, so that no import brings the person back.

        Returns:
            False when nobody has this address; it is barred all the same.

        Raises:
            MessageError: It is no address.
        """
        address = normalise_address(email)
        name = self.fingerprint(address)
        take_turn(self.connection, "people")
        self.connection.execute(delete(suppressions).where(suppressions.c.key == address))
        self._suppress(name, "erased", at)
        person = self.find(address)
        self._forget_letters(address, None if person is None else person.id)
        if person is None:
            return False
        self._forget_person(person.id, at)
        self._forget_mails(person.id, name, at)
        return True

    def export(self, email: str) -> dict[str, object]:
        """Return all that is stored of an address, JSON-able.

        Raises:
            MessageError: It is no address.
            NotFound: Nothing is stored of it.
        """
        address = normalise_address(email)
        person = self.find(address)
        names = [address, self.fingerprint(address)]
        rows = self.connection.execute(select(suppressions).where(suppressions.c.key.in_(names)))
        barred = [{"reason": row.reason, "added_at": row.added_at.isoformat()} for row in rows]
        written = self._letters(address, None if person is None else person.id)
        if person is None and not barred and not any(written.values()):
            raise NotFound("nothing is stored of this address", hint="check how it is written")
        return {
            "subscriber": None if person is None else _plain(person),
            "subscriptions": [] if person is None else self._choices(person.id),
            "deliveries": [] if person is None else self._mails(person.id),
            "bounces": [] if person is None else self._reports(person.id),
            "suppressions": barred,
            **written,
        }

    def _suppress(self, key: str, reason: str, at: datetime) -> None:
        row = {"key": key, "reason": reason, "added_at": at}
        self.connection.execute(upsert(self.connection, suppressions, ["key"]), row)

    def _exclude(self, which: ColumnElement[bool], reason: str, at: datetime) -> None:
        """Take people out of editions under way, as far as nobody has their mail in hand.

        Who may have a copy is unknown then, and not excluded.
        """
        self.connection.execute(
            update(deliveries)
            .where(which, WAITING)
            .values(
                state=ended_as(_EXCLUDED),
                reason=ended_why(_EXCLUDED, literal(reason)),
                next_at=null(),
                changed_at=at,
            )
        )

    def _forget_person(self, number: int, at: datetime) -> None:
        gone = {"email": None, "address": None, "name": None, "language": None, "zone": None}
        self.connection.execute(
            update(subscribers).where(subscribers.c.id == number).values(uid=new_uid(), erased_at=at, **gone)
        )
        self.connection.execute(
            update(subscriptions)
            .where(subscriptions.c.subscriber_id == number)
            .values(
                state=SubscriptionState.ENDED,
                sections=[],
                consent=None,
                ended_at=at,
                end_reason="erased",
                **dict.fromkeys(("hour", "is_plain", "at_most", "paused_until", "away_from", "away_until")),
            )
        )

    def _forget_letters(self, address: str, number: int | None) -> None:
        """Forget what was asked and written in the name of an address, confirmed or not."""
        for table in (consents, letters):
            mine = table.c.address == address
            if number is not None:
                mine |= table.c.subscriber_id == number
            self.connection.execute(delete(table).where(mine))

    def _forget_mails(self, number: int, name: str, at: datetime) -> None:
        mine = deliveries.c.subscriber_id == number
        self._exclude(mine, "erased", at)
        # What a relay answers often quotes the address. The id keeps the name unique per edition
        # should the same person come back and be erased again.
        self.connection.execute(update(deliveries).where(mine).values(address=f"{name}/{number}", reply=None))
        # Reasons of this program's stay: why somebody was excluded, and who left an unknown one as it is.
        ours = or_(deliveries.c.state == DeliveryState.EXCLUDED, DECIDED)
        why = case((MAYBE, f"erased{MAY_HAVE_IT}"), else_=None)
        self.connection.execute(update(deliveries).where(mine, not_(ours)).values(reason=why))

    def _choices(self, number: int) -> list[dict[str, object]]:
        return [
            {
                "digest": one.digest,
                "state": one.state.value,
                "sections": list(one.sections),
                "hour": one.hour,
                "plain_text": one.form.is_plain,
                "items_of_a_section": one.form.at_most,
                "paused_until": None if one.paused_until is None else one.paused_until.isoformat(),
                "away": None if one.away is None else [moment.isoformat() for moment in one.away],
                "consent": one.consent,
                "confirmed_at": None if one.confirmed_at is None else one.confirmed_at.isoformat(),
            }
            for one in self.subscriptions(number)
        ]

    def _mails(self, number: int) -> list[dict[str, object]]:
        query = (
            select(editions.c.digest, editions.c.slot, deliveries)
            .join(editions, editions.c.id == deliveries.c.edition_id)
            .where(deliveries.c.subscriber_id == number)
            .order_by(deliveries.c.id)
        )
        return [
            {
                "digest": row.digest,
                "slot": row.slot,
                "address": row.address,
                "state": row.state,
                "reason": row.reason,
                "reply": row.reply,
            }
            for row in self.connection.execute(query)
        ]

    def _letters(self, address: str, number: int | None) -> dict[str, list[dict[str, object]]]:
        """Return the sign-ups and letters of an address and of who has it."""
        found = {}
        for table in (consents, letters):
            mine = table.c.address == address
            if number is not None:
                mine |= table.c.subscriber_id == number
            rows = self.connection.execute(select(table).where(mine).order_by(table.c.id))
            found[table.name] = [_exported(row) for row in rows]
        return found

    def _reports(self, number: int) -> list[dict[str, object]]:
        query = select(bounces).where(bounces.c.subscriber_id == number).order_by(bounces.c.id)
        return [
            {"edition": row.edition_id, "kind": row.kind, "status": row.status, "at": row.at.isoformat()}
            for row in self.connection.execute(query)
        ]


def _exported(row: Line) -> dict[str, object]:
    """Write a row for the person it is about; what names it inside this program is left out."""
    inside = {"id", "uid", "subscriber_id", "edition_id", "next_at"}
    values = {name: value for name, value in row._mapping.items() if name not in inside}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()
    }


def _plain(person: Subscriber) -> dict[str, object]:
    return {
        "email": person.email,
        "name": person.name,
        "language": person.language,
        "zone": person.zone,
        "uid": person.uid,
    }
