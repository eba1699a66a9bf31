"""Finding editions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, bindparam, exists, func, or_, select

from digest.clock import aware
from digest.errors import NotFound
from digest.model import RELEASED, EditionState
from digest.store.dialects import text_in
from digest.store.edition_rows import WHOLE, stored_of
from digest.store.editions_due import BEGUN_AT, DueReading
from digest.store.listing import listed
from digest.store.part import chunks, ids
from digest.store.people_tables import deliveries
from digest.store.tables import edition_log, editions
from digest.store.values import LogEntry, NamedEdition, StoredEdition

_WAY = select(
    editions.c.state,
    select(func.max(edition_log.c.id))
    .where(edition_log.c.edition_id == editions.c.id, edition_log.c.after != EditionState.SENDING)
    .scalar_subquery(),
).where(editions.c.id == bindparam("of_edition"))


class EditionReading(DueReading):
    """The reading half of the editions part."""

    def get(self, edition_id: int) -> StoredEdition | None:
        """Find one edition."""
        query = select(*WHOLE).where(editions.c.id.in_(ids([edition_id])))
        row = self.connection.execute(query).one_or_none()
        return None if row is None else stored_of(row)

    def state_of(self, edition_id: int) -> EditionState | None:
        """Return where an edition is in its life, without reading all of it; None when there is none."""
        query = select(editions.c.state).where(editions.c.id.in_(ids([edition_id])))
        found = self.connection.execute(query).scalar_one_or_none()
        return None if found is None else EditionState(found)

    def way_of(self, edition_id: int) -> tuple[EditionState | None, int]:
        """Return where an edition is, and the number of its newest step to anything but being sent; 0: none.

        While it is being sent that number stays; it is another one after a stop, however soon it went on.
        """
        row = self.connection.execute(_WAY, {"of_edition": edition_id}).one_or_none()
        return (None, 0) if row is None else (EditionState(row[0]), row[1] or 0)

    def digest_of(self, edition_id: int) -> str | None:
        """Return the digest that an edition is of, without reading all of it; None when there is none."""
        query = select(editions.c.digest).where(editions.c.id.in_(ids([edition_id])))
        found: str | None = self.connection.execute(query).scalar_one_or_none()
        return found

    def by_slot(self, digest: str, slot_key: str) -> StoredEdition | None:
        """Find the edition of a digest for a slot."""
        query = select(*WHOLE).where(editions.c.digest == digest, editions.c.slot == slot_key)
        row = self.connection.execute(query).one_or_none()
        return None if row is None else stored_of(row)

    def list(
        self,
        digest: str | None = None,
        *,
        limit: int = 50,
        before: int | None = None,
        among: Collection[str] | None = None,
    ) -> tuple[StoredEdition, ...]:
        """Return editions, the newest first.

        Args:
            digest: Only those of this digest; None gives all.
            limit: At most so many.
            before: Only those with a smaller id, to turn the page; None begins at the newest.
            among: Only those of these digests; None gives all.
        """
        query = select(*WHOLE).order_by(editions.c.id.desc()).limit(limit)
        if digest is not None:
            query = query.where(editions.c.digest == digest)
        if before is not None:
            query = query.where(editions.c.id < before)
        if among is not None:
            query = query.where(editions.c.digest.in_(listed(self.connection, sorted(among))))
        return tuple(stored_of(row) for row in self.connection.execute(query))

    def slots_of(self, edition_ids: Collection[int]) -> dict[int, tuple[str, datetime]]:
        """Return digest and moment of the slots of editions, without reading all of them, by number."""
        found: dict[int, tuple[str, datetime]] = {}
        for chunk in chunks(ids(edition_ids)):
            query = select(editions.c.id, editions.c.digest, editions.c.slot_at)
            for row in self.connection.execute(query.where(editions.c.id.in_(chunk))):
                found[row.id] = row.digest, row.slot_at
        return found

    def due_within(self, since: datetime, until: datetime, *, limit: int) -> tuple[int, ...]:
        """Return the numbers of the editions whose slot lies in a stretch, the newest first.

        Args:
            since: The first moment.
            until: The first moment after it.
            limit: At most so many; only among the newest 1,000 editions is looked.
        """
        newest = select(editions.c.id, editions.c.slot_at).order_by(editions.c.id.desc()).limit(1_000)
        rows = newest.subquery()
        query = select(rows.c.id).where(rows.c.slot_at >= since, rows.c.slot_at < until)
        return tuple(self.connection.execute(query.order_by(rows.c.id.desc()).limit(limit)).scalars())

    def named(self, *, limit: int, among: Collection[str] | None = None) -> tuple[NamedEdition, ...]:
        """Return what people call the newest editions, the newest first; much faster than `list`.

        Args:
            limit: At most so many.
            among: Only those of these digests; None gives all.
        """
        names = ("id", "digest", "number", "slot_at", "state")
        subject = text_in(self.connection, editions.c.content, "subject").label("subject")
        columns = (*(editions.c[name] for name in names), subject, BEGUN_AT)
        query = select(*columns).order_by(editions.c.id.desc()).limit(limit)
        if among is not None:
            query = query.where(editions.c.digest.in_(listed(self.connection, sorted(among))))
        return tuple(
            NamedEdition(
                id=row.id,
                digest=row.digest,
                number=row.number,
                subject=row.subject,
                due=row.slot_at,
                state=EditionState(row.state),
                is_begun=row.begun_at is not None,
            )
            for row in self.connection.execute(query)
        )

    def sent(
        self,
        digest: str | None = None,
        *,
        among: Collection[str] | None = None,
        before: datetime | None = None,
        past: int | None = None,
        limit: int = 50,
    ) -> tuple[StoredEdition, ...]:
        """Return editions that were sent, or are being sent, the newest slot first.

        Args:
            digest: Key of the digest; None takes all.
            among: Only those of these digests; None takes all.
            before: Only slots before this moment; None begins with the newest.
            past: Only those that come after this edition in this order: the last one of the page before.
            limit: The most that are returned.
        """
        order = editions.c.slot_at.desc(), editions.c.id.desc()
        query = select(*WHOLE).where(editions.c.state.in_(RELEASED)).order_by(*order)
        if digest is not None:
            query = query.where(editions.c.digest == digest)
        if among is not None:
            query = query.where(editions.c.digest.in_(listed(self.connection, sorted(among))))
        if before is not None:
            query = query.where(editions.c.slot_at < before)
        if past is not None:
            last = editions.alias()
            is_same = and_(editions.c.slot_at == last.c.slot_at, editions.c.id < last.c.id)
            query = query.join(last, or_(editions.c.slot_at < last.c.slot_at, is_same))
            query = query.where(last.c.id.in_(ids([past])))
        return tuple(stored_of(row) for row in self.connection.execute(query.limit(limit)))

    def by_number(self, digest: str, number: int) -> StoredEdition | None:
        """Find an edition of a digest by its number there."""
        query = select(*WHOLE).where(editions.c.digest == digest, editions.c.number.in_(ids([number])))
        row = self.connection.execute(query).one_or_none()
        return None if row is None else stored_of(row)

    def in_states(self, states: Collection[EditionState]) -> tuple[int, ...]:
        """Return the ids of the editions that are in one of these states, ascending."""
        query = select(editions.c.id).where(editions.c.state.in_(states)).order_by(editions.c.id)
        return tuple(self.connection.execute(query).scalars())

    def next_number(self, digest: str) -> int:
        """Return the number that the digest's next edition should have; 1 is the first."""
        query = select(func.coalesce(func.max(editions.c.number), 0) + 1)
        return int(self.connection.execute(query.where(*self._of(digest, editions))).scalar_one())

    def newest_sent(self, digest: str) -> int | None:
        """Return the id of the digest's newest edition that was sent; None without one."""
        query = select(editions.c.id).where(
            *self._of(digest, editions), editions.c.state == EditionState.SENT
        )
        return self.connection.execute(query.order_by(editions.c.slot_at.desc()).limit(1)).scalar()

    def newest_for(self, digest: str, subscriber_id: int) -> int | None:
        """Return the id of the newest edition of a digest that was meant for a person.

        Of one for whom none is on record it is the newest that readers may have; None without any.
        """
        mine = exists().where(
            deliveries.c.edition_id == editions.c.id,
            deliveries.c.subscriber_id.in_(ids([subscriber_id])),
        )
        newest = select(editions.c.id).order_by(editions.c.slot_at.desc(), editions.c.id.desc()).limit(1)
        for condition in (mine, BEGUN_AT.element.is_not(None)):
            found: int | None = self.connection.scalar(newest.where(editions.c.digest == digest, condition))
            if found is not None:
                return found
        return None

    def last_sent(self, digest: str) -> datetime | None:
        """Return until when articles counted for the digest's newest sent edition, in UTC."""
        query = select(editions.c.slot_at, editions.c.plan).where(
            *self._of(digest, editions), editions.c.state == EditionState.SENT
        )
        row = self.connection.execute(query.order_by(editions.c.slot_at.desc()).limit(1)).one_or_none()
        if row is None:
            return None
        until = row.plan.get("until")
        # It is built before it is due: what came in between is news for the next one.
        return row.slot_at if until is None else aware(datetime.fromisoformat(until))

    def newest_step(self) -> int:
        """Return the number of the newest step of any edition; each change of one is a step. 0: none."""
        return self.connection.scalar(select(func.max(edition_log.c.id))) or 0

    def log(self, edition_id: int) -> tuple[LogEntry, ...]:
        """Return what happened to an edition, in order."""
        query = select(edition_log).where(edition_log.c.edition_id.in_(ids([edition_id])))
        return tuple(
            LogEntry(
                at=row.at,
                by=row.by,
                before=None if row.before is None else EditionState(row.before),
                after=EditionState(row.after),
                note=row.note,
            )
            for row in self.connection.execute(query.order_by(edition_log.c.id))
        )

    def _need(self, edition_id: int) -> StoredEdition:
        found = self.get(edition_id)
        if found is None:
            raise NotFound(f"there is no edition {edition_id}", hint="`digest editions list` shows them")
        return found
