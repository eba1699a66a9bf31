"""Commands on mail that came back: take reports in, list them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from digest.cli.options import HomeOption, JsonOption, home_path
from digest.cli.output import print_json, print_table, say


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    group = typer.Typer(help="Reports of mail that came back: take, list.", no_args_is_help=True)
    group.command("take", epilog="Example: digest bounces take Maildir/ report.eml")(take)
    group.command("list", epilog="Example: digest bounces list --limit 20")(list_taken)
    app.add_typer(group, name="bounces")


def take(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...", help="Files, folders of .eml files, and Maildirs; all stay as they are."
        ),
    ],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Take in reports: addresses that are gone, and people who complain, are mailed no more."""
    from digest.actions import bounces
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        taken = list(bounces.take(opened, paths))
    counts = Counter(one.outcome for one in taken)
    if json:
        print_json({"reports": taken, "counts": {name: counts[name] for name in bounces.Consequence}})
    else:
        said = ", ".join(f"{counts[name]} {name}" for name in bounces.Consequence if counts[name])
        say(f"{len(taken)} files" + (f": {said}" if said else ""), "bold")
        rows = [(one.file, one.outcome, one.kind, one.status, one.email) for one in taken]
        if rows:
            print_table("", ("File", "Consequence", "Kind", "Status", "Address"), rows)
    if counts[bounces.Consequence.UNREADABLE]:
        raise typer.Exit(1)


def list_taken(
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")] = 50,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """List the reports that were taken in, the newest first."""
    from digest.actions import bounces
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        found = bounces.recent(opened, limit)
    rows = [(one.subscriber.email, one.edition_id, one.kind, one.status, one.at) for one in found]
    names = ("email", "edition", "kind", "status", "at")
    if json:
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        print_table("", ("Address", "Edition", "Kind", "Status", "Taken in"), rows)
