"""What the store promises about the states that hands give editions, on every back end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from digest.errors import DigestError
from digest.model import Decision, Rule
from digest.store import Store, Version
from store_cast import NOW, add_edition, content, edition

CUT = Decision(article_id=1, section="world", kept=False, rule=Rule.CUT, value="ada", carry=False)


def state(version: int, *, parent: int | None = None, word: str = "headline") -> Version:
    """Make a state as a hand would."""
    return Version(
        version=version,
        at=NOW,
        by="ada",
        deed=word,
        note="“A” → “B”",
        stands_for=version,
        parent=parent,
        content_hash=f"hash {version}",
    )


def stored(store: Store) -> int:
    """Store an edition of two articles that no hand has touched."""
    with store.writing() as tx:
        tx.articles.put([content(1), content(2), content(3)], NOW)
        return add_edition(tx, 1, 2)


def test_states_are_kept_whole_and_in_order(store: Store) -> None:
    """Content, who, when, and the tellings of its stories; another edition knows nothing of it."""
    number = stored(store)
    built = edition(1, 2)
    with store.writing() as tx:
        tx.shapes.add(number, state(0, word="build"), built, told={1: 1})
        tx.shapes.add(number, state(1, parent=0), replace(built, subject="Ünders"), told={1: 1, 3: 1})
    with store.reading() as tx:
        assert tx.shapes.list(number) == (state(0, word="build"), state(1, parent=0))
        assert tx.shapes.newest(number) == 1
        assert tx.shapes.content(number, 0) == built
        assert tx.shapes.content(number, 1) == replace(built, subject="Ünders")
        assert tx.shapes.told(number, 1) == {1: 1, 3: 1}
        assert tx.shapes.content(number, 2) is None
        assert (tx.shapes.list(number + 1), tx.shapes.newest(number + 1)) == ((), 0)


def test_a_number_is_given_once(store: Store) -> None:
    """Of two hands that make the same state at the same moment one is refused."""
    number = stored(store)
    with store.writing() as tx:
        tx.shapes.add(number, state(1), edition(1), told={})
    with pytest.raises(DigestError), store.writing() as tx:
        tx.shapes.add(number, state(1), edition(2), told={})
    with store.reading() as tx:
        assert tx.shapes.content(number, 1) == edition(1)


def test_a_hands_decision_gives_way_to_the_builders_again(store: Store) -> None:
    """Whatever hands decide in between, undoing brings back what was there first; even that nothing was."""
    number = stored(store)
    with store.writing() as tx:
        for version in range(4):
            tx.shapes.add(number, state(version), edition(1, 2), told={})
        tx.shapes.decide(number, 1, {1: CUT})
        tx.shapes.decide(number, 2, {1: replace(CUT, value="tomas")})
    with store.reading() as tx:
        found = tx.editions.decision(number, 1)
        assert found is not None
        assert (found.rule, found.value) == (Rule.CUT, "tomas")
    with store.writing() as tx:
        tx.shapes.decide(number, 3, {1: None})
    with store.reading() as tx:
        assert tx.editions.decision(number, 1) is None


def test_tellings_take_the_place_of_those_before(store: Store) -> None:
    """Next time the stories that readers have had are those of the items that went out."""
    number = stored(store)
    with store.writing() as tx:
        tx.shapes.tell(number, {1: 1, 3: 1})
        tx.shapes.tell(number, {2: 2})
    with store.reading() as tx:
        assert tx.shapes.told(number) == {2: 2}
