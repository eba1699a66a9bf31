"""Commands on sources: how they are doing, and looking at them now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import HomeOption, JsonOption, home_path, whoami
from digest.cli.output import print_grid, print_json, print_table, say
from digest.cli.sources import NameArgument, group
from digest.model import MOST_FURTHER

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from digest.actions.content.rounds import Visited
    from digest.actions.content.source_past import Past
    from digest.actions.content.sources import Health
    from digest.model import SourceState

NamesArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME]...", help="Only these; also one that is gone.")
]


def register(_app: typer.Typer) -> None:
    """Add the commands to the group `sources`."""
    group.command("list", epilog="Example: digest sources list")(list_sources)
    group.command("show", epilog="Example: digest sources show harbour-wire")(show)
    group.command("fetch", epilog="Example: digest sources fetch harbour-wire")(fetch)


def list_sources(home: HomeOption = None, json: JsonOption = False) -> None:
    """List the sources of config/sources.yaml and how each is doing; times are UTC."""
    from digest.actions.content.sources import healths
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        found = healths(opened)
    if json:
        print_json([_fields(one) for one in found])
        return
    rows = [_row(one) for one in found]
    if rows:
        print_table("", ("Source", "Is", "A day", "Brought last", "Read last", "Next", "What is amiss"), rows)
    else:
        say("no source is listed; `digest sources add URL` finds one", "dim")


def show(name: NameArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Show how one source is doing; times are UTC."""
    from digest.actions.content.source_past import past
    from digest.actions.content.sources import health
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        found = health(opened, name)
        gone_by = past(opened, found.source)
    if json:
        print_json(_fields(found) | {"further_wanted": gone_by.wish, "further_read": gone_by.last})
        return
    say(found.source.title, "bold")
    facts = [*_facts(found), *_past(gone_by)]
    print_grid([(name, value) for name, value in facts if value], styles=("dim", ""))


def fetch(
    names: NamesArgument = None,
    further: Annotated[
        int | None,
        typer.Option(
            "--further", min=1, max=MOST_FURTHER, help="Read so many further pages of the listing: the past."
        ),
    ] = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Look at sources now, due or not, and show what each brought; all without a NAME."""
    from digest.actions.content.sources import fetch as run
    from digest.bootstrap import open_app
    from digest.schedule.planning import worker_name

    if further is not None and not names:
        raise typer.BadParameter("say whose past", param_hint="NAME")
    visits: list[Visited] = []
    with open_app(home_path(home)) as opened:
        busy = run(
            opened, names or (), worker=worker_name(), told=visits.append, further=further, by=whoami()
        )
    visits.sort(key=lambda one: one.source)
    if json:
        print_json({"sources": visits, "busy": busy})
    else:
        columns = ("Source", "New", "Revised", "Pages", "Left", "What is amiss")
        if visits or busy:
            print_table("", columns, [_visit(one) for one in visits], figures=(1, 2, 3, 4))
        else:
            say("no source is to be looked at; `digest sources list` says how each is", "dim")
        for name in busy:
            then = "" if further is None else "; the next look reads its further pages"
            say(f"{name}: another process is looking at it{then}", "dim")
    if visits and all(one.error for one in visits):
        raise typer.Exit(1)


def _visit(one: Visited) -> Sequence[object]:
    return one.source, one.new, one.revised, one.pages, one.left, one.error or one.notice


def _row(one: Health) -> Sequence[object]:
    state = one.state
    if state is None:
        return one.source.key, one.standing, "", "", "", "", ""
    return (
        one.source.key,
        one.standing,
        f"{state.per_day:.1f}" if state.per_day else "",
        _moment(state.changed_at),
        _moment(state.succeeded_at),
        "" if one.source.fetching.paused else "never" if state.gone_at else _moment(state.due_at),
        state.error or state.notice or _moved(one),
    )


def _moved(one: Health) -> str:
    moved_to = one.state.moved_to if one.state else None
    return f"moved to {moved_to}" if moved_to else ""


def _facts(one: Health) -> list[tuple[str, str]]:
    from digest.settings import show_duration

    state = one.state
    facts = [("Name", one.source.key), ("Is", one.standing), ("Address", one.source.url or "")]
    if state is None:
        return facts
    every = one.source.fetching.every or state.every
    return [
        *facts,
        ("Moved for good to", state.moved_to or ""),
        ("Kind", one.source.kind),
        ("Tried last", _moment(state.tried_at)),
        ("Read last", _moment(state.succeeded_at)),
        ("Error", f"{state.error} ({state.failures} in a row)" if state.error else ""),
        ("Odd", state.notice or ""),
        ("New article last", _moment(state.changed_at)),
        ("Articles", f"{state.brought:,} so far" + (f", {state.per_day:.1f} a day" if state.per_day else "")),
        ("Looked at every", show_duration(every) if every else ""),
        ("Next", _next(one, state)),
        ("Silent is", f"without a new article for {_days(one.silent_after)}" if one.silent_after else ""),
    ]


def _next(one: Health, state: SourceState) -> str:
    name = one.source.key
    if one.source.fetching.paused:
        return f"never while it is paused; `digest sources resume {name}` ends that"
    if state.gone_at:
        return f"never: it is gone; `digest sources fetch {name}` asks once more"
    return _moment(state.due_at)


def _past(one: Past) -> Sequence[tuple[str, str]]:
    wish, last = one.wish, one.last
    came = last and f"{last.pages} of {last.wanted} on {_moment(last.at)}, {last.new:,} new articles"
    said = last and (last.error or last.notice)
    return (
        ("Further pages", f"{wish.pages} wanted, read with the next look" if wish else ""),
        ("Further pages read", f"{came}: {said}" if came and said else came or ""),
    )


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else ""


def _days(span: timedelta) -> str:
    return f"{span.total_seconds() / 86_400:.1f} days"


def _fields(one: Health) -> dict[str, object]:
    state = one.state
    fields: dict[str, object] = {
        "name": one.source.key,
        "title": one.source.title,
        "url": one.source.url,
        "kind": one.source.kind,
        "standing": one.standing,
    }
    names: tuple[str, ...] = (
        "moved_to",
        "tried_at",
        "succeeded_at",
        "error",
        "notice",
        "failures",
        "changed_at",
    )
    names += ("per_day", "brought", "due_at", "gone_at")
    fields |= {name: getattr(state, name) if state else None for name in names}
    every = one.source.fetching.every or (state.every if state else None)
    fields["every_seconds"] = int(every.total_seconds()) if every else None
    fields["silent_after_seconds"] = int(one.silent_after.total_seconds()) if one.silent_after else None
    return fields
