"""Storing many people at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import select, update

from digest.errors import MessageError
from digest.model import SubscriptionState
from digest.store.addresses import clean_address, normalise_address
from digest.store.dialects import insert_new, upsert
from digest.store.erasing import Erasing, new_uid
from digest.store.part import Line, chunks
from digest.store.people_tables import subscribers, subscriptions
from digest.store.server import take_turn
from digest.store.values import Enrolled, Enrolment, NewSubscriber

_KEPT = ("hour", "is_plain", "at_most", "paused_until", "away_from", "away_until")


class Enrolling(Erasing):
    """The half of the people part that stores lists."""

    def enrol(self, entries: Sequence[Enrolment], digest: str, *, at: datetime) -> tuple[Enrolled, ...]:
        """Subscribe people who have agreed elsewhere, confirmed by that consent.

        Suppressed and erased addresses and those who have left are passed over; so is what is no
        address. One entry never costs another.

        Returns:
            What became of each entry, in order; a second entry for a person counts as 'updated'.
        """
        take_turn(self.connection, "people")
        done: list[Enrolled] = []
        for chunk in chunks(entries):
            done.extend(self._enrol_chunk(chunk, digest, at))
        return tuple(done)

    def foresee(self, entries: Sequence[Enrolment], digest: str) -> tuple[Enrolled, ...]:
        """Tell what would become of each entry if all were enrolled; changes nothing."""
        told: list[Enrolled] = []
        for chunk in chunks(entries):
            read = [(*_read(entry), entry.new.email) for entry in chunk]
            addresses = {address for address, _, _ in read if address is not None}
            refused = self._refused(addresses, digest)
            numbers = self._numbers(addresses)
            chosen = self._choices_of(numbers.values(), digest)
            seen = {address for address, number in numbers.items() if number in chosen}
            for address, problem, email in read:
                told.append(_told(address, problem, email, refused, seen))
                seen |= {address} if address is not None else set()
        return tuple(told)

    def put_all(self, new: Mapping[str, NewSubscriber], at: datetime) -> dict[str, int]:
        """Store people by normalised address; fields that are given replace what is known.

        Args:
            new: At most a chunk of them.
            at: When they came in.

        Returns:
            Their ids by address.
        """
        take_turn(self.connection, "people")
        known = self._numbers(new)
        rows = [
            {"uid": new_uid(), "address": address, "created_at": at, **_fields(one)}
            for address, one in new.items()
            if address not in known
        ]
        if rows:
            self.connection.execute(insert_new(self.connection, subscribers, ["address"]), rows)
        for address, number in known.items():
            given = {name: value for name, value in _fields(new[address]).items() if value is not None}
            self.connection.execute(update(subscribers).where(subscribers.c.id == number).values(**given))
        return self._numbers(new)

    def _enrol_chunk(self, chunk: Sequence[Enrolment], digest: str, at: datetime) -> Iterator[Enrolled]:
        read = [(*_read(entry), entry) for entry in chunk]
        refused = self._refused({address for address, _, _ in read if address is not None}, digest)
        wanted = {
            address: entry for address, _, entry in read if address is not None and address not in refused
        }
        numbers = self.put_all({address: entry.new for address, entry in wanted.items()}, at)
        old = self._choices_of(numbers.values(), digest)
        self._confirm({numbers[address]: entry for address, entry in wanted.items()}, old, digest, at)
        seen = set(old)
        for address, problem, entry in read:
            email = entry.new.email
            if address is None:
                yield Enrolled(email=email, outcome="bad address", detail=problem)
            elif address in refused:
                yield Enrolled(email=email, outcome=refused[address])
            else:
                number = numbers[address]
                outcome: Literal["new", "updated"] = "updated" if number in seen else "new"
                seen.add(number)
                yield Enrolled(email=email, outcome=outcome, subscriber_id=number)

    def _confirm(
        self, wanted: Mapping[int, Enrolment], old: Mapping[int, Line], digest: str, at: datetime
    ) -> None:
        rows = [
            {
                "digest": digest,
                "subscriber_id": number,
                **choice_row(
                    old.get(number),
                    state=SubscriptionState.CONFIRMED,
                    at=at,
                    sections=entry.sections,
                    consent=entry.consent,
                ),
            }
            for number, entry in wanted.items()
        ]
        if rows:
            self.connection.execute(upsert(self.connection, subscriptions, ["digest", "subscriber_id"]), rows)

    def _refused(self, addresses: Collection[str], digest: str) -> dict[str, Literal["suppressed", "ended"]]:
        query = (
            select(subscribers.c.address)
            .join(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)
            .where(
                subscribers.c.address.in_(list(addresses)),
                subscriptions.c.digest == digest,
                subscriptions.c.state == SubscriptionState.ENDED,
            )
        )
        refused: dict[str, Literal["suppressed", "ended"]] = {}
        refused.update((address, "ended") for address in self.connection.execute(query).scalars())
        refused.update((address, "suppressed") for address in self.suppressed(addresses))
        return refused

    def _numbers(self, addresses: Iterable[str]) -> dict[str, int]:
        query = select(subscribers.c.address, subscribers.c.id)
        rows = self.connection.execute(query.where(subscribers.c.address.in_(list(addresses))))
        return {row.address: row.id for row in rows}

    def _choices_of(self, numbers: Iterable[int], digest: str) -> dict[int, Line]:
        query = select(subscriptions).where(
            subscriptions.c.digest == digest, subscriptions.c.subscriber_id.in_(list(numbers))
        )
        return {row.subscriber_id: row for row in self.connection.execute(query)}


def choice_row(
    old: Line | None,
    *,
    state: SubscriptionState,
    at: datetime,
    sections: tuple[str, ...],
    consent: str | None,
) -> dict[str, object]:
    """Make the row of a choice; a confirmation on record, with its consent, is never lost.

    Args:
        old: The row as it is; None when there is none.
        state: PENDING or CONFIRMED.
        at: When the choice is made.
        sections: Section keys; empty means all.
        consent: Where the consent came from.
    """
    row: dict[str, object] = {
        "state": state,
        "sections": sections,
        "consent": consent,
        "created_at": at if old is None else old.created_at,
        "confirmed_at": at if state is SubscriptionState.CONFIRMED else None,
        "ended_at": None,
        "end_reason": None,
        **{name: getattr(old, name, None) for name in _KEPT},
    }
    if old is not None and old.ended_at is not None and state is SubscriptionState.CONFIRMED:
        row |= _back(old, at)
    if old is not None and old.state == SubscriptionState.CONFIRMED:
        row |= {"state": old.state, "consent": old.consent, "confirmed_at": old.confirmed_at}
    return row


def _back(old: Line, at: datetime) -> dict[str, datetime]:
    """Return the time that somebody was away who comes back; a pause that they left in is part of it."""
    had_paused = old.away_until is not None and old.away_until > old.ended_at
    pause = old.paused_until or at
    return {"away_from": old.away_from if had_paused else old.ended_at, "away_until": max(at, pause)}


def _read(entry: Enrolment) -> tuple[str | None, str | None]:
    """Return the normalised address, or None and what is wrong with it."""
    try:
        return normalise_address(entry.new.email), None
    except MessageError as error:
        return None, error.message


def _told(
    address: str | None,
    problem: str | None,
    email: str,
    refused: Mapping[str, Literal["suppressed", "ended"]],
    seen: Collection[str],
) -> Enrolled:
    if address is None:
        return Enrolled(email=email, outcome="bad address", detail=problem)
    known: Literal["new", "updated"] = "updated" if address in seen else "new"
    return Enrolled(email=email, outcome=refused.get(address, known))


def _fields(new: NewSubscriber) -> dict[str, str | None]:
    return {
        "email": clean_address(new.email),
        "name": new.name,
        "language": new.language,
        "zone": new.zone,
    }
