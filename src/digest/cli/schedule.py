"""Commands on schedules: what is to come, what was done, and wishes about it."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import (
    NO_VALUE,
    DigestArgument,
    HomeOption,
    JsonOption,
    NoteOption,
    home_path,
    parse_moment,
    whoami,
)
from digest.cli.output import print_json, say

if TYPE_CHECKING:
    from digest.actions.app import App

_OnlyOption = Annotated[
    str | None,
    typer.Option("--digest", "-d", metavar="DIGEST", help="Only this digest.", show_default=False),
]
_DaysOption = Annotated[int, typer.Option("--days", min=1, max=3660, help="How many days from now.")]
_SlotArgument = Annotated[
    str, typer.Argument(metavar="SLOT", help="A coming slot, as `digest schedule next` names it.")
]
_UndoOption = Annotated[bool, typer.Option("--undo", metavar=NO_VALUE, help="Let it take place after all.")]
_AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="TIME",
        help="Pretend it is this moment: with an offset, else local to --digest, else UTC.",
        show_default=False,
    ),
]
_DryRunOption = Annotated[
    bool, typer.Option("--dry-run", metavar=NO_VALUE, help="Say what would be done; do nothing.")
]
_AheadOption = Annotated[
    bool,
    typer.Option(
        "--yes", metavar=NO_VALUE, help="Also give up what is still to come, when --as-of lies ahead."
    ),
]
_LimitOption = Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many at the most.")]
_BeforeOption = Annotated[
    int | None,
    typer.Option("--before", metavar="N", help="Only lines before this one.", show_default=False),
]

_EventOption = Annotated[
    str | None,
    typer.Option(
        "--event", metavar="EVENT", help="Only this event, such as build or refused.", show_default=False
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    group = typer.Typer(
        help="Schedules: list, next, explain, pause, resume, skip, run, history.", no_args_is_help=True
    )
    group.command("list", epilog="Example: digest schedule list")(list_schedules)
    group.command("next", epilog="Example: digest schedule next --days 7 --digest daily")(show_next)
    group.command("explain", epilog="Example: digest schedule explain daily")(explain)
    group.command("pause", epilog="Example: digest schedule pause daily --note 'summer break'")(pause)
    group.command("resume", epilog="Example: digest schedule resume daily")(resume)
    group.command("skip", epilog="Example: digest schedule skip daily 2026-12-24T07:00")(skip)
    group.command("run", epilog="Example: digest schedule run --dry-run")(run)
    group.command("history", epilog="Example: digest schedule history --digest daily --limit 20")(history)
    app.add_typer(group, name="schedule")


def list_schedules(home: HomeOption = None, json: JsonOption = False) -> None:
    """List digests: their rules in words, the next slot, who has paused them, the last run."""
    from digest.actions.planning.agenda import standings
    from digest.bootstrap import open_app
    from digest.cli.schedule_view import show_standing, standing_fields

    with open_app(home_path(home)) as opened:
        found, now = standings(opened), opened.clock()
    if json:
        print_json([standing_fields(one) for one in found])
        return
    for one in found:
        show_standing(one, now)
    if not found:
        say("no digest yet: write config/digests/KEY.yaml", "yellow")


def show_next(
    days: _DaysOption = 30, digest: _OnlyOption = None, home: HomeOption = None, json: JsonOption = False
) -> None:
    """List the coming slots in local time and UTC, with what is special about each."""
    from digest.actions.planning.agenda import coming
    from digest.bootstrap import open_app
    from digest.cli.schedule_view import coming_fields, show_coming

    with open_app(home_path(home)) as opened:
        found = coming(opened, opened.clock() + timedelta(days=days), digest)
    if json:
        print_json([coming_fields(one) for one in found])
    elif found:
        show_coming(found)
    else:
        say(f"no slot in the next {days} days", "yellow")


def explain(digest: DigestArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Say in words when a digest is due, what happens to its editions, and what comes next."""
    from digest.actions.planning.agenda import next_slots, standings
    from digest.bootstrap import open_app
    from digest.cli.schedule_view import explain_fields, show_explained
    from digest.cli.schedule_words import words

    with open_app(home_path(home)) as opened:
        (standing,) = standings(opened, digest)
        said = words(standing.digest, opened.system)
        slots = next_slots(opened, digest, 5)
    if json:
        print_json(explain_fields(standing, said, slots))
    else:
        show_explained(standing, said, slots)


def pause(
    digest: DigestArgument, note: NoteOption = None, home: HomeOption = None, json: JsonOption = False
) -> None:
    """Build no slot of a digest until it is resumed; slots that come meanwhile are off.

    Editions that are built already go out all the same: they are named.
    """
    from digest.actions.planning.slots import pause as run
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        changed = run(opened, digest, by=whoami(), note=note)
        _tell_pause(opened, digest, changed=changed, json=json)


def resume(
    digest: DigestArgument, note: NoteOption = None, home: HomeOption = None, json: JsonOption = False
) -> None:
    """Let a paused digest come out again, from its next slot on; never for those that are past."""
    from digest.actions.planning.slots import resume as run
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        changed = run(opened, digest, by=whoami(), note=note)
        _tell_pause(opened, digest, changed=changed, json=json)


def skip(
    digest: DigestArgument,
    slot: _SlotArgument,
    note: NoteOption = None,
    undo: _UndoOption = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Leave out one coming slot."""
    from digest.actions.planning import slots
    from digest.bootstrap import open_app

    act = slots.unskip if undo else slots.skip
    with open_app(home_path(home)) as opened:
        changed = act(opened, digest, slot, by=whoami(), note=note)
    state = "takes place" if undo else "is skipped"
    if json:
        print_json({"digest": digest, "slot": slot, "skipped": not undo, "changed": changed})
    else:
        say(f"{digest} {slot} {state}" + ("" if changed else " already; nothing was changed"))


def run(
    as_of: _AsOfOption = None,
    dry_run: _DryRunOption = False,
    yes: _AheadOption = False,
    digest: _OnlyOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Do once what the scheduler does: note slots, build what is due, steer editions through review.

    The service may run beside it: each slot gets one edition, whoever is quicker.
    """
    from digest.bootstrap import open_app
    from digest.cli import schedule_run

    with open_app(home_path(home)) as opened:
        if digest is not None:
            opened.digest(digest)
        zone = UTC if digest is None else opened.digest(digest).timezone
        moment = parse_moment(as_of, zone, where="--as-of")
        ticked = schedule_run.at(opened, moment)
        if dry_run:
            schedule_run.foretell(ticked, digest, json=json)
        else:
            if not yes:
                schedule_run.look_ahead(ticked, digest, now=opened.clock())
            schedule_run.tick(ticked, digest, json=json)


def history(
    digest: _OnlyOption = None,
    event: _EventOption = None,
    limit: _LimitOption = 50,
    before: _BeforeOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """List what was done or refused, the newest first: when, by whom, how it ended. It cannot be changed."""
    from digest.actions.planning.agenda import told
    from digest.bootstrap import open_app
    from digest.cli.schedule_view import show_history

    with open_app(home_path(home)) as opened:
        lines = told(opened, digest, event=event, before=before, limit=limit)
    if json:
        print_json(lines)
    else:
        show_history(lines, full=len(lines) == limit)


def _tell_pause(opened: App, digest: str, *, changed: bool, json: bool) -> None:
    """Say how it is now, and whether that is new."""
    from digest.actions.planning.agenda import standings, unsent
    from digest.cli.schedule_view import pause_fields

    (standing,) = standings(opened, digest)
    editions = unsent(opened, digest) if standing.pause else ()
    if json:
        fields = {**pause_fields(standing.pause), "changed": changed, "unsent": editions}
        print_json({"digest": digest, **fields})
        return
    state = str(standing.pause) if standing.pause else "not paused"
    if changed and not standing.pause:
        state += " any more: it comes out again from its next slot on"
    say(f"{digest} is {state}" + ("" if changed else "; nothing was changed"))
    for edition in editions:
        say(f"edition {edition} is built and goes out: `digest editions hold {edition}` keeps it", "yellow")
