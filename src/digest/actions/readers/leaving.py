"""Leave, and come back: one press each, whatever else is going on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from digest.actions.app import App
from digest.actions.readers.reader_links import Holder, holder, payload_of
from digest.errors import NotFound, Refused
from digest.model import SubscriptionState
from digest.store import Transaction

BY_LINK = "by their link"  #: why it ended
BY_ONE_CLICK = "by one click in their mail program"  #: RFC 8058
_WAY_BACK = timedelta(hours=24)  #: how long the link that ended a subscription takes it up again


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How somebody stands to a digest whose mail they hold."""

    email: str
    digest: str  #: key of the digest
    title: str  #: of it, also when its file is gone
    is_on: bool  #: they get it
    can_return: bool  #: they left just now
    others: int  #: how many other digests they get
    language: str | None  #: of the person


def standing(app: App, token: str) -> Standing:
    """Return how the holder of an unsubscribe link stands. Changes nothing.

    Raises:
        NotFound: The link is not ours, or the person was erased.
    """
    with app.store.reading() as tx:
        return _standing(app, tx, holder(app, tx, "unsubscribe", token))


def leave_by_one_click(app: App, token: str) -> None:
    """End a subscription as a mail program asks for it; twice is once. Holds for editions under way.

    Those who leave at the same moment are written in one go: after an edition they are many.

    Raises:
        NotFound: The link is not ours.
    """
    uid, _, digest = payload_of(app, "unsubscribe", token).partition(".")
    app.leavers.do((uid, digest), partial(_end, app))


def _end(app: App, leavers: Sequence[tuple[str, str]]) -> None:
    with app.store.writing() as tx:
        numbers = tx.people.numbers_of({uid for uid, _ in leavers})
        for digest in sorted({key for _, key in leavers}):
            mine = [numbers[uid] for uid, key in leavers if key == digest and uid in numbers]
            tx.people.end_all(mine, digest, at=app.clock(), reason=BY_ONE_CLICK)


def leave(app: App, token: str, *, every: bool = False) -> Standing:
    """End a subscription, or all of a person's; twice is once. Holds for editions under way.

    Raises:
        NotFound: The link is not ours, or the person was erased.
    """
    with app.store.writing() as tx:
        held = holder(app, tx, "unsubscribe", token)
        digests = {one.digest for one in tx.people.subscriptions(held.person.id)} if every else {held.digest}
        for digest in digests:
            tx.people.end(held.person.id, digest, at=app.clock(), reason=BY_LINK)
        return _standing(app, tx, held)


def come_back(app: App, token: str) -> Standing:
    """Take a subscription up again as it was that its own link ended within 24 hours.

    Raises:
        NotFound: The link is not ours, or the person was erased.
        Refused: They left longer ago, or otherwise, or the address must not be mailed.
    """
    with app.store.writing() as tx:
        held = holder(app, tx, "unsubscribe", token)
        stands = _standing(app, tx, held)
        choice = tx.people.subscription(held.person.id, held.digest)
        if choice is None or not (stands.is_on or stands.can_return):
            raise Refused("that was too long ago for this link", hint="sign up again")
        if not stands.is_on:
            tx.people.subscribe(
                held.person.id,
                held.digest,
                state=SubscriptionState.CONFIRMED,
                at=app.clock(),
                sections=choice.sections,
                consent=choice.consent,
                reopen=True,
            )
        return _standing(app, tx, held)


def _standing(app: App, tx: Transaction, held: Holder) -> Standing:
    choices = {one.digest: one for one in tx.people.subscriptions(held.person.id)}
    mine = choices.get(held.digest)
    if mine is None:
        raise NotFound("this address has not signed up to that digest", hint="use the link of a newer mail")
    on = {key for key, one in choices.items() if one.state is SubscriptionState.CONFIRMED}
    ended = mine.ended_at
    known = app.digests.get(held.digest)
    return Standing(
        email=held.person.email,
        digest=held.digest,
        title=known.title if known else held.digest,
        is_on=held.digest in on,
        can_return=ended is not None and app.clock() - ended < _WAY_BACK and known is not None,
        others=len(on - {held.digest}),
        language=held.person.language,
    )
