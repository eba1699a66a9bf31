"""What the store promises about editors' word on stories, on every back end."""

from __future__ import annotations

import pytest

from digest.errors import StoreError
from digest.model import StoryWish, Wishes
from digest.store import Store
from store_cast import HOUR, NOW, content


def three(store: Store) -> None:
    """Store articles 1 to 3."""
    with store.writing() as tx:
        tx.articles.put([content(1), content(2), content(3)], NOW)


def test_the_newest_word_on_a_pair_counts_whichever_way_round(store: Store) -> None:
    """Ada brings together, Olu parts: one pair has one wish."""
    three(store)
    with store.writing() as tx:
        tx.stories.put([(2, 1), (2, 3)], "together", by="ada", at=NOW)
        tx.stories.put([(1, 2)], "apart", by="olu", at=NOW + HOUR)
    with store.reading() as tx:
        assert tx.stories.about([1]) == (StoryWish(pair=(1, 2), kind="apart", by="olu", at=NOW + HOUR),)
        assert tx.stories.wishes([1, 2, 3]) == Wishes(together=frozenset({(2, 3)}), apart=frozenset({(1, 2)}))


def test_wishes_count_between_articles_that_are_there_and_from_when_they_were_uttered(store: Store) -> None:
    """A rehearsal of Monday must not know what Ada said on Tuesday."""
    three(store)
    with store.writing() as tx:
        tx.stories.put([(1, 2)], "together", by="ada", at=NOW)
        tx.stories.put([(1, 3)], "apart", by="ada", at=NOW + HOUR)
    with store.reading() as tx:
        assert tx.stories.wishes([2, 3]) == Wishes()
        assert tx.stories.wishes([1, 2, 3], known_by=NOW) == Wishes(together=frozenset({(1, 2)}))


def test_a_wish_is_taken_back_without_a_trace(store: Store) -> None:
    """Undo leaves likeness to decide again."""
    three(store)
    with store.writing() as tx:
        tx.stories.put([(1, 2), (1, 3)], "apart", by="ada", at=NOW)
        tx.stories.remove([(3, 1)])
    with store.reading() as tx:
        assert [wish.pair for wish in tx.stories.about([1, 2, 3])] == [(1, 2)]


def test_a_wish_about_nothing_is_refused(store: Store) -> None:
    """A number that no article has would bind an article to come."""
    three(store)
    with pytest.raises(StoreError), store.writing() as tx:
        tx.stories.put([(1, 99)], "apart", by="ada", at=NOW)
