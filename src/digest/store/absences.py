"""What came out while somebody was away, and what they have had of it all the same."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, exists, or_, select

from digest.model import RELEASED, DeliveryState, LetterKind
from digest.store.edition_rows import WHOLE, stored_of
from digest.store.freezing import PAUSED
from digest.store.letter_tables import letters
from digest.store.part import Part, chunks
from digest.store.people_tables import deliveries
from digest.store.tables import edition_items, edition_stories, editions
from digest.store.values import StoredEdition

LEFT = "unsubscribed"  #: why who has left is taken out of editions under way
_AWAY = and_(deliveries.c.state == DeliveryState.EXCLUDED, deliveries.c.reason.in_([PAUSED, LEFT]))
_NOT_HAD = (DeliveryState.EXCLUDED, DeliveryState.FAILED, DeliveryState.EXPIRED)
_LIVE = or_(letters.c.sent_at.is_not(None), letters.c.next_at.is_not(None))


class Absences(Part):
    """The absences part of a transaction. Reads only."""

    def missed(
        self,
        subscriber_id: int,
        digest: str,
        *,
        under_way: datetime,
        since: datetime,
        until: datetime,
        limit: int,
    ) -> tuple[StoredEdition, ...]:
        """Return the editions that went out and not to somebody, as they were away; the newest slot first.

        One that was sent to them later, when they asked for it, is none of these.

        Args:
            subscriber_id: The person.
            digest: Key of the digest.
            under_way: Editions of slots from here on may still have been under way when they went away: those
                count whose mail to them was taken back.
            since: When they went away; from here on editions count that were not meant for them, too.
            until: When they were back: only slots before.
            limit: At most so many.
        """
        mine = and_(deliveries.c.edition_id == editions.c.id, deliveries.c.subscriber_id == subscriber_id)
        query = (
            select(*WHOLE)
            .outerjoin(deliveries, mine)
            .where(
                editions.c.digest == digest,
                editions.c.state.in_(RELEASED),
                editions.c.slot_at >= under_way,
                editions.c.slot_at < until,
                or_(_AWAY, and_(deliveries.c.id.is_(None), editions.c.slot_at >= since)),
                ~exists(_copies(subscriber_id).where(letters.c.edition_id == editions.c.id)),
            )
            .order_by(editions.c.slot_at.desc(), editions.c.id.desc())
        )
        return tuple(stored_of(row) for row in self.connection.execute(query.limit(limit)))

    def had(self, subscriber_id: int, article_ids: Collection[int]) -> frozenset[int]:
        """Tell which articles somebody was mailed, themselves or as another telling of their story.

        Mail that is on its way counts, and so does what nobody can tell.
        """
        mailed = (
            select(deliveries.c.edition_id)
            .where(deliveries.c.subscriber_id == subscriber_id, deliveries.c.state.not_in(_NOT_HAD))
            .union_all(_copies(subscriber_id))
        )
        found = set(self._caught_up(subscriber_id))
        for chunk in chunks(sorted(article_ids)):
            for table in (edition_items, edition_stories):
                query = select(table.c.article_id).where(
                    table.c.article_id.in_(chunk), table.c.edition_id.in_(mailed)
                )
                found.update(self.connection.execute(query).scalars())
        return frozenset(found) & frozenset(article_ids)

    def has_caught_up(self, subscriber_id: int, digest: str, *, since: datetime) -> bool:
        """Tell whether what somebody missed was sent to them since a moment, or is on its way."""
        query = select(letters.c.id).where(
            letters.c.subscriber_id == subscriber_id,
            letters.c.kind == LetterKind.CATCH_UP,
            letters.c.digest == digest,
            letters.c.made_at >= since,
            _LIVE,
        )
        return self.connection.execute(query.limit(1)).first() is not None

    def _caught_up(self, subscriber_id: int) -> set[int]:
        """Return the articles of what somebody was sent of earlier absences, as long as it is on record."""
        query = select(letters.c.stories).where(
            letters.c.subscriber_id == subscriber_id, letters.c.kind == LetterKind.CATCH_UP, _LIVE
        )
        rows = self.connection.execute(query).scalars()
        return {int(article) for stories in rows for _, article in stories or ()}


def _copies(subscriber_id: int) -> Select[Any]:  # why Any: a column of numbers
    """Find the editions that were sent to somebody once more, or as a welcome."""
    return select(letters.c.edition_id).where(
        letters.c.subscriber_id == subscriber_id, letters.c.kind == LetterKind.EDITION, _LIVE
    )
