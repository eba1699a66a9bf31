"""What the store promises about the figures of an installation, on every back end."""

from __future__ import annotations

from datetime import timedelta

from digest.model import EditionState, HistoryEntry
from digest.store import Store
from store_cast import HOUR, NOW, add_edition, add_readers, content

MINUTE = timedelta(minutes=1)


def closing(edition_id: int, **counts: int) -> HistoryEntry:
    """Make the line of books that were closed."""
    return HistoryEntry(at=NOW, by="worker", event="send", outcome="ok", edition_id=edition_id, counts=counts)


def test_editions_are_counted_by_state(store: Store) -> None:
    """An empty home has none of any."""
    with store.writing() as tx:
        assert tx.figures.editions() == {}
        add_edition(tx, number=1, day=18, state=EditionState.SENT)
        add_edition(tx, number=2, day=19, state=EditionState.SENT)
        add_edition(tx, number=3, day=20)

        assert tx.figures.editions() == {"sent": 2, "draft": 1}


def test_lateness_is_from_the_slot_to_the_first_sending(store: Store) -> None:
    """One that was held and went on later is as late as it was at first."""
    with store.writing() as tx:
        edition_id = add_edition(tx, state=EditionState.APPROVED)
        stored = tx.editions.get(edition_id)
        assert stored is not None
        due = stored.edition.slot.local
        for at, state in ((2 * MINUTE, EditionState.SENDING), (HOUR, EditionState.HELD)):
            tx.editions.set_state(
                edition_id,
                state,
                expect=(EditionState.APPROVED, EditionState.SENDING),
                by="worker",
                at=due + at,
            )

        assert tx.figures.lateness(due - HOUR) == (120.0,)
        assert tx.figures.lateness(due) == ()


def test_the_last_closing_of_an_edition_counts(store: Store) -> None:
    """Who tries failed ones again closes the books twice, and counts nobody twice."""
    with store.writing() as tx:
        tx.history.add(closing(1, frozen=5, sent=3, failed=2))
        tx.history.add(closing(2, frozen=1, sent=1, failed=0))
        tx.history.add(closing(1, frozen=5, sent=5, failed=0))

        assert tx.figures.ended(NOW - HOUR) == {"frozen": 6, "sent": 6, "failed": 0}
        assert tx.figures.ended(NOW) == {}


def test_the_queue_is_as_old_as_its_first_delivery(store: Store) -> None:
    """Fresh ones wait since the sending began; put off ones since the moment they were put off to."""
    with store.writing() as tx:
        add_readers(tx, 2)
        edition_id = add_edition(tx, state=EditionState.APPROVED)
        tx.deliveries.freeze(edition_id)
        assert tx.figures.waiting_since(NOW + HOUR) is None
        tx.editions.set_state(
            edition_id, EditionState.SENDING, expect=(EditionState.APPROVED,), by="worker", at=NOW
        )

        assert tx.figures.waiting_since(NOW + HOUR) == NOW
        tx.deliveries.claim(edition_id, "w", now=NOW, limit=2, lease=HOUR)
        assert tx.figures.waiting_since(NOW + HOUR) is None
        tx.deliveries.give_back("w")
        assert tx.figures.waiting_since(NOW + HOUR) == NOW


def test_each_source_has_its_newest_article(store: Store) -> None:
    """A source that has given nothing for days shows."""
    with store.writing() as tx:
        assert tx.figures.newest_articles() == {}
        tx.articles.put([content(1, "world")], NOW)
        tx.articles.put([content(2, "world")], NOW + HOUR)

        assert list(tx.figures.newest_articles().values()) == [NOW + HOUR]
