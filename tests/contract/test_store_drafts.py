"""What the store promises about drafts of a language model and their budget, on every back end."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from digest.model import SummarySentence
from digest.store import Store
from digest.store.drafts import DraftMonth, StoredDraft
from store_cast import NOW

ACCEPTED = StoredDraft(
    sentences=(
        SummarySentence(text="Ein Brückenschlag 🌉.", start=0, end=19),
        SummarySentence(text="Two.", start=40, end=44),
    ),
    reason=None,
)
REFUSED = StoredDraft(sentences=(), reason="the draft was refused: the number '431'")
DAY = timedelta(days=1)


def keep(store: Store, key: str, draft: StoredDraft, at: datetime = NOW) -> None:
    """Keep one draft in a transaction of its own."""
    with store.writing() as tx:
        tx.drafts.keep({key: draft}, at=at)


def found(store: Store, *keys: str) -> dict[str, StoredDraft]:
    """Look drafts up in a transaction of its own."""
    with store.reading() as tx:
        return dict(tx.drafts.find(keys))


def reserve(store: Store, tokens: int, *, limit: int = 1_000, at: datetime = NOW) -> bool:
    """Reserve tokens in a transaction of its own."""
    with store.writing() as tx:
        return tx.drafts.reserve(tokens, limit=limit, at=at)


def month(store: Store, at: datetime = NOW) -> DraftMonth:
    """Read a month's figures in a transaction of its own."""
    with store.reading() as tx:
        return tx.drafts.month(at)


def test_drafts_come_back_as_they_were_judged(store: Store) -> None:
    """Accepted or refused: neither is paid for twice; what was never judged is not there."""
    keep(store, "a", ACCEPTED)
    keep(store, "b", REFUSED)

    assert found(store, "a", "b", "c") == {"a": ACCEPTED, "b": REFUSED}
    assert found(store) == {}


def test_many_drafts_are_found_at_once(store: Store) -> None:
    """More than a statement takes parameters on the smallest back end."""
    many = {f"k{number}": REFUSED for number in range(1_500)}
    with store.writing() as tx:
        tx.drafts.keep(many, at=NOW)

    assert found(store, *many) == many


def test_the_later_judgement_counts(store: Store) -> None:
    """Two machines may have asked about the same article at once."""
    keep(store, "a", REFUSED)
    keep(store, "a", ACCEPTED)

    assert found(store, "a") == {"a": ACCEPTED}


def test_drafts_are_forgotten_after_90_days(store: Store) -> None:
    """Whoever keeps the next one throws out what is older, and not what is just as old."""
    second = timedelta(seconds=1)
    keep(store, "old", ACCEPTED, NOW - 90 * DAY - second)
    keep(store, "edge", REFUSED, NOW - 90 * DAY)
    keep(store, "new", ACCEPTED, NOW)

    assert set(found(store, "old", "edge", "new")) == {"edge", "new"}


def test_a_draft_that_is_kept_again_is_young_again(store: Store) -> None:
    """Its 90 days begin anew."""
    keep(store, "a", REFUSED, NOW - 80 * DAY)
    keep(store, "a", ACCEPTED, NOW)
    keep(store, "b", REFUSED, NOW + 80 * DAY)

    assert set(found(store, "a", "b")) == {"a", "b"}


def test_a_month_that_nobody_spent_in_is_empty(store: Store) -> None:
    """Reading makes no row, and needs none."""
    assert month(store) == DraftMonth(tokens=0, asked=0, accepted=0, fell_back=0)


def test_tokens_are_reserved_up_to_the_budget(store: Store) -> None:
    """600 and 400 make 1,000; one more does not fit, and a refusal takes nothing."""
    assert reserve(store, 600)
    assert not reserve(store, 401)
    assert reserve(store, 400)
    assert not reserve(store, 1)
    assert month(store).tokens == 1_000


def test_a_first_reservation_over_the_budget_is_refused(store: Store) -> None:
    """The month has no row yet."""
    assert not reserve(store, 1_001)
    assert month(store).tokens == 0


def test_what_was_not_spent_is_given_back(store: Store) -> None:
    """600 reserved and 100 spent leave 900; what was spent beyond the reservation counts too."""
    reserve(store, 600)
    with store.writing() as tx:
        tx.drafts.settle(-500, at=NOW)

    assert month(store).tokens == 100
    assert reserve(store, 900)
    with store.writing() as tx:
        tx.drafts.settle(250, at=NOW)
    assert month(store).tokens == 1_250
    assert not reserve(store, 1)


def test_months_are_those_of_utc_and_do_not_meet(store: Store) -> None:
    """What was reserved in the last second of a month is settled in that month."""
    last = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)
    assert reserve(store, 1_000, at=last)
    assert reserve(store, 1_000, at=last + timedelta(seconds=1))
    with store.writing() as tx:
        tx.drafts.settle(-1_000, at=last)

    assert month(store, last).tokens == 0
    assert month(store, last + timedelta(seconds=1)).tokens == 1_000


def test_figures_of_a_month_add_up(store: Store) -> None:
    """And leave its tokens alone."""
    reserve(store, 5)
    for _ in range(2):
        with store.writing() as tx:
            tx.drafts.count(asked=3, accepted=2, fell_back=1, at=NOW)

    assert month(store) == DraftMonth(tokens=5, asked=6, accepted=4, fell_back=2)


def test_reservations_at_once_never_pass_the_budget(store: Store) -> None:
    """Of eight that want 300 of 1,000 tokens in the same moment, three get them."""
    start = threading.Barrier(8)

    def want(_: int) -> bool:
        start.wait()
        return reserve(store, 300)

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(want, range(8)))

    assert sum(taken) == 3
    assert month(store).tokens == 900
