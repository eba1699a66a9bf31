"""What operators do with readers; each look at an address and each change is on record, by number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from heapq import nlargest

from digest.actions.app import App
from digest.actions.readers import people
from digest.actions.readers.noting_people import note
from digest.errors import DigestError, NotFound
from digest.model import Bounce, Subscriber, Subscription, SubscriptionState, Suppression
from digest.store import NewSubscriber, PersonalMail

PAGE = 50  #: readers on a page
_LAST = 10  #: mails and reports that a reader's page shows
_SOON = timedelta(days=2)  #: an edition that is under way may be due later, at somebody's own hour


@dataclass(frozen=True, kw_only=True)
class ReaderView:
    """One reader, as operators see them."""

    person: Subscriber
    choices: tuple[Subscription, ...]  #: by digest, ended ones too
    barred: Suppression | None  #: why they must not be mailed; None when they may
    mails: tuple[PersonalMail, ...]  #: the last ten editions that were meant for them, the newest first
    bounces: tuple[Bounce, ...]  #: the last ten reports about them, the newest first

    @property
    def is_barred(self) -> bool:
        """Whether they must not be mailed."""
        return self.barred is not None


def reader(app: App, reader_id: int) -> ReaderView:
    """Return a reader by number.

    Raises:
        NotFound: There is none, or they were erased.
    """
    with app.store.reading() as tx:
        person = tx.people.get(reader_id)
        if person is None or not person.email:
            raise NotFound(f"there is no reader {reader_id}", hint="they may have been erased")
        choices, until = tx.people.subscriptions(reader_id), app.clock() + _SOON
        mails = (
            mail
            for choice in choices
            for mail in tx.people.mails_of(reader_id, choice.digest, before=until, limit=_LAST)
        )
        return ReaderView(
            person=person,
            choices=choices,
            barred=tx.people.suppression(person.email),
            mails=tuple(nlargest(_LAST, mails, key=lambda mail: mail.edition.slot.local)),
            bounces=tx.bounces.list(subscriber_id=reader_id, limit=_LAST),
        )


def find_reader(app: App, email: str) -> int:
    """Return the number of the reader with an address.

    Raises:
        NotFound: Nobody has it.
    """
    with app.store.reading() as tx:
        person = tx.people.find(email)
    if person is None:
        raise NotFound("nobody has that address", hint="write the whole of it; the list below goes by number")
    return person.id


def readers_like(app: App, written: str) -> tuple[Subscriber, ...]:
    """Return the first readers whose address begins so, by address; at most a page."""
    with app.store.reading() as tx:
        return tx.people.begins(written, limit=PAGE)


def readers_of(
    app: App, digest_key: str, *, state: SubscriptionState | None, after: int, limit: int = PAGE + 1
) -> tuple[Subscription, ...]:
    """Return choices of a digest, by the reader's number; a page of them and one more.

    Args:
        app: The installation.
        digest_key: Key of the digest.
        state: Only those in this state; None gives all.
        after: Number of the last reader of the page before.
        limit: At most so many.
    """
    with app.store.reading() as tx:
        return tx.people.of_digest(digest_key, state=state, after_id=after, limit=limit)


def bounced(app: App, *, before: int | None, limit: int = PAGE + 1) -> tuple[Bounce, ...]:
    """Return reports about mail that came back, the newest first; a page of them and one more."""
    with app.store.reading() as tx:
        return tx.bounces.list(before_id=before, limit=limit)


def reveal(app: App, reader_id: int, *, by: str) -> ReaderView:
    """Return a reader whose address somebody wants to see, which goes on record.

    Raises:
        NotFound: There is none.
    """
    found = reader(app, reader_id)
    with app.store.writing() as tx:
        note(tx, "reveal", f"looked at the address of reader {reader_id}", by=by, at=app.clock())
    return found


def add_reader(app: App, digest_key: str, new: NewSubscriber, *, consent: str, by: str) -> Subscription:
    """Add somebody who has agreed elsewhere.

    Raises:
        DigestError: Consent is empty, or as `people.add` has it.
    """
    if not consent.strip():
        raise DigestError("nobody is added without a consent", hint="write where they agreed, and when")
    return people.add(app, digest_key, new, consent=consent.strip(), by=by)


def bar_reader(app: App, reader_id: int, reason: str, *, by: str) -> None:
    """Never mail a reader again, whatever list they are on.

    Raises:
        NotFound: There is none.
    """
    people.suppress(app, reader(app, reader_id).person.email, reason.strip() or f"asked {by}", by=by)


def unbar_reader(app: App, reader_id: int, *, by: str) -> None:
    """Let a reader be mailed again.

    Raises:
        NotFound: There is none, or they may be mailed.
    """
    people.unsuppress(app, reader(app, reader_id).person.email, by=by)


def erase_reader(app: App, reader_id: int, *, by: str) -> None:
    """Erase a reader for good.

    Raises:
        NotFound: There is none.
    """
    people.erase(app, reader(app, reader_id).person.email, by=by)
