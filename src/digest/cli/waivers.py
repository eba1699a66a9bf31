"""Commands that let findings against an edition stand, and take that back."""

from __future__ import annotations

from typing import Annotated

import typer

from digest.cli.options import EditionArgument, HomeOption, JsonOption, home_path, whoami
from digest.cli.output import print_json

RuleArgument = Annotated[
    str, typer.Argument(metavar="RULE", help="The rule, as `digest check EDITION` names it.")
]
PlaceArgument = Annotated[
    str, typer.Argument(metavar="PLACE", help="The place, as `digest check EDITION` names it.")
]


def register(group: typer.Typer) -> None:
    """Add the commands to the group of editions."""
    group.command(
        "waive", epilog="Example: digest editions waive 3 alt_text item-17 --why 'a plain ornament'"
    )(waive)
    group.command("unwaive", epilog="Example: digest editions unwaive 3 alt_text item-17")(unwaive)


def waive(
    edition: EditionArgument,
    rule: RuleArgument,
    place: PlaceArgument,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="Why it may stand.")],
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Let what is found at a place stand, under your name, until that place changes."""
    from digest.actions.editing.waiving import Spot
    from digest.actions.editing.waiving import waive as run
    from digest.bootstrap import open_app
    from digest.cli.preflight_view import preflight_fields, show_preflight

    with open_app(home_path(home)) as opened:
        found = run(opened, edition, Spot(rule=rule, anchor=place), by=whoami(), why=why)
    if json:
        print_json(preflight_fields(found))
    else:
        show_preflight(found)


def unwaive(
    edition: EditionArgument,
    rule: RuleArgument,
    place: PlaceArgument,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Let what was waived at a place count again."""
    from digest.actions.editing.waiving import Spot, take_back
    from digest.bootstrap import open_app
    from digest.cli.preflight_view import preflight_fields, show_preflight

    with open_app(home_path(home)) as opened:
        found = take_back(opened, edition, Spot(rule=rule, anchor=place), by=whoami())
    if json:
        print_json(preflight_fields(found))
    else:
        show_preflight(found)
