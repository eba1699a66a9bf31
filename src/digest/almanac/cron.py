"""Cron rules of five fields, as days and times of day. Clock changes are not its business."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache

from cronsim import CronSim, CronSimError

MIN_MINUTES = 15  #: between two times of one rule, over midnight too
_ANY = datetime(2000, 1, 1)  # noqa: DTZ001 - the library wants a start, and a naive one keeps its zones out
_EXPECTED = "minute, hour, day of month, month and day of week such as '30 6 * * 1-5'"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cron:
    """A cron rule, read."""

    times: tuple[time, ...]  #: of each of its days, ascending
    sim: CronSim  #: asked for days only

    def is_on(self, day: date) -> bool:
        """Tell whether the rule comes on a day; a field with a star in front narrows, as in Debian's cron."""
        return day.month in self.sim.months and self.sim.match_day(day)

    @property
    def words(self) -> str:
        """The rule in English: 'At 06:30 on Monday through Friday'."""
        return self.sim.explain()


@lru_cache(maxsize=256)
def parse_cron(text: str) -> Cron:
    """Read a rule; weekdays count as in Unix: 1 is Monday, 0 and 7 are Sunday.

    Raises:
        ValueError: With what would have been right: the text is no rule of five fields, names a day that no
            month has, or its times lie less than 15 minutes apart.
    """
    if len(text.split()) != 5:
        raise ValueError(f"five fields: {_EXPECTED}")
    try:
        sim = CronSim(text, _ANY)
    except (CronSimError, ValueError) as error:
        field = str(error).removeprefix("Bad ") if isinstance(error, CronSimError) else "field"
        raise ValueError(f"a rule whose {field} exists: {_EXPECTED}") from error
    minutes = sorted(60 * hour + minute for hour in sim.hours for minute in sim.minutes)
    gaps = (later - sooner for sooner, later in zip(minutes, [*minutes[1:], minutes[0] + 1440], strict=True))
    if min(gaps) < MIN_MINUTES:
        raise ValueError(f"times that lie at least {MIN_MINUTES} minutes apart")
    return Cron(times=tuple(time(*divmod(minute, 60)) for minute in minutes), sim=sim)
