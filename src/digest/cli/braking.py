"""Commands that stop an edition on its way, and let it go on or end it."""

from __future__ import annotations

from typing import Annotated

import typer

from digest.cli.deliveries import books_fields, show_books
from digest.cli.options import (
    NO_VALUE,
    EditionArgument,
    HomeOption,
    JsonOption,
    NoteOption,
    home_path,
    whoami,
)
from digest.cli.output import print_json, say
from digest.cli.stored_view import move


def register(group: typer.Typer) -> None:
    """Add the commands to the group of editions."""
    group.command("brake", epilog="Example: digest editions brake 3 --note 'wrong headline'")(brake)
    group.command("resume", epilog="Example: digest editions resume 3")(resume)


def brake(
    edition: EditionArgument, note: NoteOption = None, home: HomeOption = None, json: JsonOption = False
) -> None:
    """Stop an edition that is going out, within a second; who has no mail yet stays open."""
    from digest.actions.steering.braking import pull

    move(edition, home, lambda app: pull(app, edition, by=whoami(), note=note), json=json)


def resume(
    edition: EditionArgument,
    end_it: Annotated[
        bool,
        typer.Option("--end", metavar=NO_VALUE, help="Send no more instead: those still open expire."),
    ] = False,
    late: Annotated[
        bool, typer.Option("--late", metavar=NO_VALUE, help="Let it go on although max_lateness has passed.")
    ] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Let a stopped edition go on to all who are open, as it was approved."""
    from digest.actions.steering.braking import end
    from digest.actions.steering.braking import resume as run
    from digest.bootstrap import open_app

    if end_it and late:
        raise typer.BadParameter("either --end or --late")
    if not end_it:
        move(edition, home, lambda app: run(app, edition, by=whoami(), late=late), json=json)
        if not json:
            by_hand = f"digest send {edition}" + " --late" * late
            say(f"The service mails those still open; where none runs, `{by_hand}` does.")
        return
    with open_app(home_path(home)) as opened:
        books = end(opened, edition, by=whoami())
    if json:
        print_json(books_fields(edition, books))
    else:
        show_books(edition, books)
