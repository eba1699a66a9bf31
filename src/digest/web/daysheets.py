"""The day sheet of schedules as values that a page draws: strips of 24 hours, and words beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Literal

from digest.actions.planning.month_ahead import ClockChange, DayAhead, Month, Tick
from digest.timetable import GAP, MOVED, REPEATED

PER_MINUTE = 0.4  #: units of the drawing; a day of 24 hours is 576 wide, one of 25 is 600
_HOURS = (6, 12, 18)
_SUNDAY = 6
_SATURDAY = 5


@dataclass(frozen=True, kw_only=True)
class Box:
    """A slot on the strip."""

    x: float
    is_mine: bool  #: of the digest that is looked at
    is_off: bool
    is_past: bool


@dataclass(frozen=True, kw_only=True)
class Word:
    """Something said at the end of a row."""

    icon: Literal["clockback", "x", "pause"]
    text: str
    is_odd: bool = False  #: about clocks


@dataclass(frozen=True, kw_only=True)
class Row:
    """One day."""

    day: date
    label: str  #: the strip in words
    width: float  #: of the day
    lines: tuple[float, ...]  #: where 06, 12 and 18 o'clock stand
    boxes: tuple[Box, ...]
    twice: tuple[float, float, float] | None  #: hours that come twice: begin, middle, end
    now: float | None
    words: tuple[Word, ...]
    is_clock: bool  #: clocks of the zone change
    is_off: bool  #: it has slots, and none takes place

    @property
    def looks(self) -> str:
        """The classes of the row."""
        known = {
            "today": self.now is not None,
            "mon": self.day.weekday() == 0,
            "wkend": self.day.weekday() in {_SATURDAY, _SUNDAY},
            "clock": self.is_clock,
            "black": self.is_off,
        }
        return " ".join(name for name, is_so in known.items() if is_so)


def rows(month: Month, chosen: str | None) -> tuple[Row, ...]:
    """Draw a month.

    Args:
        month: With the slots of all digests.
        chosen: The digest that is looked at; None: all alike.
    """
    seen: dict[tuple[str, time], str] = {}
    paused: set[str] = set()
    made = []
    for at, day in enumerate(month.days):
        now = month.now if at == 0 else None
        made.append(_row(day, month.zone, chosen, now, tuple(_words(day, month.zone, seen, paused))))
    return tuple(made)


def _row(day: DayAhead, zone: str, chosen: str | None, now: int | None, words: tuple[Word, ...]) -> Row:
    change = next((one for one in day.changes if one.zone == zone), None)
    off = [tick for tick in day.ticks if tick.why != "on"]
    return Row(
        day=day.day,
        label=_label(day),
        width=_x(day.minutes),
        lines=tuple(_x(_real(hour * 60, change)) for hour in _HOURS),
        boxes=tuple(
            Box(
                x=_x(tick.minute) - 4,
                is_mine=chosen is None or tick.slot.digest.key == chosen,
                is_off=tick.why != "on",
                is_past=now is not None and tick.minute < now,
            )
            for tick in day.ticks
        ),
        twice=_twice(change),
        now=None if now is None else _x(now),
        words=words,
        is_clock=bool(day.changes),
        is_off=bool(day.ticks) and len(off) == len(day.ticks) and all(one.why == "blackout" for one in off),
    )


def _label(day: DayAhead) -> str:
    said = [
        f"{tick.slot.digest.title} {tick.at:%H:%M}{'' if tick.why == 'on' else ' off'}" for tick in day.ticks
    ]
    return f"{day.day:%A} {day.day.day} {day.day:%B}: {', '.join(said) or 'nothing'}"


def _words(day: DayAhead, zone: str, seen: dict[tuple[str, time], str], paused: set[str]) -> Iterator[Word]:
    for change in day.changes:
        yield Word(icon="clockback", text=_change_words(day, change, zone), is_odd=True)
    for note, ticks in _off(day).items():
        titles = list(dict.fromkeys(tick.slot.digest.title for tick in ticks))
        whole = len(ticks) == len(day.ticks) and len(ticks) > 1
        yield Word(icon="x", text=note if whole else f"{', '.join(titles)} {note}")
    for tick in day.ticks:
        yield from _of_tick(tick, paused)
    yield from _moved(day, seen)


def _of_tick(tick: Tick, paused: set[str]) -> Iterator[Word]:
    digest = tick.slot.digest
    if tick.why == "paused" and digest.key not in paused:
        paused.add(digest.key)
        yield Word(icon="pause", text=f"{digest.title} {tick.note}")
    if tick.why == "on" and MOVED in tick.marks and tick.slot.planned.moved_from is not None:
        moved = tick.slot.planned.moved_from
        yield Word(icon="clockback", text=f"{digest.title} moved from {moved:%a} {moved.day} {moved:%b}")


def _moved(day: DayAhead, seen: dict[tuple[str, time], str]) -> Iterator[Word]:
    """Tell which digests come at another time here than before, since clocks have changed there or here."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for tick in day.ticks:
        digest = tick.slot.digest
        key, shown = (digest.key, tick.slot.planned.slot.local.time()), f"{tick.at:%H:%M}"
        before = seen.setdefault(key, shown)
        if before != shown and not tick.marks and not day.changes:
            found.setdefault(digest.zone, []).append((digest.title, shown, before))
        seen[key] = shown
    for zone, those in found.items():
        title, shown, before = those[0]
        many = f"{len(those)} runs of {city(zone)} at another hour"
        text = f"{title} at {shown}, not {before}" if len(those) == 1 else many
        yield Word(icon="clockback", text=text, is_odd=True)


def off_words(tick: Tick) -> str:
    """Say why a slot does not take place; the place in the files is left out."""
    said = tick.note.partition(" (")[0] or tick.why
    return "no mail that day" if said[:4].isdecimal() else said


def _off(day: DayAhead) -> dict[str, list[Tick]]:
    """Group what does not take place by its reason, pauses apart."""
    found: dict[str, list[Tick]] = {}
    for tick in day.ticks:
        if tick.why not in {"on", "paused"}:
            found.setdefault(off_words(tick), []).append(tick)
    return found


def _change_words(day: DayAhead, change: ClockChange, zone: str) -> str:
    if change.zone != zone:
        return f"clocks change in {city(change.zone)}"
    hours = f"{day.minutes / 60:g} hours"
    for tick in day.ticks:
        if REPEATED in tick.marks:
            return f"{hours}: {tick.at:%H:%M} comes twice, runs once"
        if GAP in tick.marks:
            return f"{hours}: a time is skipped, it runs at {tick.at:%H:%M}"
    return f"{hours}: clocks go {'back' if change.forward < 0 else 'forward'}"


def city(zone: str) -> str:
    """Name a zone as people do: 'Oslo' for Europe/Oslo."""
    return zone.rpartition("/")[2].replace("_", " ")


def _twice(change: ClockChange | None) -> tuple[float, float, float] | None:
    if change is None or change.forward >= 0:
        return None
    return _x(change.at + change.forward), _x(change.at), _x(change.at - change.forward)


def _real(wall: int, change: ClockChange | None) -> int:
    """Return the real minute of a day at which clocks show a time."""
    if change is None or wall - change.forward < change.at:
        return wall
    return wall - change.forward


def _x(minutes: int) -> float:
    return round(minutes * PER_MINUTE, 1)
