"""The command tree and its last line of defence."""

from __future__ import annotations

import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

import typer
from typer.exceptions import TyperException

from digest import __version__
from digest.cli.options import NO_VALUE
from digest.cli.output import show_error
from digest.cli.terminal import fill_closed, mute_output, show_any_letter
from digest.errors import DigestError
from digest.garbage import look_seldom

#: The modules with commands, in the order that help lists them, and the first words that each knows.
PARTS = {
    "demo": ("demo",),
    "house": ("init", "check", "db"),
    "dkim": ("dkim",),
    "doctor": ("doctor",),
    "documents": ("ingest", "extract", "summarise"),
    "analyse": ("analyse",),
    "articles": ("articles",),
    "stories": ("stories",),
    "sources": ("sources",),
    "source_file": ("sources",),
    "source_health": ("sources",),
    "editions": ("build", "preview", "editions"),
    "rehearsal": ("rehearse",),
    "relays": ("relays",),
    "schedule": ("schedule",),
    "digests": ("digests",),
    "sending": ("send",),
    "deliveries": ("deliveries",),
    "prune": ("prune",),
    "bounces": ("bounces",),
    "people": ("subscribers", "suppress"),
    "users": ("users",),
    "tokens": ("tokens",),
    "api": ("api",),
    "service": ("serve", "web", "scheduler", "worker"),
    "alerts": ("alerts",),
    "webhooks": ("webhooks",),
}
_BEGIN = "Start with `digest demo`; your own: `digest init`, `digest ingest FOLDER`, `digest build daily`."
_STOPPED = (130, 143)  #: by the keyboard; by whoever runs the machine
_GO_ON = "the same command goes on where it stopped"


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"digest {__version__}")
        raise typer.Exit


def _root(
    version: bool = typer.Option(
        False,
        "--version",
        metavar=NO_VALUE,
        callback=_print_version,
        is_eager=True,
        help="Print the version and stop.",
    ),
) -> None:
    """Build newsletter editions from tagged articles, and deliver them with balanced books."""


def main() -> None:
    """Run one command; exit 0 when done, 1 when refused or failed, 2 on wrong usage."""
    as_json = "--json" in sys.argv
    look_seldom()
    fill_closed()
    show_any_letter()
    with suppress(ValueError):  # why: signals are for the main thread alone
        signal.signal(signal.SIGTERM, _stop)
    try:
        code = _run(as_json=as_json)
        if code in _STOPPED:
            show_error(DigestError("stopped by a signal", hint=_GO_ON), as_json=as_json)
    except SystemExit as end:
        show_error(DigestError("stopped at once by a signal", hint=" ".join(end.__notes__)), as_json=as_json)
        raise
    except BrokenPipeError:
        mute_output()
        code = 1
    except OSError as error:
        mute_output()
        code = _fail(_machine(error), as_json=as_json)
    except Exception as error:  # noqa: BLE001  # why: no traceback reaches a user; it goes to a file
        code = _fail(_unexpected(error), as_json=as_json)
    sys.exit(code)


def _stop(_number: int, _frame: FrameType | None) -> None:
    """End in good order: what a sender had claimed and not begun is given back at once."""
    sys.exit(_STOPPED[-1])


def tree(word: str = "") -> typer.Typer:
    """Make the tree of commands, as far as a first word needs it.

    Reading all modules and the signatures of a hundred commands takes 70 ms, of which one needs a tenth.

    Args:
        word: What is typed first; all commands are there unless it is the first word of one.
    """
    app = typer.Typer(
        name="digest",
        help="Build newsletter editions from tagged articles, and deliver them with balanced books.",
        epilog=_BEGIN,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    for part in [part for part, words in PARTS.items() if word in words] or PARTS:
        app.registered_commands += branch(part).registered_commands
        app.registered_groups += branch(part).registered_groups
    return app


@cache
def branch(part: str) -> typer.Typer:
    """Load one of the modules with commands, and return these; once in a process."""
    made = typer.Typer()
    import_module(f"digest.cli.{part}").register(made)
    return made


@cache
def _command(word: str) -> Callable[..., Any]:  # why Any: what a command returns is its own
    return typer.main.get_command(tree(word))


def _run(*, as_json: bool) -> int:
    """Run the command and write out what it said; return its exit status."""
    try:
        # Typer tells wrong usage in words for people; for programs it is caught here.
        command = _command(sys.argv[1] if len(sys.argv) > 1 else "")
        return int(command(standalone_mode=not as_json) or 0)
    except SystemExit as end:
        if hasattr(end, "__notes__"):
            raise  # there is more to say of it than the status
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except DigestError as error:
        return _fail(error, as_json=as_json)
    except TyperException as error:
        show_error(_misuse(error), as_json=True)
        return 2
    finally:
        sys.stdout.flush()


def _fail(error: DigestError, *, as_json: bool) -> int:
    show_error(error, as_json=as_json)
    return 1


def _misuse(error: TyperException) -> DigestError:
    message = error.format_message().partition("\n")[0]
    return DigestError(message, hint="the same command with --help shows its usage")


def _machine(error: OSError) -> DigestError:
    """Name what the operating system refused: a full disk, a missing right, too many open files."""
    return DigestError(
        f"the system refuses: {error.strerror or error}",
        where=str(error.filename) if error.filename else None,
        hint="look at free space and rights, then give the same command again",
    )


def _unexpected(error: Exception) -> DigestError:
    """Keep the traceback in a file and say where."""
    message = f"a fault of the program: {type(error).__name__}"
    try:
        with tempfile.NamedTemporaryFile(
            "w",
            prefix="digest-fault-",
            suffix=".txt",
            delete=False,
            encoding="utf-8",
            errors="backslashreplace",
        ) as file:
            file.write(f"digest {__version__}, Python {sys.version}\n")
            file.write("".join(traceback.format_exception(error)))
    except OSError:
        return DigestError(message, hint="its trace could not be kept: make room in the temporary folder")
    return DigestError(message, hint=f"please report it with {Path(file.name)}")
