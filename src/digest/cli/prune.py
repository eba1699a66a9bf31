"""The command that takes recipients of old editions off the record."""

from __future__ import annotations

from typing import Annotated

import typer

from digest.cli.options import NO_VALUE, HomeOption, JsonOption, home_path, whoami
from digest.cli.output import print_json, say
from digest.cli.progress import counted


def register(app: typer.Typer) -> None:
    """Add the command to the tree."""
    app.command(epilog="Example: digest prune --dry-run")(prune)


def prune(
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", metavar=NO_VALUE, help="Say what would go, and change nothing."),
    ] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Take recipients off the record as `retention` says; the sums of every edition stay."""
    from digest.actions.upkeep import pruning
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        if dry_run:
            found = pruning.foresee(opened)
        else:
            with counted("taking off the record", quiet=json) as show:
                found = pruning.prune(opened, by=whoami(), way=pruning.Way(show=show))
    if json:
        kind = {"editions": found.editions, "recipients": found.recipients, "bytes": found.room_bytes}
        print_json({"dry_run": dry_run, "deliveries": {"before": found.before, **kind}})
        return
    if found.before is None:
        say("retention.deliveries is forever: nothing goes")
        return
    go, is_free = ("would go", "would be") if dry_run else ("went", "is")
    readers = f"{found.recipients:,} recipient{'' if found.recipients == 1 else 's'}"
    editions = f"{found.editions:,} edition{'' if found.editions == 1 else 's'}"
    ended = f"{editions} that ended before {found.before:%Y-%m-%d}"
    say(f"{readers} of {ended} {go} off the record; their sums stay", "bold")
    say(f"about {found.room_bytes / 1_000_000:,.1f} MB of the database {is_free} free for new rows")
