"""`digest rehearse`: what rules would make of the stored past or the coming days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.cli.options import DigestArgument, HomeOption, JsonOption, home_path, parse_day
from digest.cli.output import console, print_json_rows
from digest.errors import DigestError

if TYPE_CHECKING:
    from digest.actions.making.rehearse import Row

_MOST_FILES = 2

_FromOption = Annotated[
    str, typer.Option("--from", metavar="DATE", help="The first day, on the clocks of the digest's zone.")
]
_ToOption = Annotated[str, typer.Option("--to", metavar="DATE", help="The last day; it counts, too.")]
_ConfigOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="Other rules, side by side with those in force; given twice, the two files side by side.",
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command to the tree."""
    app.command(epilog="Example: digest rehearse daily --from 2026-11-01 --to 2026-11-30")(rehearse)


def rehearse(
    digest: DigestArgument,
    first: _FromOption,
    last: _ToOption,
    config: _ConfigOption = None,
    home: HomeOption = None,
    json: JsonOption = False,
) -> None:
    """Build every edition of some days as rules would have it, each as if those before it had been sent.

    Nothing is stored and nothing is sent.
    """
    from digest.actions.making.rehearse import rehearse as run
    from digest.actions.making.rehearse import rule_sets
    from digest.bootstrap import open_app
    from digest.cli.rehearsal_sums import Sums
    from digest.cli.rehearsal_view import show

    days = parse_day(first, where="--from"), parse_day(last, where="--to")
    files = tuple(config or ())
    if len(files) > _MOST_FILES:
        raise DigestError(
            f"{len(files)} files are too many", where="--config", hint="compare two rule sets at a time"
        )
    with open_app(home_path(home)) as opened:
        sets = rule_sets(opened, digest, files)
        rows = run(opened, [each.digest for each in sets], *days)
        sums = Sums(sets=sets, first=days[0], last=days[1], now=opened.clock())
        if json:
            print_json_rows(sums.head(), "slots", map(sums.row_fields, rows), sums.tail)
        else:
            show(sums, _watched(rows))


def _watched(rows: Iterator[Row]) -> Iterator[Row]:
    """Tell a person at a terminal how far it is: a season takes half a minute."""
    err = console(stderr=True)
    with err.status("rehearsing") as status:
        for row in rows:
            status.update(f"rehearsing {_slot(row)}")
            yield row


def _slot(row: Sequence[object]) -> str:
    from digest.actions.making.rehearsed import Rehearsed

    return next((one.planned.slot.key for one in row if isinstance(one, Rehearsed)), "")
