"""How schedules and the history are shown in a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from digest.actions.planning.agenda import Coming, Standing
from digest.cli.output import print_grid, print_table, say
from digest.model import HistoryEntry, Pause, SlotState
from digest.timetable import CLOCK_CHANGE, GAP, MOVED, REPEATED, Planned, describe

_SAID = {
    GAP: "clocks skip this minute, so it is due at the first moment after",
    REPEATED: "clocks show this minute twice, the first counts",
    CLOCK_CHANGE: "clocks change on this day",
}
_ENDS = frozenset({"missed", "off"})  #: events that say themselves how it ended


def remarks(one: Coming) -> str:
    """Say what is special about a slot; '' when nothing is."""
    paused = [str(one.pause)] if "paused" in one.marks else []
    return "; ".join([*paused, *_about(one)])


def coming_fields(one: Coming) -> dict[str, object]:
    """Return a coming slot as JSON has it."""
    slot, moved_from = one.planned.slot, one.planned.moved_from
    return {
        "digest": one.digest.key,
        "slot": slot.key,
        "local": slot.local,
        "utc": one.planned.due,
        "marks": one.marks,
        "moved_from": None if moved_from is None else moved_from.isoformat(),
        "edition": one.record.edition_id if one.record else None,
        "note": remarks(one) or None,
    }


def pause_fields(pause: Pause | None) -> dict[str, object]:
    """Return who has paused a digest, as JSON has it."""
    return {
        "paused": pause is not None,
        "by": pause.by if pause else None,
        "at": pause.at if pause else None,
        "note": pause.note if pause else None,
    }


def standing_fields(one: Standing) -> dict[str, object]:
    """Return where a digest's schedule stands, as JSON has it."""
    return {
        "digest": one.digest.key,
        "title": one.digest.title,
        "rules": describe(one.digest),
        "next": one.next and coming_fields(one.next),
        "pause": one.pause and pause_fields(one.pause),
        "last": one.last,
    }


def explain_fields(one: Standing, said: Sequence[str], slots: Iterable[Coming]) -> dict[str, object]:
    """Return an explanation as JSON has it."""
    return {
        "digest": one.digest.key,
        "rules": describe(one.digest),
        "handling": said,
        "pause": one.pause and pause_fields(one.pause),
        "next": [coming_fields(slot) for slot in slots],
    }


def show_standing(one: Standing, now: datetime) -> None:
    """Tell a person where a digest's schedule stands."""
    say(f"{one.digest.key}  {one.digest.title}", "bold")
    rows = [("", sentence) for sentence in describe(one.digest)]
    if one.next is not None:
        about = "".join(f"; {said}" for said in _about(one.next))
        rows.append(("next", f"{_when(one.next.planned)}, {_in(one.next.planned.due - now)}{about}"))
    elif one.digest.schedule:
        rows.append(("next", "no slot is to come"))
    if one.pause is not None:
        why = f": {one.pause.note}" if one.pause.note else ""
        rows.append(("paused", f"since {one.pause.at:%Y-%m-%d %H:%M} UTC by {one.pause.by}{why}"))
    if one.last is not None:
        said = "; ".join(filter(None, (_head(one.last), _tail(one.last))))
        rows.append(("last", f"{one.last.at:%Y-%m-%d %H:%M} UTC, {said}"))
    print_grid(rows, styles=("dim", ""))


def show_coming(slots: Sequence[Coming]) -> None:
    """Tell a person which slots are to come."""
    rows = [
        (
            one.digest.key,
            one.planned.slot.key,
            f"{one.planned.slot.local:%a %H:%M %Z}",
            f"{one.planned.due:%Y-%m-%d %H:%M}",
            "; ".join([*(["paused"] if "paused" in one.marks else []), *_about(one)]),
        )
        for one in slots
    ]
    print_table("", ("Digest", "Slot", "Local", "UTC", ""), rows, whole=(0, 1, 2, 3))
    for key, pause in {one.digest.key: one.pause for one in slots if one.pause is not None}.items():
        say(f"{key} is {pause}", "yellow")


def show_explained(one: Standing, said: Sequence[str], slots: Sequence[Coming]) -> None:
    """Tell a person when a digest is due and what happens to its editions."""
    say(f"{one.digest.key}  {one.digest.title}", "bold")
    print_grid([(sentence,) for sentence in (*describe(one.digest), *said)], styles=("",))
    if one.pause is not None and not slots:
        say(f"{one.digest.key} is {one.pause}", "yellow")
    if slots:
        say("")
        show_coming(slots)


def show_history(lines: Sequence[HistoryEntry], *, full: bool) -> None:
    """Tell a person what was done, the newest first."""
    rows = [
        (
            line.id,
            f"{line.at:%Y-%m-%d %H:%M:%S}",
            line.by,
            "\n".join(filter(None, (_head(line), _tail(line)))),
        )
        for line in lines
    ]
    print_table("", ("No.", "UTC", "By", "What"), rows, figures=(0,))
    if full and lines:
        say(f"older ones: --before {lines[-1].id}", "dim")


def _head(line: HistoryEntry) -> str:
    """Say what was done to what, and how it ended."""
    is_said = line.outcome in {"ok", line.event} or line.event in _ENDS
    what = line.event if is_said else f"{line.event} {line.outcome}"
    edition = f"edition {line.edition_id}" if line.edition_id is not None else None
    return " ".join(filter(None, (f"{what}:" if line.digest else what, line.digest, line.slot, edition)))


def _tail(line: HistoryEntry) -> str:
    """Say how much it was, how long it took and what a person remarked."""
    counts = ", ".join(f"{count:,} {name}" for name, count in line.counts.items() if count)
    took = f"{line.seconds:.1f} s" if line.seconds is not None else None
    return "; ".join(filter(None, (counts, took, line.note)))


def _when(planned: Planned) -> str:
    return f"{planned.slot.local:%a %Y-%m-%d %H:%M %Z}"


def _in(span: timedelta) -> str:
    """Say how far a moment is away, roughly."""
    minutes = span // timedelta(minutes=1)
    if minutes < 120:
        return f"in {minutes} min"
    return f"in {minutes // 60} h" if minutes < 72 * 60 else f"in {minutes // 1440} days"


def _about(one: Coming) -> list[str]:
    """Say what is special about a slot, a pause of its digest apart."""
    said = [_SAID[mark] for mark in one.planned.marks if mark in _SAID]
    if MOVED in one.planned.marks:
        said.append(f"moved from {one.planned.moved_from}")
    if one.digest.local_to == "subscriber":
        said.append("on each subscriber's own clocks")
    record = one.record
    if one.planned.off is not None:
        said.append(f"off: {one.planned.off}")
    elif record is not None and record.state is SlotState.BUILT:
        said.append(f"built: edition {record.edition_id}")
    elif record is not None and record.state is SlotState.OFF:
        said.append(record.note or "off")
    elif record is not None and record.state is SlotState.MISSED:
        said.append("recorded as missed before it is due; `digest schedule skip --undo` lets it take place")
    return said
