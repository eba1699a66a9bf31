"""Days of a month in words: 15, last, 'first mon', '3rd thu', 'last working'."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from digest.almanac.spans import WEEKDAYS, Works

LAST = 0  #: the number of the last one
_NUMBERS = {
    **{word: at for at, word in enumerate(("first", "second", "third", "fourth", "fifth"), 1)},
    **{word: at for at, word in enumerate(("1st", "2nd", "3rd", "4th", "5th"), 1)},
    "last": LAST,
}
_WORDS = re.compile(rf"({'|'.join(_NUMBERS)}) +({'|'.join(WEEKDAYS)}|working)")


@dataclass(frozen=True, kw_only=True, slots=True)
class MonthDay:
    """A day that comes at most once in a month."""

    number: int  #: 1 is the first one, LAST the last one
    kind: str  #: 'day', 'working', or one of WEEKDAYS

    @property
    def is_rare(self) -> bool:
        """Tell whether some months are without it."""
        return self.number > (28 if self.kind == "day" else 4)

    def is_on(self, day: date, works: Works) -> bool:
        """Tell whether a day is the one of its month."""
        last = monthrange(day.year, day.month)[1]
        if self.kind == "day":
            return day.day == (self.number or last)
        if self.kind == "working":
            return works(day) and self._is_counted(day, last, works)
        if WEEKDAYS[day.weekday()] != self.kind:
            return False
        return day.day + 7 > last if self.number == LAST else (day.day + 6) // 7 == self.number

    def _is_counted(self, day: date, last: int, works: Works) -> bool:
        if self.number == LAST:
            return not any(works(day.replace(day=later)) for later in range(day.day + 1, last + 1))
        return sum(works(day.replace(day=at)) for at in range(1, day.day + 1)) == self.number


def parse_month_day(text: str) -> MonthDay:
    """Read the words of one day.

    Raises:
        ValueError: They are none of 1 to 31, 'last', or first to fifth (1st to 5th) or last with a
            weekday or 'working'.
    """
    if text == "last":
        return MonthDay(number=LAST, kind="day")
    if re.fullmatch(r"[1-9]|[12]\d|3[01]", text, re.ASCII):
        return MonthDay(number=int(text), kind="day")
    match = _WORDS.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return MonthDay(number=_NUMBERS[match[1]], kind=match[2])
