"""Plans of a few messages first."""

from __future__ import annotations

from datetime import date

import pytest

from digest.deliver.limits.warm_up import WarmUp, allowed, per_day

FIRST = date(2026, 12, 1)


def plan(first_day: int = 200, growth: float = 1.5) -> WarmUp:
    """Make a plan from December on."""
    return WarmUp(since=FIRST, first_day=first_day, growth=growth)


@pytest.mark.parametrize(
    ("day", "messages"),
    [
        (date(2026, 11, 3), 200),
        (date(2026, 12, 1), 200),
        (date(2026, 12, 2), 300),
        (date(2026, 12, 3), 450),
        (date(2026, 12, 4), 675),
        (date(2026, 12, 5), 1_012),  # 200 * 1.5 ** 4 is 1012.5
    ],
)
def test_each_day_allows_half_as_much_again(day: date, messages: int) -> None:
    """Receivers trust what grows slowly; before the first day nothing is trusted more."""
    assert allowed(plan(), day) == messages


def test_what_is_whole_on_paper_is_whole_here() -> None:
    """1000 * 1.1 * 1.1 * 1.1 is 1331; a binary fraction just below it would give 1330."""
    assert allowed(plan(1_000, 1.1), date(2026, 12, 4)) == 1_331
    assert allowed(plan(100, 1.15), date(2026, 12, 2)) == 115


def test_a_plan_ends_where_the_bound_begins() -> None:
    """After it the relay's own limit holds, or none."""
    assert per_day(plan(), 400, date(2026, 12, 2)) == 300
    assert per_day(plan(), 400, date(2026, 12, 3)) == 400
    assert per_day(plan(), None, date(2036, 12, 3)) is None
    assert per_day(plan(growth=1.0001), 400, date(9999, 12, 31)) == 400
    assert per_day(None, 400, FIRST) == 400
    assert per_day(None, None, FIRST) is None
