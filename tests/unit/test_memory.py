"""What is dear to make is kept, and no more of it, nor for longer, than was agreed."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import pytest

from digest.memory import Lately, Memory


def test_what_was_not_asked_for_longest_goes_first() -> None:
    """A page that somebody looks at stays quick while others are opened beside it."""
    memory = Memory[str, int](2)
    memory.put("a", 1)
    memory.put("b", 2)
    assert memory.get("a") == 1
    memory.put("c", 3)

    assert [memory.get(key) for key in "abc"] == [1, None, 3]


def test_what_is_put_again_replaces_and_takes_no_second_place() -> None:
    """A new edition of the same thing is not one thing more."""
    memory = Memory[str, int](2)
    for value in (1, 2, 3):
        memory.put("a", value)
    memory.put("b", 4)

    assert (memory.get("a"), memory.get("b")) == (3, 4)


def test_many_threads_leave_no_more_than_agreed() -> None:
    """Pages are made side by side."""
    memory = Memory[int, int](3)

    def use(number: int) -> None:
        memory.put(number % 7, number)
        memory.get(number % 5)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(use, range(2_000)))

    assert sum(memory.get(key) is not None for key in range(7)) == 3


@dataclass
class Rows:
    """Rows that change, and each count of which takes a second."""

    number: int = 100
    now: float = 0.0
    counts: int = 0
    is_away: bool = False
    at_count: Any = field(default=lambda: None)  # why Any: what a test wants to happen meanwhile

    def clock(self) -> float:
        return self.now

    def count(self) -> int:
        self.counts += 1
        self.at_count()
        self.now += 1.0
        if self.is_away:
            raise OSError("away")
        return self.number


def test_a_figure_is_kept_thirty_times_as_long_as_it_took() -> None:
    """What takes a second is counted every thirty-one seconds at most."""
    rows = Rows()
    lately = Lately[str, int](9, clock=rows.clock)
    assert lately.of("a", rows.count) == 100  # from second 0 to 1
    rows.number = 40
    rows.now = 30.9
    assert (lately.of("a", rows.count), rows.counts) == (100, 1)
    rows.now = 31.0
    assert (lately.of("a", rows.count), rows.counts) == (40, 2)


def test_figures_of_other_names_are_others() -> None:
    """An edition that has just ended must not be shown as open."""
    rows = Rows()
    lately = Lately[tuple[int, str], int](9, clock=rows.clock)
    lately.of((7, "sending"), rows.count)
    rows.number = 0

    assert lately.of((7, "sent"), rows.count) == 0


def test_while_one_counts_anew_the_others_take_the_last_figure() -> None:
    """Nobody waits for a quarter of a second who can have a figure of a moment ago."""
    rows = Rows()
    lately = Lately[str, int](9, clock=rows.clock)
    lately.of("a", rows.count)
    rows.number, rows.now = 40, 60.0
    begun, go_on = Event(), Event()

    def meanwhile() -> None:
        begun.set()
        assert go_on.wait(60)

    rows.at_count = meanwhile
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(lately.of, "a", rows.count)
        assert begun.wait(60)
        others = [lately.of("a", rows.count) for _ in range(3)]
        go_on.set()
        assert (others, slow.result(), rows.counts) == ([100, 100, 100], 40, 2)


def test_a_count_that_fails_is_tried_again_by_the_next() -> None:
    """A database that was away for a moment leaves no old figure for ever."""
    rows = Rows()
    lately = Lately[str, int](9, clock=rows.clock)
    lately.of("a", rows.count)
    rows.now, rows.is_away = 60.0, True
    with pytest.raises(OSError, match="away"):
        lately.of("a", rows.count)
    rows.is_away, rows.number = False, 40

    assert lately.of("a", rows.count) == 40


def test_what_takes_no_time_is_made_anew_for_everybody() -> None:
    """Nobody is shown the last figure to save what cannot be felt."""
    lately = Lately[str, int](9, clock=lambda: 0.0)
    figures = iter(range(3))

    assert [lately.of("a", lambda: next(figures)) for _ in range(3)] == [0, 1, 2]


def test_a_figure_is_made_anew_behind_who_asks_within_as_long_again() -> None:
    """Whoever looks at a page all the time never waits; whoever comes back later sees it as it is."""
    rows = Rows()
    with ThreadPoolExecutor(1) as behind:
        lately = Lately[str, int](9, behind, clock=rows.clock)
        lately.of("a", rows.count)  # from second 0 to 1: good until 31
        rows.number, rows.now = 40, 60.9
        assert lately.of("a", rows.count) == 100
        behind.submit(lambda: None).result()
        assert (lately.of("a", rows.count), rows.counts) == (40, 2)
        rows.number, rows.now = 7, 61.9 + 60
        assert (lately.of("a", rows.count), rows.counts) == (7, 3)


def test_what_fails_behind_is_tried_again_by_the_next() -> None:
    """A database that is away for a moment costs a figure its freshness, and nobody a page."""
    rows = Rows()
    with ThreadPoolExecutor(1) as behind:
        lately = Lately[str, int](9, behind, clock=rows.clock)
        lately.of("a", rows.count)
        rows.now, rows.is_away = 40.0, True
        assert lately.of("a", rows.count) == 100
        behind.submit(lambda: None).result()
        rows.is_away, rows.number = False, 40
        assert lately.of("a", rows.count) == 100
        behind.submit(lambda: None).result()
        assert lately.of("a", rows.count) == 40


def test_figures_that_are_asked_for_together_are_made_in_one_go() -> None:
    """A list of forty editions is one walk over their rows, and only over those that nobody has counted."""
    rows = Rows()
    lately = Lately[str, int](9, clock=rows.clock)
    lately.of("b", rows.count)
    asked: list[list[str]] = []

    def count(keys: Collection[str]) -> dict[str, int]:
        asked.append(list(keys))
        return {key: rows.count() for key in keys}

    rows.number = 40
    assert lately.many(["a", "b", "c"], count) == {"a": 40, "b": 100, "c": 40}
    assert asked == [["a", "c"]]
