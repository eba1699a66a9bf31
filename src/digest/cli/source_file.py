"""Commands on config/sources.yaml as a whole: what it said before, and letting it say that again."""

from __future__ import annotations

from typing import Annotated

import typer

from digest.cli.options import HomeOption, JsonOption, home_path, whoami
from digest.cli.output import print_json, print_table, say
from digest.cli.sources import group

_VersionArgument = Annotated[int, typer.Argument(metavar="VERSION", help="A number of the history.")]


def register(_app: typer.Typer) -> None:
    """Add the commands to the group `sources`."""
    group.command("history", epilog="Example: digest sources history")(history)
    group.command("restore", epilog="Example: digest sources restore 7")(restore)


def history(home: HomeOption = None, json: JsonOption = False) -> None:
    """List what config/sources.yaml said before, the newest first; times are UTC."""
    from digest.actions.content.source_file import read_sources_file
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        found = read_sources_file(opened).versions
    if json:
        fields = ("id", "at", "by", "hash", "note")
        print_json([{name: getattr(one, name) for name in fields} for one in found])
        return
    rows = [
        (one.id, f"{one.at:%Y-%m-%d %H:%M}", one.by or "in the file itself", one.hash[:8], one.note or "")
        for one in found
    ]
    print_table("", ("Version", "At", "By", "Hash", "Note"), rows, figures=(0,))


def restore(version: _VersionArgument, home: HomeOption = None, json: JsonOption = False) -> None:
    """Let config/sources.yaml say again what it said; this is a new version, and none is lost."""
    from digest.actions.content.source_file import old_sources, restore_sources
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        base = old_sources(opened, version).base
        changed = restore_sources(opened, version, base=base, by=whoami())
    if json:
        print_json({"version": version, "changed": changed})
    else:
        said = "says it now; a running service takes it up by itself" if changed else "says that already"
        say(f"config/sources.yaml {said}")
