"""What becomes of slots: one row a digest and slot decides, whoever asks and however often."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    and_,
    case,
    delete,
    exists,
    func,
    null,
    select,
    type_coerce,
    update,
)

from digest.model import SlotRecord, SlotState
from digest.store.dialects import insert_new, skip_locked
from digest.store.part import Line, Part, chunks
from digest.store.schedule_tables import TO_BUILD, slots
from digest.store.time_type import from_ticks, to_ticks

#: No lease and no put-off is longer. One that ends later was written before the clock was set back.
LONGEST_WAIT = timedelta(minutes=15)
_IN_TURN = (slots.c.build_at, slots.c.id)
_FREE = {"worker": null(), "lease_until": null()}


class Slots(Part):
    """The slots part of a transaction."""

    def get(self, digest: str, key: str) -> SlotRecord | None:
        """Find what is known of one slot; None when it did not come near yet."""
        row = self.connection.execute(select(slots).where(_is(digest, key))).one_or_none()
        return None if row is None else _record(row)

    def list(self, *, since: datetime, until: datetime, digest: str | None = None) -> tuple[SlotRecord, ...]:
        """Return the slots on record that are due after `since` and not after `until`, in that order.

        Coming ones are among them only when they are near, or somebody had them skipped.
        """
        query = select(slots).where(slots.c.due_at > since, slots.c.due_at <= until)
        if digest is not None:
            query = query.where(slots.c.digest == digest)
        rows = self.connection.execute(query.order_by(slots.c.due_at, slots.c.digest, slots.c.slot))
        return tuple(_record(row) for row in rows)

    def add(self, records: Iterable[SlotRecord], *, at: datetime) -> tuple[SlotRecord, ...]:
        """Put new slots on record; one that is there already is left alone, whatever has become of it.

        Returns:
            Those that are new, in the order given.
        """
        given = {(one.digest, one.key): one for one in records}
        insert = insert_new(self.connection, slots, ["digest", "slot"]).returning(
            slots.c.digest, slots.c.slot
        )
        new: set[tuple[str, str]] = set()
        for chunk in chunks(given.values()):
            rows = self.connection.execute(insert, [_row(one, at) for one in chunk])
            new.update((row.digest, row.slot) for row in rows)
        return tuple(one for name, one in given.items() if name in new)

    def next_at(self, now: datetime, *, shared: datetime) -> datetime | None:
        """Tell when the first edition that is due to be built can be begun; None when there is none.

        Args:
            now: By the clock that the answer is for.
            shared: The same moment by the clock that leases and put-offs go by.
        """
        again_at = type_coerce(slots.c.lease_until, BigInteger) - (to_ticks(shared) - to_ticks(now))
        moment = case((_is_put_off(shared), again_at), else_=type_coerce(slots.c.build_at, BigInteger))
        found = self.connection.execute(select(func.min(moment)).where(TO_BUILD)).scalar_one()
        return None if found is None else from_ticks(found)

    def ready(self, now: datetime, *, shared: datetime, digest: str | None = None) -> tuple[SlotRecord, ...]:
        """Return the slots that `claim` would give now, of all digests or of one, in its order."""
        query = select(slots).where(_is_ready(now, shared, digest)).order_by(*_IN_TURN)
        return tuple(_record(row) for row in self.connection.execute(query))

    def claim(
        self, worker: str, *, now: datetime, shared: datetime, lease: timedelta, digest: str | None = None
    ) -> SlotRecord | None:
        """Take the slot in hand whose edition is to be built next.

        Args:
            worker: Who will build it.
            now: The moment of claiming: what is to be built by then is taken.
            shared: The same moment by the clock that leases and put-offs go by.
            lease: How long nobody else takes it, at most LONGEST_WAIT.
            digest: Only a slot of this one; None takes any.

        Returns:
            The slot, with its tries counted: what is said of it later counts only while it is still
            this try. None when nothing is to be built now.
        """
        first = select(slots.c.id).where(_is_ready(now, shared, digest)).order_by(*_IN_TURN).limit(1)
        take = (
            update(slots)
            .where(slots.c.id.in_(skip_locked(self.connection.dialect.name, first)))
            .values(worker=worker, lease_until=shared + lease, tries=slots.c.tries + 1, changed_at=now)
            .returning(*slots.columns)
        )
        row = self.connection.execute(take).one_or_none()
        return None if row is None else _record(row)

    def built(self, record: SlotRecord, edition_id: int, *, at: datetime) -> bool:
        """Write down that a slot that was due has its edition; who is through first is through.

        Returns:
            False when the slot has its end already: nothing was changed.
        """
        waits = and_(_is(record.digest, record.key), slots.c.state == SlotState.DUE)
        values = {"state": SlotState.BUILT, "edition_id": edition_id, "note": None, "changed_at": at}
        return self._change(waits, {**values, "lease_until": None})

    def put_off(self, claimed: SlotRecord, *, until: datetime, note: str | None, at: datetime) -> bool:
        """Give a claimed slot back for a later try, at most LONGEST_WAIT away by the clock of leases.

        Returns:
            False when the slot is not in the hand of this try any more: nothing was changed.
        """
        return self._change(
            _in_hand(claimed), {"worker": None, "lease_until": until, "note": note, "changed_at": at}
        )

    def built_by_hand(self, record: SlotRecord, *, at: datetime) -> None:
        """Write down that somebody had a slot's edition built, whatever had become of the slot before."""
        if not self.add([record], at=at):
            values = {"state": SlotState.BUILT, "edition_id": record.edition_id, "note": None}
            self._change(_is(record.digest, record.key), {**values, **_FREE, "changed_at": at})

    def set_span(self, digest: str, key: str, span: tuple[datetime, datetime], *, at: datetime) -> None:
        """Write down anew when the first and the last are due: the audience is frozen by these hours."""
        first, last = span
        self._change(_is(digest, key), {"first_at": first, "last_at": last, "changed_at": at})

    def overdue(
        self, now: datetime, digests: Sequence[str] | None = None, *, shared: datetime
    ) -> tuple[tuple[SlotRecord, bool], ...]:
        """Return the slots that are past due, have no edition and are not being built, in order of due time.

        With each stands whether a newer slot of its digest is past due, too, and was built or is to be.

        Args:
            now: The moment.
            digests: Only those of these, at most CHUNK; None is all.
            shared: The same moment by the clock that leases go by.
        """
        newer = slots.alias()
        superseded = exists().where(
            newer.c.digest == slots.c.digest,
            newer.c.due_at > slots.c.due_at,
            newer.c.due_at <= now,
            newer.c.state.in_((SlotState.DUE, SlotState.BUILT)),
        )
        few = select(slots.c.id).where(TO_BUILD, slots.c.build_at <= now)  # by the index of these
        query = select(slots, superseded.label("superseded")).where(
            slots.c.id.in_(few), slots.c.due_at <= now, ~_is_being_built(shared)
        )
        if digests is not None:
            query = query.where(slots.c.digest.in_(digests))
        rows = self.connection.execute(query.order_by(slots.c.due_at, slots.c.id))
        return tuple((_record(row), bool(row.superseded)) for row in rows)

    def end(
        self,
        record: SlotRecord,
        state: SlotState,
        *,
        note: str,
        now: datetime,
        shared: datetime,
        in_hand: bool = False,
    ) -> bool:
        """Write down that a slot has no edition and will have none.

        Args:
            record: The slot.
            state: How it ends.
            note: Why.
            now: The moment.
            shared: The same by the clock that leases go by.
            in_hand: Also when it is being built; the builder then stores nothing.

        Returns:
            False when it is being built, or has its end already: nothing was changed.
        """
        waits = and_(_is(record.digest, record.key), slots.c.state == SlotState.DUE)
        if not in_hand:
            waits = and_(waits, ~_is_being_built(shared))
        return self._change(waits, {"state": state, "note": note, **_FREE, "changed_at": now})

    def bring_back(self, digest: str, key: str, *, now: datetime) -> bool:
        """Let a slot that was off or missed be due again; False when it was neither."""
        return self._change(
            _was_left_out(digest, key), {"state": SlotState.DUE, "note": None, "changed_at": now}
        )

    def withdraw(self, digest: str, *, after: datetime, keep: Collection[str]) -> None:
        """Forget coming slots that are to be built no more, except those of these keys.

        Who is building one stores nothing.
        """
        coming = and_(slots.c.digest == digest, slots.c.due_at > after, slots.c.state == SlotState.DUE)
        query = select(slots.c.id, slots.c.slot).where(coming)
        gone = [row.id for row in self.connection.execute(query) if row.slot not in keep]
        for chunk in chunks(gone):
            self.connection.execute(delete(slots).where(slots.c.id.in_(chunk), coming))

    def forget(self, digest: str, key: str) -> bool:
        """Take a slot that was off or missed from the record, as if it had never come near.

        Returns:
            False when it was neither.
        """
        return self.connection.execute(delete(slots).where(_was_left_out(digest, key))).rowcount == 1

    def _change(self, which: ColumnElement[bool], values: dict[str, object]) -> bool:
        return self.connection.execute(update(slots).where(which).values(values)).rowcount == 1


def _is(digest: str, key: str) -> ColumnElement[bool]:
    return and_(slots.c.digest == digest, slots.c.slot == key)


def _was_left_out(digest: str, key: str) -> ColumnElement[bool]:
    return and_(_is(digest, key), slots.c.state.in_((SlotState.OFF, SlotState.MISSED)))


def _in_hand(claimed: SlotRecord) -> ColumnElement[bool]:
    """Let only the try through that has the slot in hand: one that wakes up late changes nothing."""
    return and_(
        _is(claimed.digest, claimed.key),
        slots.c.state == SlotState.DUE,
        slots.c.worker == claimed.worker,
        slots.c.tries == claimed.tries,
    )


def _is_ready(now: datetime, shared: datetime, digest: str | None) -> ColumnElement[bool]:
    """Whether somebody may begin to build it now."""
    ready = and_(TO_BUILD, slots.c.build_at <= now, ~_is_put_off(shared))
    return ready if digest is None else and_(ready, slots.c.digest == digest)


def _is_put_off(shared: datetime) -> ColumnElement[bool]:
    """Whether nobody takes it now: it is being built, or its next try comes later."""
    wait = slots.c.lease_until
    return and_(wait.is_not(None), wait > shared, wait <= shared + LONGEST_WAIT)


def _is_being_built(shared: datetime) -> ColumnElement[bool]:
    return and_(slots.c.worker.is_not(None), _is_put_off(shared))


def _row(record: SlotRecord, at: datetime) -> dict[str, object]:
    return {
        "digest": record.digest,
        "slot": record.key,
        "due_at": record.due,
        "first_at": record.first,
        "last_at": record.last,
        "build_at": record.build_at,
        "state": record.state,
        "edition_id": record.edition_id,
        "note": record.note,
        "tries": record.tries,
        "changed_at": at,
    }


def _record(row: Line) -> SlotRecord:
    return SlotRecord(
        digest=row.digest,
        key=row.slot,
        due=row.due_at,
        span=None if row.first_at == row.last_at else (row.first_at, row.last_at),
        build_at=row.build_at,
        state=SlotState(row.state),
        edition_id=row.edition_id,
        note=row.note,
        worker=row.worker,
        tries=row.tries,
    )
