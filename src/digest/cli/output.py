"""How results and errors are shown: for people on a terminal, as JSON for programs."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from textwrap import indent
from typing import TYPE_CHECKING, Literal

from digest.cli.terminal import json_text, visible
from digest.errors import DigestError, SettingsError

if TYPE_CHECKING:
    from rich.console import Console

_MEASURE = 110  #: columns; a longer line loses the eye
_FAULTS = 20  #: of settings that are told when a command stops over them


def console(*, stderr: bool = False) -> Console:
    """Return a terminal writer; colours only where a terminal shows them."""
    from rich.console import Console  # heavy: loaded only when something is shown

    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def print_json(value: object) -> None:
    """Print one JSON document, letters unescaped, keys in the order given."""
    sys.stdout.write(json_text(plain(value), sys.stdout, indent=2) + "\n")


def print_json_rows(
    fields: Mapping[str, object],
    name: str,
    rows: Iterable[object],
    after: Callable[[], Mapping[str, object]] = dict,
) -> None:
    """Print one JSON document as `print_json` does, with a list that may be too long to hold.

    Args:
        fields: What comes before.
        name: Key of the list.
        rows: Written one by one.
        after: Called when all rows are written: what comes after.
    """
    frame = json_text(plain({**fields, name: []}), sys.stdout, indent=2)
    sys.stdout.write(frame.removesuffix("]\n}"))
    ending = "]"
    for place, row in enumerate(rows):
        text = indent(json_text(plain(row), sys.stdout, indent=2), "    ")
        sys.stdout.write(f"{',' if place else ''}\n{text}")
        ending = "\n  ]"
    more = after()
    rest = "," + json_text(plain(more), sys.stdout, indent=2)[1:-2] if more else ""
    sys.stdout.write(f"{ending}{rest}\n}}\n")


def plain(value: object) -> object:
    """Turn values of the model into what JSON knows; moments become ISO 8601 text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [plain(entry) for entry in value]
    return value.isoformat() if isinstance(value, datetime) else value


def print_table(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    figures: Collection[int] = (),
    whole: Collection[int] = (),
) -> None:
    """Print rows under bold heads; text in cells is shown as it is, never as markup.

    Args:
        title: Above; '' for none.
        columns: The heads.
        rows: Of as many cells as there are heads; None is an empty one.
        figures: Places of columns whose cells stand to the right.
        whole: Places of columns whose cells are never broken, as they are to be copied.
    """
    from rich.table import Table  # heavy: loaded only when a table is shown
    from rich.text import Text

    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for place, column in enumerate(columns):
        side: Literal["left", "right"] = "right" if place in figures else "left"
        is_whole = place in whole
        table.add_column(column, header_style="bold", overflow="fold", justify=side, no_wrap=is_whole)
    for row in rows:
        table.add_row(*(Text("" if cell is None else visible(str(cell))) for cell in row))
    console().print(table)


def print_grid(rows: Iterable[Sequence[str]], *, styles: Sequence[str]) -> None:
    """Print rows in columns, set in by two; the last column wraps under itself.

    Args:
        rows: Of as many cells as there are styles; text is shown as it is, never as markup.
        styles: One for each column.
    """
    from rich.table import Table  # heavy: loaded only when a table is shown
    from rich.text import Text

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(width=0)
    for place in range(len(styles)):
        grid.add_column(no_wrap=place < len(styles) - 1, overflow="fold")
    for row in rows:
        grid.add_row("", *(Text(visible(cell), style=style) for cell, style in zip(row, styles, strict=True)))
    out = console()
    out.print(grid, width=measure(out))


def measure(out: Console) -> int:
    """Return how many columns to fill: what the terminal has, but no more than reads well."""
    return min(out.width, _MEASURE) if out.is_terminal else _MEASURE


def say(text: str, style: str = "") -> None:
    """Print one line for a person; the text is shown as it is, never as markup."""
    from rich.text import Text

    console().print(Text(visible(text), style=style))


def show_error(error: DigestError, *, as_json: bool) -> None:
    """Print an error on standard error: what, where, and the way out."""
    if as_json:
        body: dict[str, object] = {"error": error.message, "where": error.where, "hint": error.hint}
        if isinstance(error, SettingsError):
            body["faults"] = plain(error.faults)
        sys.stderr.write(json_text(body, sys.stderr) + "\n")
        return
    from rich.text import Text

    err = console(stderr=True)
    if isinstance(error, SettingsError):
        for fault in error.faults[:_FAULTS]:
            err.print(Text.assemble(("✗ ", "red"), visible(str(fault))))
        more = len(error.faults) - _FAULTS
        if more > 0:
            err.print(Text.assemble(("→ ", "green"), f"{more:,} more; `digest check` lists them all"))
        return
    place = f"{error.where}: " if error.where else ""
    err.print(Text.assemble(("✗ ", "red"), visible(place + error.message)))
    if error.hint:
        err.print(Text.assemble(("→ ", "green"), visible(error.hint)))
