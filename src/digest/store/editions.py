"""Editions and their life."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import insert, select, update

from digest.errors import Refused
from digest.model import Decision, Edition, EditionState, Story
from digest.store.dialects import insert_new, locked
from digest.store.edition_json import pack_edition
from digest.store.editions_before import EditionsBefore
from digest.store.editions_read import EditionReading
from digest.store.part import ids
from digest.store.tables import edition_log, editions
from digest.store.values import StoredEdition

_WITHDRAWN = {"approved_hash": None, "approved_by": None, "approved_at": None}


class Editions(EditionReading):
    """The editions part of a transaction."""

    def before(self, moment: datetime) -> EditionsBefore:
        """Return what finds what editions had left behind before a moment."""
        return EditionsBefore(self.connection, self.fingerprint, moment)

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
        note: str | None = None,
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
            note: A remark on its state.

        Returns:
            The edition's id.

        Raises:
            Refused: The digest has an edition for this slot, or with this number.
        """
        edition_id = self._insert(
            edition,
            state=state,
            content_hash=content_hash,
            built_at=built_at,
            plan=dict(plan or {}),
            note=note,
        )
        self._log(edition_id, at=built_at, by=by, before=None, after=state, note=note)
        self._hold(edition_id, edition)
        self._tell(edition_id, edition, stories)
        self._record(edition_id, decisions)
        return edition_id

    def keep_state(self, edition_id: int) -> EditionState | None:
        """Return where an edition is, and keep it there to the transaction's end; None: there is none."""
        query = select(editions.c.state).where(editions.c.id.in_(ids([edition_id])))
        found = self.connection.execute(locked(self.connection, query)).scalar_one_or_none()
        return None if found is None else EditionState(found)

    def set_state(  # noqa: PLR0913  (who, when, from where and why belong to the step)
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
        _refuse_other(old, content_hash)
        remark = {"note": old.note if note is None else note}
        self._change(old, {"state": state} | remark | _approval(old, state, by, at))
        self._log(edition_id, at=at, by=by, before=old.state, after=state, note=note)
        return self._need(edition_id)

    def replace(  # noqa: PLR0913  (as set_state)
        self,
        edition_id: int,
        edition: Edition,
        *,
        content_hash: str,
        expect: Collection[EditionState],
        by: str,
        at: datetime,
        note: str | None = None,
        plan: Mapping[str, object] | None = None,
        made_of: str | None = None,
    ) -> StoredEdition:
        """Give an edition new content; its items must be among those it had. An approval is withdrawn.

        Of its plan the keys that are given change; the others stay. `made_of` is the content hash that the
        new content was made of; None when that does not matter.

        Raises:
            NotFound: There is no such edition.
            Refused: It is in another state, or of other content than `made_of`, or digest, slot or number
                would change, or an item is new.
        """
        old = self._expect(edition_id, expect)
        _refuse_other(old, made_of)
        if _name(edition) != _name(old.edition):
            raise Refused(
                f"edition {edition_id} keeps its digest, number and slot",
                hint="build another edition instead",
            )
        held = {item.article_id for item in edition.items}
        if not held <= {item.article_id for item in old.edition.items}:
            raise Refused(
                f"edition {edition_id} has no place for new items", hint="pin the article, build again"
            )
        self._let_go(edition_id, held)
        self._hold(edition_id, edition)
        new = {"content": pack_edition(edition), "content_hash": content_hash, **_WITHDRAWN}
        self._change(old, {**new, "plan": {**old.plan, **(plan or {})}})
        self._log(edition_id, at=at, by=by, before=old.state, after=old.state, note=note)
        return self._need(edition_id)

    def reshape(  # noqa: PLR0913  (as set_state)
        self,
        edition_id: int,
        edition: Edition,
        *,
        content_hash: str,
        expect: Collection[EditionState],
        by: str,
        at: datetime,
        note: str,
    ) -> StoredEdition:
        """Give an edition the content that a hand made of it, new items too. An approval is withdrawn.

        The tellings of its stories are the caller's to note down: see `Shapes.tell`.

        Raises:
            NotFound: There is no such edition.
            Refused: It is in another state, or somebody else has changed it.
        """
        old = self._expect(edition_id, expect)
        self._let_go(edition_id, {item.article_id for item in edition.items})
        self._hold(edition_id, edition)
        self._change(old, {"content": pack_edition(edition), "content_hash": content_hash, **_WITHDRAWN})
        self._log(edition_id, at=at, by=by, before=old.state, after=old.state, note=note)
        return self._need(edition_id)

    def _insert(self, edition: Edition, **other: object) -> int:
        row = {
            "digest": edition.digest,
            "slot": edition.slot.key,
            "slot_at": edition.slot.local,
            "number": edition.number,
            "content": pack_edition(edition),
        }
        statement = insert_new(self.connection, editions).values(**row, **other).returning(editions.c.id)
        made = self.connection.execute(statement).scalar_one_or_none()
        if made is not None:
            return int(made)
        holder = self.by_slot(edition.digest, edition.slot.key)
        if holder is not None:
            raise Refused(
                f"slot {edition.slot.key} of {edition.digest} has edition {holder.id} ({holder.state})",
                hint=f"`digest editions show {holder.id}` shows it",
            )
        raise Refused(f"{edition.digest} has a number {edition.number} already", hint="build it again")

    def _expect(self, edition_id: int, expect: Collection[EditionState]) -> StoredEdition:
        found = self._need(edition_id)
        if found.state not in expect:
            allowed = ", ".join(sorted(state.value for state in expect))
            raise Refused(f"edition {edition_id} is {found.state}", hint=f"it would have to be {allowed}")
        return found

    def _change(self, old: StoredEdition, changes: Mapping[str, object]) -> None:
        changed = self.connection.execute(
            update(editions)
            .where(
                editions.c.id == old.id,
                editions.c.state == old.state,
                editions.c.content_hash == old.content_hash,  # or content would be approved that nobody saw
            )
            .values(**changes)
        )
        if changed.rowcount != 1:
            raise Refused(
                f"edition {old.id} was changed by someone else", hint="look at it again, then decide"
            )

    def _log(
        self,
        edition_id: int,
        *,
        at: datetime,
        by: str,
        before: EditionState | None,
        after: EditionState,
        note: str | None,
    ) -> None:
        row = {"edition_id": edition_id, "at": at, "by": by, "before": before, "after": after, "note": note}
        self.connection.execute(insert(edition_log), row)


def _refuse_other(old: StoredEdition, seen: str | None) -> None:
    if seen is not None and seen != old.content_hash:
        raise Refused(
            f"edition {old.id} has changed since it was looked at", hint="look at it again, then decide"
        )


def _approval(old: StoredEdition, state: EditionState, by: str, at: datetime) -> dict[str, object]:
    """Return what a step to a state changes about the approval."""
    if state is EditionState.APPROVED:
        return {"approved_hash": old.content_hash, "approved_by": by, "approved_at": at}
    return dict(_WITHDRAWN) if state in {EditionState.DRAFT, EditionState.REVIEW} else {}


def _name(edition: Edition) -> tuple[str, int, str]:
    return edition.digest, edition.number, edition.slot.key
