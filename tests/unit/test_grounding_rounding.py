"""Which numbers are others, rounded."""

from __future__ import annotations

import pytest

from digest.summarise.grounding.rounding import is_rounded


@pytest.mark.parametrize(
    ("before", "value", "told"),
    [
        ("more than", 400, 412),
        ("", 1_200_000, 1_187_000),
        ("to nearly", 200, 196),
        ("to nearly", 200, 180),
        ("to nearly", 10, 9),
        ("about", 100, 110),
        ("about", 3, 3.4),
        ("over", 30, 33),
        ("at least", 23, 24),
        ("", 1_000, 950),
        ("", 30_000, 31_683),
        ("", 1_000_000, 1_040_000),
    ],
)
def test_what_is_off_by_a_tenth_at_most_is_rounded(before: str, value: float, told: float) -> None:
    """In the way that the words before it say."""
    assert is_rounded([value], [told], before.split())


@pytest.mark.parametrize(
    ("before", "value", "told"),
    [
        ("to nearly", 200, 101),
        ("to nearly", 200, 179),
        ("about", 100, 149),
        ("about", 100, 51),
        ("more than", 400, 499),
        ("at least", 13, 14),
        ("about", 3, 3.6),
        ("", 1_000, 501),
        ("", 1_000, 1_499),
        ("", 1_000_000, 500_001),
        ("about", 2_000, 1_600),
        ("more than", 159, 160),
        ("at least", 29, 30),
        ("", 1_230, 1_200),
    ],
)
def test_what_is_further_off_is_another_number(before: str, value: float, told: float) -> None:
    """However round it is; and nothing is rounded to what is less round: 160 is not 'more than 159'."""
    assert not is_rounded([value], [told], before.split())


def test_any_figure_and_any_reading_will_do() -> None:
    """'1,200' may be 1.2; of the source's figures the one that fits counts."""
    assert is_rounded([1.2, 1_200], [7, 196, 1_187, 90_000], [])
