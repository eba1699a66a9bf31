"""Editions and their life."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from digest.errors import NotFound, Refused
from digest.model import Decision, Edition, EditionState, Story
from digest.store.decisions import Deciding
from digest.store.dialects import insert_new
from digest.store.edition_json import pack_edition, unpack_edition
from digest.store.part import ids
from digest.store.tables import edition_items, edition_log, edition_stories, editions
from digest.store.values import LogEntry, StoredEdition

_WITHDRAWN = {"approved_hash": None, "approved_by": None, "approved_at": None}


class Editions(Deciding):
    """The editions part of a transaction."""

    def add(  # noqa: PLR0913  (an edition and the records that belong to it are stored as one)
        self,
        edition: Edition,
        *,
        state: EditionState,
        content_hash: str,
        built_at: datetime,
        plan: Mapping[str, object] | None = None,
        decisions: Sequence[Decision] = (),
        stories: Sequence[Story] = (),
        by: str = "digest",
    ) -> int:
        """Store a new edition with the decisions that made it.

        Args:
            edition: Its content; digest and slot name it.
            state: The first state.
            content_hash: Names the content.
            built_at: When it was built.
            plan: How it was built, JSON-able.
            decisions: One per candidate, in any order that shall be kept.
            stories: Of the items; their other members count as used once the edition is sent.
            by: Who built it.

        Returns:
            The edition's id.

        Raises:
            Refused: The digest has an edition for this slot, or with this number.
        """
        row = {
            "digest": edition.digest,
            "slot": edition.slot.key,
            "slot_at": edition.slot.local,
            "number": edition.number,
            "state": state.value,
            "content": pack_edition(edition),
            "content_hash": content_hash,
            "built_at": built_at,
            "plan": dict(plan or {}),
        }
        edition_id = self._insert(edition, row)
        self._log(edition_id, at=built_at, by=by, before=None, after=state, note=None)
        self._hold(edition_id, edition, stories)
        self._record(edition_id, decisions)
        return edition_id

    def get(self, edition_id: int) -> StoredEdition | None:
        """Find one edition."""
        query = select(editions).where(editions.c.id.in_(ids([edition_id])))
        row = self.connection.execute(query).one_or_none()
        return None if row is None else _stored(row)

    def by_slot(self, digest: str, slot_key: str) -> StoredEdition | None:
        """Find the edition of a digest for a slot."""
        query = select(editions).where(editions.c.digest == digest, editions.c.slot == slot_key)
        row = self.connection.execute(query).one_or_none()
        return None if row is None else _stored(row)

    def list(self, digest: str | None = None, *, limit: int = 50) -> tuple[StoredEdition, ...]:
        """Return editions, the newest first."""
        query = select(editions).order_by(editions.c.id.desc()).limit(limit)
        if digest is not None:
            query = query.where(editions.c.digest == digest)
        return tuple(_stored(row) for row in self.connection.execute(query))

    def next_number(self, digest: str) -> int:
        """Return the number that the digest's next edition should have; 1 is the first."""
        query = select(func.coalesce(func.max(editions.c.number), 0) + 1)
        return int(self.connection.execute(query.where(editions.c.digest == digest)).scalar_one())

    def last_sent(self, digest: str) -> datetime | None:
        """Return the slot of the digest's newest sent edition, in UTC."""
        query = select(func.max(editions.c.slot_at)).where(
            editions.c.digest == digest, editions.c.state == EditionState.SENT
        )
        return self.connection.execute(query).scalar_one()

    def set_state(
        self,
        edition_id: int,
        state: EditionState,
        *,
        expect: Collection[EditionState],
        by: str,
        at: datetime,
        note: str | None = None,
        content_hash: str | None = None,
    ) -> StoredEdition:
        """Move an edition on, if it is where it is expected to be.

        Approving notes down what was approved; going back to draft or review withdraws that.

        Args:
            edition_id: The edition.
            state: Where to.
            expect: The states it may be in.
            by: Who wants it.
            at: When.
            note: A remark; None keeps the one that is there.
            content_hash: What the person saw; None when that does not matter.

        Raises:
            NotFound: There is no such edition.
            Refused: It is in another state, or its content is no longer what the person saw.
        """
        old = self._expect(edition_id, expect)
        if content_hash is not None and content_hash != old.content_hash:
            raise Refused(
                f"edition {edition_id} has changed since it was looked at", hint="look at it again, then decide"
            )
        changes: dict[str, object] = {"state": state.value, "note": old.note if note is None else note}
        if state is EditionState.APPROVED:
            changes |= {"approved_hash": old.content_hash, "approved_by": by, "approved_at": at}
        elif state in {EditionState.DRAFT, EditionState.REVIEW}:
            changes |= _WITHDRAWN
        self._change(old, changes)
        self._log(edition_id, at=at, by=by, before=old.state, after=state, note=note)
        return self._need(edition_id)

    def replace(
        self,
        edition_id: int,
        edition: Edition,
        *,
        content_hash: str,
        expect: Collection[EditionState],
        by: str,
        at: datetime,
        note: str | None = None,
    ) -> StoredEdition:
        """Give an edition new content; its items must be among those it had. An approval is withdrawn.

        Raises:
            NotFound: There is no such edition.
            Refused: It is in another state, or digest, slot or number would change, or an item is new.
        """
        old = self._expect(edition_id, expect)
        if _name(edition) != _name(old.edition):
            raise Refused(f"edition {edition_id} stays {_title(old)}", hint="build another edition instead")
        held = {item.article_id for item in edition.items}
        if not held <= {item.article_id for item in old.edition.items}:
            raise Refused(f"edition {edition_id} has no place for new items", hint="pin the article, build again")
        for table, column in ((edition_items, "article_id"), (edition_stories, "item_id")):
            gone = table.c[column].not_in(held)
            self.connection.execute(delete(table).where(table.c.edition_id == edition_id, gone))
        self._change(old, {"content": pack_edition(edition), "content_hash": content_hash, **_WITHDRAWN})
        self._log(edition_id, at=at, by=by, before=old.state, after=old.state, note=note)
        return self._need(edition_id)

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
