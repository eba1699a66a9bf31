"""Deliveries that a worker has in hand: renewed, dotted, settled or given back."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import BigInteger, Integer, Text, Update, bindparam, case, func, null, or_, update

from digest.model import MAY_HAVE_IT, DeliveryState, Outcome, Settlement
from digest.store.claiming import Claiming
from digest.store.in_turns import in_turns
from digest.store.listing import rows_listed_as
from digest.store.lost_dots import MAYBE, ended_as, ended_why
from digest.store.moving import mailed_anew
from digest.store.part import chunks, ids
from digest.store.people_tables import IN_HAND, deliveries
from digest.store.time_type import to_ticks

# Taken out of their class once: looking one up there takes ten times as long, for every recipient.
_PENDING, _EXCLUDED, _SENT = DeliveryState.PENDING, DeliveryState.EXCLUDED, DeliveryState.SENT
_GONE_WELL = {_SENT, _PENDING}
_VALUES = {state: state.value for state in DeliveryState}
_NOBODYS = {"worker": null(), "lease_until": null()}
#: What `_settled` gives of an end, in its order.
_GIVEN = {
    "id": BigInteger,
    "of_attempt": Integer,
    "end": Text,
    "counted": Integer,
    "code": Integer,
    "next_at": BigInteger,
    "changed_at": BigInteger,
    "reply": Text,
    "reason": Text,
    "own": Text,
}


class InHand(Claiming):
    """The half of the deliveries part that senders work with."""

    def renew(self, edition_id: int, worker: str, *, now: datetime, lease: timedelta) -> int:
        """Keep what a worker has in hand; return how many that is."""
        renewed = self.connection.execute(
            update(deliveries)
            .where(deliveries.c.edition_id == edition_id, IN_HAND, deliveries.c.worker == worker)
            .values(lease_until=now + lease)
        )
        return renewed.rowcount

    def dotted(self, delivery_id: int, worker: str, attempt: int) -> bool:
        """Write down that the final dot is about to be written.

        Returns:
            False when the delivery is this worker's no more: the dot must not be written.
        """
        return bool(self.dotted_all(worker, [(delivery_id, attempt)]))

    def dotted_all(self, worker: str, marks: Sequence[tuple[int, int]]) -> frozenset[int]:
        """Write down that the final dots of several deliveries are about to be written.

        Args:
            worker: Who has them in hand.
            marks: Delivery id and attempt of each; any number.

        Returns:
            The ids that were granted. Of the others, which are this worker's no more or have their
            dot already, the dot must not be written.
        """
        granted: set[int] = set()
        for attempt, numbers in by_attempt(marks):
            dot = (
                update(deliveries)
                .where(
                    deliveries.c.id.in_(numbers),
                    deliveries.c.worker == worker,
                    deliveries.c.attempt == attempt,
                    deliveries.c.state == DeliveryState.CLAIMED,
                )
                .values(state=DeliveryState.DOTTED)
            )
            granted.update(self.connection.execute(dot.returning(deliveries.c.id)).scalars())
        return frozenset(granted)

    def undotted_all(self, worker: str, marks: Sequence[tuple[int, int]]) -> None:
        """Write down that final dots were not written, or refused; the deliveries stay in hand.

        Args:
            worker: Who has them in hand; what is somebody else's by now stays as it is.
            marks: Delivery id and attempt of each; any number.
        """
        for attempt, numbers in by_attempt(marks):
            self.connection.execute(
                update(deliveries)
                .where(
                    deliveries.c.id.in_(numbers),
                    deliveries.c.worker == worker,
                    deliveries.c.attempt == attempt,
                    deliveries.c.state == DeliveryState.DOTTED,
                )
                .values(state=DeliveryState.CLAIMED)
            )

    def settle(self, delivery_id: int, worker: str, attempt: int, outcome: Outcome) -> bool:
        """Write down how an attempt ended.

        Args:
            delivery_id: The delivery.
            worker: Who had it in hand.
            attempt: Which attempt.
            outcome: The end; a pending one, or one that is no try, gives the attempt back uncounted.

        Returns:
            False when the delivery is this worker's no more: nothing was changed.
        """
        end = Settlement(delivery_id=delivery_id, attempt=attempt, outcome=outcome)
        return self.settle_all(worker, [end]) == 1

    def settle_all(self, worker: str, ends: Sequence[Settlement]) -> int:
        """Write down how several attempts ended; what is this worker's no more stays as it is.

        Of a person who was erased meanwhile the relay's words are not kept. Who may have a copy already is
        unknown where they would have failed, or been excluded or expired.

        Args:
            worker: Who had them in hand.
            ends: Any number; of two for one attempt the first holds. A pending end, or one that is no
                try, gives the attempt back uncounted.

        Returns:
            How many were written down.
        """
        if not ends:
            return 0
        firsts = {end.mark: end for end in reversed(ends)}
        again = [end.delivery_id for end in firsts.values() if end.attempt > 1 and end.outcome.state is _SENT]
        for some in chunks(again):  # who may have a copy was tried before
            self.connection.execute(mailed_anew(some, worker))
        given = {"of_worker": worker, "of_ends": json.dumps([*map(_settled, in_turns(firsts.values()))])}
        return self.connection.execute(_settle(self.connection.dialect.name), given).rowcount

    def give_back(self, worker: str) -> int:
        """Let go of all that a worker has claimed and not dotted, uncounted; return how many."""
        given = self.connection.execute(
            update(deliveries)
            .where(IN_HAND, deliveries.c.state == DeliveryState.CLAIMED, deliveries.c.worker == worker)
            .values(state=DeliveryState.PENDING, attempt=deliveries.c.attempt - 1, **_NOBODYS)
        )
        return given.rowcount


def by_attempt(marks: Iterable[tuple[int, int]]) -> Iterator[tuple[int, Sequence[int]]]:
    """Sort deliveries by attempt; give each attempt with a chunk of ids that are at it."""
    numbers: defaultdict[int, list[int]] = defaultdict(list)
    for number, attempt in marks:
        numbers[attempt].append(number)
    for attempt, wanted in numbers.items():
        for chunk in chunks(ids(wanted)):
            yield attempt, chunk


@cache
def _settle(dialect: str) -> Update:
    """Make the statement that writes down ends, of deliveries that worker and attempt have in hand.

    One step for all: between steps of a statement a driver lets other threads go first, each time.
    """
    given = rows_listed_as(dialect, "of_ends", _GIVEN).c
    # What a relay says often quotes the address, and may come in after the person was erased.
    is_erased = deliveries.c.address.not_like("%@%")
    goes_back = given.end == _VALUES[_PENDING]  # and what was said of them before is still true
    return (
        update(deliveries)
        .where(
            deliveries.c.id == given.id,
            deliveries.c.worker == bindparam("of_worker"),
            deliveries.c.attempt == given.of_attempt,
            IN_HAND,
        )
        .values(
            state=ended_as(given.end),
            attempt=given.counted,
            code=given.code,
            next_at=given.next_at,
            changed_at=given.changed_at,
            reply=case(
                (is_erased, null()),
                (goes_back, func.coalesce(func.nullif(given.reply, ""), deliveries.c.reply)),
                else_=given.reply,
            ),
            reason=case(
                (given.end == _VALUES[_SENT], null()),
                (goes_back, deliveries.c.reason),
                (
                    is_erased & or_(MAYBE, given.reason.contains(MAY_HAVE_IT)),
                    func.coalesce(given.own + MAY_HAVE_IT, f"erased{MAY_HAVE_IT}"),
                ),
                (is_erased, given.own),
                else_=ended_why(given.end, given.reason),
            ),
            **_NOBODYS,
        )
    )


def _settled(end: Settlement) -> tuple[object, ...]:
    """Say what is to be written down of an end, in the order of `_GIVEN`."""
    outcome, state, attempt = end.outcome, end.outcome.state, end.attempt
    is_ours = state is _EXCLUDED  # then the text is this program's reason, not a relay's words
    text = outcome.text
    if text and not text.isprintable():  # no database takes half a character, or a NUL
        text = text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")
    return (
        end.delivery_id,
        attempt,
        _VALUES[state],
        attempt - 1 if state is _PENDING or not outcome.is_try else attempt,
        outcome.code,
        None if outcome.next_at is None else to_ticks(outcome.next_at),
        to_ticks(outcome.at),
        None if is_ours else text,
        None if state in _GONE_WELL else text,
        text if is_ours else None,
    )
