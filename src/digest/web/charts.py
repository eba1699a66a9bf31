"""Line charts as values that a macro draws: one line, few words, and a title that tells it all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from digest.actions.mailing.live import Line
from digest.actions.mailing.relay_answers import Pace
from digest.store import Begun

WIDE, HIGH = 700.0, 150.0  #: of the plane, in units of the drawing
_TICKS = 5
_CLOCK_STEPS_S = (5, 15, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 86_400)
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Something written beside the line."""

    at: float  #: along its axis, in units of the drawing
    text: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A line with its axes."""

    title: str  #: what it shows, in a sentence or two
    points: str  #: 'x,y x,y', as SVG has them
    last: tuple[float, float, str]  #: where the line ends, and its last value in words
    grid: tuple[Mark, ...]  #: lines across, from below
    cap: Mark | None  #: a limit
    ticks: tuple[Mark, ...]  #: along the foot
    events: tuple[Mark, ...] = ()  #: moments worth a line down


def rates(
    line: Line,
    *,
    zone: str,
    limit: float | None = None,
    brakes: Sequence[datetime] = (),
    until: datetime | None = None,
) -> Chart | None:
    """Draw mails a second since an edition began.

    Args:
        line: As it was counted.
        zone: Whose clocks the foot shows.
        limit: Mails a second that the relays may take together; None: no limit.
        brakes: When the brake was pulled.
        until: Where the foot ends, at least; None: with the line.

    Returns:
        None while there are fewer than two points.
    """
    if len(line.points) < 2:
        return None
    first, last = line.points[0][0], line.points[-1][0]
    ends = last if until is None else max(last, until)
    span = (ends - first).total_seconds() or 1.0
    values = [rate for _, rate in line.points]
    shown_limit = limit if limit is not None and limit <= 3 * max(values) else None
    scale = _Scale.up_to(max(*values, shown_limit or 0.0))
    words = "%H:%M:%S" if span <= _CLOCK_STEPS_S[1] * _TICKS else "%H:%M"
    clock = partial(_clock, zone=zone, words=words)

    def x(moment: datetime) -> float:
        return WIDE * max(0.0, min(1.0, (moment - first).total_seconds() / span))

    places = [(x(at), scale.y(rate)) for at, rate in line.points]
    return Chart(
        title=f"Mails a second from {clock(first)} to {clock(last)}. {_range(values)}",
        points=_points(places),
        last=(*places[-1], _number(values[-1])),
        grid=scale.grid(_number),
        cap=None
        if shown_limit is None
        else Mark(at=scale.y(shown_limit), text=f"{_number(shown_limit)} limit"),
        ticks=tuple(Mark(at=round(x(at), 1), text=clock(at)) for at in _whole_moments(first, ends)),
        events=tuple(
            Mark(at=x(at), text=f"brake, {_clock(at, zone, '%H:%M:%S')}")
            for at in brakes
            if first <= at <= ends
        ),
    )


def _range(values: Sequence[float]) -> str:
    """Say in a sentence how a line runs, for who does not see it."""
    return f"Between {_number(min(values))} and {_number(max(values))}, at last {_number(values[-1])}."


def mails_a_day(days: Sequence[tuple[date, int]]) -> Chart | None:
    """Draw how many mails went out each day; None when none did."""
    values = [float(count) for _, count in days]
    if not any(values):
        return None
    scale = _Scale.up_to(max(values))
    places = [(WIDE * at / max(1, len(days) - 1), scale.y(value)) for at, value in enumerate(values)]
    best = max(days, key=lambda pair: pair[1])
    title = (
        f"Mails a day from {_day(days[0][0])} to {_day(days[-1][0])}: {int(sum(values)):,} in all,"
        f" most on {_day(best[0])} with {best[1]:,}, {days[-1][1]:,} on the last day."
    )
    return Chart(
        title=title,
        points=_points(places),
        last=(*places[-1], f"{days[-1][1]:,}"),
        grid=scale.grid(_short),
        cap=None,
        ticks=tuple(
            Mark(at=places[at][0], text=_day(days[at][0]))
            for at in range(0, len(days) - 2, max(1, len(days) // _TICKS))
        ),
    )


def lateness(begun: Sequence[Begun], zone: str) -> Chart | None:
    """Draw how long after its slot each edition began, in their order; None for fewer than two."""
    if len(begun) < 2:
        return None
    values = [max(0.0, (one.at - one.due).total_seconds()) for one in begun]
    scale = _Scale.up_to(max(*values, 1.0))
    places = [(WIDE * at / (len(begun) - 1), scale.y(value)) for at, value in enumerate(values)]
    worst = max(range(len(values)), key=lambda at: values[at])
    of = f"{begun[worst].digest} of {_day(_local(begun[worst].due, zone))}"
    title = (
        f"How long after its slot each of the last {len(begun):,} editions began."
        f" At most {span_words(values[worst])}, {of}; the last one {span_words(values[-1])}."
    )
    every = max(1, len(begun) // _TICKS)
    return Chart(
        title=title,
        points=_points(places),
        last=(*places[-1], span_words(values[-1])),
        grid=scale.grid(span_words),
        cap=None,
        ticks=tuple(
            Mark(at=places[at][0], text=_day(_local(begun[at].due, zone)))
            for at in range(0, max(1, len(begun) - every // 2), every)
        ),
    )


def answer_times(paces: Sequence[Pace], relay: str, zone: str) -> Chart | None:
    """Draw within how long 95 of 100 messages were answered, hour by hour; None for fewer than two hours."""
    if len(paces) < 2:
        return None
    first, last = paces[0].hour, paces[-1].hour
    span = (last - first).total_seconds()
    values = [float(one.p95_ms) for one in paces]
    scale = _Scale.up_to(max(values))
    places = [
        (WIDE * (one.hour - first).total_seconds() / span, scale.y(value))
        for one, value in zip(paces, values, strict=True)
    ]
    clock = partial(_clock, zone=zone, words="%H:%M")
    title = (
        f"Within how long {relay} answered 95 of 100 mails, by the hour from {clock(first)} to {clock(last)}."
        f" Between {ms_words(min(values))} and {ms_words(max(values))}, at last {ms_words(values[-1])}."
    )
    return Chart(
        title=title,
        points=_points(places),
        last=(*places[-1], ms_words(values[-1])),
        grid=scale.grid(ms_words),
        cap=None,
        ticks=tuple(
            Mark(at=round(WIDE * (at - first).total_seconds() / span, 1), text=clock(at))
            for at in _whole_moments(first, last)
        ),
    )


def ms_words(ms: float) -> str:
    """Write a short time: 120 ms, 1.2 s, 46 s, 2 min 5 s."""
    if ms < 1_000:
        return f"{ms:.0f} ms"
    return f"{ms / 1_000:.1f} s" if ms < 10_000 else span_words(ms / 1_000)


def span_words(seconds: float) -> str:
    """Write a length of time in two units at most: 46 s, 1 min 46 s, 2 h 5 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3_600:
        return f"{whole // 60} min" + (f" {whole % 60} s" if whole % 60 else "")
    return f"{whole // 3_600} h" + (f" {whole % 3_600 // 60} min" if whole % 3_600 // 60 else "")


@dataclass(frozen=True)
class _Scale:
    """An axis upwards: where values lie, and two or three lines across."""

    step: float
    top: float

    @classmethod
    def up_to(cls, most: float) -> _Scale:
        """Choose a step of 1, 2, 2.5 or 5 of a power of ten, so that two to four lines cross."""
        power = 1.0
        most = max(most, 0.1)
        while power * 10 <= most / 2:
            power *= 10
        while power > most / 2:
            power /= 10
        step = next(power * each for each in _STEPS if most / (power * each) <= 4)
        return cls(step=step, top=most * 1.05)

    def y(self, value: float) -> float:
        return round(HIGH * (1 - value / self.top), 1)

    def grid(self, write: Callable[[float], str]) -> tuple[Mark, ...]:
        count = int(self.top / self.step)
        return tuple(
            Mark(at=self.y(self.step * at), text=write(self.step * at)) for at in range(1, count + 1)
        )


def _whole_moments(first: datetime, ends: datetime) -> list[datetime]:
    """Choose moments between two, as far apart as clocks count, at most a tick more than `_TICKS`."""
    span = (ends - first).total_seconds()
    step = next((each for each in _CLOCK_STEPS_S if span / each <= _TICKS), _CLOCK_STEPS_S[-1])
    at = first + timedelta(seconds=-first.timestamp() % step)
    found: list[datetime] = []
    while at <= ends and len(found) <= _TICKS:
        found.append(at)
        at += timedelta(seconds=step)
    return found


def _points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.1f}"


def _short(value: float) -> str:
    """Write a count for an axis, where there is little room: 12,500; 1.2 M."""
    return f"{value / 1_000_000:g} M" if value >= 1_000_000 else f"{value:,g}"


def _clock(moment: datetime, zone: str, words: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).strftime(words)


def _local(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"
