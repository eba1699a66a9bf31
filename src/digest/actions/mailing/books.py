"""The books of an edition: read them, decide on the unknown."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, chain, takewhile

from digest.actions.app import App
from digest.actions.editions import find
from digest.actions.telling import Hand, Named, write_down
from digest.actions.timing.courses import let_go_until
from digest.actions.timing.deadlines import BEFORE_APPROVAL
from digest.actions.timing.local_hours import edition_hours
from digest.deliver import LIMITED
from digest.errors import Refused
from digest.model import Books, Delivery, DeliveryState, EditionState
from digest.store import ACCEPTED, OffRecord, StoredEdition, Transaction, Unknown

#: Those with no mail to show, first the ones that somebody has to decide on.
TROUBLED = (DeliveryState.UNKNOWN, DeliveryState.FAILED, DeliveryState.EXPIRED, DeliveryState.EXCLUDED)
_PAGE = 1_000
_SPREAD = timedelta(days=3)  #: more than lies between the hours of any two readers


def accounts(app: App, edition_id: int, *, every: bool) -> tuple[Books, Iterator[Delivery]]:
    """Return the books of an edition and its recipients: all, or those with no mail to show.

    The recipients come one by one, read page by page: there may be a million. All are in the order of their
    ids; those with no mail to show in the order of `TROUBLED`, and of their ids in each state.

    Raises:
        NotFound: There is no such edition.
    """
    find(app, edition_id)
    with app.store.reading() as tx:
        books = tx.deliveries.books(edition_id)
    if every:
        return books, _pages(app, edition_id, None)
    return books, chain.from_iterable(_pages(app, edition_id, [state]) for state in TROUBLED)


def books_of(app: App, edition_id: int) -> Books:
    """Return the books of an edition; all zero before its audience is frozen.

    Raises:
        NotFound: There is no such edition.
    """
    find(app, edition_id)
    with app.store.reading() as tx:
        return tx.deliveries.books(edition_id)


def off_record(app: App, edition_id: int) -> OffRecord | None:
    """Tell how many recipients of an edition are no longer on record one by one; None: all are."""
    with app.store.reading() as tx:
        return tx.deliveries.off_record(edition_id)


def refuse_pruned(tx: Transaction, edition_id: int) -> None:
    """Refuse to try the failed again of whom only a part may be on record.

    Raises:
        Refused: Recipients of the edition went off the record.
    """
    gone = tx.deliveries.off_record(edition_id)
    if gone is not None:
        raise Refused(
            f"recipients of edition {edition_id} are no longer on record since {gone.since:%Y-%m-%d}",
            hint="nobody can be tried again; build and send another edition",
        )


def in_hand(app: App, edition_id: int) -> int:
    """Count the recipients of an edition that senders have in hand, those that have died too."""
    with app.store.reading() as tx:
        return tx.deliveries.in_hand(edition_id)


def put_off(app: App, edition_id: int) -> frozenset[DeliveryState]:
    """Say for what recipients wait beside limits: deferred ones for a relay, pending ones for their hour."""
    with app.store.reading() as tx:
        return tx.deliveries.put_off(edition_id, now=app.clock(), but_for=LIMITED)


def deliveries(
    app: App, edition_id: int, *, states: Collection[DeliveryState] | None, limit: int, after_id: int
) -> tuple[Delivery, ...]:
    """Return a page of an edition's recipients, by id; bounds as the store's list has them.

    Raises:
        NotFound: There is no such edition.
    """
    find(app, edition_id)
    with app.store.reading() as tx:
        return tx.deliveries.list(edition_id, states=states, limit=limit, after_id=after_id)


def _pages(app: App, edition_id: int, states: Collection[DeliveryState] | None) -> Iterator[Delivery]:
    """Give deliveries one by one; no transaction is open while whoever asks works on them."""
    last = 0
    while True:
        with app.store.reading() as tx:
            page = tx.deliveries.list(edition_id, states=states, limit=_PAGE, after_id=last)
        yield from page
        if len(page) < _PAGE:
            return
        last = page[-1].id


def decide_unknown(
    app: App,
    edition_id: int,
    *,
    resend: bool,
    by: str,
    only: Collection[int] | None = None,
    late: bool = False,
) -> int:
    """Decide on those of whom nobody can tell whether the mail arrived; return how many.

    Args:
        app: The installation.
        edition_id: The edition.
        resend: Mail them again, at the risk of a second copy; False leaves them, on record.
        by: Who decides.
        only: The deliveries in question; None: all that nobody has decided on.
        late: Mail them again although max_lateness has passed. Of an edition that was sent that is the
            word to send it late; those of one that is stopped wait for that word with the others.

    Raises:
        NotFound: There is no such edition.
        Refused: Nobody is unknown, or somebody has decided already; it is too late to mail them again.
    """
    stored = find(app, edition_id)
    if resend and not late:
        _refuse_late(app, stored)
    is_late = resend and app.clock() > _last(app, stored)
    hand = Hand(by=by, at=app.clock())
    with app.store.writing() as tx:
        state = tx.editions.keep_state(edition_id)  # a sender may be closing the books
        if resend:
            count = tx.deliveries.resend_unknown(edition_id, only)
        else:
            count = tx.deliveries.accept_unknown(edition_id, only, note=f"{ACCEPTED}{by}", at=hand.at)
        if not count:
            raise Refused(f"edition {edition_id} has nobody unknown that is to be decided on")
        if resend and state is EditionState.SENT:
            note = "the unknown are to be mailed again"
            ended = (EditionState.SENDING, EditionState.SENT)
            for _ in range(1 + is_late):  # from being sent to being sent: the word to send it late
                tx.editions.set_state(
                    edition_id, EditionState.SENDING, expect=ended, by=by, at=hand.at, note=note
                )
        deed = "mailed again" if resend else "left as they are"
        write_down(tx, Named.of(stored), hand, "decide", note=f"{count} unknown: {deed}")
    return count


@dataclass(frozen=True, kw_only=True)
class Onward:
    """What those of an edition wait for who are to be mailed again."""

    stopped: bool  #: the edition waits for a person to let it go on
    late: bool  #: `max_lateness` has passed: by hand it goes out with `--late` alone
    let_go: bool  #: a person's word to send it late holds, and a service goes by it


def onward(app: App, edition_id: int) -> Onward:
    """Say what those wait for who are to be mailed again.

    Raises:
        NotFound: There is no such edition.
    """
    stored = find(app, edition_id)
    return Onward(
        stopped=stored.state in BEFORE_APPROVAL,
        late=app.clock() > _last(app, stored),
        let_go=let_go_until(app, edition_id) is not None,
    )


def waiting_for_a_word(
    app: App, edition_id: int | None, *, digests: Collection[str] | None, limit: int
) -> tuple[tuple[Unknown, ...], dict[int, int]]:
    """List unknown deliveries that nobody has decided on, those of the newest editions first, and count them.

    Args:
        app: The installation.
        edition_id: Those of this edition; None: of all.
        digests: Only those of these digests; None: of all.
        limit: At most so many of the list; all are counted.

    Returns:
        The first of them, by edition and id; how many there are, by edition, the newest first.
    """
    with app.store.reading() as tx:
        counted = tx.deliveries.undecided_counts(edition_id, digests=digests)
        counts = dict(sorted(counted.items(), reverse=True))
        reach = takewhile(lambda before: before < limit, accumulate(counts.values(), initial=0))
        newest = [number for number, _ in zip(counts, reach, strict=False)]
        rows = tx.deliveries.undecided(newest, limit=limit)
    return rows, counts


def mailable_until(app: App, edition_ids: Collection[int]) -> dict[int, datetime]:
    """Say until when editions may go out to their last readers, by number.

    Of one that is over for days it is told without the hours that readers chose.
    """
    with app.store.reading() as tx:
        slots = tx.editions.slots_of(edition_ids)
    return {number: _end(app, number, due) for number, (_, due) in slots.items()}


def _end(app: App, edition_id: int, due: datetime) -> datetime:
    """Say until when an edition may go out; its readers are asked only where that can matter."""
    over = due + app.system.delivery.max_lateness
    if over + _SPREAD < app.clock():
        return let_go_until(app, edition_id) or over
    return until(app, find(app, edition_id), shown=True)


def shown_books(app: App, editions: Collection[StoredEdition]) -> dict[int, Books]:
    """Return the books of editions as lists show them, by number; large ones may be some seconds old."""

    def count(keys: Collection[tuple[int, str]]) -> dict[tuple[int, str], Books]:
        with app.store.reading() as tx:
            books = tx.deliveries.books_of_all([number for number, _ in keys])
        return {key: books[key[0]] for key in keys}

    keys = [(one.id, one.state.value) for one in editions]
    return {number: books for (number, _), books in app.figures.books.many(keys, count).items()}


def until(app: App, stored: StoredEdition, *, shown: bool = False) -> datetime:
    """Say until when an edition may go out to its last readers, as `max_lateness` allows, or a person's word.

    Args:
        app: The installation.
        stored: The edition.
        shown: It is only told to somebody, so that the hours of some seconds ago do.
    """
    return let_go_until(app, stored.id) or _last(app, stored, shown=shown)


def _last(app: App, stored: StoredEdition, *, shown: bool = False) -> datetime:
    """Say until when an edition may go out to its last readers without a person's word."""
    is_known = stored.edition.digest in app.digests
    hours = edition_hours(app, stored, shown=shown) if is_known else None
    return (stored.edition.slot.local if hours is None else hours.last) + app.system.delivery.max_lateness


def _refuse_late(app: App, stored: StoredEdition) -> None:
    if app.clock() > until(app, stored):
        raise Refused(
            f"edition {stored.id} was due too long ago, longer than max_lateness allows",
            hint=f"`digest deliveries {stored.id} --resend-unknown` has them mailed all the same"
            if stored.state is EditionState.SENT
            else "once somebody sends it late they can be mailed again, too",
        )
