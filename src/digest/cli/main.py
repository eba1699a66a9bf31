"""The command tree and its last line of defence."""

from __future__ import annotations

import sys
import tempfile
import traceback
from pathlib import Path

import typer

from digest import __version__
from digest.cli import articles, deliveries, demo, documents, editions, house, people
from digest.cli.output import show_error
from digest.errors import DigestError

app = typer.Typer(
    name="digest",
    help="Build newsletter editions from tagged articles, and deliver them with balanced books.",
    epilog="Start with `digest demo`; your own: `digest init`, `digest ingest FOLDER`, `digest build daily`.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for part in (demo, house, documents, articles, editions, deliveries, people):
    part.register(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"digest {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print the version and stop."
    ),
) -> None:
    """Build newsletter editions from tagged articles, and deliver them with balanced books."""


def main() -> None:
    """Run one command; exit 0 when done, 1 when refused or failed, 2 on wrong usage."""
    try:
        app()
    except DigestError as error:
        show_error(error, as_json="--json" in sys.argv)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(1)
    except Exception as error:  # noqa: BLE001  # why: no traceback reaches a user; it goes to a file
        show_error(_unexpected(error), as_json="--json" in sys.argv)
        sys.exit(1)


def _unexpected(error: Exception) -> DigestError:
    """Keep the traceback in a file and say where."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="digest-fault-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.write(f"digest {__version__}, Python {sys.version}\n")
        file.write("".join(traceback.format_exception(error)))
    return DigestError(
        f"a fault of the program: {type(error).__name__}",
        hint=f"please report it with {Path(file.name)}",
    )
