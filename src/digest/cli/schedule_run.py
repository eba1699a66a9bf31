"""One tick of the scheduler by hand, done or only told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import typer

from digest.actions.app import App
from digest.actions.planning.foresight import foresee
from digest.actions.planning.slots import Advanced, advance
from digest.actions.steering.review import Steered, sendable, steer
from digest.cli.options import whoami
from digest.cli.output import print_json, say
from digest.errors import Refused
from digest.model import SlotRecord
from digest.schedule.planning import worker_name

_ADVANCED = ("built", "failed", "missed", "off")
_STEERED = ("approved", "held", "skipped", "expired", "reminded")
_NAMED = 3  #: of those that a tick would give up, when it is refused
_DEEDS = {
    "send": "let out as it is",
    "send_clean": "let out with what is pinned or clean",
    "hold": "held",
    "skip": "skipped",
    "check": "looked at again before it goes out",
    "expire": "expired",
    "remind": "brought to the editors' minds",
}


def at(app: App, moment: datetime | None) -> App:
    """Set the clock of an installation; None leaves it going."""
    return app if moment is None else replace(app, clock=lambda: moment)


def look_ahead(app: App, digest: str | None, *, now: datetime) -> None:
    """See that a tick at a moment ahead gives nothing up that is still to come.

    Raises:
        Refused: It would record coming slots as missed, or let open editions expire.
    """
    if app.clock() <= now:
        return
    seen = foresee(app, digest)
    slots = [f"{one.digest} {one.key}" for one in seen.missed if one.due > now]
    editions = [
        f"edition {course.edition.id}"
        for course, step in seen.steps
        if step.deed == "expire" and course.step(now) != step
    ]
    lost = [*slots, *editions]
    if lost:
        rest = f" and {len(lost) - _NAMED} more" if len(lost) > _NAMED else ""
        raise Refused(
            f"then it would be too late for what is still to come: {', '.join(lost[:_NAMED])}{rest}",
            where="--as-of",
            hint="look with --dry-run; --yes does it all the same",
        )


def tick(app: App, digest: str | None, *, json: bool) -> None:
    """Tick once and tell what was done; exit 1 when an edition could not be built.

    Raises:
        Refused: This home must not go on.
    """
    run = f"hand-{whoami()}"
    advanced = advance(app, worker=worker_name(), run=run, only=digest)
    _refuse(advanced.refused)
    steered = steer(app, run=run, only=digest)
    _refuse(steered.refused)
    moments = [moment for moment in (advanced.next_at, steered.next_at) if moment is not None]
    ticked = _Ticked(advanced, steered, sendable(app), min(moments, default=None))
    if json:
        print_json(ticked.fields())
    else:
        ticked.show()
    if advanced.failed:
        raise typer.Exit(1)


def foretell(app: App, digest: str | None, *, json: bool) -> None:
    """Tell what a tick would do.

    Raises:
        Refused: This home must not go on.
    """
    seen = foresee(app, digest)
    _refuse(seen.refused)
    if json:
        steps = [
            {"edition": course.edition.id, "digest": course.edition.digest, "deed": step.deed}
            for course, step in seen.steps
        ]
        slots = {what: _records(getattr(seen, what)) for what in ("build", "missed", "off")}
        print_json({**slots, "steps": steps})
        return
    for what, slots_of in (("built", seen.build), ("missed", seen.missed), ("off", seen.off)):
        for slot in slots_of:
            say(_line(f"would be {what}", slot))
    for course, step in seen.steps:
        one = course.edition
        say(f"would be {_DEEDS[step.deed]}: edition {one.id} of {one.digest} {one.slot}")
    if not (seen.build or seen.missed or seen.off or seen.steps):
        say("nothing would be done")
    say("a dry run, nothing was changed", "dim")


@dataclass(frozen=True)
class _Ticked:
    """What a tick did."""

    advanced: Advanced
    steered: Steered
    sendable: tuple[int, ...]
    next_at: datetime | None

    def fields(self) -> dict[str, object]:
        """Return it as JSON has it."""
        slots = {what: _records(getattr(self.advanced, what)) for what in _ADVANCED}
        editions = {what: getattr(self.steered, what) for what in _STEERED}
        return {**slots, **editions, "sendable": self.sendable, "next_at": self.next_at}

    def show(self) -> None:
        """Tell a person."""
        slots = [_line(what, slot) for what in _ADVANCED for slot in getattr(self.advanced, what)]
        editions = [
            f"{what}: edition {edition}" for what in _STEERED for edition in getattr(self.steered, what)
        ]
        for line in (*slots, *editions) or ("nothing was to be done",):
            say(line)
        for edition in self.sendable:
            say(f"edition {edition} may go out now: `digest worker` or `digest send {edition}` sends it")
        if self.next_at is not None:
            say(f"next at {self.next_at:%Y-%m-%d %H:%M:%S} UTC", "dim")


def _refuse(reasons: tuple[str, ...]) -> None:
    if reasons:
        raise Refused("; ".join(reasons), hint="`digest db adopt` lets this home go on")


def _line(what: str, slot: SlotRecord) -> str:
    edition = f": edition {slot.edition_id}" if slot.edition_id is not None else ""
    note = f" ({slot.note})" if slot.note else ""
    return f"{what}: {slot.digest} {slot.key}{edition}{note}"


def _records(slots: Iterable[SlotRecord]) -> list[dict[str, object]]:
    return [
        {"digest": one.digest, "slot": one.key, "due": one.due, "edition": one.edition_id, "note": one.note}
        for one in slots
    ]
