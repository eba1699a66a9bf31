"""End an edition when its books balance."""

from __future__ import annotations

from digest.actions.app import App
from digest.actions.home.instance import end_run
from digest.actions.news import tell_news
from digest.actions.telling import BOOKED, Hand, Named, sent
from digest.model import AlertKind, Books, EditionState


def close(app: App, edition_id: int, books: Books, *, by: str, run: str | None = None) -> Books:
    """End the edition when, and only when, its books balance; a copy made before is behind from then on.

    Args:
        app: The installation.
        edition_id: An edition that is being sent.
        books: As they stood a moment ago.
        by: Who sends.
        run: Names the run of the service, for the history.

    Returns:
        The books as they stand.
    """
    if books.balance:
        with app.store.writing() as tx:
            # Somebody may have had the failed or the unknown tried again since: they would wait for ever.
            tx.editions.keep_state(edition_id)
            books = tx.deliveries.books(edition_id)
            if not books.balance:
                return books
            stored = tx.editions.set_state(
                edition_id, EditionState.SENT, expect=(EditionState.SENDING,), by=by, at=app.clock()
            )
            hand = Hand(by=by, at=app.clock(), run=run)
            sent(tx, Named.of(stored), books, hand)
            tell_news(app, tx, AlertKind.SENT, Named.of(stored), hand, _in_words(books))
        end_run(app)
    return books


def _in_words(books: Books) -> str:
    counts = ", ".join(f"{getattr(books, name):,} {name}" for name in BOOKED[1:])
    return f"{books.frozen:,} frozen: {counts}"
