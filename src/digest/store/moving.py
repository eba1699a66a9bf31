"""Where the mail of a delivery goes, or went, whose reader has another address by now."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Update, and_, case, exists, or_, select, true, update

from digest.store.lost_dots import MAYBE
from digest.store.part import ids
from digest.store.people_tables import IN_HAND, IS_REPORT, bounces, deliveries, subscribers

#: The address of a delivery where that is not its reader's of now; NULL where it is, and of who was erased.
WENT_TO = case((deliveries.c.address != subscribers.c.address, deliveries.c.address))
_THEIRS = (
    select(subscribers.c.address)
    .where(subscribers.c.id == deliveries.c.subscriber_id)
    .correlate(deliveries)
    .scalar_subquery()
)


def made_out_anew(delivery_ids: Collection[int]) -> Update:
    """Make the statement that has deliveries in hand name their readers' addresses of now, a few at a time.

    Who may have a copy is left out, at the address of before, until a mail is taken: see `mailed_anew`.
    """
    return _named_anew(delivery_ids, true()).where(or_(deliveries.c.reason.is_(None), ~MAYBE))


def mailed_anew(delivery_ids: Collection[int], worker: str) -> Update:
    """Make the statement that has those name their addresses of now of whom a worker's second mail was taken.

    It comes before that end is written down, which takes the word away that they may have a copy. Who moved
    while the worker had it in hand, and so has a next moment (`People.move`), is left out: none went there.
    """
    is_second = and_(IN_HAND, deliveries.c.worker == worker, deliveries.c.next_at.is_(None), MAYBE)
    return _named_anew(delivery_ids, IS_REPORT).where(is_second)


def _named_anew(delivery_ids: Collection[int], which: ColumnElement[bool]) -> Update:
    """Let a few deliveries name their readers' addresses of now.

    One that the edition names already, since another reader had it before, is left out: no two may be alike.
    So is one whose mail to the address of before came back: that says nothing of the one of now.

    Args:
        delivery_ids: A few.
        which: Of what came back, what counts: a refusal says nothing any more once a mail was taken.
    """
    other = deliveries.alias()
    is_taken = exists().where(other.c.edition_id == deliveries.c.edition_id, other.c.address == _THEIRS)
    came_back = exists().where(
        bounces.c.subscriber_id == deliveries.c.subscriber_id,
        bounces.c.edition_id == deliveries.c.edition_id,
        which,
    )
    return (
        update(deliveries)
        .where(deliveries.c.id.in_(ids(delivery_ids)), _THEIRS.is_not(None), ~is_taken, ~came_back)
        .values(address=_THEIRS)
    )
