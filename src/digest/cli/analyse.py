"""The command `analyse`: what the program makes of many texts, as JSON Lines."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from digest.cli.options import JsonOption
from digest.cli.output import console
from digest.cli.terminal import json_text
from digest.errors import DigestError, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

WhatArgument = Annotated[
    str,
    typer.Argument(
        metavar="WHAT", help="extract, sentences, summary, sections, stories, copies or grounding."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command to the tree."""
    app.command(epilog="Example: digest analyse summary articles.jsonl --out summaries.jsonl")(analyse)


def analyse(
    what: WhatArgument,
    path: Annotated[str, typer.Argument(metavar="PATH|-", help="JSON Lines, or - for standard input.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write there, not to standard output.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, max=256, help="Processes at once.")] = os.cpu_count()
    or 1,
    json: JsonOption = False,
) -> None:
    """Judge the program by your own texts: one JSON object a line in, one a line out, in the same order.

    A record holds an id, html or text, and may hold title, published, language, url and sections; for
    grounding an article and a summary. What cannot be analysed comes out with an error in words, and the
    exit status is 1. Works without a home and stores nothing. With --json errors are JSON, too.
    """
    from digest.actions.making.analyse import Analysis, record_of  # heavy: the content libraries
    from digest.actions.making.analyse import analyse as run

    if what not in list(Analysis):
        raise DigestError("cannot be asked", where=what, hint=f"one of: {', '.join(Analysis)}")
    asked, failed = Analysis(what), 0
    with _lines(path) as lines, _written(out) as write, _counted(path, quiet=json) as count:
        for result in run(asked, (record_of(asked, *line) for line in lines), jobs=jobs):
            failed += "error" in result
            write(result)
            count()
    if failed:
        raise DigestError(f"{failed} could not be analysed", hint="their lines hold an error in words")


@contextmanager
def _lines(path: str) -> Iterator[Iterable[tuple[int, str]]]:
    """Open the lines that hold something, with their numbers."""
    with nullcontext(sys.stdin) if path == "-" else _opened(path) as stream:
        yield ((number, line) for number, line in enumerate(stream, 1) if line.strip())


def _opened(path: str) -> TextIO:
    if not Path(path).is_file():
        raise NotFound("no such file", where=path)
    return Path(path).open(encoding="utf-8", errors="replace", newline="\n")


@contextmanager
def _written(out: Path | None) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Offer a function that writes one result; a file appears when it is whole."""
    if out is None:
        yield lambda result: _write(sys.stdout, result)
        return
    part = out.with_name(f".{out.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as stream:
            yield lambda result: _write(stream, result)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def _write(stream: TextIO, result: dict[str, Any]) -> None:
    stream.write(json_text(result, stream) + "\n")


@contextmanager
def _counted(path: str, *, quiet: bool) -> Iterator[Callable[[], None]]:
    """Offer a function that moves a bar on a terminal; how many there are is known of a file only."""
    if quiet or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    total = None
    if path != "-":
        with _lines(path) as lines:
            total = sum(1 for _ in lines)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda: bar.advance(task)
