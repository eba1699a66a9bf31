"""Whether a number is another one, rounded: 'about 30,000' of 31,683, 'more than 140' of 145."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

_YEAR = re.compile(r"(?:19|20)\d\d")
_LARGE = 1_000  #: rounds without a word that says so
_MOST = 10  #: nothing is rounded by more than one in ten: 'nearly 200' of 180
_LITTLE = 20  #: 'at least 23' of 24: a difference of one in so many
_OVER_WORDS = "than over least above exceeding als über mindestens plus de más più mais dan minstens"
_UNDER_WORDS = (
    "nearly almost under below less fewer most fast knapp unter weniger höchstens près presque moins casi "
    "menos quasi meno quase bijna minder"
)
_ABOUT_WORDS = (
    "about around roughly some approximately etwa rund circa ungefähr environ unos unas cerca ongeveer"
)
_OVER, _UNDER, _ABOUT = (frozenset(each.split()) for each in (_OVER_WORDS, _UNDER_WORDS, _ABOUT_WORDS))


def is_bare_year(shown: str, before: Sequence[str]) -> bool:
    """Tell a figure that may be a year, which nobody rounds: '2010', not '2,010', '2000', 'about 2010'."""
    if _YEAR.fullmatch(shown) is None or shown.endswith("00"):
        return False
    return (_OVER | _UNDER | _ABOUT).isdisjoint(before[-1:])


def is_rounded(values: Iterable[float], figures: Sequence[float], before: Sequence[str]) -> bool:
    """Tell whether one of the readings of a number is a figure of the source, rounded.

    Args:
        values: Readings of the number.
        figures: All numbers of the source, ascending.
        before: The two words before the number, in lower case: small numbers are rounded only where one of
            them says which way.
    """
    return any(
        _is_near(value, told, before)
        for value in values
        for told in figures[
            bisect_left(figures, value - _most(value)) : bisect_right(figures, value + _most(value))
        ]
    )


def _is_near(value: float, told: float, before: Sequence[str]) -> bool:
    step, error, most = _last_step(value), abs(value - told), _most(value)
    if step < _last_step(told):
        return False  # nothing rounder than itself is rounded: 160 is not 'more than 159'
    if value >= _LARGE:
        return step >= 10 and error <= min(step / 2, most)
    is_close = (error < step and error <= most) or error < value / _LITTLE
    if _UNDER.intersection(before):
        return told <= value and is_close
    if _OVER.intersection(before[-1:]):
        return value <= told and is_close
    return bool(_ABOUT.intersection(before[-1:])) and error <= min(step / 2, most)


def _most(value: float) -> float:
    """Return how far off a rounded number may be at most; small ones are told in whole figures."""
    return max(value / _MOST, 1.0)


def _last_step(value: float) -> float:
    """Return the place of the last figure that is no zero: 100 for 1,200; 0 for a fraction."""
    step, whole = 1.0, int(value)
    if whole != value:
        return 0.0
    while whole and whole % 10 == 0:
        step, whole = step * 10, whole // 10
    return step
