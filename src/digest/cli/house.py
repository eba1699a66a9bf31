"""Commands on the installation: init, check, db."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digest.cli.options import NO_VALUE, HomeOption, JsonOption, home_path, whoami
from digest.cli.output import print_json, say


def register(app: typer.Typer) -> None:
    """Add the commands to the tree."""
    app.command(epilog="Example: digest init --home /srv/digest")(init)
    app.command(epilog="Example: digest check 3 --links")(check)
    group = typer.Typer(help="The database: upgrade, check, backup, adopt.", no_args_is_help=True)
    group.command("upgrade", epilog="Example: digest db upgrade")(upgrade)
    group.command("check", epilog="Example: digest db check")(check_database)
    group.command("backup", epilog="Example: digest db backup nightly.db")(backup)
    group.command("adopt", epilog="Example: digest db adopt")(adopt)
    app.add_typer(group, name="db")


def init(home: HomeOption = None, json: JsonOption = False) -> None:
    """Make a home: configuration to edit, database, keys. Leaves alone what is there."""
    from digest.actions.upkeep.homes import make_home
    from digest.bootstrap import open_app
    from digest.paths import Home

    root = home_path(home)
    made = make_home(Home(root=root))
    with open_app(root):
        pass
    if json:
        print_json({"home": str(root), "written": [str(path) for path in made.written]})
        return
    say(f"{root} is ready", "bold")
    for path in made.written:
        say(f"  {path}", "dim")
    say("Next: edit config/digest.yaml and config/digests/daily.yaml, then `digest check`.")


def check(
    edition: Annotated[
        int | None,
        typer.Argument(
            metavar="[EDITION]", help="An edition's number; none checks the installation.", show_default=False
        ),
    ] = None,
    links: Annotated[
        bool, typer.Option("--links", metavar=NO_VALUE, help="Ask the network for the edition's links.")
    ] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Check the installation, or look one edition over; tell all faults at once, with the way out."""
    if edition is None and links:
        raise typer.BadParameter("links are those of an edition; name it", param_hint="--links")
    is_well = _check_home(home, json=json) if edition is None else _check_edition(edition, links, home, json)
    if not is_well:
        raise typer.Exit(1)


def _check_home(home: Path | None, *, json: bool) -> bool:
    from digest.actions.upkeep.check import check as run
    from digest.actions.upkeep.check import remarks

    faults = run(home_path(home))
    notes = remarks(home_path(home))
    if json:
        print_json({"ok": not faults, "faults": faults, "notes": notes})
    else:
        for fault in faults:
            say(f"✗ {fault}", "red")
        for note in notes:
            say(f"! {note}", "yellow")
        count = len(faults)
        say(f"{count} fault{'' if count == 1 else 's'}" if faults else "All is well.", "bold")
    return not faults


def _check_edition(edition: int, links: bool, home: Path | None, json: bool) -> bool:
    from digest.actions.editing.approving import preflight
    from digest.actions.editing.asking import ask_links
    from digest.bootstrap import open_app
    from digest.cli.preflight_view import preflight_fields, show_preflight

    with open_app(home_path(home)) as opened:
        found = ask_links(opened, edition) if links else preflight(opened, edition)
    if json:
        print_json(preflight_fields(found))
    else:
        show_preflight(found)
    return not found.blocking


def upgrade(home: HomeOption = None, json: JsonOption = False) -> None:
    """Bring the database up to date with this program; every other command does so too."""
    from digest.bootstrap import open_app

    with open_app(home_path(home)):
        pass
    if json:
        print_json({"upgraded": True})
    else:
        say("the database is up to date")


def check_database(home: HomeOption = None, json: JsonOption = False) -> None:
    """Check the database's schema and integrity, and whether this home may send from it."""
    from digest.actions.home.instance import ADOPT, notice
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        noticed = notice(opened.home, opened.store, opened.keyring)
        faults = (*opened.store.check(), *noticed)
    if json:
        print_json({"ok": not faults, "faults": faults})
    else:
        for fault in faults:
            say(f"✗ {fault}", "red")
        if noticed:
            say(f"→ {ADOPT}")
        say("faults found" if faults else "The database is sound.", "bold")
    if faults:
        raise typer.Exit(1)


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write the copy.")],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Copy the database while it is in use."""
    from digest.actions.upkeep.machine import backup as run
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        run(opened, file, by=whoami())
    if json:
        print_json({"backup": str(file)})
    else:
        say(f"written: {file}")


def adopt(
    live: Annotated[
        bool,
        typer.Option(
            "--live",
            metavar=NO_VALUE,
            help="No copy: the home was moved, or is a further one of its server, same keys. Hold nothing.",
        ),
    ] = False,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Let this home send from this database after a restore or a move; open editions are held."""
    from digest.actions.home.instance import adopt as run
    from digest.bootstrap import open_app

    with open_app(home_path(home)) as opened:
        adopted = run(opened, whoami(), live=live)
    if json:
        print_json(adopted)
        return
    for sentence in adopted.noticed:
        say(f"found: {sentence}")
    for edition in adopted.held:
        say(f"edition {edition} is held; `digest editions approve {edition}` once you know who got it")
    say("This home may send from this database.", "bold")
