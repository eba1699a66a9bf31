"""One tick of the scheduler by hand, done or only told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from digest.actions.app import App
from digest.actions.foresight import foresee
from digest.actions.review import Steered, sendable, steer
from digest.actions.slots import Advanced, advance
from digest.cli.options import whoami
from digest.cli.output import print_json, say
from digest.errors import Refused
from digest.model import SlotRecord
from digest.schedule.planning import worker_name

_STEERED = ("approved", "held", "skipped", "expired", "reminded")
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


def tick(app: App, digest: str | None, *, json: bool) -> None:
    """Tick once and tell what was done.

    Raises:
        Refused: This home must not go on.
    """
    run = f"hand-{whoami()}"
    advanced = advance(app, worker=worker_name(), run=run, only=digest)
    _refuse(advanced.refused)
    steered = steer(app, run=run, only=digest)
    _refuse(steered.refused)
    ready = sendable(app)
    moments = [moment for moment in (advanced.next_at, steered.next_at) if moment is not None]
    if json:
        print_json(
            {
                **_slots(advanced),
                **_editions(steered),
                "sendable": ready,
                "next_at": min(moments, default=None),
            }
        )
        return
    for what in ("built", "failed", "missed", "off"):
        for slot in getattr(advanced, what):
            say(_line(what, slot))
    for what in _STEERED:
        for edition in getattr(steered, what):
            say(f"{what}: edition {edition}")
    if not any(_slots(advanced).values()) and not any(_editions(steered).values()):
        say("nothing was to be done")
    _show_ready(ready)
    if moments:
        say(f"next at {min(moments):%Y-%m-%d %H:%M:%S} UTC", "dim")


def foretell(app: App, digest: str | None, *, json: bool) -> None:
    """Tell what a tick would do.

    Raises:
        Refused: This home must not go on.
    """
    seen = foresee(app, digest)
    _refuse(seen.refused)
    steps = [(course.edition, step) for course, step in seen.steps]
    if json:
        print_json(
            {
                "build": _records(seen.build),
                "missed": _records(seen.missed),
                "off": _records(seen.off),
                "steps": [
                    {"edition": one.id, "digest": one.digest, "deed": step.deed} for one, step in steps
                ],
            }
        )
        return
    for what, slots in (
        ("would be built", seen.build),
        ("would be missed", seen.missed),
        ("would be off", seen.off),
    ):
        for slot in slots:
            say(_line(what, slot))
    for one, step in steps:
        say(f"would be {_DEEDS[step.deed]}: edition {one.id} of {one.digest} {one.slot}")
    if not (seen.build or seen.missed or seen.off or steps):
        say("nothing would be done")
    say("a dry run, nothing was changed", "dim")


def _refuse(reasons: tuple[str, ...]) -> None:
    if reasons:
        raise Refused("; ".join(reasons), hint="`digest db adopt` lets this home go on")


def _line(what: str, slot: SlotRecord) -> str:
    edition = f": edition {slot.edition_id}" if slot.edition_id is not None else ""
    note = f" ({slot.note})" if slot.note else ""
    return f"{what}: {slot.digest} {slot.key}{edition}{note}"


def _slots(advanced: Advanced) -> dict[str, object]:
    return {what: _records(getattr(advanced, what)) for what in ("built", "failed", "missed", "off")}


def _records(slots: Iterable[SlotRecord]) -> list[dict[str, object]]:
    return [
        {"digest": one.digest, "slot": one.key, "due": one.due, "edition": one.edition_id, "note": one.note}
        for one in slots
    ]


def _editions(steered: Steered) -> dict[str, object]:
    return {what: getattr(steered, what) for what in _STEERED}


def _show_ready(ready: tuple[int, ...]) -> None:
    for edition in ready:
        say(f"edition {edition} may go out now: `digest worker` or `digest send {edition}` sends it")
