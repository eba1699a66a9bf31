"""What is dear to make is kept, and no more of it than was agreed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from digest.memory import Memory


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
