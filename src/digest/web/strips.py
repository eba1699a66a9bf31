"""Days as little columns: what a source gave, drawn by a macro."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from digest.actions.figures import Yield

_STEP, _FOOT, _HIGH = 25.0, 112.0, 92.0  #: of the large drawing
_SMALL = 20.0  #: height of the small one


@dataclass(frozen=True, kw_only=True)
class Column:
    """One day."""

    x: float
    y: float
    height: float
    look: str  #: a class of the style sheet


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Thirty days in a large drawing."""

    title: str
    columns: tuple[Column, ...]
    lines: tuple[tuple[float, int], ...]  #: across, with their values
    ticks: tuple[tuple[float, str], ...]  #: along the foot


def small(given: Yield) -> tuple[Column, ...]:
    """Draw days 5 wide and 22 high; a day without any is a low grey one."""
    most = max(*given.daily, 1)
    return tuple(
        Column(
            x=at * 5,
            y=round(22 - height, 1),
            height=height,
            look="a" if number else "n",
        )
        for at, number in enumerate(given.daily)
        for height in [round(2 + (_SMALL - 2) * number / most, 1) if number else 2.0]
    )


def large(given: Yield, today: date, *, refused: int) -> Columns:
    """Draw days with their scale.

    Args:
        given: What the source gave.
        today: The last day.
        refused: How many of the last days it could not be read.
    """
    most = max(*given.daily, 1)
    top = most if most % 2 == 0 else most + 1
    days = len(given.daily)
    first = today - timedelta(days=days - 1)
    return Columns(
        title=_title(given, refused),
        columns=tuple(_column(at, given, top, at >= days - refused) for at in range(days)),
        lines=tuple((round(_FOOT - _HIGH * value / top, 1), value) for value in (top, top // 2)),
        ticks=tuple(
            (at * _STEP + 4, f"{day.day} {day:%b}")
            for at in (0, days // 2)
            for day in [first + timedelta(days=at)]
        ),
    )


def _column(at: int, given: Yield, top: int, is_refused: bool) -> Column:
    number = given.daily[at]
    height = round(_HIGH * number / top, 1)
    look = "bad" if is_refused and not number else "col2" if given.used[at] else "col"
    height = max(height, 3.0) if is_refused else height
    return Column(x=at * _STEP + 4, y=round(_FOOT - height, 1), height=height, look=look)


def _title(given: Yield, refused: int) -> str:
    span = _between(given.daily)
    end = f", and it couldn’t be read on the last {refused} days" if refused > 1 else ""
    return f"Articles a day over {len(given.daily)} days: {span}{end}"


def _between(daily: Sequence[int]) -> str:
    low, high = min(daily), max(daily)
    return f"{low} each" if low == high else f"between {low} and {high}"
