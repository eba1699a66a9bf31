"""Whether a number is another one, rounded: 'about 30,000' of 31,683, 'more than 140' of 145."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_LARGE = 1_000  #: rounds without a word that says so
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


def is_rounded(values: Iterable[float], figures: Sequence[float], before: Sequence[str]) -> bool:
    """Tell whether one of the readings of a number is a figure of the source, rounded.

    Args:
        values: Readings of the number.
        figures: All numbers of the source.
        before: The two words before the number, in lower case: small numbers are rounded only where one of
            them says which way.
    """
    return any(_is_near(value, told, before) for value in values for told in figures)


def _is_near(value: float, told: float, before: Sequence[str]) -> bool:
    step = _last_step(value)
    if value >= _LARGE:
        return step >= 10 and abs(value - told) <= step / 2
    reach = max(step, value / _LITTLE)
    if _UNDER.intersection(before):
        return value - reach < told <= value
    if _OVER.intersection(before[-1:]):
        return value <= told < value + reach
    return bool(_ABOUT.intersection(before[-1:])) and abs(value - told) <= step / 2


def _last_step(value: float) -> float:
    """Return the place of the last figure that is no zero: 100 for 1,200; 0 for a fraction."""
    step, whole = 1.0, int(value)
    if whole != value:
        return 0.0
    while whole and whole % 10 == 0:
        step, whole = step * 10, whole // 10
    return step
